"""The texts of records: JSON and YAML that others wrote, in bounded time and memory.

Knows no advisory. The rules, in order:

1. A file is not longer than allowed, and may not stand for more values than allowed, which is
   counted before or while it is read, never afterwards.
2. JSON is decoded straight into the fields that are asked for; the rest is skipped.
3. In YAML every scalar is text, so that a version `1.10` stays one; a bare `null` is nothing. An
   alias is refused, since no record needs one and it may stand for millions of values. The tree is
   built without recursion, and never deeper than `_DEEPEST`.
"""

from __future__ import annotations

import codecs
from typing import Any, TypeVar

import msgspec
import yaml

from peso.services.assurance.advisories.record import Unreadable

T = TypeVar("T")

_MOST_VALUES = 1_500_000
MOST_IN_ONE = 300_000
"""For how many values one record of a list may stand."""
_DEEPEST = 60
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads text, lists and mappings only; in C where that is built."""


def decode(decoder: msgspec.json.Decoder[T], data: bytes, *, most: int = _MOST_VALUES) -> T:
    """Read JSON as what the decoder wants; `most` is for how many values it may stand.

    Raises:
        Unreadable: it is not, or too much.
    """
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > most:
        raise Unreadable(f"it has more than {most} values")
    try:
        return decoder.decode(data.removeprefix(codecs.BOM_UTF8))
    except msgspec.ValidationError as error:
        raise Unreadable(_plainly(error)) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Unreadable(f"not JSON: {error}"[:300]) from None
    except RecursionError:
        raise Unreadable("not JSON that can be read: it is nested too deeply") from None


def shape(data: Any, kind: type[T]) -> T:  # noqa: ANN401 - any YAML value
    """Return plain data as what is wanted.

    Raises:
        Unreadable: it is not that.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise Unreadable(_plainly(error)) from None


def _plainly(error: msgspec.ValidationError) -> str:
    """Say it with the place first, as people look for it."""
    said, _, place = str(error).partition(" - at ")
    return f"{place.strip('`$.') or 'the whole'}: {said}"[:300]


def read_yaml(data: bytes) -> Any:  # noqa: ANN401 - any YAML value
    """Build the plain data of a document from its events.

    The library's own loader recurses in C, where a file of brackets would end the process.

    Raises:
        Unreadable: it is no YAML of this kind, or too much.
    """
    top: list[Any] = []
    stack: list[_Open] = [_Open(top)]
    count = 0
    try:
        for event in yaml.parse(data, Loader=_LOADER):
            count += 1
            if count > _MOST_VALUES:
                raise Unreadable(f"it has more than {_MOST_VALUES} values")
            _take(event, stack)
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"not YAML: {' '.join(str(error).split())[:200]}") from None
    if len(top) != 1:
        raise Unreadable(f"it has {len(top)} documents instead of one")
    return top[0]


def _take(event: Any, stack: list[_Open]) -> None:  # noqa: ANN401 - the library has no types
    kind = type(event)
    if kind is yaml.ScalarEvent:
        nothing = not event.style and event.value in _NOTHING
        stack[-1].add(None if nothing else event.value)
    elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        inner = _Open({} if kind is yaml.MappingStartEvent else [])
        stack[-1].add(inner.made)
        stack.append(inner)
        if len(stack) > _DEEPEST:
            raise Unreadable(f"it is nested more than {_DEEPEST} deep")
    elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        stack.pop()
    elif kind is yaml.AliasEvent:
        raise Unreadable("it uses a YAML alias, which no record needs")


class _Open:
    """A list or mapping that is being filled."""

    __slots__ = ("_key", "made")

    def __init__(self, made: list[Any] | dict[str, Any]) -> None:
        self.made = made
        self._key: str | None = None

    def add(self, value: Any) -> None:  # noqa: ANN401 - any YAML value
        """Add what comes next: an item; or a key, then its value."""
        if isinstance(self.made, list):
            self.made.append(value)
        elif self._key is not None:
            self.made[self._key] = value
            self._key = None
        elif isinstance(value, str):
            if value in self.made:
                raise Unreadable(f"the key {value[:60]!r} is there twice")
            self._key = value
        else:
            raise Unreadable("a key is not text")
