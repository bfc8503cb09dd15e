"""Rows: what the list of all releases says of one, and which pages a new release changes.

A publication may hold thousands of releases. Nothing of them is read again for each new one but
what its channel says of each, which is `Listed`; a row, all that the list says of a release, is
kept and read only where the page it is on is made again. The rules:

1. A release's page names the release that comes next in its line (a stack in a channel), and no
   later one. So a new release changes the page of the one before it, and of no other in the line.
2. A page says `--release` where there are several releases, and `--channel` where a release of the
   same name is in another channel: the page of an only one changes with the second release.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from peso.base.finding import Verdict
from peso.base.record import Record
from peso.services.delivery.layout.versions import ascending
from peso.services.delivery.pages.view import ReleaseView

AnyRow = TypeVar("AnyRow", bound="Listed")


class Listed(Record):
    """A release, by what its channel says of it."""

    channel: str
    stack: str
    version: str
    created: datetime
    path: str
    """Where its page lies."""


class Row(Listed):
    """What the list of all releases says of one."""

    title: str
    verdict: Verdict
    """The gate's."""
    passed: int
    ran: int
    findings: int
    waived: int
    scanned: bool
    count: int
    """Its units."""
    size: int
    """Bytes of the files of Python parts."""


def row_of(view: ReleaseView) -> Row:
    """Return the row of a release."""
    manifest = view.manifest
    return Row(
        channel=manifest.channel,
        stack=manifest.stack,
        version=manifest.version,
        title=manifest.title,
        created=manifest.created,
        path=view.path,
        verdict=view.gate.verdict,
        passed=view.passed,
        ran=view.ran,
        findings=len(view.findings),
        waived=sum(one.waiver is not None for one in view.findings),
        scanned=bool(view.scan.sources),
        count=view.count,
        size=sum(unit.file.length for unit in view.units),
    )


def newest_first(rows: Iterable[AnyRow]) -> tuple[AnyRow, ...]:
    """Return rows in the order of the list."""
    by_name = sorted(rows, key=lambda one: one.path)
    return tuple(sorted(by_name, key=lambda one: one.created, reverse=True))


def next_of(one: Listed, rows: Iterable[Listed]) -> Listed | None:
    """Return the release that comes next in a release's line, as `install` orders them."""
    line = _line(one, rows)
    at = next((number for number, row in enumerate(line) if row.path == one.path), len(line))
    return line[at + 1] if at + 1 < len(line) else None


def which(one: Listed, rows: tuple[Listed, ...]) -> tuple[str, ...]:
    """Return the options that tell `install` which release is meant, where it must be told."""
    if len(rows) == 1:
        return ()
    asked = (one.stack, one.version)
    same = [row for row in rows if (row.stack, row.version) == asked]
    channel = ("--channel", one.channel) if len(same) > 1 else ()
    return ("--release", "@".join(asked), *channel)


def touched(new: Listed, before: tuple[Listed, ...]) -> tuple[Listed, ...]:
    """Return the releases whose pages say something else once there is a new one."""
    line = _line(new, (*before, new))
    at = line.index(new)
    found = list(line[max(0, at - 1) : at])
    found += [one for one in before if (one.stack, one.version) == (new.stack, new.version)]
    found += before if len(before) == 1 else ()
    return tuple(dict.fromkeys(found))


def _line(one: Listed, rows: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return all of a stack in a channel, the oldest first."""
    found = newest_first(
        row for row in rows if (row.channel, row.stack) == (one.channel, one.stack)
    )
    order = ascending([row.version for row in found], [row.created for row in found])
    return tuple(found[at] for at in order)
