"""Editing: a change of single keys of a workspace's file, a new file, and the patch that brings it.

1. What is changed is spliced into the text: every other byte stays as a person wrote it. A new file
   has a line for each key, in the order they are given.
2. The new text is read as its record, strictly; all faults at once, each with the key it is of.
3. Nothing but what was asked for has changed in what the file says; else `BadInput`.
4. A patch is one that `git apply` takes, a last line without its end included.

It writes no file: a person reviews the patch.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peso.base.record import Record
from peso.base.yamls import Positions, load_text, parse_data
from peso.errors import BadInput
from peso.products.catalogs.splice import REMOVED, NotSpliced, as_yaml, splice
from peso.products.catalogs.written import Unreadable

_PATH: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_NO_END: Final = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A fault of an edit, and the key it is of; empty: the whole file."""

    key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A file's text after an edit, or what is wrong with it."""

    text: str = ""
    wrong: tuple[Wrong, ...] = ()


def edit(model: type[Record], path: str, text: str, changes: Mapping[str, Any]) -> Edit:
    """Return a file's text with some keys changed.

    Args:
        model: The record that the file is.
        path: The file's path in its workspace.
        text: The file's text.
        changes: New values by key, as plain data; `REMOVED` takes a key out.
    """
    try:
        before, _ = load_text(text, Path(path))
        after = splice(text, changes)
    except (NotSpliced, Unreadable) as no:
        return Edit(wrong=(Wrong(key="", message=f"this file cannot be changed here: {no}"),))
    except BadInput as no:
        return Edit(wrong=_wrong(no, None))
    wanted = {**before, **changes}
    kept = {key: value for key, value in wanted.items() if value is not REMOVED}
    return _looked_at(model, path, after, kept, tuple(changes))


def added(model: type[Record], path: str, said: Mapping[str, Any]) -> Edit:
    """Return the text of a new file.

    Args:
        model: The record that the file is.
        path: Where it is to be in its workspace.
        said: What it says, as plain data.
    """
    text = "".join(as_yaml(key, value) for key, value in said.items())
    return _looked_at(model, path, text, said, tuple(said))


def patch_of(path: str, before: str | None, after: str) -> str:
    """Return the change of a file as `git apply` takes it; empty where nothing changes.

    Args:
        path: The file's path in its workspace.
        before: Its text as it is; None: there is no such file yet.
        after: Its text as it would be.

    Raises:
        BadInput: The path is none that a patch names without quotes.
    """
    if not _PATH.fullmatch(path) or ".." in path:
        raise BadInput("a patch cannot name this file", where=path)
    lines = [*difflib.unified_diff(_lines(before or ""), _lines(after), lineterm="\n")][2:]
    if not lines:
        return ""
    was = f"--- a/{path}\n" if before is not None else "new file mode 100644\n--- /dev/null\n"
    head = f"diff --git a/{path} b/{path}\n{was}+++ b/{path}\n"
    return head + "".join(_ended(line) for line in lines)


def _looked_at(
    model: type[Record], path: str, text: str, wanted: Mapping[str, Any], keys: tuple[str, ...]
) -> Edit:
    """Return a text if it says what is wanted, and is a record; else what is wrong with it."""
    try:
        data, places = load_text(text, Path(path))
    except BadInput as no:
        return Edit(wrong=_wrong(no, None))
    if data != wanted:
        message = f"writing {', '.join(keys)} would change more than that"
        return Edit(wrong=(Wrong(key="", message=message),))
    try:
        parse_data(model, data, places)
    except BadInput as no:
        return Edit(wrong=_wrong(no, places))
    return Edit(text=text)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_END}\n"


def _wrong(no: BadInput, places: Positions | None) -> tuple[Wrong, ...]:
    faults = [*_faults(no, places)]
    return tuple(dict.fromkeys(faults)) or (Wrong(key="", message=no.message),)


def _faults(no: BadInput, places: Positions | None) -> Iterator[Wrong]:
    for fault in no.faults:
        line = int(fault.where.rsplit(":", 2)[1])
        expected = f"; expected {fault.expected}" if fault.expected else ""
        yield Wrong(key=_key(places, line), message=f"{fault.message}{expected}")


def _key(places: Positions | None, line: int) -> str:
    """Return the key of the file's top that a line belongs to."""
    tops = [] if places is None else [(at, keys) for keys, (at, _) in places.keys.items()]
    above = [(at, str(keys[0])) for at, keys in tops if len(keys) == 1 and at <= line]
    return max(above)[1] if above else ""
