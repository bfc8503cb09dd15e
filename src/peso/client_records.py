"""What a portal says, as records: frozen, the same words as its API; for `peso.client`.

A field that a newer portal adds is left out, so that an older client goes on.
"""

from __future__ import annotations

from datetime import datetime
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


class ProductWhole(Product):
    """A product with all that is known."""

    data: dict[str, Any]
    """Its file, `peso.product/1`."""
    releases: tuple[str, ...]
    cells: tuple[Cell, ...]


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


class Finding(Said):
    """A known vulnerability in a release."""

    rule: str
    level: str
    subject: str
    message: str
    hint: str
    aliases: tuple[str, ...]


class Component(Said):
    """Which sources of advisories know a component; none: not covered, never clean."""

    subject: str
    sources: tuple[str, ...]


class ReleaseWhole(Release):
    """A release with all that is known."""

    products: dict[str, str]
    """Name to version."""
    gate: tuple[dict[str, Any], ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Component, ...]
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
