"""What the store knows of one imported source; it crosses into the ledger's evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from peso.base.finding import Finding
from peso.base.record import Record


def in_utc(moment: datetime) -> datetime:
    """Return a moment with its zone: a bare date, as people type it, is of UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Source(Record):
    """One imported source of advisories."""

    name: str
    records: int
    newest: datetime | None
    """As of when it speaks: when its newest record was last changed, or what the person who
    imported it said; None where nobody says."""
    imported: datetime
    sha256: str
    """Digest over the source's records."""
    findings: tuple[Finding, ...] = ()
    """The files, or parts of files, that were no record; each with its name."""
    format: str = "osv"
    """What it was taken for, by the name of the format."""
    products: int = 0
    """How many products it speaks of."""
    withdrawn: int = 0
    """How many of its records were withdrawn; they are kept, and never found."""


class ShownSource(Source):
    """An imported source, with its age."""

    age_days: int | None
    """For how many days nothing of it was changed; None where nobody says as of when it speaks."""

    @classmethod
    def of(cls, source: Source, now: datetime) -> Self:
        """Return a source with its age today."""
        age = (now - in_utc(source.newest)).days if source.newest else None
        return cls(**dict(source), age_days=age)
