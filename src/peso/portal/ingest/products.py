"""Products and members of a workspace: what its files say, and what its recipes add.

1. A product may be listed by several workspaces. What is shown is what the first of them says, in
   order of their names, whichever was taken in first; all are kept.
2. A workspace that no longer lists a product takes its own listing away, and nothing else. What
   nobody lists any more stays if a release delivers it; else it goes.
3. A file that cannot be read takes nothing away.
4. E-mail addresses of people are in the files, and are not taken in, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Unknown
from peso.base.yamls import parse_record
from peso.errors import PesoError
from peso.partnerships.consortium.privacy import without_addresses
from peso.portal.ingest.keep import slug_of
from peso.portal.ingest.taken import Taken
from peso.portal.store.generation import changed
from peso.portal.store.models import (
    Area,
    Listing,
    Member,
    Product,
    ProductRecipe,
    Recipe,
    RecipeDependency,
)
from peso.products.catalogs.consortium import Member as MemberFile
from peso.products.catalogs.own import read_own
from peso.products.product import Product as ProductFile

_GPU = frozenset({"cuda", "rocm", "sycl", "hip"})
_LANGUAGES: Final = {
    "c": "C",
    "cxx": "C++",
    "fortran": "Fortran",
    "python": "Python",
    "rust": "Rust",
    "go": "Go",
    "julia": "Julia",
    "java": "Java",
}
"""The packages that stand for a language in Spack."""


def take_products(workspace: Path, name: str) -> list[Taken]:
    """Take in the members and products of a workspace of this name."""
    with transaction.atomic():
        changed()
        members = _members(workspace / "consortium" / "members")
        return [*members, *_products(workspace / "products", name)]


def _members(folder: Path) -> list[Taken]:
    taken = []
    for file in sorted(folder.glob("*.yaml")):
        place = f"consortium/members/{file.name}"
        try:
            said = parse_record(MemberFile, file)
        except PesoError as error:
            reason = error.message
            taken.append(Taken(kind="member", place=place, state="refused", reason=reason))
            continue
        name = without_addresses(said.short_name)
        Member.objects.update_or_create(
            slug=slug_of(name),
            defaults={
                "name": name,
                "title": without_addresses(_known(said.name)),
                "url": without_addresses(said.website),
                "level": without_addresses(_known(said.level)),
                "focus": without_addresses(said.focus_area),
            },
        )
        taken.append(Taken(kind="member", place=place, state="taken", rows=1))
    return taken


def _products(folder: Path, workspace: str) -> list[Taken]:
    taken = []
    own = Listing.objects.filter(workspace=workspace)
    touched = set(own.values_list("product__slug", flat=True))
    slugs = []
    for file in sorted(folder.glob("*.yaml")):
        place = f"products/{file.name}"
        slug = slug_of(file.stem)
        slugs.append(slug)
        try:
            said = read_own(ProductFile, file)
        except PesoError as error:
            reason = error.message
            taken.append(Taken(kind="product", place=place, state="refused", reason=reason))
            continue
        product, _ = Product.objects.get_or_create(slug=slug, defaults={"name": said.name})
        Listing.objects.update_or_create(
            product=product, workspace=workspace, defaults={"data": said.plain()}
        )
        taken.append(Taken(kind="product", place=place, state="taken", rows=1))
    own.exclude(product__slug__in=slugs).delete()
    for slug in sorted(touched | set(slugs)):
        _show(slug)
    return taken


def _show(slug: str) -> None:
    """Make a product what its listings say."""
    listings = list(Listing.objects.filter(product__slug=slug).order_by("workspace"))
    if listings:
        said = ProductFile.parse(canonical_json(listings[0].data))
        _keep(slug, said, [one.workspace for one in listings])
        return
    nobodys = Product.objects.filter(slug=slug, curated=True)
    nobodys.filter(releases=None, results=None).delete()
    nobodys.update(curated=False, listed=[])


def _keep(slug: str, said: ProductFile, listed: list[str]) -> None:
    recipes = {one.name: one for one in Recipe.objects.filter(name__in=said.spack)}
    variants = {
        str(one.get("name", "")) for recipe in recipes.values() for one in _variants(recipe.data)
    }
    words = (said.name, slug, *said.spack, *said.e4s, *said.areas, *said.members)
    described = (_known(said.description), _known(said.long_description))
    product, _ = Product.objects.update_or_create(
        slug=slug,
        defaults={
            "name": said.name,
            "sorted_as": said.name.casefold(),
            "description": _known(said.description),
            "license": _known(said.license),
            "curated": True,
            "listed": listed,
            "spack": list(said.spack),
            "pypi": next((one[3:] for one in said.spack if one.startswith("py-")), ""),
            "gpu": bool(variants & _GPU),
            "language": _languages(said.spack, recipes),
            "tested": any(one.tested for one in recipes.values()),
            "words": " ".join((*words, *described)).casefold(),
            "data": said.plain(),
        },
    )
    product.members.set(_named(Member, said.members))
    product.areas.set(_named(Area, said.areas))
    product.recipes.exclude(recipe__in=said.spack).delete()
    ProductRecipe.objects.bulk_create(
        (ProductRecipe(product=product, recipe=one) for one in said.spack), ignore_conflicts=True
    )


def _languages(packages: Iterable[str], recipes: Mapping[str, Recipe]) -> str:
    """Return the languages that a product's recipes need compilers or interpreters for."""
    needed = set(
        RecipeDependency.objects.filter(
            recipe__in=recipes.values(), name__in=_LANGUAGES
        ).values_list("name", flat=True)
    )
    if any(one.startswith("py-") for one in packages):
        needed.add("python")
    return ", ".join(word for name, word in _LANGUAGES.items() if name in needed)


def _variants(data: dict[str, Any]) -> Iterable[dict[str, Any]]:
    said: list[dict[str, Any]] = data.get("variants", [])
    return said


def _named(model: Any, names: Iterable[str]) -> list[Any]:  # noqa: ANN401 - either table
    return [
        model.objects.get_or_create(slug=slug_of(one), defaults={"name": one})[0] for one in names
    ]


def _known(value: str | Unknown) -> str:
    return "" if isinstance(value, Unknown) else value


def digest_of(folder: Path) -> str:
    """Return a digest over the files of products and members: as before, nothing is read again."""
    files = [*sorted((folder / "products").glob("*.yaml"))]
    files += sorted((folder / "consortium" / "members").glob("*.yaml"))
    said = [f"{one.name} {sha256_bytes(one.read_bytes())}" for one in files]
    return sha256_bytes("\n".join(said).encode())
