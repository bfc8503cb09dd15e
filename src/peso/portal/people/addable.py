"""What may be added: files that are not there yet, what a form says of one, its name, its twins.

1. A kind of file that is not in the table is not added here.
2. Its organization comes from the address, whose door was passed; a form cannot say another one.
3. A name that leads nowhere is wrong, as the check of a consortium would find it. Of a person it is
   a remark: people have no forms yet, and somebody new may stand between.
4. Two files are twins where they say the same of a time that both cover.
5. Pure: plain data in and out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError

from peso.partnerships.consortium.making import plain_name
from peso.partnerships.consortium.record import Dated, Liaison, Stewardship
from peso.portal.people.editable import DAYS, EDITABLE, Form, Key, ends_before
from peso.products.catalogs.editing import Wrong
from peso.products.catalogs.entry import slug as slug_of

_TARGETS: Final = (
    ("organization", "an organization"),
    ("product-community", "a product community"),
    ("product", "a product"),
    ("facility", "a facility"),
    ("vendor", "a vendor"),
)
_CLOSE: Final = 3
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that lead somewhere."""

    people: frozenset[str]
    organizations: frozenset[str]
    products: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that a file has, and what it is to lead to."""

    key: str
    kind: str
    """`organization` or `product`."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addable:
    """A kind of file that people may propose a new one of."""

    keys: tuple[Key, ...]
    """What its form asks for; its organization is not asked for."""
    order: tuple[str, ...]
    """Its keys, in the order of its lines."""
    called: tuple[str, ...]
    """The keys that the file's name is made of."""
    same: Callable[[Any], tuple[str, ...]]
    """What two files have in common that say the same."""
    names: Callable[[Any], Iterator[Named]]
    """The slugs that a file has."""
    people: Callable[[Any], tuple[str, ...]] = lambda _one: ()
    """The names of people that a file has."""


def _of_liaison(one: Liaison) -> Iterator[Named]:
    for slug in one.organizations[1:]:
        yield Named(key="to", kind="organization", name=slug)
    for slug in one.products:
        yield Named(key="to", kind="product", name=slug)


def _of_stewardship(one: Stewardship) -> Iterator[Named]:
    yield Named(key="product", kind="product", name=one.product)


ADDABLE: Final[Mapping[str, Addable]] = {
    "liaison": Addable(
        keys=(
            Key(
                name="person",
                label="Person",
                hint="As the consortium's list of people has the name.",
                needed=True,
            ),
            Key(
                name="target",
                label="Stands between it and",
                form=Form.CHOICE,
                choices=_TARGETS,
                needed=True,
            ),
            Key(
                name="to",
                label="Which one",
                hint="The slug, as in the address of its page; of a community, its name.",
                needed=True,
            ),
            Key(name="topic", label="Topic"),
            Key(name="funding", label="Who pays"),
            *DAYS,
        ),
        order=("person", "organization", "to", "target", "topic", "funding", "since", "until"),
        called=("person", "to"),
        same=lambda one: (plain_name(one.person), one.organization, one.target, one.to, one.topic),
        names=_of_liaison,
        people=lambda one: (one.person,),
    ),
    "stewardship": Addable(
        keys=(
            Key(
                name="product",
                label="Product",
                hint="The slug, as in the address of its page.",
                needed=True,
            ),
            *DAYS,
        ),
        order=("product", "organization", "since", "until"),
        called=("product", "organization"),
        same=lambda one: (one.product, one.organization),
        names=_of_stewardship,
    ),
}
"""What may be added, by its name in addresses; each is in `EDITABLE` too."""


def said_of(what: str, organization: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a new file says, in the order of its lines; what was left empty is not in it."""
    kind, one = EDITABLE[what], ADDABLE[what]
    given = {key.name: form.get(key.name, "").strip() for key in one.keys}
    given[kind.scope] = organization
    schema = kind.model.model_fields["schema_"].default
    return {"schema": schema, **{name: given[name] for name in one.order if given.get(name)}}


def wrong_with(what: str, said: Mapping[str, Any], known: Known) -> tuple[Wrong, ...]:
    """Return the names of a new file that lead nowhere, and days in the wrong order, by key."""
    return tuple(_wrong(what, said, known))


def remarks_on(what: str, said: Mapping[str, Any], known: Known) -> tuple[str, ...]:
    """Return what its maker should know of a new file that is not wrong."""
    one = _record(what, said)
    people = ADDABLE[what].people(one) if one else ()
    remark = "“{}” is not among the consortium's people: its check will say so.{}"
    return tuple(
        remark.format(name, _near(name, known.people, " Is it {}?"))
        for name in people
        if plain_name(name) not in known.people
    )


def file_name(what: str, said: Mapping[str, Any], taken: Iterable[str]) -> str:
    """Return what a new file is called, without its ending; none of the names that are taken."""
    name = "-".join(slug_of(str(said[key])) for key in ADDABLE[what].called)[:_LONGEST].strip("-")
    used = set(taken)
    several = (name, *(f"{name}-{number}" for number in range(2, len(used) + 3)))
    return next(one for one in several if one not in used)


def twins(what: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two files say the same of a time that both cover."""
    here, there = _record(what, one), _record(what, other)
    if here is None or there is None or _same(what, here) != _same(what, there):
        return False
    return not (_over_before(here, there) or _over_before(there, here))


def _wrong(what: str, said: Mapping[str, Any], known: Known) -> Iterator[Wrong]:
    if ends_before(said):
        yield Wrong(key="until", message="it ends before it begins")
    one = _record(what, said)
    if one is None:
        return
    lead = {"organization": known.organizations, "product": known.products}
    for named in ADDABLE[what].names(one):
        if named.name not in lead[named.kind]:
            near = _near(named.name, lead[named.kind], ": is it {}?")
            yield Wrong(key=named.key, message=f"no {named.kind} has the slug “{named.name}”{near}")
        elif named.kind == "organization" and named.name == said.get(EDITABLE[what].scope):
            yield Wrong(key=named.key, message="it is the organization itself")


def _near(name: str, known: Iterable[str], said: str) -> str:
    by = {one.casefold(): one for one in known}
    close = [by[one] for one in get_close_matches(name.casefold(), by, _CLOSE)]
    return said.format(" or ".join(close)) if close else ""


def _record(what: str, said: Mapping[str, Any]) -> Dated | None:
    try:
        one = EDITABLE[what].model.parse(json.dumps(said))
    except ValidationError:
        return None
    return one if isinstance(one, Dated) else None


def _same(what: str, one: Dated) -> tuple[str, ...]:
    return tuple(" ".join(text.casefold().split()) for text in ADDABLE[what].same(one))


def _over_before(one: Dated, other: Dated) -> bool:
    ended, begun = one.until, other.since
    return isinstance(ended, date) and isinstance(begun, date) and ended < begun
