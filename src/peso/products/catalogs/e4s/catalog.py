"""All that E4S publishes as a catalog: its product list, and the roots of its environments."""

from __future__ import annotations

from peso.products.catalogs.e4s.products import (
    EACH,
    LIST,
    NAME,
    SITE,
    read_products,
)
from peso.products.catalogs.e4s.roots import FILE, FOLDER, read_roots
from peso.products.catalogs.entry import Reading, Tree
from peso.products.catalogs.quality import Seen, in_order

__all__ = ["NAME", "part", "read_e4s", "wanted"]


def wanted(path: str) -> bool:
    """Say whether a file is read and mirrored."""
    name = path.rpartition("/")[2]
    if path.startswith(f"{FOLDER}/"):
        return name == FILE
    return name in {LIST, EACH, SITE} and not path.startswith(".git/")


def part(path: str) -> str:
    """Return which of E4S's repositories a file is from: list, site or environments."""
    name = path.rpartition("/")[2]
    if path.startswith(f"{FOLDER}/"):
        return FOLDER
    return SITE if name == SITE else LIST


def read_e4s(tree: Tree, root: str) -> Reading:
    """Read E4S's catalog; `root` is what findings call its folder."""
    seen = Seen(catalog=NAME, root=root)
    entries = (*read_products(tree, seen), *read_roots(tree, seen))
    for path in tree.left_out:
        seen.no("not-read", path, 1, "it is a link, no plain file, or too large")
    return Reading(entries=entries, findings=in_order(seen.findings))
