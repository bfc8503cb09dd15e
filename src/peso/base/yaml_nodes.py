"""YAML as a tree whose every key and value knows where it stands; for files that others wrote.

What it does not do: read files (`yaml_read.py`), judge what keys mean, or make records
(`yamls.py` does, for PESO's own files). The rules, in order:

1. A node is a `Scalar`, a `Sequence` or a `Mapping`; each has its `place` from first to last
   character. Places count lines and columns from 1.
2. A scalar keeps its text, how it was quoted, and what kind of value YAML 1.2 takes it for.
3. An alias is the node of its anchor, not a copy; `size` and `height` count it each time.
4. What is wrong with a text is a `Trouble` with a rule, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct


class Place(Struct, frozen=True, order=True):
    """Where something stands in a file, from its first character to after its last."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def inside(self, start: int, end: int) -> Place:
        """Return the place of characters `start` to `end` of what stands here on one line."""
        first = self.column + start
        return Place(self.file, self.line, first, self.line, first + max(1, end - start))


class Kind(StrEnum):
    """What YAML 1.2 takes a scalar for."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "boolean"
    NOTHING = "null"
    DATE = "timestamp"


class Scalar(Struct, frozen=True, eq=False):
    """A single value."""

    text: str
    kind: Kind
    quote: str
    """How it is written: empty for plain, else `'`, `"`, `|` or `>`."""
    place: Place

    @property
    def size(self) -> int:
        """How many nodes this is."""
        return 1

    @property
    def height(self) -> int:
        """How many levels are below this."""
        return 0

    @property
    def truth(self) -> bool | None:
        """The boolean this is; None where it is none."""
        return self.text.lower() == "true" if self.kind is Kind.TRUTH else None

    def part(self, start: int, end: int) -> Place:
        """Return the place of some characters of the text; the whole's where lines are folded."""
        place = self.place
        shift = 1 if self.quote in {"'", '"'} else 0
        written = place.end_column - place.column - 2 * shift
        if place.line != place.end_line or self.quote in {"|", ">"} or written != len(self.text):
            return place
        return place.inside(start + shift, end + shift)


class Entry(Struct, frozen=True, eq=False):
    """A key with its value."""

    key: Scalar
    value: Node
    merged: bool = False
    """Whether it came by a merge key (`<<`)."""


class Sequence(Struct, frozen=True, eq=False):
    """A list."""

    items: tuple[Node, ...]
    place: Place
    size: int = 1
    height: int = 0

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys with values, in the order they are written; a key that is there twice is there once."""

    entries: tuple[Entry, ...]
    place: Place
    size: int = 1
    height: int = 0
    _by_key: dict[str, Entry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_key = {entry.key.text: entry for entry in reversed(self.entries)}
        object.__setattr__(self, "_by_key", by_key)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a key; None where there is none."""
        return self._by_key.get(key)

    def get(self, key: str) -> Node | None:
        """Return the value of a key; None where there is none."""
        entry = self._by_key.get(key)
        return None if entry is None else entry.value


Node = Scalar | Sequence | Mapping


class Trouble(Struct, frozen=True, kw_only=True):
    """One thing wrong with a file, or not understood in it."""

    rule: str
    place: Place
    message: str
    hint: str = ""
    also: tuple[Place, ...] = ()
    """Other places it is about, e.g. where a key stood first."""

    def __str__(self) -> str:
        also = f" (see {', '.join(map(str, self.also))})" if self.also else ""
        hint = f" (hint: {self.hint})" if self.hint else ""
        return f"{self.place}: {self.message}{also}{hint}"


class Document(Struct, frozen=True, kw_only=True):
    """A YAML file as it was read."""

    file: str
    text: str
    root: Node
    """The tree; nothing (a null scalar) where the file is empty or broken."""
    troubles: tuple[Trouble, ...] = ()
    broken: bool = False
    """Whether the text is not YAML, so that `root` says nothing about it."""

    def line(self, number: int) -> str:
        """Return a line of the text, counted from 1; empty where there is none."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""
