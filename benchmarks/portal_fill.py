"""Fills a portal's store for timings, through the portal's own ingest, without files in between.

`tests/portal/made.py` makes the deliveries. Of a million runs every tenth comes through the
ingest; the database makes nine more of each, with another test's name, and cells are counted anew:
what is timed here is reading. Recipes are made up too: their number, versions and
dependencies are as in Spack's own repository (8,900, nine versions and six dependencies on the
average, a few that thousands need).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import connection
from tests.portal.made import Made, Sizes, deliveries_of, products_of

from peso.base.finding import Level
from peso.base.ledger import Blobs
from peso.portal.ingest.facts import Facts, Records, ReleaseFact, facts_of, results_of
from peso.portal.ingest.keep import Kept, keep
from peso.portal.ingest.recipes import take_recipes
from peso.portal.store.generation import changed
from peso.portal.store.models import Area, Member, Product, ProductRecipe, Source
from peso.products.engines.native import FirstError
from peso.products.recipes.record import Dependency, License, Recipe, Variant, Version
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.coverage import Coverage, Known
from peso.services.assurance.matching.record import Scan, Vulnerability

RECIPES = 8900
TIMES = 10
_MORE = f"""
    INSERT INTO peso_test_result
      (release_id, platform_id, product_id, test, ranks, outcome, reason, seconds, at, figures,
       log, error_line, error_text, key)
    SELECT release_id, platform_id, product_id, test || '-' || n, ranks, outcome, reason, seconds,
      at, figures, log, error_line, error_text, substr(key, 1, 61) || '-' || n
    FROM peso_test_result,
      (WITH RECURSIVE numbers(n) AS
         (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {TIMES - 1})
       SELECT n FROM numbers) AS several
"""  # noqa: S608 - a number of our own
_COUNT_AGAIN = f"""
    UPDATE peso_cell SET passed = passed * {TIMES}, failed = failed * {TIMES},
      unknown = unknown * {TIMES}, skipped = skipped * {TIMES}
