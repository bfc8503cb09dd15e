"""PESO's own source: OSV records that a steward writes for libraries nobody else covers.

A record is read as any OSV record. More is asked of it, since nobody but us will correct it: what
`faults` finds stops a pull request (`peso advisories check`), and is kept with the source where a
record is imported all the same. The rules of such a record:

1. Its id is `PESO-YYYY-N`, its file is called as its id, and it has no key that OSV does not have.
2. It names products of the ecosystem PESO by their Spack names, and says of each which versions
   are affected: ranges of type ECOSYSTEM (or GIT with a repository) whose events come in order.
3. Its versions are Spack's: they can be ordered. A branch such as `develop` cannot.
4. It has a reference, and the day by which somebody looks at it again, which has not passed:
   `database_specific: {review_by: 2027-06-30}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Final

import msgspec
from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from peso.base.finding import Finding, Level
from peso.products.spec.faults import SpecError
from peso.products.spec.versions import Version, parse_version
from peso.services.assurance.advisories.documents import decode, read_yaml
from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import (
    GIT,
    PESO,
    Advisory,
    Affected,
    Range,
    Read,
    finding,
)

_ID = re.compile(r"PESO-\d{4}-[1-9]\d{0,5}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KEYS: Final = frozenset(
    {
        *("schema_version", "id", "modified", "published", "withdrawn", "aliases", "upstream"),
        *("related", "summary", "details", "severity", "affected", "references", "credits"),
        "database_specific",
    }
)
_AFFECTED: Final = frozenset(
    {"package", "severity", "ranges", "versions", "ecosystem_specific", "database_specific"}
)
_BEGIN, _END = frozenset({"introduced"}), frozenset({"fixed", "last_affected", "limit"})
_CVSS: Final = {"CVSS_V2": CVSS2, "CVSS_V3": CVSS3, "CVSS_V4": CVSS4}
_ANY: Final = msgspec.json.Decoder(dict[str, Any])
Knows = Callable[[str], bool]
"""Says whether a recipe of that name is at hand."""


def read_own(name: str, data: bytes) -> Read:
    """Read a record of PESO's own source, with what is wrong with its form.

    Raises:
        Unreadable: it is no OSV record.
    """
    record = read_advisory(name, data)
    return Read(records=(record,), findings=tuple(form_faults(name, data, record)))


def form_faults(name: str, data: bytes, record: Advisory) -> Iterator[Finding]:
    """Say what is wrong with a record that time and recipes have no part in."""
    for message in (*_of_file(name, data, record), *_of_products(record), *_of_severity(record)):
        yield finding("advisory-own", name, message, Level.HIGH)


def faults(
    name: str, data: bytes, record: Advisory, *, today: date, knows: Knows | None
) -> Iterator[Finding]:
    """Say all that is wrong with a record today.

    Args:
        name: The record's file.
        data: Its bytes.
        record: What was read of them.
        today: The day that dates are compared with.
        knows: Whether a Spack name is one; None where no recipes are at hand.
    """
    yield from form_faults(name, data, record)
    for message in _of_dates(_plain(name, data), record, today):
        yield finding("advisory-own-date", name, message, Level.HIGH)
    names = dict.fromkeys(key[1] for key in record.keys if key[0] == PESO)
    for one in names if knows else ():
        if _NAME.fullmatch(one) and knows and not knows(one):
            message = f"no recipe at hand is called {one!r}"
            yield finding("advisory-own-name", name, message, Level.HIGH)


def _plain(name: str, data: bytes) -> dict[str, Any]:
    found = decode(_ANY, data) if PurePath(name).suffix == ".json" else read_yaml(data)
    return found if isinstance(found, dict) else {}


def _of_file(name: str, data: bytes, record: Advisory) -> Iterator[str]:
    plain = _plain(name, data)
    if not _ID.fullmatch(record.id):
        yield f"the id {record.id[:60]!r} is not of the form PESO-2026-1"
    elif PurePath(name).stem != record.id:
        yield f"the file is not called as its record: {record.id}{PurePath(name).suffix}"
    for key in plain:
        if key not in _KEYS:
            yield f"the key {key[:60]!r} is none of OSV's"
    entries = plain.get("affected")
    for entry in entries if isinstance(entries, list) else ():
        for key in entry if isinstance(entry, dict) else ():
            if key not in _AFFECTED:
                yield f"the key 'affected.{key[:60]}' is none of OSV's"
    if not record.summary:
        yield "it has neither a summary nor details"
    references = plain.get("references")
    if not (isinstance(references, list) and any(_url(one) for one in references)):
        yield "it has no reference: where can a reader see for themselves?"


def _url(reference: object) -> bool:
    url = reference.get("url") if isinstance(reference, dict) else None
    return isinstance(url, str) and url.startswith(("https://", "http://"))


def _of_products(record: Advisory) -> Iterator[str]:
    if not record.affected and record.withdrawn is None:
        yield "it says of no product that it is affected"
    for number, entry in enumerate(record.affected):
        yield from (f"affected[{number}]{one}" for one in _of_entry(entry))


def _of_entry(entry: Affected) -> Iterator[str]:
    if not entry.keys:
        yield ": it names no package"
    if not entry.ranges and not entry.versions:
        yield ": it says of no version that it is affected"
    for space, name in entry.keys:
        if space not in {PESO, GIT}:
            yield f": the ecosystem is {space!r} and not PESO"
        elif space == PESO and not _NAME.fullmatch(name):
            yield f": {name[:60]!r} is no Spack name"
    for text in entry.versions:
        if isinstance(said := _version(text), str):
            yield f".versions: {said}"
    for index, span in enumerate(entry.ranges):
        yield from (f".ranges[{index}]: {one}" for one in _of_range(span))


def _of_range(span: Range) -> Iterator[str]:
    if span.type == "GIT":
        if not span.repo:
            yield "a range of commits names no repository"
        return
    if span.type != "ECOSYSTEM":
        yield f"its type is {span.type!r}; a Spack version is of the type ECOSYSTEM"
    if not any(kind in _BEGIN for kind, _ in span.events):
        yield 'it has no event `introduced` (write `introduced: "0"` for from the beginning)'
    kinds = {kind for kind, _ in span.events}
    for kind in sorted(kinds - _BEGIN - _END):
        yield f"the event {kind!r} is none of OSV's"
    if {"fixed", "last_affected"} <= kinds:
        yield "it has both `fixed` and `last_affected`; one of them says it"
    yield from _in_order(span)


def _in_order(span: Range) -> Iterator[str]:
    """Say where events cannot be ordered, or do not take turns."""
    last: tuple[str, str, Version] | None = None
    for kind, at in span.events:
        if (kind, at) in {("introduced", "0"), ("limit", "*")}:
            continue
        said = _version(at)
        if isinstance(said, str):
            yield said
            continue
        if last and (said < last[2] or (said == last[2] and last[0] != "last_affected")):
            yield f"{kind} {at} does not come after {last[0]} {last[1]}"
        if last and kind in _BEGIN and last[0] in _BEGIN:
            yield f"{kind} {at} follows {last[0]} {last[1]} without an end between"
        last = (kind, at, said)


def _version(text: str) -> Version | str:
    """Return a version, or why it cannot be ordered."""
    try:
        found = parse_version(text)
    except SpecError as error:
        return str(error)
    if not text or found.ref or found.endless:
        return f"{text[:60]!r} cannot be ordered: it is a branch or a commit"
    return found


def _of_severity(record: Advisory) -> Iterator[str]:
    for one in (
        *record.severity,
        *(rated for entry in record.affected for rated in entry.severity),
    ):
        try:
            if one.type not in _CVSS:
                yield f"the severity {one.type[:40]!r} is none of {', '.join(_CVSS)}"
            else:
                _CVSS[one.type](one.score)
        except CVSSError as error:
            yield f"severity: {error}"


def _of_dates(plain: dict[str, Any], record: Advisory, today: date) -> Iterator[str]:
    specific = plain.get("database_specific")
    said = specific.get("review_by") if isinstance(specific, dict) else None
    try:
        review = date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        review = None
    if review is None:
        yield "it does not say when it is looked at again (`database_specific: {review_by: DATE}`)"
    elif review < today:
        yield f"it was to be looked at again by {review}: look, and set a new date"
    dates: tuple[tuple[str, datetime | None], ...] = (
        ("published", record.published),
        ("modified", record.modified),
        ("withdrawn", record.withdrawn),
    )
    for what, when in dates:
        if when is not None and when.date() > today:
            yield f"it was {what} in the future, on {when:%Y-%m-%d}"
