"""What disagrees about each product: its packages, license, tests, maintainers, claim to E4S."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from peso.base.finding import Finding, Unknown
from peso.products.product import Product
from peso.products.recipes.record import Recipe
from peso.products.reconcile.addresses import same_address
from peso.products.reconcile.licenses import compare
from peso.products.reconcile.matching import Match, normal
from peso.products.reconcile.record import ProductFile, Recipes, Sides
from peso.products.reconcile.rules import finding

_NEAR_REPOSITORIES = ("repository", "source", "github", "gitlab")


def product_findings(
    matched: Iterable[tuple[ProductFile, Match]], sides: Sides
) -> Iterator[Finding]:
    """Yield what disagrees about each product."""
    in_e4s = {one.package for one in sides.uses if one.e4s}
    for one, how in matched:
        yield from _matching(one, how)
        if sides.recipes is not None:
            yield from _recipes(one, how, sides.recipes)
        if sides.e4s_stacks:
            yield from _claim(one, how, in_e4s)


def _matching(one: ProductFile, how: Match) -> Iterator[Finding]:
    product = one.product
    if how.candidates:
        yield finding(
            "match-ambiguous",
            product.name,
            f"{product.name} may be {' or '.join(how.candidates)} ({how.how})",
            one.at("name"),
        )
    elif how.packages and not how.claimed:
        yield finding(
            "package-not-named",
            product.name,
            f"{product.name} names no package; it was taken for {how.packages[0]}: {how.how}",
            one.at("name"),
        )


def _recipes(one: ProductFile, how: Match, recipes: Recipes) -> Iterator[Finding]:
    for package in how.packages:
        recipe = recipes.find(package)
        if recipe is None:
            yield from _without_recipe(one, package, recipes)
            continue
        whose = f"{one.product.name} ({package})"
        yield from _license(one, recipe, whose)
        yield from _addresses(one, recipe, whose)


def _without_recipe(one: ProductFile, package: str, recipes: Recipes) -> Iterator[Finding]:
    if package in recipes.names():
        return  # it cannot be read: that is said once, by the caller
    what = "only a virtual package" if package in recipes.virtuals() else "no package of Spack"
    near = difflib.get_close_matches(normal(package), recipes.names(), n=3, cutoff=0.85)
    yield finding(
        "package-unknown",
        one.product.name,
        f"{one.product.name} names {package}, which is {what} here",
        one.at("spack"),
        hint=f"did you mean {' or '.join(near)}?" if near else "",
    )


def _license(one: ProductFile, recipe: Recipe, whose: str) -> Iterator[Finding]:
    product = one.product
    where = f"{recipe.repository}/{recipe.path}"
    if not recipe.licenses:
        if any(unread.directive in {"license", "*"} for unread in recipe.unread):
            message = f"{whose}: the recipe's license could not be read"
            yield finding("license-not-comparable", product.name, message, where)
            return
        message = f"{whose}: the recipe names no license"
        yield finding("recipe-names-no-license", product.name, message, f"{where}:{recipe.line}")
        return
    compared = compare(product.license, recipe.licenses)
    if isinstance(compared.same, Unknown):
        message = f"{whose}: {compared.same.unknown}"
        yield finding("license-not-comparable", product.name, message, one.at("license"))
    elif not compared.same:
        yield finding(
            "license-differs",
            product.name,
            f"{whose}: the product says {product.license}, the recipe {compared.recipe}",
            one.at("license"),
            hint=f"see {where}:{compared.line}; the product's own license file decides",
        )


def _addresses(one: ProductFile, recipe: Recipe, whose: str) -> Iterator[Finding]:
    product = one.product
    for rule, said, labels in (
        ("homepage-differs", recipe.homepage, ("website", "homepage", "home")),
        ("repository-differs", recipe.git, _NEAR_REPOSITORIES),
    ):
        mine = _links(product, labels)
        if said and mine and not any(same_address(said, url) for url in _links(product, ())):
            message = f"{whose}: the product says {', '.join(mine)}, the recipe {said}"
            yield finding(rule, product.name, message, one.at("links"))


def _links(product: Product, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses of links with a label like one of these; of all where none is given."""
    return tuple(
        link.url
        for link in product.links
        if isinstance(link.url, str)
        and (not labels or (isinstance(link.label, str) and _like(link.label, labels)))
    )


def _like(label: str, labels: tuple[str, ...]) -> bool:
    return any(one in label.casefold() for one in labels)


def _claim(one: ProductFile, how: Match, in_e4s: set[str]) -> Iterator[Finding]:
    product = one.product
    if not product.e4s or how.candidates or in_e4s & set(how.packages):
        return
    its = f"none of its packages ({', '.join(how.packages)}) is"
    looked = f"{its} named by any E4S stack" if how.packages else how.how
    message = f"{product.name} says it is {', '.join(product.e4s)} in E4S, but {looked}"
    there = [name for name in map(normal, product.e4s) if name in in_e4s]
    hint = f"E4S's stacks have {there[0]}: name it in `spack`, if it is this" if there else ""
    yield finding("e4s-claim-unmet", product.name, message, one.at("e4s"), hint=hint)
