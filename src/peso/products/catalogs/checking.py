"""Checks the products of a workspace: its files, the catalogs they came from, and where they part.

1. A file that is no record is a finding for each fault, with its line.
2. What is wrong in an imported catalog is said at the mirror's file and line.
3. What a person edited is a note; an open conflict with the catalog blocks.
4. What was edited, or made in PESO, is looked at by the same rules as a catalog's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from peso.base.finding import Finding, Unknown
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.catalogs.consortium import Area, Foundation, Member
from peso.products.catalogs.entry import Entry
from peso.products.catalogs.importing import (
    line_of,
    open_conflicts,
    read_conflicts,
    say_conflicts,
)
from peso.products.catalogs.merge import CONFLICTS
from peso.products.catalogs.mirror import mirror_name, read_mirrors
from peso.products.catalogs.own import read_entry
from peso.products.catalogs.quality import Seen, in_order
from peso.products.catalogs.upstream import CATALOGS, model_of, read_upstream
from peso.products.license import License
from peso.products.product import Product


def workspace_files(workspace: Path) -> tuple[str, ...]:
    """Return the files of a workspace that are records of products, or that a catalog fills.

    What else is below `consortium/` is looked at by the room of the consortium.
    """
    files = [
        path.relative_to(workspace).as_posix()
        for top in ("products", "consortium")
        for path in (workspace / top).rglob("*.yaml")
        if path.is_file()
    ]
    return tuple(sorted(one for one in files if model_of(one) is not None))


def check_products(workspace: Path) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Return the files that were looked at, and all that was seen."""
    seen = Seen(catalog="", root="")
    mirrors = read_mirrors(workspace)
    upstream = read_upstream(mirrors, {one: mirror_name(one) for one in CATALOGS})
    theirs = {entry.path: entry for entry in upstream.entries}
    files = workspace_files(workspace)
    ours: dict[str, Entry] = {}
    for path in files:
        model = model_of(path)
        if model and (entry := read_entry(workspace / path, path, model, seen)):
            ours[path] = entry
    for path in sorted(set(theirs) - set(files)):
        seen.no("removed-here", path, 1, "it was removed here; the catalog still has it")
    for path, entry in ours.items():
        changed = _edits(workspace, entry, theirs.get(path), seen)
        if isinstance(entry.record, Product):
            look = _Look(workspace=workspace, path=path, changed=changed, files=ours, seen=seen)
            look.at(entry.record)
    _look_at_conflicts(workspace, theirs, seen)
    return files, in_order([*upstream.findings, *seen.findings])


def _edits(workspace: Path, ours: Entry, theirs: Entry | None, seen: Seen) -> set[str]:
    """Note what was edited; returns the fields the catalogs do not answer for."""
    if theirs is None:
        if ours.sources():
            seen.no("gone-upstream", ours.path, 1, "no catalog has it any more")
        return set(ours.values())
    said = theirs.values()
    changed = {name for name, value in ours.values().items() if value != said.get(name)}
    for name in sorted(changed):
        line = line_of(workspace / ours.path, name)
        places = [
            f"{file}:{at}"
            for file, at in (
                (f"{mirror_name(catalog)}/{one['file']}", one["lines"].get(name))
                for catalog, one in theirs.sources().items()
            )
            if at
        ]
        where = f"; the catalog says otherwise at {', '.join(places)}" if places else ""
        seen.no("edited-here", ours.path, line, f"{name!r} was edited here{where}")
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A look at what the catalogs do not answer for in a product's file."""

    workspace: Path
    path: str
    changed: set[str]
    files: dict[str, Entry]
    seen: Seen

    def at(self, product: Product) -> None:
        """Look at a product's fields."""
        licensing = product.licensing
        if isinstance(licensing, License) and licensing.problem:
            self._no("license", "license", licensing.problem)
        foundation = (product.foundation,) if isinstance(product.foundation, str) else ()
        self._known("members", product.members, "unknown-member", Member, "short_name")
        self._known("areas", product.areas, "unknown-area", Area, "name")
        self._known("foundation", foundation, "unknown-foundation", Foundation, "name")
        for link in product.links:
            if isinstance(link.url, Unknown):
                self._no("link-without-url", "links", "a link has no address")
            if isinstance(link.label, Unknown):
                self._no("link-without-label", "links", "a link has no label")

    def _known(
        self, field: str, names: tuple[str, ...], rule: str, model: type[Record], key: str
    ) -> None:
        known = {
            getattr(one.record, key) for one in self.files.values() if isinstance(one.record, model)
        }
        for name in names:
            if known and name not in known:
                self._no(rule, field, f"{name!r} is not in the consortium's list")

    def _no(self, rule: str, field: str, message: str) -> None:
        if field in self.changed:
            line = line_of(self.workspace / self.path, field)
            self.seen.no(rule, self.path, line, message)


def _look_at_conflicts(workspace: Path, theirs: dict[str, Entry], seen: Seen) -> None:
    try:
        known = read_conflicts(workspace)
    except BadInput as error:
        for fault in error.faults:
            line = fault.where.rsplit(":", 2)[1]
            seen.no("not-a-record", CONFLICTS, int(line), fault.message, hint=fault.hint)
        return
    say_conflicts(workspace, open_conflicts(workspace, known, theirs), seen)
