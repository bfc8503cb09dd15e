"""What the rules of a Spack environment look at: its record, specs, recipes and machine."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from peso.base.yaml_nodes import Mapping, Place
from peso.products.environments.record import Environment, PackageSettings, Text
from peso.products.lint.host import Host
from peso.products.lint.pantry import Pantry
from peso.products.lint.record import Unchecked
from peso.products.lint.specs import Specs
from peso.products.lint.uses import NodeUse, RootUse
from peso.products.spec.spec import Spec

Tell = Callable[[Unchecked], None]


class Case(Struct, frozen=True, kw_only=True):
    """One environment to be judged."""

    environment: Environment
    specs: Specs
    pantry: Pantry
    host: Host | None
    """The machine it is for; None where nobody asked about one."""
    roots: tuple[RootUse, ...]
    others: tuple[NodeUse, ...]
    tell: Tell
    """Takes what could not be looked at."""
    _external: dict[str, tuple[Spec, ...]] = field(default_factory=dict)

    @property
    def nodes(self) -> Iterable[NodeUse]:
        """Every node of every spec, those of the roots first."""
        for root in self.roots:
            yield from root.nodes
        yield from self.others

    def externals(self, package: str) -> tuple[Spec, ...]:
        """Return the externals of a package, as specs."""
        if package not in self._external:
            settings = self.environment.settings(package)
            texts = [one.spec.value for one in settings.externals] if settings else []
            found = (self.specs.spec(text) for text in texts)
            self._external[package] = tuple(one for one in found if one is not None)
        return self._external[package]

    def developed(self, package: str) -> bool:
        """Say whether the package is one of `develop:`, whose sources are a folder."""
        section = self.environment.section("develop")
        return isinstance(section, Mapping) and package in section

    def unchecked(self, what: str, reason: str, place: Place | None = None) -> None:
        """Note what could not be looked at."""
        self.tell(Unchecked(what=what, reason=reason, place=place))


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint with the names most like this one; empty where there is none."""
    close = difflib.get_close_matches(name, list(names), n=3, cutoff=0.7)
    return f"did you mean {' or '.join(close)}?" if close else ""


__all__ = ["Case", "PackageSettings", "Tell", "Text", "nearest"]
