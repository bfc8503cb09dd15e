"""Keep: a release's facts become rows, all of them in one transaction, and once.

1. A release is known by channel, stack and version. The same facts again change nothing; others
   replace what was kept of it, but for runs of tests, which are added: a run is known by its key.
2. What a publication proved is not replaced by what a ledger says of the same version.
3. Cells are counted anew for what was touched, in the same transaction.
4. A product that no catalog lists gets a page all the same, marked as known from a release only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import unquote

from django.db import transaction
from django.db.models import Q

from peso.base.finding import Finding, Level, Unknown
from peso.portal.ingest.facts import Facts, ProductFact, ReleaseFact, ResultFact, UnitFact, cut
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
from peso.services.assurance.matching.record import Vulnerability

BATCH: Final = 2000
_GRAVEST: Final = tuple(
    Level(one) for one in ("critical", "high", "unknown", "medium", "low", "note")
)
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
    row.data = _data(facts)
    storable((row,))[0].save()
    for several in (row.products, row.units, row.named, row.findings, row.coverage, row.evidence):
        several.all().delete()
    return row


def _data(facts: Facts) -> dict[str, Any]:
    """Return what is kept of a release beside its rows."""
    licenses = facts.licenses
    return {
        "gate": [rule.plain() for rule in facts.gate],
        "scanned": facts.scanned.isoformat() if facts.scanned else None,
        "asked": [{**asdict(one), "as_of": one.as_of.isoformat()} for one in facts.asked],
        "stated": [one.plain() for one in facts.stated],
        "licenses": asdict(licenses) if licenses else None,
    }


def _products(facts: Facts) -> dict[str, Product]:
    """Return the product of each name that a release uses."""
    names = {one.name for one in facts.products} | {one.product for one in facts.results}
    return products_named(names)


def products_named(names: Iterable[str]) -> dict[str, Product]:
    """Return the product each name stands for: a slug, a package's, PyPI's; made at need."""
    wanted = {name: slug_of(name) for name in names}
    said = products_known(wanted)
    made: dict[str, Product] = {}
    for name, slug in wanted.items():
        if name not in said:
            if slug not in made:
                made[slug], _ = Product.objects.get_or_create(
                    slug=slug,
                    defaults={
                        "name": name or "unnamed",
                        "sorted_as": name.casefold(),
                        "words": name,
                    },
                )
            said[name] = made[slug]
    return said


def products_known(wanted: Mapping[str, str]) -> dict[str, Product]:
    """Return the product of each name that stands for one that is here; names with their slugs."""
    slugs, folded = set(wanted.values()), {name.casefold() for name in wanted}
    found: dict[str, Product] = {}
    for one in Product.objects.filter(Q(slug__in=slugs) | Q(pypi__in=folded)):
        found[one.slug] = found[one.pypi or one.slug] = one
    recipes = ProductRecipe.objects.filter(recipe__in=set(wanted)).select_related("product")
    by_recipe = {one.recipe: one.product for one in recipes}
    said: dict[str, Product] = {}
    for name, slug in wanted.items():
        known = by_recipe.get(name) or found.get(name.casefold()) or found.get(slug)
        if known is not None:
            said[name] = known
    return said


def _fill(release: Release, facts: Facts, products: dict[str, Product]) -> int:
    spoken = {one.purl for one in facts.coverage} | {one.subject for one in facts.scan}
    about = _about(spoken, products)
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
                    data=_licenses(one),
                )
                for one in facts.products
            ],
        ),
        (ReleaseUnit, [_unit(release, one) for one in facts.units]),
        (
            ReleaseFile,
            [ReleaseFile(release=release, **one.plain()) for one in facts.release.files],
        ),
        (ReleaseFinding, [_finding(release, one, about) for one in facts.scan]),
        (
            Coverage,
            [
                Coverage(
                    release=release,
                    product=about.get(one.purl),
                    subject=one.purl,
                    name=one.name,
                    sources=list(one.sources),
                    known=[known.plain() for known in one.known],
                    reason=one.reason,
                )
                for one in facts.coverage
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


def _licenses(one: ProductFact) -> dict[str, Any]:
    return {"licenses": asdict(one.licenses)} if one.licenses else {}


def _about(purls: Iterable[str], products: Mapping[str, Product]) -> dict[str, Product]:
    """Return the product that each component is of: one of the release's, or one a catalog has."""
    names = {purl: _name_in(purl) for purl in purls}
    by_slug = {slug_of(name): product for name, product in products.items()}
    # A name on PyPI is not one in Spack: there it is the package with `py-` before it.
    packages = {
        purl: f"py-{name}" if purl.startswith("pkg:pypi/") else name
        for purl, name in names.items()
        if slug_of(name) not in by_slug
    }
    known = products_known({name: slug_of(name) for name in packages.values()})
    found = {
        purl: by_slug.get(slug_of(name)) or known.get(packages.get(purl, ""))
        for purl, name in names.items()
    }
    return {purl: product for purl, product in found.items() if product is not None}


def _finding(release: Release, one: Finding, about: Mapping[str, Product]) -> ReleaseFinding:
    row = ReleaseFinding(
        release=release,
        product=about.get(one.subject),
        source="scan",
        rule=one.rule,
        level=one.level.value,
        subject=one.subject,
        message=one.message,
        hint=one.hint or "",
        aliases=list(one.aliases),
    )
    if isinstance(one, Vulnerability):
        row.confidence, row.exploited = one.confidence.value, one.exploited
        row.fixed = list(one.fixed)
        row.published = None if isinstance(one.published, Unknown) else one.published
    row.rank = _GRAVEST.index(one.level) + (0 if row.exploited == "known" else len(_GRAVEST))
    return row


def _name_in(purl: str) -> str:
    """Return the name in a purl, which may end with qualifiers that have slashes of their own."""
    name = purl.partition("?")[0].partition("#")[0].rpartition("@")[0]
    return unquote((name or purl.partition("?")[0]).rpartition("/")[2])
