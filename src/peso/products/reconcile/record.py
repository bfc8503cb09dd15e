"""What is compared: products with their lines, the packages stacks ask for, and recipes.

Pure facts; `reconcile.py` compares them. What is not at hand is None or empty, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from peso.base.finding import Finding
from peso.products.product import Product
from peso.products.recipes.record import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFile:
    """A product of the workspace, and where its file says what."""

    file: str
    product: Product
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> str:
        """Return file:line of what the file says of a field; of the name where it says nothing."""
        return f"{self.file}:{self.lines.get(key, self.lines.get('name', 1))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A package that a stack names, in a root or as a root's dependency."""

    package: str
    spec: str
    """What is asked of it: the node alone, without its dependencies."""
    stack: str
    where: str
    root: bool = True
    e4s: bool = False
    """Whether the stack is one of E4S's."""
    external: bool = False
    """Whether the stack has it on the machine: then no recipe decides its versions."""


class Recipes(Protocol):
    """The recipes that products and stacks are compared with."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all packages."""

    def virtuals(self) -> tuple[str, ...]:
        """Return the names of the virtual packages that some recipe provides."""

    def find(self, name: str) -> Recipe | None:
        """Return a recipe; None where there is none, or it cannot be read."""

    def tagged(self, tag: str) -> tuple[str, ...]:
        """Return the packages with a tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """All sides that are compared."""

    products: tuple[ProductFile, ...] = ()
    uses: tuple[Use, ...] = ()
    recipes: Recipes | None = None
    stacks: int = 0
    e4s_stacks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What came of comparing them."""

    findings: tuple[Finding, ...] = ()
    not_compared: tuple[str, ...] = ()
    """What could not be compared, and why."""
    matches: tuple[str, ...] = ()
    """How each product was matched with its packages."""
