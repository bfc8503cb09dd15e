"""Writes the consortium's catalog from a workspace: what nobody changed is as it came, to the byte.

1. It starts from the mirror. A key that a person changed in the workspace is replaced in the
   mirror's text; everything else of the file, comments included, stays.
2. A product made in PESO whose `cass` names a file gets one.
3. What was written is read again; where it would not say what the workspace says, the catalog's
   text stays and that is a finding. So is an edit that has no place in the format.
4. A file of the target that is neither what was imported nor what is written was changed since:
   it is left alone, and a finding says to import first. Nothing in the target is removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from peso.base.files import write_atomic
from peso.base.finding import Finding
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.catalogs.cass.catalog import NAME
from peso.products.catalogs.cass.events import EVENT, STORY
from peso.products.catalogs.cass.software import COLUMNS, FOLDER
from peso.products.catalogs.columns import Column, key_value
from peso.products.catalogs.consortium import Event, Story
from peso.products.catalogs.entry import Entry
from peso.products.catalogs.front_matter import NoFrontMatter, decoded, split_front_matter
from peso.products.catalogs.mirror import mirror_name, read_mirrors
from peso.products.catalogs.own import read_entry
from peso.products.catalogs.quality import BLOCKS, Seen, in_order
from peso.products.catalogs.splice import REMOVED, NotSpliced, as_yaml, splice
from peso.products.catalogs.upstream import CATALOGS, read_upstream
from peso.products.catalogs.written import Mapping, Unreadable, plain, read_written
from peso.products.product import Product

_COLUMNS: dict[type[Record], tuple[Column, ...]] = {Product: COLUMNS, Event: EVENT, Story: STORY}


class Exported(Record, use_attribute_docstrings=True):
    """What an export wrote, and what it could not."""

    catalog: str
    """The catalog's name."""
    target: str
    """Where it was written to."""
    files: int
    """How many files the catalog has."""
    changed: tuple[str, ...]
    """The files that say something else than what was imported."""
    written: int
    """How many files of the target were new or different."""
    findings: tuple[Finding, ...]
    """What could not be brought over."""

    @property
    def ok(self) -> bool:
        """Whether everything was brought over."""
        return not any(one.level.reaches(BLOCKS) for one in self.findings)


def export_catalog(workspace: Path, name: str, target: Path) -> Exported:
    """Write a catalog in its own format.

    Raises:
        BadInput: PESO does not write this catalog, or it was never imported.
        Outside: The disk failed.
    """
    mirrors = read_mirrors(workspace)
    if name != NAME:
        raise BadInput(f"PESO does not write the catalog {name!r}", hint=f"it writes {NAME}")
    if name not in mirrors:
        raise BadInput(
            "the catalog was never imported here",
            where=str(workspace),
            hint=f"say: peso product import {name} PATH",
        )
    seen = Seen(catalog=name, root="")
    upstream = read_upstream(mirrors, {one: mirror_name(one) for one in CATALOGS})
    before = dict(mirrors[name].files)
    files = dict(before)
    for entry in upstream.entries:
        if name in entry.sources():
            _bring(workspace, entry, files, seen)
    _add_new(workspace, {entry.path for entry in upstream.entries}, files, seen)
    written = sum(
        _write(target / path, data, before.get(path), path, seen) for path, data in files.items()
    )
    return Exported(
        catalog=name,
        target=str(target),
        files=len(files),
        changed=tuple(sorted(path for path, data in files.items() if before.get(path) != data)),
        written=written,
        findings=in_order(seen.findings),
    )


def _write(file: Path, data: bytes, imported: bytes | None, path: str, seen: Seen) -> int:
    there = file.read_bytes() if file.is_file() else None
    if there == data:
        return 0
    if there is not None and there != imported:
        message = "the catalog's file changed since the import; it is left alone"
        seen.no("not-exported", path, 1, message, hint="import the catalog, then export again")
        return 0
    write_atomic(file, data)
    return 1


