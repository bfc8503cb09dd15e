"""The recipes at hand in a run: what is asked of them, and how sure a "not there" is.

What it does not do: open repositories (`shelves.py` does) or judge. The rules, in order:

1. Without any repository nothing is known, and nothing is wrong.
2. A name that is nowhere is unknown for certain only where every repository the environment must
   know is at hand; `missing` says what is not, and then the name is a matter for `Unchecked`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from peso.products.lint.facts import Facts
from peso.products.lint.package import Package
from peso.products.lint.record import RecipesUsed
from peso.products.lint.specs import Specs

if TYPE_CHECKING:
    from peso.products.recipes.record import Recipe, Unreadable

LANGUAGES = frozenset({"c", "cxx", "fortran"})
"""The virtual packages every Spack knows, whatever the recipes say."""


class Shelf(Protocol):
    """Recipes in the order of their repositories."""

    def find(self, name: str) -> Facts | None:
        """Return what is known of a package; None where no repository has it."""

    def has(self, name: str) -> bool:
        """Say whether a repository has a package."""

    def all_names(self) -> Collection[str]:
        """Return the names of all packages."""

    def provided(self) -> Mapping[str, Collection[str]]:
        """Return every virtual package with the packages that may provide it."""

    def renew(self) -> None:
        """Bring what is known of virtual packages up to date."""


class Catalogued(Protocol):
    """The catalog, as a shelf asks it."""

    def refresh(self) -> object:
        """Bring it up to date."""

    def recipe(self, name: str) -> Recipe | Unreadable:
        """Return a recipe that is there."""

    def names(self) -> Collection[str]:
        """Return the names of all packages."""

    def provided(self) -> Mapping[str, Collection[str]]:
        """Return every virtual package with the packages that may provide it."""

    def inputs(self, name: str) -> tuple[tuple[int, str], ...]:
        """Return the files a recipe was made of, its own first."""


class Pantry(Struct, kw_only=True):
    """What is known of recipes in one run."""

    specs: Specs
    shelf: Shelf | None = None
    used: tuple[RecipesUsed, ...] = ()
    missing: tuple[str, ...] = ()
    """Why the recipes at hand may not be all, or not the right ones."""
    _packages: dict[str, Package | None] = field(default_factory=dict)

    @property
    def at_hand(self) -> bool:
        """Whether there are any recipes."""
        return self.shelf is not None

    @property
    def whole(self) -> bool:
        """Whether a package that is not here is nowhere."""
        return self.shelf is not None and not self.missing

    def package(self, name: str) -> Package | None:
        """Return a package that can be read; None for any other."""
        if name not in self._packages:
            facts = self.shelf.find(name) if self.shelf else None
            judged = facts is not None and facts.readable and not facts.virtual
            self._packages[name] = Package(facts, self.specs) if facts and judged else None
        return self._packages[name]

    def exists(self, name: str) -> bool:
        """Say whether a name is that of a package, readable or not."""
        return self.shelf is not None and self.shelf.has(name)

    def virtual(self, name: str) -> bool:
        """Say whether a name is that of a virtual package."""
        if name in LANGUAGES:
            return True
        if self.shelf is None:
            return False
        if name not in self.shelf.provided() and not self.shelf.has(name):
            self.shelf.renew()
        return name in self.shelf.provided()

    def providers(self, virtual: str) -> Collection[str]:
        """Return the packages that may provide a virtual one."""
        return self.shelf.provided().get(virtual, ()) if self.shelf else ()

    def names(self) -> Iterable[str]:
        """Return every name of a package or virtual one."""
        return (*self.shelf.all_names(), *self.shelf.provided()) if self.shelf else ()
