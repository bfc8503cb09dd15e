"""What disagrees about what stacks ask for: catalog, tag, version, maintainer, test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peso.base.finding import Finding
from peso.products.lint.specs import Specs
from peso.products.recipes.record import Recipe
from peso.products.reconcile.matching import Match
from peso.products.reconcile.record import ProductFile, Recipes, Sides, Use
from peso.products.reconcile.rules import finding
from peso.products.spec.faults import Unanswerable
from peso.products.spec.versions import Version, Versions

TAG = "e4s"


def stack_findings(matched: Iterable[tuple[ProductFile, Match]], sides: Sides) -> Iterator[Finding]:
    """Yield what disagrees about the packages that stacks ask for."""
    stewarded = {package: one for one, how in matched for package in how.packages}
    roots = _first(use for use in sides.uses if use.root)
    if sides.products:
        for package, uses in roots.items():
            if package not in stewarded:
                yield finding(
                    "in-stack-not-in-catalog",
                    package,
                    f"{package} is a root of {_stacks(uses)} and no product of the catalog",
                    uses[0].where,
                )
    if sides.recipes is not None:
        yield from _tags(_first(sides.uses), sides, sides.recipes)
        yield from _versions(sides.uses, sides.recipes)
        yield from _care(roots, stewarded, sides.recipes)


def _first(uses: Iterable[Use]) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(use.package, []).append(use)
    return dict(sorted(found.items()))


def _stacks(uses: Iterable[Use]) -> str:
    several = list(dict.fromkeys(use.stack for use in uses))
    return several[0] if len(several) == 1 else f"{len(several)} stacks ({several[0]}, ...)"


def _tags(named: dict[str, list[Use]], sides: Sides, recipes: Recipes) -> Iterator[Finding]:
    if not sides.e4s_stacks:
        return
    in_e4s = {name: [one for one in uses if one.e4s] for name, uses in named.items()}
    tagged = recipes.tagged(TAG)
    for package in tagged:
        if not in_e4s.get(package):
            recipe = recipes.find(package)
            where = f"{recipe.repository}/{recipe.path}" if recipe else package
            message = f"{package} is tagged {TAG}, but no E4S stack names it"
            yield finding("tagged-in-no-stack", package, message, where)
    roots = {name: [one for one in uses if one.root] for name, uses in in_e4s.items()}
    for package, uses in roots.items():
        if uses and package not in tagged and recipes.find(package) is not None:
            message = f"{package} is a root of {_stacks(uses)}, but its recipe is not tagged {TAG}"
            yield finding("in-stack-not-tagged", package, message, uses[0].where)


def _versions(uses: Iterable[Use], recipes: Recipes) -> Iterator[Finding]:
    specs = Specs()
    several: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        spec = specs.spec(use.spec)
        if spec is not None and not spec.versions.any and not use.external:
            several.setdefault((use.package, str(spec.versions)), []).append(use)
    for (package, versions), found in sorted(several.items()):
        recipe = recipes.find(package)
        spec = specs.spec(f"{package}@{versions}")
        if recipe is None or spec is None:
            continue
        matching = [one for one in recipe.versions if _within(one.number, spec.versions, specs)]
        where, asked = found[0].where, f"{package}@{versions} in {_stacks(found)}"
        whole = not any(one.directive in {"version", "*"} for one in recipe.unread)
        if not whole or any(one.ref for one in _named(specs, versions)):
            continue  # not all versions are known, or it is a git reference: it may be there
        if not matching and recipe.versions:
            message = f"{asked}: the recipe has no such version"
            yield finding("version-gone", package, message, where)
        elif matching and all(one.deprecated for one in matching):
            numbers = ", ".join(one.number for one in matching)
            message = f"{asked}: deprecated ({numbers})"
            yield finding("version-deprecated", package, message, where)


def _within(number: str, wanted: Versions, specs: Specs) -> bool:
    """Say whether a version is among those wanted; yes where that cannot be decided."""
    version = specs.version(number)
    try:
        return version is None or version in wanted
    except Unanswerable:
        return True


def _named(specs: Specs, versions: str) -> Iterator[Version]:
    for text in versions.split(","):
        version = specs.version(text.removeprefix("="))
        if version is not None:
            yield version


def _care(
    roots: dict[str, list[Use]], stewarded: dict[str, ProductFile], recipes: Recipes
) -> Iterator[Finding]:
    """Yield what a steward misses of recipes: those of products, and the roots of E4S stacks."""
    in_e4s = (package for package, uses in roots.items() if any(one.e4s for one in uses))
    for package in dict.fromkeys((*stewarded, *in_e4s)):
        recipe = recipes.find(package)
        if recipe is None:
            continue
        whose = (
            f" (of the product {stewarded[package].product.name})" if package in stewarded else ""
        )
        where = f"{recipe.repository}/{recipe.path}:{recipe.line}"
        if not recipe.maintainers:
            message = f"the recipe {package}{whose} names no maintainer"
            yield finding("no-maintainer", package, message, where)
        if recipe.has_code and not _tested(recipe):
            message = f"the recipe {package}{whose} has no stand-alone test"
            yield finding("no-stand-alone-test", package, message, where)


def _tested(recipe: Recipe) -> bool:
    """Say whether it has a test of its own; what a base class brings tests only an import."""
    return any(not one.file for one in recipe.tests)
