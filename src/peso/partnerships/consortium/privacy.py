"""Privacy: addresses to write to are kept apart, and taken out of every text that is public.

1. What looks like an address goes, wherever it stands: in a name, a text, a link; also where the
   `@` is encoded (`%40`, `&#64;`) or written in words (`[at]`). A handle (`@ada`) stays.
2. A link that has an address is no link any more.
3. A `Contact` is for who must write to people, never for a page, a feed, an answer or an export.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from peso.base.record import Record

R = TypeVar("R", bound=Record)

HIDDEN: Final = "(address not shown)"
_SIGN: Final = re.compile(
    r"[@\uff20\ufe6b]|%40|&#0{0,6}64;|&#x0{0,6}40;|&commat;"
    r"|\s{0,3}[\[({]\s{0,3}at\s{0,3}[\])}]\s{0,3}|\s{1,3}@\s{1,3}",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"[\w.+%'!#$*=^~-]")
_AFTER: Final = re.compile(
    r"\[[\w:.]{1,60}\]|\w[\w-]{0,62}(?:(?:\.|%2e|\s{0,3}[\[({]\s{0,3}dot\s{0,3}[\])}]\s{0,3})[\w-]{1,63}){0,20}",
    re.IGNORECASE,
)
_MAIL: Final = "mailto:"


class Contact(Record):
    """How to write to a person. Private."""

    person: str
    email: str


def without_addresses(text: str) -> str:
    """Return a text without addresses; in time that grows with its length only."""
    kept: list[str] = []
    at = 0
    for sign in _SIGN.finditer(text):
        after = _AFTER.match(text, sign.end())
        start = _start(text, sign.start(), at)
        spaced = sign[0] != sign[0].strip() or sign[0].strip()[0] in "[({"
        if sign.start() < at or after is None or start == sign.start():
            continue
        if spaced and not re.search(r"\.|%2e|dot", after[0], re.IGNORECASE):
            continue  # `a talk @ dusk` is no address
        kept += (text[at:start], HIDDEN)
        at = after.end()
    return "".join((*kept, text[at:]))


def _start(text: str, sign: int, floor: int) -> int:
    """Return where the name before an `@` begins; the same place where there is none."""
    start = sign
    if text[start - 1 : start] == '"':
        start = max(text.rfind('"', floor, start - 1), floor)
    while start > floor and _BEFORE.match(text[start - 1]):
        start -= 1
    begun = start - len(_MAIL)
    if begun >= floor and text[begun:start].casefold() == _MAIL:
        return begun
    return start


def public(record: R) -> R:
    """Return a record without an address in any of its texts."""
    plain = record.plain()
    clean = _clean(plain)
    return record if clean == plain else type(record).model_validate(clean)


def _clean(value: Any) -> Any:  # noqa: ANN401 - plain JSON data
    if isinstance(value, str):
        return without_addresses(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {without_addresses(key): _clean(one) for key, one in value.items()}
    return value
