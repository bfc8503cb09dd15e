"""Checks the consortium of a workspace: what its files leave open, or say against each other.

1. What the catalog's own text could do better is found where it is imported; here is what follows
   only from all files together.
2. What is overdue by the by-laws is a finding too, with the day it was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from peso.base.finding import Finding, Level, Unknown
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.due import due
from peso.partnerships.consortium.facts import OWN, Facts
from peso.partnerships.consortium.making import day_of, plain_name
from peso.partnerships.consortium.reading import FOLDER, Read
from peso.partnerships.consortium.record import UNDATED, Dated
from peso.products.catalogs.quality import in_order
from peso.products.catalogs.upstream import model_of

_OTHERS: Final = (f"{FOLDER}/upstream/", f"{FOLDER}/conflicts.yaml", f"{FOLDER}/bylaws.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is looked for, and how grave it is."""

    level: Level
    hint: str


RULES: Final = {
    "not-read": Look(level=Level.MEDIUM, hint="put it into a folder that is known"),
    "overdue": Look(level=Level.MEDIUM, hint="do it, then say the new day in the file"),
    "open": Look(level=Level.MEDIUM, hint="name somebody in the file"),
    "unknown-person": Look(level=Level.LOW, hint="add the person, or use the name that is there"),
    "unknown-organization": Look(level=Level.MEDIUM, hint="use the slug of an organization"),
    "unknown-product": Look(level=Level.MEDIUM, hint="use the slug of a product"),
    "same-organization": Look(level=Level.MEDIUM, hint="remove one of the two files"),
    "more-representatives": Look(level=Level.MEDIUM, hint="name as many as there are seats"),
    "two-at-once": Look(level=Level.MEDIUM, hint="end one of the terms"),
    "ends-before-it-begins": Look(level=Level.HIGH, hint="correct one of the days"),
    "charter": Look(level=Level.MEDIUM, hint="complete the charter, as the by-laws ask"),
    "date": Look(level=Level.MEDIUM, hint="write it like 2026-11-23"),
}


def check_consortium(workspace: Path, read: Read, today: date) -> tuple[Finding, ...]:
    """Return all that was seen, by file; of a workspace without a consortium, nothing is due."""
    if not read.files:
        return in_order(list(_unknown_files(workspace)))
    found = [
        *read.findings,
        *_unknown_files(workspace),
        *_facts(read.facts),
        *_names(read.facts, read.consortium),
        *_days(read.facts),
        *_terms(read.consortium, today),
        *_due(read.consortium, today),
    ]
    return in_order(found)


def _no(rule: str, where: str, subject: str, message: str) -> Finding:
    look = RULES[rule]
    return Finding(
        rule=f"consortium.{rule}",
        level=look.level,
        subject=subject,
        message=message,
        where=f"{where}:1",
        hint=look.hint,
    )


def own_files(workspace: Path) -> Iterator[str]:
    """Yield the files of the consortium that no catalog has a place for."""
    for file in sorted((workspace / FOLDER).rglob("*.yaml")):
        path = file.relative_to(workspace).as_posix()
        if model_of(path) is None and not path.startswith(_OTHERS):
            yield path


def _unknown_files(workspace: Path) -> Iterator[Finding]:
    for path in own_files(workspace):
        parts = path.split("/")
        if len(parts) != 3 or parts[1] not in OWN:  # noqa: PLR2004 - consortium/folder/file
            folders = ", ".join(OWN)
            message = f"it is no file of the consortium; beside the catalogs' there are {folders}"
            yield _no("not-read", path, path, message)


def _facts(facts: Facts) -> Iterator[Finding]:
    for name in sorted(set(facts.organizations) & set(facts.members)):
        message = "a member has this name too, and its file counts"
        yield _no("same-organization", f"{FOLDER}/organizations/{name}.yaml", name, message)
    for name, group in facts.groups.items():
        said = {
            "purpose": group.purpose,
            "lifetime": group.lifetime,
            "membership": group.membership,
            "reporting": group.reporting,
        }
        for key, value in said.items():
            if isinstance(value, Unknown):
                where = f"{FOLDER}/working-groups/{name}.yaml"
                yield _no("charter", where, name, f"the charter has no {key}: {value.unknown}")
    for name, member in facts.members.items():
        for key, text in (("joined", member.joined), ("left", member.left)):
            if isinstance(day := day_of(text, UNDATED), Unknown) and text:
                yield _no("date", f"{FOLDER}/members/{name}.yaml", name, f"{key}: {day.unknown}")


