"""Rules of names: packages, virtual packages and providers nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.yaml_nodes import Place
from peso.products.lint.case import Case, nearest
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.rule import ERROR, WARNING, Rule
from peso.products.lint.uses import ALL, BLOCKING, Role


def unknown_package(case: Case) -> Iterator[Sighting]:
    """Yield nodes whose package no repository has."""
    if not case.pantry.at_hand:
        return
    for node in case.nodes:
        name = node.package
        if not name or not node.cut.name or _known(case, name):
            continue
        if case.developed(name) or not case.pantry.whole:
            _not_sure(case, name, node.place("name"))
            continue
        yield Sighting(
            place=node.place("name"),
            message=f"no recipe repository has the package {name!r}",
            hint=nearest(name, case.pantry.names()),
            severity=None if node.role in BLOCKING else Severity.WARNING,
            recipes=True,
        )


def unknown_settings(case: Case) -> Iterator[Sighting]:
    """Yield keys of `packages:` that name no package."""
    if not case.pantry.at_hand:
        return
    for settings in case.environment.packages:
        name = settings.name.value.rpartition(".")[2]
        if name == ALL or _known(case, name):
            continue
        if not case.pantry.whole:
            _not_sure(case, name, settings.place)
            continue
        yield Sighting(
            place=settings.place,
            message=f"`packages` speaks of {name!r}, which no recipe repository has",
            hint=nearest(name, case.pantry.names()),
            recipes=True,
        )


def unknown_virtual(case: Case) -> Iterator[Sighting]:
    """Yield virtual packages in `packages:all:providers` that nobody provides."""
    settings = case.environment.settings(ALL)
    if settings is None or not case.pantry.whole:
        return
    for preferred in settings.providers:
        name = preferred.virtual.value
        if case.pantry.virtual(name):
            continue
        a_package = case.pantry.exists(name)
        yield Sighting(
            place=preferred.virtual.place,
            message=f"{name!r} is a package, not a virtual one"
            if a_package
            else f"no package provides {name!r}",
            hint="" if a_package else nearest(name, case.pantry.names()),
            recipes=True,
        )


def wrong_provider(case: Case) -> Iterator[Sighting]:
    """Yield providers that do not provide what they are listed for."""
    settings = case.environment.settings(ALL)
    if settings is None or not case.pantry.whole:
        return
    for preferred in settings.providers:
        providers = case.pantry.providers(preferred.virtual.value)
        for text in preferred.specs:
            spec = case.specs.spec(text.value)
            name = spec.name.rpartition(".")[2] if spec else ""
            if not name or not providers or name in providers or not case.pantry.exists(name):
                continue
            package = case.pantry.package(name)
            if package is not None and package.knows("provides"):
                yield Sighting(
                    place=text.place,
                    message=f"{name} does not provide {preferred.virtual}",
                    hint=f"these do: {', '.join(sorted(providers)[:6])}",
                    recipes=True,
                )


def providers_of_one(case: Case) -> Iterator[Sighting]:
    """Yield `providers:` of a single package, where Spack does not read it."""
    for settings in case.environment.packages:
        if settings.name.value != ALL and settings.providers:
            yield Sighting(
                place=settings.providers[0].virtual.place,
                message=f"`providers` of {settings.name}: Spack takes it under `all` only",
                hint="move it to `packages: {all: {providers: …}}`",
            )


def unreadable_recipe(case: Case) -> Iterator[Sighting]:
    """Note packages whose recipe cannot be read, so that nothing of them was judged."""
    noted: set[str] = set()
    for node in case.nodes:
        name = node.package
        if not name or name in noted or not case.pantry.exists(name):
            continue
        noted.add(name)
        if case.pantry.package(name) is None and not case.pantry.virtual(name):
            case.unchecked(f"the package {name}", "its recipe cannot be read", node.place("name"))
            if node.role is Role.ROOT:
                yield Sighting(
                    place=node.place("name"),
                    message=f"the recipe of {name} cannot be read, so nothing of it was looked at",
                    recipes=True,
                )


def _known(case: Case, name: str) -> bool:
    return case.pantry.exists(name) or case.pantry.virtual(name)


def _not_sure(case: Case, name: str, place: Place) -> None:
    reason = "; ".join(case.pantry.missing) or "its sources are a folder of `develop:`"
    case.unchecked(f"whether there is a package {name}", reason, place)


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="unknown-package",
        severity=ERROR,
        see=unknown_package,
        what="A spec of a package that no recipe repository has.",
        why="Spack cannot build it; it says so only after everything else was read.",
        fix="Correct the name, or give the repository that has it (`--repo`, `repos:`).",
        bad="specs: [zlbi]",
        good="specs: [zlib]",
    ),
    Rule(
        id="unknown-settings",
        severity=WARNING,
        see=unknown_settings,
        what="An entry of `packages:` for a package that no recipe repository has.",
        why="Spack passes over it, so that the setting somebody wrote has no effect.",
        fix="Correct the name, or remove the entry.",
        bad="packages: {zlbi: {buildable: false}}",
        good="packages: {zlib: {buildable: false}}",
    ),
    Rule(
        id="unknown-virtual",
        severity=WARNING,
        see=unknown_virtual,
        what="A virtual package in `packages:all:providers` that no package provides.",
        why="The preference has no effect.",
        fix="Correct the name: `mpi`, `blas`, `lapack` and so on.",
        bad="packages: {all: {providers: {mpii: [mpich]}}}",
        good="packages: {all: {providers: {mpi: [mpich]}}}",
    ),
    Rule(
        id="wrong-provider",
        severity=WARNING,
        see=wrong_provider,
        what="A provider that does not provide the virtual package it is listed for.",
        why="The preference has no effect.",
        fix="List a package that does; the hint names some.",
        bad="packages: {all: {providers: {mpi: [zlib]}}}",
        good="packages: {all: {providers: {mpi: [mpich]}}}",
    ),
    Rule(
        id="misplaced-providers",
        severity=WARNING,
        see=providers_of_one,
        what="`providers` of a single package.",
        why="Spack reads it under `all` only, or refuses the file.",
        fix="Move it to `packages: all: providers`, or write `require` of the virtual package.",
        bad="packages: {hdf5: {providers: {mpi: [mpich]}}}",
        good="packages: {all: {providers: {mpi: [mpich]}}}",
    ),
    Rule(
        id="unreadable-recipe",
        severity=WARNING,
        see=unreadable_recipe,
        what="A root whose recipe is there but cannot be read.",
        why="Nothing of it was looked at: versions, variants, conflicts.",
        fix="Look at the recipe: it may be broken.",
        bad="specs: [broken]",
        good="specs: [zlib]",
    ),
)
