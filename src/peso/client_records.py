"""What a portal says, as records: frozen, the same words as its API; for `peso.client`.

A field that a newer portal adds is left out, so that an older client goes on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from peso.base.record import Record


class Said(Record):
    """What a portal says of something."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Product(Said):
    """A product, as a list has it."""

    slug: str
    name: str
    description: str
    license: str
    """An SPDX expression; empty: not known."""
    curated: bool
    """Whether a catalog lists it; else it is known from a release only."""
    spack: tuple[str, ...]
    pypi: str
    gpu: bool
    tested: bool
    members: tuple[str, ...]
    areas: tuple[str, ...]


class Cell(Said):
    """A product on a platform in a release."""

    product: str
    platform: str
    release: str
    """`channel/stack/version`."""
    state: str
    """`pass`, `fail`, `unknown`, `not tested`."""
    passed: int
    failed: int
    unknown: int
    skipped: int
    last: datetime | None


class Stated(Said):
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
    """Whether it may decide anything, as of the answer."""
    reason: str
    """Why it may not."""


class Finding(Said):
    """A known vulnerability in a release."""

    release: str
    """`channel/stack/version`."""
    rule: str
    level: str
    subject: str
    message: str
    hint: str
    aliases: tuple[str, ...]
    confidence: str
    """How sure it is that the advisory speaks of the subject; empty: not recorded."""
    exploited: str
    """`known`, `not known`, `not looked up`; empty: not recorded."""
    fixed: tuple[str, ...]
    """Versions with a fix."""
    published: datetime | None
    """None: no record says when."""
    stated: Stated | None
    """The statement that stands beside it; None: nobody says anything."""


class Known(Said):
    """A source of advisories that knows a component."""

    source: str
    as_of: datetime | None
    """None: not recorded."""
    records: int | None


class Component(Said):
    """Which sources of advisories know a component; none: not covered, never clean."""

    subject: str
    name: str
    sources: tuple[str, ...]
    known: tuple[Known, ...]
    reason: str
    """Why nobody knows it."""


class Asked(Said):
    """A source of advisories that a scan asked."""

    name: str
    as_of: datetime
    records: int
    exploited: bool
    """Whether it says which vulnerabilities are exploited, and nothing of versions."""


class License(Said):
    """A license, and how many things have it."""

    license: str
    count: int


class Needed(Said):
    """The licenses of what a product needs in one way."""

    way: str
    """`linked`, `unsaid`, `run`, `build`."""
    licenses: tuple[License, ...]


class Upstream(Said):
    """What the authors of a product released last, as somebody who looked it up says."""

    version: str
    as_of: date
    by: str


class ProductWhole(Product):
    """A product with all that is known."""

    data: dict[str, Any]
    """Its file, `peso.product/1`."""
    releases: tuple[str, ...]
    cells: tuple[Cell, ...]
    upstream: Upstream | None
    """None: nobody looked it up."""
    listed_by: tuple[str, ...]
    """The workspaces that list it; what the first says is shown."""
    scanned: str
    """The newest release whose scan looked at it; empty: none did."""
    findings: tuple[Finding, ...]
    coverage: tuple[Component, ...]
    licenses: tuple[Needed, ...]
    """Of what it needs; empty: not on record."""
    named: tuple[str, ...]
    """What the gate's rule on licenses said of what it needs."""


class Release(Said):
    """A release, as a list has it."""

    channel: str
    stack: str
    version: str
    title: str
    created: datetime
    manifest: str
    published: bool
    development: bool
    verdict: str
    """Of the gate: `pass`, `fail`, `unknown`."""
    reason: str
    files: int
    bytes: int


class ReleaseWhole(Release):
    """A release with all that is known."""

    products: dict[str, str]
    """Name to version."""
    gate: tuple[dict[str, Any], ...]
    cells: tuple[Cell, ...]
    scanned: datetime | None
    """None: nothing was scanned."""
    asked: tuple[Asked, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Component, ...]
    stated: tuple[Stated, ...]
    licenses: tuple[License, ...] | None
    """Of what ships; None: there is no inventory."""
    unlicensed: dict[str, str]
    """What ships under a license nobody knows, and why."""
    evidence: dict[str, str]
    """Kind to sha256."""


class Unit(Said):
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


class Run(Said):
    """One run of one test."""

    product: str
    platform: str
    test: str
    ranks: int
    outcome: str
    reason: str
    seconds: float | None
    at: datetime
    figures: dict[str, float | str]
    log: str
    error_line: int
    error_text: str


class Recipe(Said):
    """A recipe, as a list has it."""

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
    tags: tuple[str, ...]


class RecipeWhole(Recipe):
    """A recipe with all that was read."""

    data: dict[str, Any]


class Need(Said):
    """That a recipe may need a package, or a virtual one."""

    recipe: str
    name: str
    types: str
    always: bool
    when: str


class Stack(Said):
    """A stack, as a list has it."""

    name: str
    title: str
    form: str
    file: str
    errors: int
    hints: int


class StackFinding(Said):
    """What lint says of a stack, and where."""

    rule: str
    level: str
    file: str
    line: int
    column: int
    message: str
    hint: str


class StackWhole(Stack):
    """A stack with its roots and findings."""

    roots: tuple[str, ...]
    findings: tuple[StackFinding, ...]


class Source(Said):
    """Where something came from, and what became of it."""

    kind: str
    place: str
    sha256: str = Field(alias="digest")
    """Of what was taken in."""
    state: str
    reason: str
    seen: datetime
