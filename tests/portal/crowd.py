"""A portal with as much in it as a consortium has, written straight into its tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.portal.crowd_consortium import fill_consortium

from peso.base.digest import sha256_bytes
from peso.portal.store.models import (
    Area,
    Cell,
    Coverage,
    Evidence,
    Member,
    Platform,
    Product,
    ProductRecipe,
    Recipe,
    RecipeDependency,
    RecipeVersion,
    Release,
    ReleaseFinding,
    ReleaseProduct,
    ReleaseUnit,
    Source,
    Stack,
    StackFinding,
    StackRoot,
    TestResult,
)

PRODUCTS, RELEASES, PLATFORMS, RECIPES, UNITS = 80, 3, 12, 9000, 300
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BATCH = 5000


def fill() -> None:
    """Add many of everything, none of which is in the small ecosystem."""
    members = [Member(slug=f"m{n}", name=f"Member {n}") for n in range(12)]
    areas = [Area(slug=f"a{n}", name=f"Area {n}") for n in range(12)]
    Member.objects.bulk_create(members)
    Area.objects.bulk_create(areas)
    products = _products(members, areas)
    _recipes()
    _stacks()
    fill_consortium()
    platforms = [Platform(name=f"platform {n}") for n in range(PLATFORMS)]
    Platform.objects.bulk_create(platforms)
    for number in range(RELEASES):
        _release(number, products, platforms)
    Source.objects.bulk_create(
        Source(
            kind="record",
            place=f"test/{n}",
            digest="",
            state="refused" if n % 2 else "taken",
            reason="it does not match its digests",
            seen=NOW,
        )
        for n in range(500)
    )


def _products(members: list[Member], areas: list[Area]) -> list[Product]:
    Product.objects.bulk_create(
        Product(
            slug=f"p{n}",
            name=f"Product {n}",
            sorted_as=f"product {n:04}",
            description="Solves " * 20,
            license="MIT",
            curated=True,
            spack=[f"r{n}", f"r{n + 500}", f"r{n + 1000}"],
            words=f"product {n} solves",
        )
        for n in range(PRODUCTS)
    )
    products = list(Product.objects.filter(slug__regex=r"^p\d+$").order_by("sorted_as"))
    Product.members.through.objects.bulk_create(
        Product.members.through(product=one, member=members[(n + k) % 12])
        for n, one in enumerate(products)
        for k in range(3)
    )
    Product.areas.through.objects.bulk_create(
        Product.areas.through(product=one, area=areas[(n + k) % 12])
        for n, one in enumerate(products)
        for k in range(3)
    )
    ProductRecipe.objects.bulk_create(
        ProductRecipe(product=one, recipe=name) for one in products for name in one.spack
    )
    return products


def _recipes() -> None:
    """Everything stands on `r0`, and in a chain: the widest and the deepest impact there is."""
    Recipe.objects.bulk_create(
        (
            Recipe(
                name=f"r{n}",
                namespace="crowd",
                version="1.0",
                description="A recipe",
                homepage="https://example.org/",
                dependents=RECIPES - 1 if n == 0 else 1,
                versions=30,
                words=f"r{n}",
                digest="0" * 64,
            )
            for n in range(RECIPES)
        ),
        batch_size=BATCH,
    )
    ids = dict(Recipe.objects.filter(namespace="crowd").values_list("name", "id"))
    RecipeVersion.objects.bulk_create(
        (
            RecipeVersion(recipe_id=ids[f"r{n}"], number=f"{k}.0", order=k)
            for n in range(10)
            for k in range(60)
        ),
        batch_size=BATCH,
    )
    needs = [(n, 0) for n in range(1, RECIPES)] + [(n, n - 1) for n in range(2, RECIPES)]
    RecipeDependency.objects.bulk_create(
        (
            RecipeDependency(recipe_id=ids[f"r{n}"], name=f"r{on}", types="build,link", always=True)
            for n, on in needs
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _stacks() -> None:
    Stack.objects.bulk_create(
        Stack(
            name=f"s{n}",
            title=f"s{n}",
            form="spack",
            file=f"stacks/s{n}/spack.yaml",
            text="spack:\n" + "  - r1\n" * 400,
            errors=n % 3,
            digest="0" * 64,
        )
        for n in range(20)
    )
    for one in Stack.objects.filter(name__regex=r"^s\d+$"):
        StackRoot.objects.bulk_create(
            StackRoot(stack=one, name=f"r{k}", spec=f"r{k}@1.0") for k in range(200)
        )
        StackFinding.objects.bulk_create(
            StackFinding(
                stack=one, rule="rule", level="error", file=one.file, line=k, message="It is wrong."
            )
            for k in range(60)
        )


def _release(number: int, products: list[Product], platforms: list[Platform]) -> None:
    made = NOW + timedelta(days=number)
    release = Release.objects.create(
        channel="testing",
        stack="crowd",
        version=f"{number}.0",
        title="A crowd",
        created=made,
        manifest=sha256_bytes(f"crowd {number}".encode()),
        published=True,
        verdict="pass",
        data={"gate": []},
    )
    ReleaseProduct.objects.bulk_create(
        ReleaseProduct(release=release, product=one, name=one.name, part="native", version="1.0")
        for one in products
    )
    ReleaseUnit.objects.bulk_create(
        ReleaseUnit(
            release=release,
            part="native",
            name=f"r{n}",
            version="1.0",
            hash=f"{number}x{n}",
            outcome="failed" if n % 9 == 0 else "built",
            license="MIT",
            log=sha256_bytes(f"{number} {n}".encode()),
            error_line=3 if n % 9 == 0 else 0,
            error_text="it failed" if n % 9 == 0 else "",
        )
        for n in range(UNITS)
    )
    ReleaseFinding.objects.bulk_create(
        ReleaseFinding(
            release=release,
            product=products[n],
            source="scan",
            rule=f"CVE-2026-{n}",
            level="medium",
            subject=f"pkg:generic/p{n}@1.0",
            message="Something is wrong with it.",
        )
        for n in range(60)
    )
    Coverage.objects.bulk_create(
        Coverage(release=release, subject=f"pkg:generic/p{n}@1.0", sources=["osv"] if n % 2 else [])
        for n in range(300)
    )
    Evidence.objects.bulk_create(
        Evidence(release=release, kind=kind, sha256="0" * 64, made=made)
        for kind in ("build", "tests", "inventory", "scan", "verdict")
    )
    Cell.objects.bulk_create(
        Cell(
            release=release,
            platform=where,
            product=one,
            passed=2,
            failed=(n + k) % 7 == 0,
            last=made,
        )
        for n, one in enumerate(products)
        for k, where in enumerate(platforms)
    )
    TestResult.objects.bulk_create(
        (
            TestResult(
                release=release,
                platform=where,
                product=one,
                test=f"test {t}",
                outcome="fail" if (n + k) % 7 == 0 and t == 2 else "pass",
                seconds=1.5,
                at=made,
                figures={"speed": 100.0 + n + number, "error": 1e-9},
                log=sha256_bytes(f"{number} {n} {k} {t}".encode()),
                key=sha256_bytes(f"{number} {n} {k} {t}".encode()),
            )
            for n, one in enumerate(products)
            for k, where in enumerate(platforms)
            for t in range(3)
        ),
        batch_size=BATCH,
    )
