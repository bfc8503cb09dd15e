"""Stores of advisories of any space of names, made without a source's own form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from peso.services.assurance.advisories.record import Advisory, Affected, Event, Key, Range
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import replacing, row_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEWEST = datetime(2026, 10, 1, tzinfo=UTC)
BEFORE_2: tuple[Event, ...] = (("introduced", "0"), ("fixed", "2.0"))


def record(
    id_: str,
    *keys: Key,
    events: tuple[Event, ...] = BEFORE_2,
    kind: str = "ECOSYSTEM",
    tags: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    **more: object,
) -> Advisory:
    """Return a record of one entry."""
    repo = next((name for space, name in keys if space == "GIT"), "")
    span = Range(type=kind, events=events, repo=repo if kind == "GIT" else "")
    return Advisory(
        id=id_,
        modified=NEWEST,
        aliases=aliases,
        summary=f"What {id_} is about.",
        affected=(Affected(keys=keys, ranges=(span,), versions=tags),),
        **more,  # type: ignore[arg-type]
    )


def fill(store: Path, name: str, *records: Advisory, form: str = "osv") -> Path:
    """Put a source into a store; return the store."""
    source = Source(
        name=name,
        records=len(records),
        newest=NEWEST,
        imported=NOW,
        sha256="0" * 64,
        format=form,
    )
    with replacing(store, name) as writing:
        for one in records:
            writing.add(row_of(one))
        writing.finish(source)
    return store
