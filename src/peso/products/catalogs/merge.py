"""Merges what catalogs say into a workspace's files, field by field, and never over an edit.

Of each field there are three values: the catalog's of the last import, the catalog's of now, and
the workspace's.

1. Only the catalog changed: its new value is written. Only a person changed it: that stays.
2. Both changed it, differently: the person's stays, and the conflict is noted until one of the two
   changes again, or a person strikes it from the list of conflicts.
3. A file is written where a field changed, and only those lines of it; comments stay.
4. A file that a person removed is not made again. A file the catalog no longer has stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from peso.base.files import write_atomic
from peso.base.record import Record
from peso.base.yamls import load_text, parse_data
from peso.errors import BadInput
from peso.products.catalogs.entry import Entry
from peso.products.catalogs.own import read_entry
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.splice import REMOVED, NotSpliced, as_yaml, splice
from peso.products.catalogs.written import Unreadable

CONFLICTS = "consortium/conflicts.yaml"
_LAST = ("kept", "sources")
"""What people read last stands last."""


class Conflict(Record, use_attribute_docstrings=True):
    """A field that a person and a catalog changed differently."""

    file: str
    """The workspace's file."""
    field: str
    """The field."""
    here: Any
    """What the workspace says; it stands."""
    catalog: Any
    """What the catalog says."""


class Conflicts(Record, use_attribute_docstrings=True):
    """The conflicts nobody has decided; strike one to keep what the workspace says."""

    schema_: Literal["peso.conflicts/1"] = Field(default="peso.conflicts/1", alias="schema")
    """What kind of file this is, and in which version."""
    conflicts: tuple[Conflict, ...] = ()
    """The conflicts."""


@dataclass(slots=True, kw_only=True)
class Merged:
    """What a merge did."""

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    same: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


def merge(workspace: Path, old: Iterable[Entry], new: Iterable[Entry], seen: Seen) -> Merged:
    """Bring the workspace's files from what the catalogs said to what they say."""
    before = {entry.path: entry for entry in old}
    merged = Merged()
    paths = set()
    for entry in new:
        paths.add(entry.path)
        _merge_file(workspace, before.get(entry.path), entry, merged, seen)
    for path in sorted(set(before) - paths):
        if (workspace / path).is_file():
            seen.no("gone-upstream", path, 1, "no catalog has it any more; it stays here")
    return merged


def _merge_file(workspace: Path, old: Entry | None, new: Entry, merged: Merged, seen: Seen) -> None:
    file = workspace / new.path
    if not file.exists():
        if old is not None:
            seen.no("removed-here", new.path, 1, "it was removed here; the catalog still has it")
            return
        write_atomic(file, rendered(new.record).encode())
        merged.made.append(new.path)
        return
    ours = read_entry(file, new.path, type(new.record), seen)
    if ours is None:
        return
    base = old.values() if old else empty_values(type(new.record))
    changes, conflicts = _merged_fields(new.path, base, new.values(), ours.values())
    merged.conflicts.extend(conflicts)
    if ours.sources() != new.sources():
        changes["sources"] = new.sources()
    if not changes:
        merged.same += 1
    else:
        _change(file, new, ours, changes)
        merged.updated.append(new.path)


def _merged_fields(
    path: str, base: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    """Return the fields to write, and those that both sides changed."""
    changes: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name, said in theirs.items():
        if said in (ours[name], base.get(name)):
            continue
        if ours[name] == base.get(name):
            changes[name] = said
        else:
            conflicts.append(Conflict(file=path, field=name, here=ours[name], catalog=said))
    return changes, conflicts


def _change(file: Path, new: Entry, ours: Entry, changes: dict[str, Any]) -> None:
    """Write changed fields, and nothing else of the file."""
    wanted = {**ours.record.plain(), **changes}
    record = type(new.record).model_validate(wanted)
    said_now = _said(record)
    said = {name: said_now.get(name, REMOVED) for name in changes}
    try:
        text = splice(file.read_bytes().decode(), said, compact=True)
        same = parse_data(type(new.record), *load_text(text, file)).plain() == wanted
    except (NotSpliced, Unreadable, BadInput, UnicodeDecodeError):
        same, text = False, ""
    if not same:  # in braces, or with aliases: written anew, with nothing lost but its comments
        text = rendered(record)
    write_atomic(file, text.encode())


def empty_values(model: type[Record]) -> dict[str, Any]:
    """Return what each field is where a file does not name it, as plain data."""
    made = {
        one.alias or name: one.get_default(call_default_factory=True)
        for name, one in model.model_fields.items()
        if not one.is_required()
    }
    return {name: _plain(value) for name, value in made.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any default
    if isinstance(value, Record):
        return value.plain()
    return list(value) if isinstance(value, tuple) else value


def _said(record: Record) -> dict[str, Any]:
    """Return what a record says beyond its defaults, as plain data."""
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def rendered(record: Record) -> str:
    """Return a record as a new file: what it says, in the record's order, defaults left out."""
    schema = {"schema": record.plain()["schema"]}
    said = {**schema, **_said(record)}
    last = {name: said.pop(name) for name in _LAST if name in said}
    said.update(last)
    return "".join(as_yaml(name, value, compact=True) for name, value in said.items())