"""  # noqa: S608 - a number of our own
_WORDS = "sparse dense mesh solver tensor graph particle spectral parallel adaptive".split()  # noqa: SIM905
_ERROR = FirstError(line=25, text="ValueError: residual is too large", kind="compile")


class MadeUp:
    """A catalog of made-up recipes; the products are among them."""

    repositories = ("builtin",)

    def __init__(self, sizes: Sizes, count: int) -> None:
        own = products_of(sizes)
        below = tuple(f"below-{n:03}" for n in range(sizes.units - len(own)))
        rest = count - len(own) - len(below)
        self._names = (*own, *below, *(f"package-{n:04}" for n in range(rest)))

    def names(self) -> tuple[str, ...]:
        return self._names

    def find(self, name: str, *, of_many: bool = False) -> Recipe:  # noqa: ARG002 - the catalog's
        chance = random.Random(name)  # noqa: S311 - no secret
        others = self._names
        needed = {
            others[min(int(chance.paretovariate(0.35)), len(others)) - 1]
            for _ in range(chance.randint(1, 11))
        }
        words = " ".join(chance.sample(_WORDS, 3))
        return Recipe(
            name=name,
            namespace="builtin",
            repository="builtin",
            path=f"packages/{name}/package.py",
            digest="",
            class_name=name,
            line=1,
            description=f"A {words} library for the {name} method, on CPUs and GPUs. " * 3,
            homepage=f"https://{name}.invalid",
            maintainers=("somebody",),
            tags=("e4s",) if chance.random() < 0.02 else (),
            versions=tuple(
                Version(line=n, number=f"{9 - n}.{chance.randint(0, 9)}", checksum="0" * 64)
                for n in range(9)
            ),
            variants=tuple(
                Variant(line=n, name=one, default=False, description=f"Builds with {one} support.")
                for n, one in enumerate(("cuda", "mpi", "openmp", "shared", "docs"))
            ),
            dependencies=tuple(
                Dependency(line=n, name=one, spec=one, types=("build", "link"))
                for n, one in enumerate(sorted(needed - {name}))
            ),
            licenses=(License(line=1, expression="BSD-3-Clause"),),
        )


def fill(sizes: Sizes, blobs: Blobs, said: Callable[[str], None], recipes: int = RECIPES) -> None:
    """Fill the store."""
    take_recipes(MadeUp(sizes, recipes), "bench")
    said(f"{recipes} recipes")
    _catalog(sizes)
    kept: Kept | None = None
    before = ""
    for one in deliveries_of(replace(sizes, results=sizes.results // TIMES)):
        if one.account.version != before:
            kept, before = keep(_facts(one)), one.account.version
            said(f"release {before}")
        elif kept is not None:
            run = results_of(_release(one), one.tests, lambda _sha256: _ERROR)
            kept.add(one.tests.platform, tuple(run))
        _logs(one, sizes, blobs)
    said("results through the ingest")
    with connection.cursor() as cursor:
        cursor.execute(_MORE)
        cursor.execute(_COUNT_AGAIN)
        cursor.execute("ANALYZE")
    said("results")


def _facts(one: Made) -> Facts:
    units = one.plan.native[0].units
    subjects = [f"pkg:generic/{unit.name}@{unit.version}" for unit in units]
    scan = Scan(
        made=one.tests.finished,
        inventory="0" * 64,
        sources=(),
        findings=tuple(
            Vulnerability(
                rule=f"CVE-2026-{1000 + n}",
                level=Level.HIGH if n % 5 == 0 else Level.LOW,
                subject=subject,
                message="A crafted file makes it write out of bounds.",
                confidence=Confidence.CPE,
                witnesses=(),
                fixed=("9.9",),
                exploited="known" if n % 50 == 7 else "not known",
                published=one.tests.finished,
            )
            for n, subject in enumerate(subjects[::9])
        ),
        coverage=tuple(
            Coverage(
                purl=subject,
                name=subject.rpartition("/")[2],
                sources=("osv",) if n % 2 else (),
                known=(Known(source="osv", as_of=one.tests.finished, spaces=("CPE",), records=9),)
                if n % 2
                else (),
                reason="" if n % 2 else "no source has a record of it",
            )
            for n, subject in enumerate(subjects)
        ),
    )
    records = Records(
        plan=one.plan, build=one.build, tests=one.tests, scan=scan, gate=one.account.verdict
    )
    return facts_of(_release(one), records, lambda _sha256: _ERROR)


def _release(one: Made) -> ReleaseFact:
    verdict = one.account.verdict
    return ReleaseFact(
        channel=one.account.channel,
        stack=one.account.stack,
        version=one.account.version,
        title=one.account.stack,
        created=one.account.finished,
        manifest=one.account.digest(),
        published=False,
        development=False,
        verdict=verdict.verdict.outcome.value if verdict else "unknown",
        reason=(verdict.verdict.reason or "") if verdict else "",
    )


def _logs(one: Made, sizes: Sizes, blobs: Blobs) -> None:
    """Keep the logs of what failed on the first platform: those are what readers open."""
    if one.tests.platform != "platform-00":
        return
    for result, log in zip(one.tests.results[: sizes.products], one.logs[1:], strict=False):
        if not result.verdict.ok:
            blobs.put(log)


def _catalog(sizes: Sizes) -> None:
    members = [Member(slug=f"member-{n}", name=f"Member {n}") for n in range(8)]
    areas = [Area(slug=f"area-{n}", name=f"Area {n}") for n in range(12)]
    Member.objects.bulk_create(members)
    Area.objects.bulk_create(areas)
    for number, name in enumerate(products_of(sizes)):
        product = Product.objects.create(
            slug=name,
            name=name,
            sorted_as=name,
            description=f"{_WORDS[number % 10]} methods at scale, with bindings for Python. " * 3,
            license="BSD-3-Clause",
            language="C++, Python",
            curated=True,
            spack=[name],
            gpu=number % 3 == 0,
            words=f"{name} {_WORDS[number % 10]}",
            data={"links": [{"label": "Repository", "url": f"https://{name}.invalid"}]},
        )
        product.members.set([members[number % 8]])
        product.areas.set([areas[number % 12], areas[(number + 5) % 12]])
        ProductRecipe.objects.create(product=product, recipe=name)
    now = max(
        one.account.finished for one in deliveries_of(Sizes(results=0, releases=1, units=150))
    )
    Source.objects.bulk_create(
        Source(
            kind="ledger",
            place=f"testing/week-26.{n:03}",
            digest="0" * 64,
            state="taken",
            seen=now + timedelta(hours=n),
        )
        for n in range(400)
    )
    changed()
