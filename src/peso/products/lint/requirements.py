"""What an environment requires of a package: of all roots, or of the roots of a group.

It follows Spack: the requirements of a package replace those of `all`; those of `all` that a
package cannot meet are passed over, so they are not used to find fault. Rules with `when` may not
apply and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from peso.base.yaml_nodes import Mapping
from peso.products.environments.merge import overlaid
from peso.products.environments.packages import read_packages
from peso.products.environments.record import (
    DEFAULT_GROUP,
    Choice,
    Environment,
    PackageSettings,
    Rule,
    Strength,
    Text,
)
from peso.products.environments.texts import get
from peso.products.lint.specs import Specs
from peso.products.spec.spec import Spec


class Requirements(Struct):
    """The unconditional requirements of an environment, by group."""

    environment: Environment
    specs: Specs
    _groups: dict[str, dict[str, PackageSettings]] = field(default_factory=dict)

    def of(self, package: str, group: str = DEFAULT_GROUP) -> tuple[Rule, ...]:
        """Return what is required of a package for the roots of a group."""
        settings = self._settings(group).get(package)
        rules = settings.rules if settings else ()
        return tuple(
            rule for rule in rules if rule.strength is Strength.REQUIRE and rule.when is None
        )

    def single(self, package: str, group: str = DEFAULT_GROUP) -> Iterator[tuple[Text, Spec]]:
        """Yield the specs that must all hold."""
        for rule in self.of(package, group):
            if rule.choice is Choice.ALL or len(rule.specs) == 1:
                spec = self.specs.spec(rule.specs[0].value)
                if spec is not None:
                    yield rule.specs[0], spec

    def choices(self, package: str, group: str = DEFAULT_GROUP) -> Iterator[Rule]:
        """Yield the rules of which one of several specs must hold."""
        for rule in self.of(package, group):
            if rule.choice is not Choice.ALL and len(rule.specs) > 1:
                yield rule

    def _settings(self, group: str) -> dict[str, PackageSettings]:
        if group not in self._groups:
            self._groups[group] = {one.name.value: one for one in self._packages(group)}
        return self._groups[group]

    def _packages(self, group: str) -> tuple[PackageSettings, ...]:
        own = next((one for one in self.environment.groups if one.name == group), None)
        override = get(own.override, "packages") if own and own.override else None
        if override is None:
            return self.environment.packages
        below = self.environment.section("packages")
        if isinstance(below, Mapping) and isinstance(override, Mapping):
            override = overlaid(below, override)
        return read_packages(override, lambda _trouble: None)
