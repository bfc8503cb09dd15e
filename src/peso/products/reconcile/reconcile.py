"""Compares products, recipes and stacks, and says where they disagree.

Pure functions over records. The rules, in order:

1. Each product is matched with its packages first (`matching.py`); every message says how where
   the product does not say so itself.
2. A side that is not at hand is not compared, and said; nothing is assumed of it.
3. The same disagreement is one finding, however many roots lead to it: at the first place, with
   how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from peso.base.finding import Finding
from peso.products.reconcile.by_product import product_findings
from peso.products.reconcile.by_stack import stack_findings
from peso.products.reconcile.matching import Match, match, names_of
from peso.products.reconcile.record import ProductFile, Reconciled, Sides
from peso.products.reconcile.rules import distinct, finding, in_order


def reconcile(sides: Sides) -> Reconciled:
    """Compare all sides that are at hand."""
    recipes = sides.recipes
    names = names_of((*recipes.names(), *recipes.virtuals()) if recipes else _used(sides))
    matched = tuple((one, match(one.product, names)) for one in sides.products)
    findings = [
        *_claimed_twice(matched),
        *product_findings(matched, sides),
        *stack_findings(matched, sides),
    ]
    return Reconciled(
        findings=in_order(distinct(findings)),
        not_compared=tuple(_not_compared(sides)),
        matches=tuple(f"{one.product.name}: {_words(how)}" for one, how in matched),
    )


def _used(sides: Sides) -> Iterable[str]:
    return dict.fromkeys(one.package for one in sides.uses)


def _words(how: Match) -> str:
    if how.candidates:
        return f"{', '.join(how.candidates)}: ambiguous, {how.how}"
    return f"{', '.join(how.packages)}: {how.how}" if how.packages else how.how


def _claimed_twice(matched: Iterable[tuple[ProductFile, Match]]) -> Iterator[Finding]:
    claims: dict[str, list[ProductFile]] = {}
    for one, how in matched:
        for package in how.packages if how.claimed else ():
            claims.setdefault(package, []).append(one)
    for package, several in claims.items():
        for one in several[1:]:
            first = several[0]
            yield finding(
                "package-claimed-twice",
                package,
                f"{one.product.name} and {first.product.name} both claim {package}",
                one.at("spack"),
                hint=f"the other is {first.at('spack')}; let one claim it",
            )


def _not_compared(sides: Sides) -> Iterator[str]:
    missing: Mapping[str, bool] = {
        "no recipe repository is named (`recipes:` in peso.yaml), so products and stacks were not "
        "compared with recipes": sides.recipes is None,
        "there is no product in products/, so stacks were not compared with a catalog": (
            not sides.products
        ),
        "there is no Spack stack, so products were not compared with what is built": (
            not sides.stacks
        ),
        "no stack is one of E4S's (a folder of its path begins with `e4s`), so claims and tags of "
        "E4S were not compared": bool(sides.stacks) and not sides.e4s_stacks,
    }
    return (said for said, holds in missing.items() if holds)
