"""The portfolio: the products of a workspace, listed and found by any of their names."""

from __future__ import annotations

import difflib
from pathlib import Path

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.catalogs.own import read_own
from peso.products.product import Badge, Product

FOLDER = "products"


class Listed(Record, use_attribute_docstrings=True):
    """A product in a list."""

    slug: str
    """The name of its file, without `.yaml`."""
    name: str
    """Its name."""
    members: tuple[str, ...]
    """Who stewards it."""
    spack: tuple[str, ...]
    """Its packages."""
    e4s: tuple[str, ...]
    """Its names in E4S."""
    license: str | Unknown
    """Its license, as written."""
    badge: str | Unknown
    """The level of its OpenSSF badge."""
    published: bool
    """Whether the consortium's site shows it."""


def list_products(workspace: Path) -> tuple[Listed, ...]:
    """Return the products, by slug.

    Raises:
        BadInput: One of the files is no product.
    """
    return tuple(_listed(slug, product) for slug, product in _products(workspace))


def find_product(workspace: Path, name: str) -> Product:
    """Return the product with this name: its own, its file's, a package's or one in E4S.

    Raises:
        BadInput: There is none, or more than one; the hint names what is near.
    """
    wanted = name.casefold()
    names: dict[str, list[str]] = {}
    products = dict(_products(workspace))
    for slug, product in products.items():
        called = (slug, product.name, product.cass, *product.e4s, *product.spack)
        for one in {name.casefold() for name in called if name}:
            names.setdefault(one, []).append(slug)
    found = names.get(wanted, [])
    exact = [slug for slug in found if slug == wanted] or found
    if len(exact) == 1:
        return products[exact[0]]
    where = str(workspace / FOLDER)
    if exact:
        hint = f"name one of {', '.join(sorted(exact))}"
        raise BadInput(f"{name!r} is more than one product", where=where, hint=hint)
    near = difflib.get_close_matches(wanted, names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`peso product list` lists them"
    raise BadInput(f"there is no product {name!r}", where=where, hint=hint)


def _products(workspace: Path) -> list[tuple[str, Product]]:
    files = sorted((workspace / FOLDER).glob("*.yaml"))
    return [(file.stem, read_own(Product, file)) for file in files]


def _listed(slug: str, product: Product) -> Listed:
    badge = product.badge
    return Listed(
        slug=slug,
        name=product.name,
        members=product.members,
        spack=product.spack,
        e4s=product.e4s,
        license=product.license,
        badge=badge.level if isinstance(badge, Badge) else badge,
        published=product.published,
    )
