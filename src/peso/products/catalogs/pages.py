"""Pages of a catalog: Markdown with front matter, and data files in YAML; with what is odd in them.

1. What libyaml reads is read. A line with a tab is a finding all the same: most other readers
   refuse the file. What even libyaml refuses because of tabs is read with spaces in their place.
2. What cannot be read is a finding with its line, and None; the file's bytes stay in the mirror.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from peso.products.catalogs.front_matter import (
    FIRST_LINE,
    FrontMatter,
    NoFrontMatter,
    decoded,
    split_front_matter,
)
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import List, Mapping, Scalar, Unreadable, read_written

_DATA_IN_COMMENT = re.compile(r"^[ \t]+#[\s-]*[a-z][a-z_-]*:\s+\S", re.IGNORECASE)
_TEMPLATES = ("README", "TEMPLATE")
_LARGEST = 512 << 10
"""More than any page has; what is read must fit into a file that PESO reads, too."""
_LARGE = ("product-catalog.yml",)
"""What a program made of all products together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Markdown file that was read."""

    front: FrontMatter
    root: Mapping


def is_template(path: str) -> bool:
    """Say whether a file explains the catalog, and is no part of it."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return any(stem == name or stem.endswith(f"-{name}") for name in _TEMPLATES)


def read_page(path: str, data: bytes, seen: Seen) -> Page | None:
    """Read a Markdown file with front matter; None, and a finding, where it cannot be."""
    try:
        front = split_front_matter(decoded(_small(data)))
    except NoFrontMatter as error:
        seen.no("unreadable", path, error.line, error.why)
        return None
    root = _mapping(path, front.head, FIRST_LINE, seen)
    return None if root is None else Page(front=front, root=root)


def read_data(path: str, data: bytes, seen: Seen) -> Mapping | None:
    """Read a YAML file whose top is a mapping; None, and a finding, where it cannot be."""
    text = read_text(path, data, seen)
    if text is None:
        return None
    _look_at_comments(path, text, seen)
    return _mapping(path, text, 1, seen)


def read_list(path: str, data: bytes, seen: Seen) -> tuple[Scalar | List | Mapping, ...]:
    """Read a YAML file that is a list, or one entry of such a list; none where it cannot be."""
    text = read_text(path, data, seen)
    root = None if text is None else _root(path, text, 1, seen)
    if isinstance(root, List):
        return root.items
    if root is None and text is not None and not seen.says(path):
        seen.no("unreadable", path, 1, "nothing is in it")
    return () if root is None else (root,)


def read_text(path: str, data: bytes, seen: Seen) -> str | None:
    """Return a file's text; None, and a finding, where it is not UTF-8."""
    try:
        return decoded(data if path.endswith(_LARGE) else _small(data))
    except NoFrontMatter as error:
        seen.no("unreadable", path, error.line, error.why)
        return None


def _look_at_comments(path: str, text: str, seen: Seen) -> None:
    """Note data that is kept in an indented comment, once for each run of comments."""
    run: list[str] = []
    found = False
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.lstrip().startswith("#"):
            run.append(line.strip().lstrip("# "))
            found = found or bool(_DATA_IN_COMMENT.match(line))
            continue
        if found:
            said = "; ".join(run)
            message = f"data in a comment: {said[:120]}"
            seen.no("history-in-comments", path, number - len(run), message)
        run, found = [], False


def _small(data: bytes) -> bytes:
    if len(data) > _LARGEST:
        raise NoFrontMatter(f"the file has more than {_LARGEST >> 10} KiB", 1)
    return data


def _mapping(path: str, text: str, first_line: int, seen: Seen) -> Mapping | None:
    root = _root(path, text, first_line, seen)
    if isinstance(root, Mapping):
        return root
    if root is not None:
        why = "it is not a mapping (lines of `key: value`)"
        seen.no("unreadable", path, first_line, why)
    elif not seen.says(path):
        seen.no("unreadable", path, first_line, "nothing is in it")
    return None


def _root(path: str, text: str, first_line: int, seen: Seen) -> Scalar | List | Mapping | None:
    for number, line in enumerate(text.split("\n"), first_line):
        if "\t" in line:
            seen.no("tab", path, number, f"a tab in column {line.index(chr(9)) + 1}")
    try:
        return read_written(text, first_line=first_line)
    except Unreadable as error:
        expanded = _expanded(text, first_line)
        if expanded is None:
            seen.no("unreadable", path, error.line, error.why)
        else:
            seen.no("tab-refused", path, error.line, "a tab that no reader of YAML takes")
        return expanded


def _expanded(text: str, first_line: int) -> Scalar | List | Mapping | None:
    """Read text with spaces for its tabs; None where that does not help either."""
    if "\t" not in text:
        return None
    try:
        return read_written(text.expandtabs(), first_line=first_line)
    except Unreadable:
        return None
