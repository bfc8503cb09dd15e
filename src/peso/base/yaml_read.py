"""Read YAML that others wrote into a tree with places: fast, tolerant, and bounded.

What it does not do: refuse. A broken text gives a `Document` that says so. The rules, in order:

1. The events come from PyYAML's C parser; the tree is built here without recursion, so that a
   megabyte of brackets ends at the limit of depth, not of the machine's stack.
2. Three limits, each a `Trouble` that breaks the document: bytes, depth, and nodes. Nodes are
   counted with every alias written out, so a small file cannot stand for a billion values.
3. Plain scalars are taken for what YAML 1.2 takes them for: `yes` is text, `010` a number.
4. A key that is there twice keeps its first value; both places are told. Merge keys (`<<`) bring
   what the mapping does not say itself, the first of several first.
5. Tags other than YAML's own, keys that are not text and a second document are told and passed
   over; an alias inside of what it repeats is told and is nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from peso.base.yaml_nodes import (
    Document,
    Entry,
    Kind,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    Trouble,
)

_MOST_BYTES: Final = 8 << 20
_MOST_NODES: Final = 200_000
_DEEPEST: Final = 100
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS: Final = "tag:yaml.org,2002:"

_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)")
_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|\.[0-9_]+(?:[eE][-+][0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt \t].*)?")
_TRUTHS: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_NOTHINGS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TAGGED: Final = {
    "str": Kind.TEXT,
    "int": Kind.INTEGER,
    "float": Kind.NUMBER,
    "bool": Kind.TRUTH,
    "null": Kind.NOTHING,
    "timestamp": Kind.DATE,
}
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(path: Path, *, name: str | None = None, same: SameKey | None = None) -> Document:
    """Read a file; what is wrong with it, its absence too, is in the document's troubles.

    Args:
        path: The file.
        name: What the places call it; else the path.
        same: What makes two keys one; else their text.
    """
    file = name or str(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            message = "it is not a plain file"
            return _broken(file, "", "yaml-unreadable", (1, 1), message)
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return _broken(file, "", "yaml-unreadable", (1, 1), f"cannot read it: {why}")
    return parse_yaml(data, name=file, same=same)


def parse_yaml(data: bytes | str, *, name: str, same: SameKey | None = None) -> Document:
    """Read a text; see `read_yaml`."""
    if len(data) > _MOST_BYTES:
        message = f"it has more than {_MOST_BYTES >> 20} MiB"
        return _broken(name, "", "yaml-too-large", (1, 1), message)
    if isinstance(data, bytes):
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            before = data[: error.start].decode()
            message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
            return _broken(name, "", "yaml-encoding", _at(before), message, "save it as UTF-8")
    else:
        text = data
    if bad := _UNREADABLE.search(text):
        message = f"the character U+{ord(bad[0]):04X} is not allowed"
        where = _at(text[: bad.start()])
        return _broken(name, text, "yaml-encoding", where, message, "remove it")
    return _Builder(name, text, same or _text_of).document()


SameKey = Callable[[Scalar], str]


def _text_of(key: Scalar) -> str:
    return key.text


def _at(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _broken(  # noqa: PLR0913, PLR0917 - one line of a table
    file: str, text: str, rule: str, at: tuple[int, int], message: str, hint: str = ""
) -> Document:
    place = Place(file, *at, at[0], at[1] + 1)
    trouble = Trouble(rule=rule, place=place, message=message, hint=hint)
    return Document(file=file, text=text, root=_nothing(place), troubles=(trouble,), broken=True)


def _nothing(place: Place) -> Scalar:
    return Scalar("", Kind.NOTHING, "", place)


class _TooMuchError(Exception):
    """A limit is passed."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class _Open:
    """A list or mapping whose end was not seen yet."""

    __slots__ = ("anchor", "height", "items", "line_column", "mapping", "size")

    def __init__(self, *, mapping: bool, anchor: str | None, at: tuple[int, int]) -> None:
        self.mapping = mapping
        self.anchor = anchor
        self.line_column = at
        self.items: list[Node] = []
        self.size = 1
        self.height = 0


