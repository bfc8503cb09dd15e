"""YAML files people write: plain data with the place of every value, and all faults at once.

It knows YAML 1.2 and the shape of records, not what they mean. The rules, in order:

1. What comes out is plain: dict, list, str, int, float, bool, None. Dates and times stay text. No
   tags, no merge keys; an alias is a copy, and the copies are counted.
2. What YAML lets pass but nobody means is a fault: a key given twice, a key that is not text.
3. A record is validated strictly: `4` is not `"4"`. Every fault carries file:line:column, what is
   wrong, what was expected and a hint; the words for records are in `faults.py`.
"""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError

from peso.base.faults import Positions, Steps, faults_of
from peso.base.files import disk
from peso.errors import BadInput, Fault

__all__ = ["Positions", "load", "load_text", "parse_data", "parse_record"]

R = TypeVar("R", bound=BaseModel)

_DEEPEST = 60
_MOST_NODES = 200_000
_TAGS = "tag:yaml.org,2002:"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BASES = {"0x": 16, "0o": 8, "0b": 2}


def load(path: Path, *, limit: int = 4 << 20) -> tuple[Any, Positions]:
    """Return the plain data of a YAML file, and the place of every key and value.

    Args:
        path: The file.
        limit: How many bytes it may have.

    Raises:
        BadInput: No such file, too large, empty, not UTF-8, not YAML, or YAML that nobody means;
            its faults carry file:line:column and a hint.
        Outside: The disk failed.
    """
    return load_text(_text(path, limit), path)


def load_text(text: str, path: Path) -> tuple[Any, Positions]:
    """Return the plain data of YAML text; `path` is only the name its faults give it.

    Raises:
        BadInput: As `load`.
    """
    reader = YAML(typ="safe", pure=True)
    reader.max_depth = _DEEPEST
    reader.composer.warn_double_anchors = False
    try:
        node = reader.compose(text)
    except MarkedYAMLError as error:
        raise _bad(path, _syntax(path, error)) from None
    except ReaderError as error:
        line, column = _place(text, error.position)
        message = f"the character U+{error.character:04X} is not allowed"
        fault = Fault(where=f"{path}:{line}:{column}", message=message, hint="remove it")
        raise _bad(path, fault) from None
    if node is None:
        raise _bad(path, Fault(where=f"{path}:1:1", message="the file is empty"))
    plain = _Plain(path)
    data = plain.value(node, (), frozenset())
    if plain.faults:
        raise _bad(path, *plain.faults)
    return data, Positions(file=str(path), values=plain.values, keys=plain.keys, texts=plain.texts)


def parse_record(model: type[R], path: Path) -> R:
    """Read a record from a YAML file; `BadInput` carries all its faults, in the file's order."""
    return parse_data(model, *load(path))


def parse_data(model: type[R], data: Any, positions: Positions) -> R:  # noqa: ANN401 - plain data
    """Validate plain data, strictly, as a record; faults get their places from `positions`."""
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise _bad(Path(positions.file), *faults_of(model, error, positions)) from None


def _bad(path: Path, *faults: Fault) -> BadInput:
    count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    return BadInput(f"the file has {count}", where=str(path), faults=faults)


def _text(path: Path, limit: int) -> str:
    if not path.is_file():
        what = "it is not a file" if path.exists() else "there is no such file"
        raise BadInput(what, where=str(path), hint="check the path")
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BadInput(f"the file has more than {limit} bytes", where=str(path))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode(), error.start)
        where = f"{path}:{line}:{column}"
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise _bad(path, Fault(where=where, message=message, hint="save it as UTF-8")) from None


