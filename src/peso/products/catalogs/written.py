"""YAML as it was written: a tree of keys and values, each with its span in the text.

It reads what other people's catalogs hold. PESO's own files are read by `base/yamls.py`, which
refuses what nobody means; here nothing is refused that the catalog's own site shows.

1. The parser is libyaml, which the catalogs' own renderer (Jekyll's Psych) uses too: what their
   site reads is read here, tabs included. It stops at a depth of 1,000 by itself, this at 50.
2. A scalar is text as it was written, and what YAML 1.1 takes it for (text, whole number, date …).
3. A key given twice stays there twice; who reads takes the last, as the renderer does.
4. Aliases are written out and counted; tags are kept in `kind`. Text that is no YAML is
   `Unreadable`, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

_DEEPEST = 50
_MOST = 100_000
_TAGS = "tag:yaml.org,2002:"
_RESOLVER = Resolver()
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


class Unreadable(ValueError):
    """Text that is no YAML, and why; `line` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value: its text, what YAML takes it for, and where it stands."""

    text: str
    kind: str
    """`str`, `int`, `float`, `bool`, `null`, `timestamp`, or a tag that was written."""
    style: str
    """`plain`, `quoted` or `block`."""
    line: int
    start: int
    end: int

    @property
    def blank(self) -> bool:
        """Whether nothing stands there, or only spaces."""
        return self.kind == "null" or not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """Values in their order."""

    items: tuple[Scalar | List | Mapping, ...]
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key and its value."""

    key: str
    value: Scalar | List | Mapping
    line: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values in their order, a key given twice among them."""

    pairs: tuple[Pair, ...]
    line: int
    start: int
    end: int
    flow: bool = False

    def get(self, key: str) -> Pair | None:
        """Return the last pair with this key, as the catalogs' renderer does."""
        return next((pair for pair in reversed(self.pairs) if pair.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A node that is whole, with how many values and how many levels it has."""

    node: Scalar | List | Mapping
    size: int = 1
    height: int = 0


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping that is not closed yet."""

    event: Any
    items: list[Any]
    size: int = 0
    height: int = 1


def read_written(text: str, *, first_line: int = 1) -> Scalar | List | Mapping | None:
    """Return the tree of YAML text, or None where there is nothing but comments.

    Args:
        text: The text; spans count its characters from 0.
        first_line: The line of its file that its first line is.

    Raises:
        Unreadable: It is no YAML, nested deeper than 50, or has too many values.
    """
    reader = _Reader(text, first_line)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        quoted = str(error.context).startswith("while scanning a quoted")
        mark = error.context_mark if quoted else error.problem_mark or error.context_mark
        line = mark.line + first_line if mark else first_line
        raise Unreadable(str(error.problem or error.context), line) from None
    except yaml.YAMLError as error:
        at = getattr(error, "position", 0)
        line = _line(text, at, first_line)
        raise Unreadable("a character that YAML does not allow", line) from None
    except UnicodeEncodeError as error:
        line = _line(text, error.start, first_line)
        raise Unreadable("half of a surrogate pair is no character", line) from None
    return reader.root


def _line(text: str, at: int, first_line: int) -> int:
    return text.count("\n", 0, at) + first_line


class _Reader:
    """Puts libyaml's events together; no recursion, so that no file can exhaust the stack."""

    def __init__(self, text: str, first_line: int) -> None:
        self.root: Scalar | List | Mapping | None = None
        # libyaml does not count the mark that some editors put before a file's text.
        self._shift = 1 if text.startswith("\ufeff") else 0
        self._first = first_line
        self._open: list[_Open] = []
        self._anchors: dict[str, _Made] = {}
        self._documents = 0
        self._count = 0

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._no("a second document starts here", event)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            if len(self._open) >= _DEEPEST:
                raise self._no(f"nested deeper than {_DEEPEST}", event)
            self._open.append(_Open(event=event, items=[]))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close(event)
        elif isinstance(event, ScalarEvent):
            self._add(_Made(node=self._scalar(event)), event, event.anchor)
        elif isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise self._no(f"*{event.anchor} repeats what is not there, or itself", event)
            self._add(self._anchors[event.anchor], event, None)

    def _add(self, made: _Made, event: Any, anchor: str | None) -> None:  # noqa: ANN401
        self._count += made.size
        if self._count > _MOST:
            raise self._no(f"more than {_MOST} values", event)
        if len(self._open) + made.height > _DEEPEST:
            raise self._no(f"nested deeper than {_DEEPEST}", event)
        if anchor:
            self._anchors[anchor] = made
        if self._open:
            above = self._open[-1]
            above.items.append(made.node)
            above.size += made.size
            above.height = max(above.height, made.height + 1)
        else:
            self.root = made.node

    def _close(self, event: Any) -> None:  # noqa: ANN401 - the library does not say
        opened = self._open.pop()
        line, start = self._at(opened.event)
        end = event.end_mark.index + self._shift
        node: List | Mapping
        if isinstance(opened.event, MappingStartEvent):
            flow = bool(opened.event.flow_style)
            pairs = tuple(_pairs(opened.items))
            node = Mapping(pairs=pairs, line=line, start=start, end=end, flow=flow)
        else:
            node = List(items=tuple(opened.items), line=line, start=start, end=end)
        self._count -= opened.size  # what is in it was counted when it was added
        made = _Made(node=node, size=opened.size + 1, height=opened.height)
        self._add(made, opened.event, opened.event.anchor)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401 - the library does not say
        line, start = self._at(event)
        style = {None: "plain", "": "plain", "|": "block", ">": "block"}.get(event.style, "quoted")
        tag = event.tag
        if tag is None or tag == "!":
            tag = _RESOLVER.resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        return Scalar(
            text=event.value,
            kind=str(tag).removeprefix(_TAGS),
            style=style,
            line=line,
            start=start,
            end=event.end_mark.index + self._shift,
        )

    def _at(self, event: Any) -> tuple[int, int]:  # noqa: ANN401 - the library does not say
        return event.start_mark.line + self._first, event.start_mark.index + self._shift

    def _no(self, why: str, event: Any) -> Unreadable:  # noqa: ANN401 - the library does not say
        return Unreadable(why, event.start_mark.line + self._first)


def _pairs(items: list[Scalar | List | Mapping]) -> Iterator[Pair]:
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise Unreadable("a key that is a list or a mapping", key.line)
        yield Pair(key=key.text, value=value, line=key.line, start=key.start)


def last_leaf(node: Scalar | List | Mapping) -> Scalar | List | Mapping:
    """Return the node that a value ends with: a scalar, or a list or mapping in brackets."""
    while True:
        if isinstance(node, List) and node.items:
            below = node.items[-1]
        elif isinstance(node, Mapping) and node.pairs:
            below = node.pairs[-1].value
        else:
            return node
        if below.start < node.start or below.end > node.end:
            return node  # an alias: what it repeats stands elsewhere
        node = below


def plain(node: Scalar | List | Mapping) -> Any:  # noqa: ANN401 - plain JSON data
    """Return a value as plain JSON data; of a key given twice, the last."""
    if isinstance(node, Mapping):
        return {pair.key: plain(pair.value) for pair in node.pairs}
    if isinstance(node, List):
        return [plain(one) for one in node.items]
    if node.kind == "null":
        return None
    if node.kind == "bool":
        return node.text.lower() in {"yes", "true", "on"}
    if node.kind == "int" and _WHOLE.fullmatch(node.text):
        return int(node.text)
    return node.text
