"""Naming: whether a statement's product is this very component.

1. A purl without a version names no exact product. Type, namespace, name and version have to be
   the same, and every qualifier of the statement has to be the component's; a statement may leave
   qualifiers out: then it is about all builds of this version.
2. A sha256 names the file with these bytes.
3. A product with both has to be right in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from packageurl import PackageURL

from peso.services.assurance.vex.record import Product, Stated, Statement

_KEPT = 8192


@lru_cache(maxsize=_KEPT)
def parsed(purl: str) -> PackageURL | None:
    """Return a purl, or None where the text is none."""
    try:
        return PackageURL.from_string(purl)
    except ValueError:
        return None


def is_exact(product: Product) -> bool:
    """Say whether a product is named exactly: by purl with a version, or by sha256."""
    if not product.purl:
        return bool(product.sha256)
    purl = parsed(product.purl)
    return purl is not None and bool(purl.version)


def is_this(product: Product, subject: str, sha256: str) -> bool:
    """Say whether a product is the component with this purl, and this sha256 where it has one."""
    if not is_exact(product) or (product.sha256 and product.sha256 != sha256):
        return False
    return not product.purl or _same(product.purl, subject)


def _same(named: str, subject: str) -> bool:
    one, other = parsed(named), parsed(subject)
    if one is None or other is None or _short(one) != _short(other):
        return False
    has = other.qualifiers
    return all(has.get(name) == value for name, value in one.qualifiers.items())


def _short(purl: PackageURL) -> tuple[str | None, ...]:
    return purl.type, purl.namespace, purl.name, purl.version


def about(statements: Iterable[Statement], components: Mapping[str, str]) -> tuple[Stated, ...]:
    """Return what is said of components.

    Args:
        statements: All there are.
        components: The sha256 of each component's file by purl; empty where it has none.
    """
    by_name: dict[tuple[str | None, ...], list[str]] = {}
    by_digest: dict[str, list[str]] = {}
    for purl, sha256 in components.items():
        if (found := parsed(purl)) is not None:
            by_name.setdefault(_short(found), []).append(purl)
        if sha256:
            by_digest.setdefault(sha256, []).append(purl)
    said: dict[tuple[str, Statement], None] = {}
    for statement in statements:
        for product in statement.products:
            named = parsed(product.purl) if product.purl else None
            near = by_name.get(_short(named), []) if named else by_digest.get(product.sha256, [])
            for subject in near:
                if is_this(product, subject, components[subject]):
                    said[subject, statement] = None
    return tuple(Stated(subject=subject, statement=statement) for subject, statement in said)
