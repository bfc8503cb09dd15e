"""What reading a catalog gives: entries for the workspace, and what was seen on the way.

A catalog comes as a `Tree`: the bytes of its files by path, read once, links and special files
left out. An entry is one file of the workspace: its path there and the record in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from peso.base.files import disk
from peso.base.finding import Finding
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.catalogs.columns import Place, Row

R = TypeVar("R", bound=Record)

LARGEST = 16 << 20
"""How many bytes one file of a catalog may have."""
_NOT_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A catalog's files."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()
    """What is no plain file, or too large."""

    def below(self, folder: str, *suffixes: str) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of the files below a folder, sorted."""
        for path in sorted(self.files):
            inside = not folder or path.startswith(f"{folder}/")
            if inside and f"/{path}".endswith(suffixes or ("",)):
                yield path, self.files[path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of the workspace, as a catalog would have it."""

    path: str
    record: Record

    def values(self) -> dict[str, Any]:
        """Return the fields that can be edited, as plain data."""
        plain = self.record.plain()
        return {key: plain[key] for key in plain if key not in {"schema", "sources"}}

    def sources(self) -> dict[str, Any]:
        """Return where the catalogs speak of it, as plain data."""
        sources: dict[str, Any] = self.record.plain().get("sources", {})
        return sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a catalog says, and what was seen in it."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def read_tree(folder: Path, wanted: Callable[[str], bool]) -> Tree:
    """Read the files whose path is `wanted`.

    Raises:
        BadInput: There is no such folder.
        Outside: The disk failed.
    """
    if not folder.is_dir():
        raise BadInput("there is no such folder", where=str(folder), hint="check the path")
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    with disk(folder, "read"):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                continue
            if not wanted(inside):
                continue
            if not inside.isprintable():  # half characters stand for bytes that are no UTF-8
                left_out.append(ascii(inside))
                continue
            if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
                left_out.append(inside)
            else:
                files[inside] = path.read_bytes()
    return Tree(files=files, left_out=tuple(left_out))


def slug(name: str) -> str:
    """Return a name as the name of a file: small letters, digits and dashes."""
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = _NOT_A_SLUG.sub("-", ascii_.lower()).strip("-")
    return made[:100] or "unnamed"


def record_of(
    model: type[R], row: Row, place: Place, *, catalog: str | None = None, line: int = 1
) -> R | None:
    """Make a record of what was read; what does not fit is a finding.

    Args:
        model: The record's class.
        row: What was read.
        place: Of which file.
        catalog: Keep what has no field under this name; else as it is.
        line: Where the thing starts in its file.
    """
    kept: dict[str, Any] = {catalog: row.kept} if catalog and row.kept else row.kept
    source = {"file": place.file, "lines": row.lines}
    data = {**row.fields, "kept": kept, "sources": {place.seen.catalog: source}}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        place.no("unreadable", line, f"{where}: {first['msg']}")
        return None