def _names(facts: Facts, consortium: Consortium) -> Iterator[Finding]:
    """Yield names that lead nowhere, in the files that no catalog looks at."""
    known = _Known(facts, consortium)
    for file, one in facts.liaisons.items():
        place = f"{FOLDER}/liaisons/{file}.yaml"
        yield from known.person(place, one.person)
        yield from known.organizations(place, one.organizations)
        yield from known.products(place, one.products)
    for file, affiliation in facts.affiliations.items():
        yield from known.person(f"{FOLDER}/affiliations/{file}.yaml", affiliation.person)
    for file, delegation in facts.delegations.items():
        place = f"{FOLDER}/delegations/{file}.yaml"
        yield from known.person(place, delegation.giver)
        yield from known.person(place, delegation.to)
        yield from known.organizations(place, [delegation.organization])
    for file, held in facts.stewardships.items():
        place = f"{FOLDER}/stewardships/{file}.yaml"
        yield from known.products(place, [held.product])
        yield from known.organizations(place, [held.organization])
    for member in consortium.organizations:
        allowed = facts.bylaws.seats.each_member
        if member.kind == "member" and len(member.representatives) > allowed:
            message = f"{len(member.representatives)} representatives for {allowed} seat"
            where = f"{FOLDER}/members/{member.slug}.yaml"
            yield _no("more-representatives", where, member.short_name, message)


class _Known:
    """The names that lead somewhere."""

    def __init__(self, facts: Facts, consortium: Consortium) -> None:
        self._people = {one.name for one in facts.people.values()}
        self._organizations = {one.slug for one in consortium.organizations}
        self._products = {one.slug for one in facts.products}

    def person(self, place: str, name: str) -> Iterator[Finding]:
        if plain_name(name) not in self._people:
            yield _no("unknown-person", place, name, f"{name!r} is not among the people")

    def organizations(self, place: str, slugs: Iterable[str]) -> Iterator[Finding]:
        for one in slugs:
            if one not in self._organizations:
                message = f"no organization has the slug {one!r}"
                yield _no("unknown-organization", place, one, message)

    def products(self, place: str, slugs: Iterable[str]) -> Iterator[Finding]:
        for one in slugs:
            if one not in self._products:
                yield _no("unknown-product", place, one, f"no product has the slug {one!r}")


def _days(facts: Facts) -> Iterator[Finding]:
    dated: dict[str, Mapping[str, Dated]] = {
        "organizations": facts.organizations,
        "affiliations": facts.affiliations,
        "liaisons": facts.liaisons,
        "delegations": facts.delegations,
        "terms": facts.terms,
        "stewardships": facts.stewardships,
    }
    for folder, several in dated.items():
        for name, one in several.items():
            begun, ended = one.since, one.until
            if isinstance(begun, date) and isinstance(ended, date) and ended < begun:
                message = f"it ends on {ended} and begins on {begun}"
                where = f"{FOLDER}/{folder}/{name}.yaml"
                yield _no("ends-before-it-begins", where, name, message)


def _terms(consortium: Consortium, today: date) -> Iterator[Finding]:
    for office in consortium.offices:
        held = [str(one.person) for one in office.terms if one.holds(today)]
        if len(held) > 1:
            message = f"{' and '.join(held)} hold it at once"
            where = f"{FOLDER}/officers/{office.slug}.yaml"
            yield _no("two-at-once", where, office.name, message)


def _due(consortium: Consortium, today: date) -> Iterator[Finding]:
    for one in due(consortium, today):
        where = f"{FOLDER}/{_PLACES[one.kind]}/{one.subject}.yaml"
        if one.state == "overdue" and isinstance(one.days, int):
            message = f"{one.do}: due on {one.on}, {-one.days} days ago, as of {today}"
            yield _no("overdue", where, one.title, message)
        elif one.state == "open":
            yield _no("open", where, one.title, f"{one.do} ({one.text})")


_PLACES: Final = {
    "office": "officers",
    "working-group": "working-groups",
    "organization": "members",
    "record": "bylaws",
}
