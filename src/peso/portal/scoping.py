"""What there is that a role can be for, as the store says; `people/scopes.py` has the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from peso.portal.people.roles import SCOPES, Kind, Role
from peso.portal.people.scopes import is_slug, scope_of
from peso.portal.store.consortium import kept
from peso.portal.store.models import Product

_OFFERED: Final = 500
"""So many of a kind are offered: a page stays small."""


def known(kind: Kind) -> frozenset[str]:
    """Return the slugs of all things of a kind; empty: none was taken in yet."""
    if kind is Kind.PRODUCT:
        return frozenset(Product.objects.values_list("slug", flat=True))
    return frozenset(slug for slug, _ in _named(kind))


def known_for(role: Role) -> frozenset[str]:
    """Return the slugs that a role can be for; empty: any.

    The consortium's own files have no place for facilities: where none is known, any can be named.
    """
    if role is Role.FACILITY and not _facilities():
        return frozenset()
    return known(SCOPES[role])


def looked_up(role: Role, text: str) -> str:
    """Return the slug that a role is for, of what there is. Raises `BadInput`."""
    return scope_of(role, text, known_for(role))


def offers() -> tuple[tuple[str, str], ...]:
    """Return slugs to choose from, each with what it is in words."""
    products = Product.objects.order_by("-curated", "slug").values_list("slug", "name")
    several = (
        (Kind.ORGANIZATION, _named(Kind.ORGANIZATION)[:_OFFERED]),
        (Kind.GROUP, _named(Kind.GROUP)[:_OFFERED]),
        (Kind.PRODUCT, list(products[:_OFFERED])),
    )
    return tuple((slug, f"{name}, {kind.value}") for kind, rows in several for slug, name in rows)


def _facilities() -> bool:
    held = kept()
    return held is not None and any(one.kind == "facility" for one in held.consortium.organizations)


def _named(kind: Kind) -> list[tuple[str, str]]:
    return [one for one in _all(kind) if is_slug(kind, one[0])]


def _all(kind: Kind) -> Iterator[tuple[str, str]]:
    held = kept()
    if held is None:
        return
    if kind is Kind.ORGANIZATION:
        yield from ((one.slug, one.short_name) for one in held.consortium.organizations)
    if kind is Kind.GROUP:
        yield from ((one.slug, one.name) for one in held.consortium.groups)
