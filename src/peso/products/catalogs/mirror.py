"""The mirror: a catalog's files in the workspace, byte for byte as they were last imported.

`consortium/upstream/<catalog>/` is the source of truth for everything nobody changed in PESO: an
export starts from it, and an import compares with it to tell a person's edit from the catalog's.
"""

from __future__ import annotations

from pathlib import Path

from peso.base.files import remove_tree, write_atomic
from peso.products.catalogs.entry import Tree, read_tree
from peso.products.catalogs.upstream import CATALOGS

FOLDER = "consortium/upstream"


def mirror_name(catalog: str) -> str:
    """Return a catalog's folder, as findings call it."""
    return f"{FOLDER}/{catalog}"


def read_mirrors(workspace: Path) -> dict[str, Tree]:
    """Return the files of each catalog that was imported."""
    mirrors: dict[str, Tree] = {}
    for name, catalog in CATALOGS.items():
        folder = workspace / FOLDER / name
        if folder.is_dir():
            mirrors[name] = read_tree(folder, catalog.wanted)
    return mirrors


def write_mirror(workspace: Path, catalog: str, old: Tree | None, new: Tree) -> int:
    """Make the mirror the new files and nothing else; returns how many it changed."""
    folder = workspace / FOLDER / catalog
    before = old.files if old else {}
    changed = [path for path, data in new.files.items() if before.get(path) != data]
    gone = [path for path in before if path not in new.files]
    for path in changed:
        write_atomic(folder / path, new.files[path])
    for path in gone:
        remove_tree(folder / path)
    return len(changed) + len(gone)