def _bring(workspace: Path, entry: Entry, files: dict[str, bytes], seen: Seen) -> None:
    """Bring a person's edits of one file of the workspace into the catalog's file."""
    file = workspace / entry.path
    if not file.is_file():
        seen.no("removed-here", entry.path, 1, "it was removed here; the catalog keeps it")
        return
    ours = read_entry(file, entry.path, type(entry.record), seen)
    if ours is None:
        return
    theirs = entry.values()
    changed = sorted(name for name, value in ours.values().items() if value != theirs[name])
    if not changed:
        return
    columns = _COLUMNS.get(type(entry.record), ())
    source = str(entry.sources()[NAME]["file"])
    able = {column.field for column in columns} | {"kept"}
    lost = [name for name in changed if not columns or name not in able]
    for name in lost:
        message = f"{name!r} was edited; the export cannot bring that over"
        seen.no("not-exported", entry.path, 1, message)
    changes = _changed_keys(
        columns, theirs, ours.values(), product=isinstance(entry.record, Product)
    )
    if columns and changes:
        _change(source, changes, files, seen)


def _changed_keys(
    columns: Iterable[Column], theirs: dict[str, Any], ours: dict[str, Any], *, product: bool
) -> dict[str, Any]:
    """Return the keys of the catalog's file that a person's edits change."""
    changes: dict[str, Any] = {}
    for column in columns:
        new = key_of(ours[column.field], column)
        if new != key_of(theirs[column.field], column):
            changes[column.key] = new
    mine, known = ours["kept"], theirs["kept"]
    if product:
        mine, known = mine.get(NAME, {}), known.get(NAME, {})
    for key in (*known, *(key for key in mine if key not in known)):
        if mine.get(key, REMOVED) != known.get(key, REMOVED):
            changes[key] = mine.get(key, REMOVED)
    return changes


def key_of(value: Any, column: Column) -> Any:  # noqa: ANN401 - plain data on both sides
    """Return a field's plain value as the catalog's key has it: of a badge, its number."""
    if column.field == "badge" and isinstance(value, dict) and "project" in value:
        return value["project"]
    return key_value(value, column)


def _change(path: str, changes: dict[str, Any], files: dict[str, bytes], seen: Seen) -> None:
    """Change keys of a page's front matter, and see that they say what they should."""
    try:
        front = split_front_matter(decoded(files[path]))
        before = read_written(front.head)
        head = splice(front.head, changes)
        after = read_written(head)
    except (NoFrontMatter, Unreadable, NotSpliced) as error:
        seen.no("not-exported", path, 1, f"its keys cannot be changed: {error}")
        return
    wanted = {**(plain(before) if isinstance(before, Mapping) else {}), **changes}
    wanted = {key: value for key, value in wanted.items() if value is not REMOVED}
    if (plain(after) if after else {}) != wanted:
        keys = ", ".join(changes)
        seen.no("not-exported", path, 1, f"writing {keys} would have changed more than that")
        return
    files[path] = f"{front.opening}{head}{front.rest}".encode()


def _add_new(workspace: Path, known: set[str], files: dict[str, bytes], seen: Seen) -> None:
    """Add the products made in PESO that name their file in the catalog."""
    for file in sorted((workspace / "products").glob("*.yaml")):
        path = f"products/{file.name}"
        entry = None if path in known else read_entry(file, path, Product, seen)
        product = entry.record if entry else None
        if not isinstance(product, Product) or not product.cass:
            continue
        target = f"{FOLDER}/{product.cass}.md"
        if target in files:
            message = f"the catalog has {target} already"
            seen.no("not-exported", path, 1, message, hint="choose another name in `cass`")
            continue
        files[target] = _page(product).encode()


def _page(product: Product) -> str:
    """Return a new page of the catalog."""
    said = product.plain()
    keys = {column.key: key_of(said[column.field], column) for column in COLUMNS}
    needed = {column.key for column in COLUMNS if column.needed}
    if product.published:
        del keys["published"]
    keys.update(product.kept.get(NAME, {}))
    lines = (as_yaml(key, one) for key, one in keys.items() if one is not None or key in needed)
    return "".join(["---\n", *lines, "---\n"])
