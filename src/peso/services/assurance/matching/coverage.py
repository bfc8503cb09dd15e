"""Coverage: which sources know a component, as of when; and where none does, why not.

1. A source knows a component if it has a record under one of the component's keys, whatever that
   record says of the version. A record found only by the commits of a repository counts too; the
   space it was found in is named.
2. No source: *not covered*, never clean. The reason says whether nobody knows the component's names
   (no identity, no package index), or no source has a record under any of them.
3. As of when is the date of the source's newest record, or, where records have no dates, of its
   import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from peso.base.record import Record
from peso.services.assurance.matching.subjects import Subject

NO_RECORD = "no source has a record of it"


class Known(Record):
    """One source that knows a component."""

    source: str
    as_of: datetime
    spaces: tuple[str, ...]
    """Where its records were found: `PyPI`, `CPE`, `GIT` …"""
    records: int


class Coverage(Record):
    """Which sources speak of a component."""

    purl: str
    sources: tuple[str, ...]
    """Names of the sources with at least one record on this product; none: not covered."""
    name: str = ""
    """The name and version for people; empty in scans of before."""
    asked: tuple[str, ...] = ()
    """The keys it was asked for by, e.g. `CPE openssl:openssl`."""
    known: tuple[Known, ...] = ()
    """The same sources, with what they know and as of when."""
    reason: str = ""
    """Why it is not covered; empty where it is."""


def known_by(
    found: Iterable[tuple[str, str, str]], as_of: Mapping[str, datetime]
) -> tuple[Known, ...]:
    """Say who knows a component.

    Args:
        found: (source, space, record id) of every record under one of its keys.
        as_of: The date of each source.
    """
    spaces: dict[str, set[str]] = {}
    records: dict[str, set[str]] = {}
    for source, space, id_ in found:
        spaces.setdefault(source, set()).add(space)
        records.setdefault(source, set()).add(id_)
    return tuple(
        Known(
            source=source,
            as_of=as_of[source],
            spaces=tuple(sorted(spaces[source])),
            records=len(records[source]),
        )
        for source in sorted(spaces)
    )


def cover(subject: Subject, known: tuple[Known, ...]) -> Coverage:
    """Say whether a component is covered, by whom, and if not, why."""
    return Coverage(
        purl=subject.purl,
        sources=tuple(one.source for one in known),
        name=subject.name,
        asked=tuple(str(one.key) for one in subject.asked),
        known=known,
        reason="" if known else (subject.unasked or NO_RECORD),
    )