def _place(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_HINTS = (
    ("'\\t'", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("mapping values", None, 'check the indentation; put text with ": " in it into quotes'),
    ("sequence entries", None, "start the list on its own line, indented"),
    ("<block end>", "the indentation does not fit the lines above", "align it with them"),
    ("stream end", "a bracket or brace is not closed", "close it"),
    ("end of stream", "a quote is not closed", "close it"),
    ("another document", "a second document starts here", "keep one document in a file"),
    ("cannot start any token", None, "put the text into quotes"),
    ("maximum depth", "the file is nested too deeply", "make it flatter"),
)


def _syntax(path: Path, error: MarkedYAMLError) -> Fault:
    mark, message, hint = error.problem_mark, str(error.problem), None
    for sign, plainly, help_ in _HINTS:
        if sign in message:
            message, hint = plainly or message, help_
            break
    opened = error.context_mark
    if message.endswith("not closed") and isinstance(opened, StringMark):
        mark = opened
    return Fault(where=_mark(path, mark), message=message, hint=hint)


def _mark(path: Path, mark: Any) -> str:  # noqa: ANN401 - the library does not say
    return f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}:1:1"


class _Plain:
    """Makes plain data of YAML's nodes, noting places and faults on the way."""

    def __init__(self, path: Path) -> None:
        self.faults: list[Fault] = []
        self.values: dict[Steps, tuple[int, int]] = {}
        self.keys: dict[Steps, tuple[int, int]] = {}
        self.texts: dict[Steps, str] = {}
        self._path = path

    def value(self, node: Node, at: Steps, above: frozenset[int]) -> Any:  # noqa: ANN401
        """Return a node's value; `above` are the nodes it is in."""
        if id(node) in above:
            self._no(node, "the alias is inside of what it repeats", "write it out")
            return None
        if len(self.values) >= _MOST_NODES:
            fault = Fault(where=_mark(self._path, node.start_mark), message="too many values")
            raise _bad(self._path, *self.faults, fault)
        self.values[at] = (node.start_mark.line + 1, node.start_mark.column + 1)
        above |= {id(node)}
        kind = str(node.tag).removeprefix(_TAGS)
        if isinstance(node, MappingNode) and kind == "map":
            return self._mapping(node, at, above)
        if isinstance(node, SequenceNode) and kind == "seq":
            return [self.value(one, (*at, i), above) for i, one in enumerate(node.value)]
        return self._scalar(node, kind, at)

    def _mapping(self, node: MappingNode, at: Steps, above: frozenset[int]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            kind, key = str(key_node.tag).removeprefix(_TAGS), key_node.value
            if kind == "merge":
                self._no(key_node, "merge keys (<<) are not understood", "write the keys out")
            elif not isinstance(key, str) or kind not in {"str", "timestamp"}:
                hint = f'write it in quotes: "{key}"' if isinstance(key, str) and key else None
                self._no(key_node, "a key that is not text", hint)
            elif key in data:
                line = self.keys[*at, key][0]
                self._no(key_node, f"the key {key!r} is there twice", f"see line {line}")
            else:
                mark = key_node.start_mark
                self.keys[*at, key] = (mark.line + 1, mark.column + 1)
                data[self._unicode(key_node, key)] = self.value(value_node, (*at, key), above)
                if self.texts.get((*at, key)) == "":
                    self.values[*at, key] = self.keys[*at, key]  # nothing stands nowhere
        return data

    def _scalar(self, node: Node, kind: str, at: Steps) -> str | float | bool | None:
        text = node.value
        if kind in {"str", "timestamp"} and isinstance(text, str):
            return self._unicode(node, text)
        if kind in {"int", "float", "bool", "null"} and isinstance(text, str):
            self.texts[at] = text
            try:
                return _number(kind, text)
            except ValueError:
                self._no(node, f"{text[:40]!r} is no number", "put text into quotes")
        else:
            self._no(node, f"the tag {node.tag!s} is not allowed", "remove it")
        return None

    def _unicode(self, node: Node, text: str) -> str:
        """Return text with the pairs put together by which JSON writes what is beyond U+FFFF."""
        if text.isascii() or not _SURROGATE.search(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._no(node, "half of a surrogate pair is no character", "remove it")
            return ""

    def _no(self, node: Node, message: str, hint: str | None) -> None:
        where = _mark(self._path, node.start_mark)
        self.faults.append(Fault(where=where, message=message, hint=hint))


def _number(kind: str, text: str) -> float | bool | None:
    """Return what a plain scalar means; raises ValueError for what is no number."""
    if kind == "null":
        return None
    plain = text.replace("_", "").lower()
    if kind == "bool":
        return plain in {"true", "yes", "on"}
    if kind == "float":
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    digits = plain.lstrip("+-")
    return int(plain, _BASES.get(digits[:2], 10))
