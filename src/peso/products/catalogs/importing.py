"""Imports a catalog into a workspace: reads it, merges what changed, and keeps it as the mirror.

1. The workspace's files are written first and the mirror last: an import that was killed is
   repeated, and takes nothing it wrote itself for a person's edit.
2. The same import again changes nothing.
3. Conflicts nobody decided are listed in `consortium/conflicts.yaml` and said at every import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from peso.base.files import remove_tree, write_atomic
from peso.base.finding import Finding
from peso.base.record import Record
from peso.base.yamls import load, parse_record
from peso.errors import BadInput
from peso.products.catalogs.entry import Entry, Tree, read_tree
from peso.products.catalogs.merge import (
    CONFLICTS,
    Conflict,
    Conflicts,
    merge,
    rendered,
)
from peso.products.catalogs.mirror import mirror_name, read_mirrors, write_mirror
from peso.products.catalogs.own import read_entry
from peso.products.catalogs.quality import Seen, in_order
from peso.products.catalogs.upstream import CATALOGS, Catalog, read_upstream


class Imported(Record, use_attribute_docstrings=True):
    """What an import did, and what it saw."""

    catalog: str
    """The catalog's name."""
    source: str
    """Where it was read from."""
    files: int
    """How many files of it were read."""
    entries: dict[str, int]
    """How many of each kind it has."""
    made: tuple[str, ...]
    """The workspace's new files."""
    updated: tuple[str, ...]
    """The workspace's files that changed."""
    same: int
    """How many of the workspace's files stayed as they were."""
    mirrored: int
    """How many of the mirror's files changed."""
    findings: tuple[Finding, ...]
    """What was seen, by file and line."""


def catalog_named(name: str) -> Catalog:
    """Return a catalog PESO can read; raises BadInput for any other name."""
    if name not in CATALOGS:
        raise BadInput(
            f"there is no catalog {name!r}", hint=f"the catalogs are {', '.join(CATALOGS)}"
        )
    return CATALOGS[name]


def import_catalog(workspace: Path, name: str, source: Path) -> Imported:
    """Import a catalog from a folder.

    Args:
        workspace: The workspace's folder.
        name: `cass` or `e4s`.
        source: A checkout of the catalog, or its folder.

    Raises:
        BadInput: No such catalog or folder, or nothing of the catalog in it.
        Outside: The disk failed.
    """
    catalog = catalog_named(name)
    tree = _read_source(catalog, source)
    mirrors = read_mirrors(workspace)
    here = {*tree.files, *tree.left_out}
    read = len(tree.files)
    tree = _completed(tree, mirrors.get(name), catalog)
    called = {one: mirror_name(one) for one in CATALOGS}
    old = read_upstream(mirrors, called).entries
    new = read_upstream({**mirrors, name: tree}, {**called, name: str(source)})
    seen = Seen(catalog=name, root="")
    merged = merge(workspace, old, new.entries, seen)
    conflicts = _remember(workspace, merged.conflicts, new.entries)
    say_conflicts(workspace, conflicts, seen)
    mirrored = write_mirror(workspace, name, mirrors.get(name), tree)
    from_source = [one for one in new.findings if _file(one, source) in here]
    return Imported(
        catalog=name,
        source=str(source),
        files=read,
        entries=_counted(entry for entry in new.entries if name in entry.sources()),
        made=tuple(merged.made),
        updated=tuple(merged.updated),
        same=merged.same,
        mirrored=mirrored,
        findings=in_order([*from_source, *seen.findings]),
    )


def _read_source(catalog: Catalog, source: Path) -> Tree:
    tree = read_tree(source, catalog.wanted)
    if not tree.files:
        raise BadInput(
            f"nothing of the catalog {catalog.name!r} is here",
            where=str(source),
            hint="name the top folder of the catalog's repository",
        )
    return tree


def _completed(tree: Tree, old: Tree | None, catalog: Catalog) -> Tree:
    """Add the mirror's files from repositories that this import has nothing of."""
    parts = {catalog.part(path) for path in tree.files}
    kept = old.files if old else {}
    rest = {path: data for path, data in kept.items() if catalog.part(path) not in parts}
    return replace(tree, files={**rest, **tree.files})


def _file(finding: Finding, source: Path) -> str:
    where = (finding.where or "").rpartition(":")[0]
    return where.removeprefix(f"{source}/") if where.startswith(f"{source}/") else ""


def _counted(entries: Iterable[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        parts = entry.path.removesuffix(".yaml").split("/")
        kind = parts[1] if parts[0] == "consortium" else parts[0]
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def read_conflicts(workspace: Path) -> tuple[Conflict, ...]:
    """Return the conflicts nobody has decided; raises BadInput where the list is unreadable."""
    file = workspace / CONFLICTS
    return parse_record(Conflicts, file).conflicts if file.is_file() else ()


def open_conflicts(
    workspace: Path, known: tuple[Conflict, ...], entries: Mapping[str, Entry]
) -> tuple[Conflict, ...]:
    """Return the conflicts in which nothing has changed since on either side."""
    still: list[Conflict] = []
    for one in known:
        entry, file = entries.get(one.file), workspace / one.file
        if entry is None or not file.is_file():
            continue
        ours = read_entry(file, one.file, type(entry.record), Seen(catalog="", root=""))
        theirs = entry.values().get(one.field)
        if ours and ours.values().get(one.field) == one.here and theirs == one.catalog:
            still.append(one)
    return tuple(still)


def _remember(
    workspace: Path, new: list[Conflict], entries: tuple[Entry, ...]
) -> tuple[Conflict, ...]:
    """Keep the list of conflicts: those of before that are open, and the new ones."""
    by_path = {entry.path: entry for entry in entries}
    before = read_conflicts(workspace)
    fresh = {(one.file, one.field) for one in new}
    still = open_conflicts(workspace, before, by_path)
    kept = tuple(one for one in still if (one.file, one.field) not in fresh)
    now = tuple(sorted((*kept, *new), key=lambda one: (one.file, one.field)))
    if now != before and now:
        text = rendered(Conflicts(schema_="peso.conflicts/1", conflicts=now))
        write_atomic(workspace / CONFLICTS, text.encode())
    elif not now:
        remove_tree(workspace / CONFLICTS)
    return now


def say_conflicts(workspace: Path, conflicts: tuple[Conflict, ...], seen: Seen) -> None:
    """Note each conflict at the line of the workspace's file."""
    for one in conflicts:
        line = line_of(workspace / one.file, one.field)
        message = f"{one.field!r} was changed here and in the catalog; this one stands"
        seen.no("conflict", one.file, line, message, hint=f"see {CONFLICTS}")


def line_of(file: Path, field: str) -> int:
    """Return the line at which a file of the workspace speaks of a field; 1 where it does not."""
    try:
        _, positions = load(file)
    except BadInput:
        return 1
    return positions.at((field,), key=True)[0] if (field,) in positions.keys else 1
