"""Suggestions: statements that a person may want to sign, each with evidence; nothing is applied.

Three grounds, the firmest first:

1. **patch**: the recipe at hand says that a patch mends the vulnerability, and the lock says by
   sha256 that this patch was applied to this unit. Then `fixed`, also where no source knows it.
2. **build-only**: a finding is in a unit that only built others and is not shipped. Then
   `not_affected`, component_not_present.
3. **variant**: a finding's summary names what a variant of the unit, which is off, would have
   brought: the variant, or a package that the recipe needs only with it. Then `not_affected`,
   vulnerable_code_not_present. That is a word in a sentence and no more: read the advisory.

What the machine supplied is its distribution's to say. A unit whose recipe is not at hand is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from peso.base.finding import Finding, Unknown
from peso.base.record import Record
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import NativeGraph, Units
from peso.products.recipes.record import Dependency, Recipe
from peso.products.recipes.record import Variant as Declared
from peso.services.assurance.vex.patched import Beside, Mended, mended
from peso.services.assurance.vex.record import Justification, Status

Ground = Literal["patch", "build-only", "variant"]
_SUMMARY = "; "
"""Where in a finding's message the summary ends."""
_SHORTEST = 3
_COMMON = """
all api bin build check cli code cxx debug dev doc docs example examples extra extras force full io
lib libs mpi opt optimize pic plugins profile python share shared static std test tests threads
tools util utils utilities verify with
"""
_ANYTHING = frozenset(_COMMON.split())
"""Names of variants that are words of any advisory."""
_WORD = re.compile(r"[a-z0-9]+")


class Suggestion(Record):
    """A statement that a person may want to sign."""

    vulnerability: str
    aliases: tuple[str, ...]
    subject: str
    """The unit's purl."""
    unit: str
    """The unit for people."""
    status: Status
    justification: Justification | Literal[""]
    ground: Ground
    evidence: tuple[str, ...]
    """What it rests on: the recipe's file and line, and what the lock says."""
    found: bool
    """Whether a source speaks of this vulnerability in this unit."""


class Suggested(Record):
    """What may be stated of a lock or a release."""

    target: str
    units: int
    findings: int
    suggestions: tuple[Suggestion, ...]
    unread: tuple[str, ...]
    """Units whose recipe is not at hand, each with the reason."""


def suggest(
    lock: Units,
    findings: Iterable[Finding],
    recipe_of: Callable[[NativeUnit], Recipe | Unknown],
    beside: Beside,
    *,
    target: str,
) -> Suggested:
    """Suggest statements on the units of a lock.

    Args:
        lock: The units and roots.
        findings: What a scan found in them; the subject is a unit's purl.
        recipe_of: Gives the recipe of a unit.
        beside: Gives the bytes of recipes and of patches beside them.
        target: What people call it.
    """
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.subject, []).append(one)
    desk = _Desk(NativeGraph(lock).shipped(), beside)
    said: list[Suggestion] = []
    unread: list[str] = []
    for unit in (one for one in lock.units if one.external is None):
        recipe = recipe_of(unit)
        if isinstance(recipe, Unknown):
            unread.append(f"{unit.label}: {recipe.unknown}")
        said += desk.on(unit, recipe, found.get(unit.purl, []))
    return Suggested(
        target=target,
        units=len(lock.units),
        findings=sum(map(len, found.values())),
        suggestions=tuple(_once(said)),
        unread=tuple(unread),
    )


class _Desk:
    """What is shipped, and the patches of each recipe, read once."""

    def __init__(self, shipped: frozenset[str], beside: Beside) -> None:
        self._shipped, self._beside = shipped, beside
        self._patches: dict[tuple[str, str], tuple[Mended, ...]] = {}

    def on(
        self, unit: NativeUnit, recipe: Recipe | Unknown, findings: list[Finding]
    ) -> Iterator[Suggestion]:
        """Give what may be stated on a unit, the firmest first."""
        known = recipe if isinstance(recipe, Recipe) else None
        if known is not None and unit.patches:
            yield from _of_patches(unit, self._mended(known), findings)
        if unit.hash not in self._shipped:
            yield from (_build_only(unit, one) for one in findings)
        elif known is not None:
            yield from _of_variants(unit, known, findings)

    def _mended(self, recipe: Recipe) -> tuple[Mended, ...]:
        key = recipe.repository, recipe.path
        if key not in self._patches:
            self._patches[key] = mended(recipe, self._beside)
        return self._patches[key]


