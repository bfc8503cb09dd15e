"""What the API says of each thing: a shape by noun; frozen, and the same words as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ninja import Schema
from pydantic import ConfigDict

T = TypeVar("T")


class Shape(Schema):
    """What all have: nobody changes them."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Many(Shape, Generic[T]):
    """A page of a list."""

    count: int
    """How many there are in all."""
    limit: int
    offset: int
    items: list[T]


class Missing(Shape):
    """What was asked for is not here."""

    detail: str


class Fault(Shape):
    """What of a question was not understood, and why."""

    type: str
    loc: list[str | int]
    """Where it stands: `query` or `path`, then the parameter."""
    msg: str
    ctx: dict[str, Any] | None = None


class NotUnderstood(Shape):
    """Every fault of a question."""

    detail: list[Fault]


class ProductShape(Shape):
    """A product in a list."""

    slug: str
    name: str
    description: str
    license: str
    """Empty: not known."""
    curated: bool
    spack: list[str]
    pypi: str
    gpu: bool
    tested: bool
    members: list[str]
    areas: list[str]


class CellShape(Shape):
    """A product on a platform in a release."""

    product: str
    platform: str
    release: str
    state: str
    """`pass`, `fail`, `unknown`, `not tested`."""
    passed: int
    failed: int
    unknown: int
    skipped: int
    last: datetime | None


class StatedShape(Shape):
    """What people state of a vulnerability in an exact component; it hides no finding."""

    subject: str
    vulnerability: str
    status: str
    """`not_affected`, `affected`, `fixed`, `under_investigation`."""
    justification: str
    by: str
    made: datetime
    expires: datetime | None
    """None: nobody said, so it decides nothing."""
    holds: bool
    """Whether it may decide anything, as of now."""
    reason: str
    """Why it may not."""


class FindingShape(Shape):
    """A known vulnerability in a release."""

    release: str
    """`channel/stack/version`."""
    rule: str
    level: str
    subject: str
    message: str
    hint: str
    aliases: list[str]
    confidence: str
    """How sure it is that the advisory speaks of the subject; empty: not recorded."""
    exploited: str
    """`known`, `not known`, `not looked up`; empty: not recorded."""
    fixed: list[str]
    """Versions with a fix."""
    published: datetime | None
    """None: no record says when."""
    stated: StatedShape | None
    """The statement that stands beside it; None: nobody says anything."""


class KnownShape(Shape):
    """A source that knows a component."""

    source: str
    as_of: datetime | None
    """None: not recorded."""
    records: int | None


class CoverageShape(Shape):
    """Which sources know a component; none: not covered, never clean."""

    subject: str
    name: str
    sources: list[str]
    known: list[KnownShape]
    reason: str
    """Why nobody knows it."""


class AskedShape(Shape):
    """A source of advisories that a scan asked."""

    name: str
    as_of: datetime
    records: int
    exploited: bool
    """Whether it says which vulnerabilities are exploited, and nothing of versions."""


class LicenseShape(Shape):
    """A license, and how many things have it."""

    license: str
    count: int


class NeededShape(Shape):
    """The licenses of what a product needs in one way."""

    way: str
    """`linked`, `unsaid`, `run`, `build`."""
    licenses: list[LicenseShape]


class UpstreamShape(Shape):
    """What the authors of a product released last, as somebody who looked it up says."""

    version: str
    as_of: date
    by: str


class WholeProduct(ProductShape):
    """A product with all that is known."""

    data: dict[str, Any]
    """The record as its file says (`peso.product/1`)."""
    releases: list[str]
    cells: list[CellShape]
    upstream: UpstreamShape | None
    """None: nobody looked it up."""
    listed_by: list[str]
    """The workspaces that list it; what the first says is shown."""
    scanned: str
    """The newest release whose scan looked at it; empty: none did."""
    findings: list[FindingShape]
    coverage: list[CoverageShape]
    licenses: list[NeededShape]
    """Of what it needs; empty: not on record."""
    named: list[str]
    """What the gate's rule on licenses said of what it needs."""


class ReleaseShape(Shape):
    """A release in a list."""

    channel: str
    stack: str
    version: str
    title: str
    created: datetime
    manifest: str
    published: bool
    development: bool
    verdict: str
    reason: str
    files: int
    bytes: int


class WholeRelease(ReleaseShape):
    """A release with all that is known."""

    products: dict[str, str]
    """Name to version."""
    gate: list[dict[str, Any]]
    cells: list[CellShape]
    scanned: datetime | None
    """None: nothing was scanned."""
    asked: list[AskedShape]
    findings: list[FindingShape]
    coverage: list[CoverageShape]
    stated: list[StatedShape]
    licenses: list[LicenseShape] | None
    """Of what ships; None: there is no inventory."""
    unlicensed: dict[str, str]
    """What ships under a license nobody knows, and why."""
    evidence: dict[str, str]
    """Kind to sha256."""


class UnitShape(Shape):
    """A unit of a release."""

    part: str
    name: str
    version: str
    hash: str
    root: bool
    outcome: str
    because: str
    seconds: float | None
    license: str
    spec: str
    log: str
    error_line: int
    error_kind: str
    error_text: str


class ResultShape(Shape):
    """One run of one test."""

    product: str
    platform: str
    test: str
    ranks: int
    outcome: str
    reason: str
    seconds: float | None
    at: datetime
    figures: dict[str, Any]
    log: str
    error_line: int
    error_text: str


class RecipeShape(Shape):
    """A recipe in a list."""

    name: str
    namespace: str
    version: str
    description: str
    homepage: str
    license: str
    readable: bool
    reason: str
    versions: int
    variants: int
    dependents: int
    maintained: bool
    tested: bool
    tags: list[str]


class WholeRecipe(RecipeShape):
    """A recipe with all that was read."""

    data: dict[str, Any]


class NeedShape(Shape):
    """That one recipe may need another package."""

    recipe: str
    name: str
    types: str
    always: bool
    when: str


class StackShape(Shape):
    """A stack in a list."""

    name: str
    title: str
    form: str
    file: str
    errors: int
    hints: int


class StackFindingShape(Shape):
    """What lint says of a stack."""

    rule: str
    level: str
    file: str
    line: int
    column: int
    message: str
    hint: str


class WholeStack(StackShape):
    """A stack with its roots and findings."""

    roots: list[str]
    findings: list[StackFindingShape]


class SourceShape(Shape):
    """Where what is here came from."""

    kind: str
    place: str
    digest: str
    state: str
    reason: str
    seen: datetime
