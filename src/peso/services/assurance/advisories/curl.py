"""The curl project's own list: the table it keeps (`vuln.pm`), or the records it makes of it.

1. A line of the table says the first and the last version that is affected, in fields between
   bars. Comments and the frame are passed over; a line that has no such fields is a finding.
2. The records are OSV without a package, several in a file; each is filed under curl too.

Source: https://github.com/curl/curl-www, docs/vuln.pm and docs/vuln2json.pl.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import msgspec

from peso.base.finding import Finding
from peso.services.assurance.advisories.documents import decode
from peso.services.assurance.advisories.osv import advisories_of, read_osv
from peso.services.assurance.advisories.record import (
    VENDOR,
    Advisory,
    Affected,
    Key,
    Range,
    Read,
    Unreadable,
    checked,
    moment,
    one_line,
    tell,
)

CURL: Final[Key] = (VENDOR, "curl")
_LINE = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*,?\s*')
_ESCAPED = re.compile(r"\\(.)")
_VERSION = re.compile(r"\d+(?:\.\d+)+[a-z]?|\d+")
_FRAME = re.compile(r"\s*(?:#.*|@vuln\s*=\s*\(|\);?|1;|)\s*")
_BEGIN = re.compile(r"\s*@vuln\s*=")
_LEAST, _MOST = 6, 40
_SEVERITY = 12
_MOST_LINES = 100_000
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])


def read_curl(name: str, data: bytes) -> Read:
    """Read the table, or the records.

    Raises:
        Unreadable: it is neither.
    """
    start = data.lstrip()[:1]
    if start in {b"[", b"{"}:
        if start == b"[":
            raws: list[msgspec.Raw] = decode(_ARRAY, data)
            read = advisories_of(name, raws)
        else:
            read = read_osv(name, data)
        return replace(read, records=tuple(_as_curl(one) for one in read.records))
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    if not any(_BEGIN.match(line) for line in lines):
        raise Unreadable("it has no table: no line begins with `@vuln =`")
    if len(lines) > _MOST_LINES:
        raise Unreadable(f"it has more than {_MOST_LINES} lines")
    records: list[Advisory] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines, 1):
        if _FRAME.fullmatch(line):
            continue
        try:
            records.append(checked(_advisory(line)))
        except Unreadable as error:
            tell(findings, f"{name}:{number}", error)
    return Read(records=tuple(records), findings=tuple(findings))


def _advisory(line: str) -> Advisory:
    found = _LINE.fullmatch(line)
    fields = _ESCAPED.sub(r"\1", found[1]).split("|") if found else []
    if not _LEAST <= len(fields) <= _MOST:
        raise Unreadable("it is no line of the table: a text with its fields between bars")
    first, last, title, cve, announced = fields[1:6]
    for version in (first, last):
        if not _VERSION.fullmatch(version):
            raise Unreadable(f"{version[:40]!r} is no version of curl")
    published = moment(announced, "the day it was announced")
    span = Range(type="ECOSYSTEM", events=(("introduced", first), ("last_affected", last)))
    return Advisory(
        id=cve,
        modified=published,
        published=published,
        summary=one_line(title),
        rating=fields[_SEVERITY][:40] if len(fields) > _SEVERITY else "",
        affected=(Affected(keys=(CURL,), ranges=(span,)),),
    )


def _as_curl(record: Advisory) -> Advisory:
    """File under curl what the record says of versions; its commits stay with the repository."""
    entries: list[Affected] = []
    for one in record.affected:
        numbers = tuple(span for span in one.ranges if span.type != "GIT")
        if numbers or one.versions:
            spans = tuple(replace(span, type="ECOSYSTEM", scheme="") for span in numbers)
            entries.append(replace(one, keys=(CURL,), ranges=spans, scheme=""))
        if len(numbers) < len(one.ranges):
            commits = tuple(span for span in one.ranges if span.type == "GIT")
            keys = tuple(key for key in one.keys if key[0] == "GIT")
            entries.append(replace(one, keys=keys, ranges=commits, versions=()))
    return replace(record, affected=tuple(entries))