def _once(said: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """Give one suggestion for each vulnerability of a unit: the firmest ground comes first."""
    seen: set[tuple[str, str]] = set()
    for one in said:
        keys = {(one.subject, name) for name in (one.vulnerability, *one.aliases)}
        if not keys & seen:
            yield one
        seen |= keys


def _of_patches(
    unit: NativeUnit, mends: Iterable[Mended], findings: Iterable[Finding]
) -> Iterator[Suggestion]:
    applied = frozenset(unit.patches)
    by_id = {name: one for one in findings for name in (one.rule, *one.aliases)}
    for patch in mends:
        for digest in sorted(patch.digests & applied):
            for name in patch.ids:
                seen = by_id.get(name)
                yield Suggestion(
                    vulnerability=name,
                    aliases=_others(seen, name),
                    subject=unit.purl,
                    unit=unit.label,
                    status="fixed",
                    justification="",
                    ground="patch",
                    evidence=(
                        f"{patch.where}: {patch.said}",
                        f"the lock names this patch of {unit.label}: sha256 {digest}",
                    ),
                    found=seen is not None,
                )


def _build_only(unit: NativeUnit, seen: Finding) -> Suggestion:
    return Suggestion(
        vulnerability=seen.rule,
        aliases=seen.aliases,
        subject=unit.purl,
        unit=unit.label,
        status="not_affected",
        justification="component_not_present",
        ground="build-only",
        evidence=(f"no root needs {unit.label} over link or run dependencies: it is not shipped",),
        found=True,
    )


def _of_variants(
    unit: NativeUnit, recipe: Recipe, findings: Iterable[Finding]
) -> Iterator[Suggestion]:
    off = {one.name for one in unit.variants if one.value == "false"}
    declared = {one.name: one for one in recipe.variants if one.name in off}
    named = {
        word: (variant, needed)
        for name, variant in sorted(declared.items())
        for word, needed in _words(name, recipe)
    }
    if not named:
        return
    for seen in findings:
        words = set(_WORD.findall(seen.message.partition(_SUMMARY)[0].lower()))
        for word in sorted(words & named.keys()):
            variant, needed = named[word]
            yield _variant(unit, seen, word, variant, needed, recipe)
            break


def _words(name: str, recipe: Recipe) -> Iterator[tuple[str, Dependency | None]]:
    """Give the words that stand for what a variant brings, each with the dependency it is of."""
    if len(name) >= _SHORTEST and name.lower() not in _ANYTHING:
        yield name.lower(), None
    for one in recipe.dependencies:
        if one.when and f"+{name}" in "".join(one.when) and one.name.lower() not in _ANYTHING:
            yield one.name.lower(), one


def _variant(  # noqa: PLR0913, PLR0917 - the parts of one piece of evidence
    unit: NativeUnit,
    seen: Finding,
    word: str,
    variant: Declared,
    needed: Dependency | None,
    recipe: Recipe,
) -> Suggestion:
    place = f"{variant.file or recipe.path}:{variant.line}"
    evidence = [
        f"{place}: variant {variant.name}, which is off in {unit.label}",
        f"the advisory names {word!r}: {seen.message.partition(_SUMMARY)[0]}",
    ]
    if needed is not None:
        place = f"{needed.file or recipe.path}:{needed.line}"
        evidence.insert(1, f"{place}: {needed.name} is needed only with +{variant.name}")
    return Suggestion(
        vulnerability=seen.rule,
        aliases=seen.aliases,
        subject=unit.purl,
        unit=unit.label,
        status="not_affected",
        justification="vulnerable_code_not_present",
        ground="variant",
        evidence=tuple(evidence),
        found=True,
    )


def _others(seen: Finding | None, name: str) -> tuple[str, ...]:
    if seen is None:
        return ()
    return tuple(one for one in (seen.rule, *seen.aliases) if one != name)