class _Builder:
    """Builds the tree of one text from its events."""

    def __init__(self, file: str, text: str, same: SameKey) -> None:
        self._file = file
        self._text = text
        self._same = same
        self._troubles: list[Trouble] = []
        self._anchors: dict[str, Node | None] = {}
        self._open: list[_Open] = []
        self._root: Node | None = None

    def document(self) -> Document:
        """Return what the text says, or why it says nothing."""
        try:
            for event in yaml.parse(self._text, Loader=_LOADER):
                if not self._take(event):
                    break
        except yaml.MarkedYAMLError as error:
            return self._no_yaml(error)
        except yaml.YAMLError as error:
            return _broken(self._file, self._text, "yaml-syntax", (1, 1), str(error)[:200])
        except _TooMuchError as error:
            at = (error.place.line, error.place.column)
            return _broken(self._file, self._text, "yaml-too-large", at, str(error))
        root = self._root or _nothing(Place(self._file, 1, 1, 1, 1))
        return Document(file=self._file, text=self._text, root=root, troubles=tuple(self._troubles))

    def _take(self, event: Any) -> bool:  # noqa: ANN401 - the library's events have no types
        """Take an event; False when the document has ended."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._put(self._scalar(event), event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event, mapping=kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            opened = self._open.pop()
            mark = event.end_mark
            place = Place(self._file, *opened.line_column, mark.line + 1, mark.column + 1)
            self._put(self._closed(opened, place), opened.anchor)
        elif kind is yaml.AliasEvent:
            self._put(self._alias(event), None)
        elif kind is yaml.DocumentStartEvent and self._root is not None:
            message = "a second document starts here and is not read"
            self._tell("yaml-documents", self._place(event), message, "keep one in a file")
            return False
        return True

    def _place(self, event: Any) -> Place:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        return Place(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _tell(
        self, rule: str, place: Place, message: str, hint: str = "", also: Iterable[Place] = ()
    ) -> None:
        self._troubles.append(
            Trouble(rule=rule, place=place, message=message, hint=hint, also=tuple(also))
        )

    def _begin(self, event: Any, *, mapping: bool) -> None:  # noqa: ANN401
        place = self._place(event)
        if len(self._open) >= _DEEPEST:
            raise _TooMuchError(place, f"it is nested deeper than {_DEEPEST} levels")
        if event.tag not in {None, "!", f"{_TAGS}map", f"{_TAGS}seq"}:
            self._tell("yaml-tag", place, f"the tag {event.tag} is not understood", "remove it")
        self._open.append(
            _Open(mapping=mapping, anchor=event.anchor, at=(place.line, place.column))
        )
        if event.anchor:
            self._anchors[event.anchor] = None

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        above = self._open[-1]
        above.items.append(node)
        above.size += node.size
        above.height = max(above.height, node.height + 1)
        if above.size > _MOST_NODES:
            raise _TooMuchError(node.place, f"it has more than {_MOST_NODES} values")
        if above.height + len(self._open) > 2 * _DEEPEST:
            raise _TooMuchError(node.place, f"it is nested deeper than {2 * _DEEPEST} levels")

    def _alias(self, event: Any) -> Node:  # noqa: ANN401
        place = self._place(event)
        node = self._anchors.get(event.anchor)
        if node is not None:
            return node
        if event.anchor in self._anchors:
            message = f"the alias *{event.anchor} is inside of what it repeats"
        else:
            message = f"there is no anchor &{event.anchor} above"
        self._tell("yaml-alias", place, message, "write it out")
        return _nothing(place)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401
        place = self._place(event)
        text, tag, style = event.value, event.tag, event.style or ""
        if tag in {None, "!"}:
            kind = _kind(text) if event.implicit[0] and tag is None else Kind.TEXT
        elif str(tag).removeprefix(_TAGS) in _TAGGED and str(tag).startswith(_TAGS):
            kind = _TAGGED[str(tag).removeprefix(_TAGS)]
        else:
            kind = Kind.TEXT
            self._tell("yaml-tag", place, f"the tag {tag} is not understood", "remove it")
        return Scalar(text, kind, style, place)

    def _closed(self, opened: _Open, place: Place) -> Node:
        if not opened.mapping:
            return Sequence(tuple(opened.items), place, opened.size, opened.height)
        entries: dict[str, Entry] = {}
        brought: list[tuple[Scalar, Node]] = []
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._tell("yaml-key", key.place, "a key that is not text", "write a plain key")
            elif key.text == "<<" and not key.quote:
                brought.append((key, value))
            elif (name := self._same(key)) in entries:
                self._twice(key, entries[name].key)
            else:
                entries[name] = Entry(key, value)
        for key, value in brought:
            self._merge(key, value, entries)
        return Mapping(tuple(entries.values()), place, opened.size, opened.height)

    def _twice(self, key: Scalar, first: Scalar) -> None:
        self._tell(
            "yaml-duplicate-key",
            key.place,
            f"the key {key.text!r} is there twice; the first one counts here",
            f"put both into one, or remove one; see line {first.place.line}",
            (first.place,),
        )

    def _merge(self, key: Scalar, value: Node, entries: dict[str, Entry]) -> None:
        for node in value.items if isinstance(value, Sequence) else (value,):
            if not isinstance(node, Mapping):
                hint = "write `<<: *name` of a mapping"
                self._tell("yaml-merge", key.place, "only a mapping can be merged", hint)
                continue
            for entry in node.entries:
                entries.setdefault(
                    self._same(entry.key), Entry(entry.key, entry.value, merged=True)
                )

    def _no_yaml(self, error: yaml.MarkedYAMLError) -> Document:
        problem, mark, hint = str(error.problem or error.context), error.problem_mark, ""
        for sign, plainly, help_ in _HINTS:
            if sign in problem:
                problem, hint = plainly or problem, help_
                break
        mark = mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _broken(self._file, self._text, "yaml-syntax", at, problem, hint)


_HINTS = (
    ("character that cannot start any token", None, "put the text into quotes"),
    ("mapping values are not allowed", None, "check the indentation; put text with ': ' in quotes"),
    ("did not find expected key", "the indentation fits nothing above", "align it"),
    ("did not find expected '-' indicator", "a list ends without its dedent", "align it"),
    ("did not find expected ',' or", "a bracket or brace is not closed", "close it"),
    ("could not find expected ':'", "a key without its colon", "write `key: value`"),
    ("unexpected end of stream", "a quote is not closed", "close it"),
    ("undefined alias", None, "define the anchor above"),
)


def _kind(text: str) -> Kind:
    """Say what YAML 1.2 takes a plain scalar for."""
    if text in _NOTHINGS:
        return Kind.NOTHING
    first = text[0]
    if first in "tTfF":
        return Kind.TRUTH if text in _TRUTHS else Kind.TEXT
    if first in "-+.0123456789":
        if _NUMBER.fullmatch(text):
            return Kind.NUMBER
        if _INTEGER.fullmatch(text):
            return Kind.INTEGER
        if _DATE.fullmatch(text):
            return Kind.DATE
    return Kind.TEXT
