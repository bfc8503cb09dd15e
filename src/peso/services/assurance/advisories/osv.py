"""OSV records: any ecosystem, in JSON or YAML; one record a file.

1. A record is read leniently in what PESO does not use and strictly in what it does: one that is
   wrong there is no record, and the caller is told why.
2. An entry that names a package and has ranges of commits becomes two: the package's versions are
   not the repository's tags. Where the source is about the repository itself (OSS-Fuzz, or no
   package at all), the listed versions are its tags. Ranges of commits stay in the package's entry
   only where it has no others, so that what they decide is unknown and not clear.
3. A record without a summary is summed up by the first line of its details.

Source: the OSV schema, https://ossf.github.io/osv-schema/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any, Final

import msgspec

from peso.base.finding import Finding
from peso.services.assurance.advisories.documents import MOST_IN_ONE, decode, read_yaml, shape
from peso.services.assurance.advisories.record import (
    GIT,
    OSS_FUZZ,
    Advisory,
    Affected,
    Event,
    Key,
    Range,
    Read,
    Severity,
    Unreadable,
    checked,
    git_key,
    moment,
    one_line,
    package_key,
    scheme_of,
    tell,
)


class _Package(msgspec.Struct):
    ecosystem: str
    name: str


class _Rated(msgspec.Struct):
    type: str
    score: str


class _Range(msgspec.Struct):
    type: str
    events: list[dict[str, str]] | None = None
    repo: str | None = None


class _Specific(msgspec.Struct):
    severity: Any = None


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Rated] | None = None
    ecosystem_specific: _Specific | None = None
    database_specific: _Specific | None = None


class _Record(msgspec.Struct):
    id: str
    modified: str
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Rated] | None = None
    affected: list[_Affected] | None = None
    database_specific: _Specific | None = None


_DECODER: Final = msgspec.json.Decoder(_Record)


def read_osv(name: str, data: bytes) -> Read:
    """Read the record of one file; its name says whether it is JSON or YAML.

    Raises:
        Unreadable: it is none.
    """
    return Read(records=(read_advisory(name, data),))


def advisories_of(name: str, raws: Iterable[msgspec.Raw]) -> Read:
    """Read several records of one file; one that is wrong is a finding with its place."""
    records: list[Advisory] = []
    findings: list[Finding] = []
    for number, raw in enumerate(raws):
        try:
            records.append(checked(_advisory(decode(_DECODER, bytes(raw), most=MOST_IN_ONE))))
        except Unreadable as error:
            tell(findings, f"{name}: [{number}]", error)
    return Read(records=tuple(records), findings=tuple(findings))


def read_advisory(name: str, data: bytes) -> Advisory:
    """Read one OSV record; see `read_osv`."""
    if PurePath(name).suffix == ".json":
        written = decode(_DECODER, data)
    else:
        written = shape(read_yaml(data), _Record)
    return checked(_advisory(written))


def _advisory(written: _Record) -> Advisory:
    modified = moment(written.modified, "modified")
    if modified is None:
        raise Unreadable("modified: it is empty")
    return Advisory(
        id=written.id,
        modified=modified,
        published=moment(written.published, "published"),
        withdrawn=moment(written.withdrawn, "withdrawn"),
        aliases=tuple(dict.fromkeys(written.aliases or ())),
        upstream=tuple(dict.fromkeys(written.upstream or ())),
        summary=one_line(written.summary or written.details),
        severity=_severities(written.severity),
        rating=_rating(written),
        affected=tuple(one for entry in written.affected or () for one in _entries(entry)),
    )


def _severities(written: list[_Rated] | None) -> tuple[Severity, ...]:
    return tuple(Severity(type=one.type, score=one.score) for one in written or ())


def _rating(written: _Record) -> str:
    """Return the database's own word, of the record or of the first entry that has one."""
    specifics = [written.database_specific]
    for entry in written.affected or ():
        specifics += [entry.ecosystem_specific, entry.database_specific]
    words = (one.severity for one in specifics if one is not None)
    return next((word[:40] for word in words if isinstance(word, str) and word), "")


def _entries(entry: _Affected) -> Iterator[Affected]:
    """Give an entry as entries of one order of versions each; see the module's second rule."""
    package, severity = entry.package, _severities(entry.severity)
    versions, written = tuple(entry.versions or ()), entry.ranges or ()
    commits: dict[Key, list[_Range]] = {}
    others: list[_Range] = []
    for one in written:
        key = git_key(one.repo or "") if one.type == "GIT" else (GIT, "")
        (commits.setdefault(key, []) if key[1] else others).append(one)
    if package is None or package.ecosystem == OSS_FUZZ:
        own: tuple[Key, ...] = ()
        if package:
            own = (package_key(package.ecosystem, package.name),)
        for key, some in commits.items():
            ranges = tuple(_range(one, "git") for one in some)
            yield Affected(keys=(*own, key), ranges=ranges, versions=versions, severity=severity)
        if others or not commits:
            ranges = tuple(_range(one, "") for one in others)
            yield Affected(keys=own, ranges=ranges, versions=versions, severity=severity)
        return
    scheme, named = scheme_of(package.ecosystem), package_key(package.ecosystem, package.name)
    ranges = tuple(_range(one, scheme) for one in others or written)
    yield Affected(
        keys=(named,), ranges=ranges, versions=versions, severity=severity, scheme=scheme
    )
    for key, some in commits.items():
        ranges = tuple(_range(one, "git") for one in some)
        yield Affected(keys=(key,), ranges=ranges, severity=severity)


def _range(written: _Range, scheme: str) -> Range:
    events: tuple[Event, ...] = tuple(step for one in written.events or () for step in one.items())
    orders = {"ECOSYSTEM": scheme, "SEMVER": "semver", "GIT": "git"}
    order = orders.get(written.type, written.type)  # a type of tomorrow has an order nobody knows
    repo = git_key(written.repo or "")[1] if written.type == "GIT" else ""
    return Range(type=written.type, events=events, scheme=order, repo=repo)
