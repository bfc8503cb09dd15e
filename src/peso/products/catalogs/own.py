"""Reads the workspace's own files: fast where nothing can be meant two ways, else as always.

`base/yamls.py` gives every fault its place and takes ten milliseconds for a file; a workspace has
hundreds. So libyaml reads first, and what it read is taken only where YAML 1.1, which it knows, and
YAML 1.2, which the house writes, agree on every value, no key is there twice and the record is
right. Everything else, each wrong file among it, is read by `base/yamls.py`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from peso.base.record import Record
from peso.base.yamls import parse_record
from peso.errors import BadInput
from peso.products.catalogs.entry import Entry
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import (
    List,
    Mapping,
    Scalar,
    Unreadable,
    plain,
    read_written,
)

R = TypeVar("R", bound=Record)

_LARGEST = 4 << 20
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_STARTS_A_NUMBER = frozenset("+-.0123456789")


def read_own(model: type[R], file: Path) -> R:
    """Read a file of the workspace as a record.

    Raises:
        BadInput: It is not one; with all its faults, each with file:line:column.
        Outside: The disk failed.
    """
    try:
        data = file.read_bytes()
        root = read_written(data.decode()) if len(data) <= _LARGEST else None
        if isinstance(root, Mapping) and _clear(root):
            return model.model_validate_json(json.dumps(plain(root)), strict=True)
    except (OSError, UnicodeDecodeError, Unreadable, ValidationError):
        pass  # said below, with its place
    return parse_record(model, file)


def _clear(root: Mapping) -> bool:
    """Say whether every reader of YAML takes these values for the same."""
    below: list[Scalar | List | Mapping] = [root]
    while below:
        node = below.pop()
        if isinstance(node, Mapping):
            keys = [pair.key for pair in node.pairs]
            if len(set(keys)) < len(keys) or "<<" in keys or not all(map(_clear_text, keys)):
                return False
            below.extend(pair.value for pair in node.pairs)
        elif isinstance(node, List):
            below.extend(node.items)
        elif not _clear_scalar(node):
            return False
    return True


def _clear_scalar(node: Scalar) -> bool:
    if node.style != "plain":
        return node.kind == "str"
    if node.kind == "int":
        return _NUMBER.fullmatch(node.text) is not None
    if node.kind in {"bool", "null"}:
        return node.text in {"true", "false", "null", ""}
    return node.kind == "str" and _clear_text(node.text)


def _clear_text(text: str) -> bool:
    return text[:1] not in _STARTS_A_NUMBER


def read_entry(file: Path, path: str, model: type[Record], seen: Seen) -> Entry | None:
    """Read a file of the workspace; None, and findings, where it is not what it should be."""
    try:
        return Entry(path=path, record=read_own(model, file))
    except BadInput as error:
        for fault in error.faults:
            line = fault.where.rsplit(":", 2)[1]
            message = fault.message + (f"; expected {fault.expected}" if fault.expected else "")
            seen.no("not-a-record", path, int(line), message, hint=fault.hint)
        if not error.faults:
            seen.no("not-a-record", path, 1, error.message)
        return None
