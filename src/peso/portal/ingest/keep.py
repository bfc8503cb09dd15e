"""Keep: a release's facts become rows, all of them in one transaction, and once.

1. A release is known by channel, stack and version. The same facts again change nothing; others
   replace what was kept of it, but for runs of tests, which are added: a run is known by its key.
2. What a publication proved is not replaced by what a ledger says of the same version.
3. Cells are counted anew for what was touched, in the same transaction.
4. A product that no catalog lists gets a page all the same, marked as known from a release only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from peso.portal.ingest.facts import Facts, ReleaseFact, ResultFact, UnitFact, cut
from peso.portal.ingest.rows import add_rows, count_cells, storable
from peso.portal.store.generation import changed
from peso.portal.store.models import (
    Coverage,
    Evidence,
    Platform,
    Product,
    ProductRecipe,
    Release,
    ReleaseFile,
    ReleaseFinding,
    ReleaseProduct,
    ReleaseUnit,
)

BATCH: Final = 2000
_NOT_IN_A_SLUG: Final = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A release that was kept."""

    release: Release | None
    """None: what is there is better proven, and nothing was changed."""
    rows: int
    products: dict[str, Product]
    """The product that each name in it stands for."""

    def add(self, platform: str, results: Sequence[ResultFact]) -> int:
        """Add a further run of its tests, on any platform; returns how many rows that were."""
        if self.release is None:
            return 0
        if new := {one.product for one in results} - self.products.keys():
            self.products.update(products_named(new))
        return add_results(self.release, platform, results, self.products)


@transaction.atomic
def keep(facts: Facts) -> Kept:
    """Keep a release; of one that a publication proved nothing is changed by a ledger."""
    release = _release(facts.release, facts)
    if release is None:
        return Kept(release=None, rows=0, products={})
    changed()
    products = _products(facts)
    rows = _fill(release, facts, products)
    rows += add_results(release, facts.platform, facts.results, products)
    return Kept(release=release, rows=rows, products=products)


@transaction.atomic
def add_results(
    release: Release, platform: str, results: Sequence[ResultFact], products: dict[str, Product]
) -> int:
    """Add runs of tests that are not there yet, and count their cells anew."""
    if not results or not platform:
        return 0
    where, _ = Platform.objects.get_or_create(name=cut(platform))
    ids = {name: product.pk for name, product in products.items()}
    added = add_rows(release.pk, where.pk, results, ids)
    if added:
        changed()
        count_cells(release.pk, where.pk)
    return added


def slug_of(name: str) -> str:
    """Return a name as an address has it."""
    return _NOT_IN_A_SLUG.sub("-", name.casefold()).strip("-.")[:120] or "unnamed"


def _release(fact: ReleaseFact, facts: Facts) -> Release | None:
    """Return the release's row, new or emptied; None where what is there is better proven."""
    known = Release.objects.filter(
        channel=fact.channel, stack=fact.stack, version=fact.version
    ).first()
    if known is not None and known.published and not fact.published:
        return None
    if known is not None and fact.published and not known.published:
        # What only a ledger said does not stand beside what is proven, whichever came first.
        known.results.all().delete()
        known.cells.all().delete()
    row = known or Release(channel=fact.channel, stack=fact.stack, version=fact.version)
    row.title, row.created, row.manifest = fact.title, fact.created, fact.manifest
    row.published, row.development = fact.published, fact.development
    row.verdict, row.reason, row.publication = fact.verdict, fact.reason, fact.publication
    row.files, row.bytes = len(fact.files), sum(one.length for one in fact.files)
    row.data = {"gate": [rule.plain() for rule in facts.gate]}
    storable((row,))[0].save()
    for several in (row.products, row.units, row.named, row.findings, row.coverage, row.evidence):
        several.all().delete()
    return row


def _products(facts: Facts) -> dict[str, Product]:
    """Return the product of each name that a release uses."""
    names = {one.name for one in facts.products} | {one.product for one in facts.results}
    return products_named(names)


def products_named(names: Iterable[str]) -> dict[str, Product]:
    """Return the product each name stands for: a slug, a package's, PyPI's; made at need."""
    wanted = {name: slug_of(name) for name in names}
    slugs, folded = set(wanted.values()), {name.casefold() for name in wanted}
    found: dict[str, Product] = {}
    for one in Product.objects.filter(Q(slug__in=slugs) | Q(pypi__in=folded)):
        found[one.slug] = found[one.pypi or one.slug] = one
    recipes = ProductRecipe.objects.filter(recipe__in=set(wanted)).select_related("product")
    by_recipe = {one.recipe: one.product for one in recipes}
    said: dict[str, Product] = {}
    for name, slug in wanted.items():
        known = by_recipe.get(name) or found.get(name.casefold()) or found.get(slug)
        if known is None:
            known, _ = Product.objects.get_or_create(
                slug=slug,
                defaults={"name": name or "unnamed", "sorted_as": name.casefold(), "words": name},
            )
            found[slug] = known
        said[name] = known
    return said


def _fill(release: Release, facts: Facts, products: dict[str, Product]) -> int:
    several: tuple[tuple[Any, list[Any]], ...] = (
        (
            ReleaseProduct,
            [
                ReleaseProduct(
                    release=release,
                    product=products[one.name],
                    name=one.name,
                    part=one.part,
                    version=one.version,
                )
                for one in facts.products
            ],
        ),
        (ReleaseUnit, [_unit(release, one) for one in facts.units]),
        (
            ReleaseFile,
            [ReleaseFile(release=release, **one.plain()) for one in facts.release.files],
        ),
        (ReleaseFinding, _findings(release, facts, products)),
        (
            Coverage,
            [
                Coverage(release=release, subject=subject, sources=list(sources))
                for subject, sources in facts.coverage
            ],
        ),
        (
            Evidence,
            [
                Evidence(release=release, kind=kind, sha256=sha256, made=made)
                for kind, sha256, made in facts.evidence
            ],
        ),
    )
    for model, rows in several:
        model.objects.bulk_create(storable(rows), batch_size=BATCH)
    return sum(len(rows) for _, rows in several)


def _unit(release: Release, one: UnitFact) -> ReleaseUnit:
    return ReleaseUnit(
        release=release,
        part=one.part,
        name=one.name,
        version=one.version,
        hash=one.hash,
        root=one.root,
        outcome=one.outcome,
        because=one.because,
        seconds=one.seconds,
        license=one.license,
        spec=one.spec,
        log=one.log,
        error_line=one.error.line if one.error else 0,
        error_kind=one.error.kind if one.error else "",
        error_text=one.error.text if one.error else "",
    )


def _findings(release: Release, facts: Facts, products: dict[str, Product]) -> list[ReleaseFinding]:
    by_slug = {slug_of(name): product for name, product in products.items()}
    return [
        ReleaseFinding(
            release=release,
            product=by_slug.get(slug_of(_name_in(one.subject))),
            source="scan",
            rule=one.rule,
            level=one.level.value,
            subject=one.subject,
            message=one.message,
            hint=one.hint or "",
            aliases=list(one.aliases),
        )
        for one in facts.scan
    ]


def _name_in(purl: str) -> str:
    return purl.partition("@")[0].rpartition("/")[2]
