"""One package as the linter asks it: its versions, variants and rules under a given spec.

It knows facts of a recipe, and nothing of files or places. What a recipe leaves unread is never
taken for absent: the question then has no answer, and no rule may find fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from peso.products.lint.facts import Demanded, Facts, Forbidden, Offered, Released
from peso.products.lint.specs import Specs
from peso.products.spec.faults import Unanswerable
from peso.products.spec.spec import NO_ARCH, Spec
from peso.products.spec.spec import Variant as Asked
from peso.products.spec.versions import Version, Versions

_EVERY_KIND = "*"
_ARCH = frozenset({"platform", "os", "target", "arch", "operating_system"})


class Package:
    """A package, by its recipe."""

    def __init__(self, recipe: Facts, specs: Specs) -> None:
        self.recipe = recipe
        self.specs = specs

    def knows(self, kind: str) -> bool:
        """Say whether all directives of a kind could be read."""
        return kind not in self.recipe.unread and _EVERY_KIND not in self.recipe.unread

    @cached_property
    def released(self) -> tuple[Released, ...]:
        """The versions of the recipe as it lists them, in its order."""
        return tuple(Released(*one) for one in self.recipe.versions)

    @cached_property
    def versions(self) -> tuple[tuple[Version, Released], ...]:
        """The versions of the recipe in their order's terms."""
        found = ((self.specs.version(one.number), one) for one in self.released)
        return tuple((version, one) for version, one in found if version is not None)

    @cached_property
    def variants(self) -> Mapping[str, tuple[Offered, ...]]:
        """The variants by name; several where they differ by condition."""
        found: dict[str, tuple[Offered, ...]] = {}
        for one in (Offered(*row) for row in self.recipe.variants):
            found[one.name] = (*found.get(one.name, ()), one)
        return found

    def matching(self, wanted: Versions) -> tuple[Released, ...]:
        """Return the recipe's versions that are in a set of versions."""
        return tuple(one for version, one in self.versions if _within(version, wanted))

    def offered(self, name: str, spec: Spec) -> tuple[Offered, ...]:
        """Return what a variant may be for a spec: each definition whose condition may hold."""
        return tuple(
            one for one in self.variants.get(name, ()) if self.specs.possible(spec, one.when)
        )

    def sharp(self, spec: Spec) -> Spec:
        """Return a spec in which a variant that takes one value takes no other beside it."""
        variants = tuple(
            replace(one, exact=True) if self._takes_one(one) else one for one in spec.variants
        )
        return replace(spec, variants=variants) if variants != spec.variants else spec

    def _takes_one(self, asked: Asked) -> bool:
        offered = self.variants.get(asked.name, ())
        one_said = isinstance(asked.value, tuple) and len(asked.value) == 1
        return one_said and bool(offered) and not any(one.multi for one in offered)

    @cached_property
    def _conflicts(self) -> tuple[tuple[tuple[str, ...], Forbidden], ...]:
        rows = (Forbidden(*row) for row in self.recipe.conflicts)
        return tuple(((*one.when, one.spec), one) for one in rows)

    @cached_property
    def _requirements(self) -> tuple[Demanded, ...]:
        return tuple(Demanded(*row) for row in self.recipe.requirements)

    def broken(self, spec: Spec) -> Iterator[tuple[str, str, int]]:
        """Yield what certainly keeps a spec from being built: what, why, and the recipe's line."""
        specs, spec = self.specs, self.sharp(spec)
        said = {one.name for one in spec.variants} | _ARCH
        for texts, conflict in self._conflicts:
            if self._may_speak(texts, said, spec) and specs.certain(spec, texts):
                when = _when(conflict.when)
                yield f"conflicts({conflict.spec!r}{when})", conflict.message, conflict.line
        for rule in self._requirements:
            if not (self._may_speak(rule.when, said, spec) and specs.certain(spec, rule.when)):
                continue
            met = [one for one in rule.specs if specs.fits(spec, one)]
            sure = [one for one in rule.specs if specs.certain(spec, (one,))]
            if not met or (rule.policy == "one_of" and len(sure) > 1):
                asked = ", ".join(map(repr, rule.specs))
                yield f"requires({asked}{_when(rule.when)})", rule.message, rule.line

    def _may_speak(self, texts: Sequence[str], said: set[str], spec: Spec) -> bool:
        """Say, without reading them as specs, whether conditions may certainly hold for a spec.

        They cannot where they name a variant or a dependency of which the spec says nothing.
        """
        for text in texts:
            named, elsewhere = self.specs.named(text)
            if (elsewhere and not spec.edges) or not named <= said:
                return False
            if spec.arch is NO_ARCH and named & _ARCH:
                return False
        return True


def _when(condition: Sequence[str]) -> str:
    return f", when={' '.join(condition)!r}" if condition else ""


def _within(version: Version, wanted: Versions) -> bool:
    try:
        return version in wanted
    except Unanswerable:
        return True
