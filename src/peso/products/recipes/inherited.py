"""What many recipes inherit, kept once: a third of all records is what base classes say.

1. A record's JSON has a place, one null byte, where directives of base classes would be; the row
   names what belongs there, in order. JSON itself never has that byte.
2. What belongs there is kept under the digest of its bytes, so that several processes may find the
   same without knowing of each other.
3. Only what stands at the beginning of a field is taken out, and only where it stands there
   unchanged: put back, the JSON is the very same bytes.

Knows bytes and fields, not what they mean; `index.py` keeps them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from operator import is_
from typing import Final

import msgspec

from peso.products.recipes.said import Fields

PLACE: Final = b"\0"
_PLACE: Final = msgspec.Raw(PLACE)
_ENCODE: Final = msgspec.json.Encoder().encode
_DIGEST = 15
"""Bytes: nobody finds two texts with the same one."""

Inherited = tuple[str, bytes]
"""The digest of directives, and their JSON: the members of a list, without its brackets."""


class Sharing:
    """What one process has taken out of records so far."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[Fields], str]] = {}
        """By identity; the list is kept, so that no other can have its number."""

    def taken_out(
        self, said: Fields, inherited: Mapping[str, list[Fields]]
    ) -> tuple[bytes, str, tuple[Inherited, ...]]:
        """Return a record's JSON with places, what belongs there, and what of that is new.

        Args:
            said: the fields of a recipe.
            inherited: what base classes say, by field; lists that nobody changes any more.
        """
        fields, keys, new = said, [], []
        for field, several in said.items():
            run = inherited.get(field)
            if not run or len(several) < len(run) or not all(map(is_, run, several)):
                continue
            if (known := self._known.get(id(run))) is None:
                made = _keyed(run)
                new.append(made)
                known = self._known[id(run)] = run, made[0]
            keys.append(known[1])
            if fields is said:
                fields = dict(said)
            fields[field] = [_PLACE, *several[len(run) :]]
        return _ENCODE(fields), " ".join(keys), tuple(new)


def _keyed(run: list[Fields]) -> Inherited:
    data = _ENCODE(run)[1:-1]
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest(), data


def put_back(data: bytes, keys: Iterable[str], find: Callable[[str], bytes]) -> bytes:
    """Return the whole JSON of a record; ValueError where it has another number of places."""
    first, *rest = data.split(PLACE)
    parts = [first]
    for key, piece in zip(keys, rest, strict=True):
        parts += (find(key), piece)
    return b"".join(parts)


def bare(data: bytes) -> bytes:
    """Return JSON that can be read where what is inherited does not matter."""
    return data.replace(PLACE, b"null")
