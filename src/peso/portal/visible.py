"""Visible: what others wrote, with every letter in sight, and none that turns others round.

1. A control character is shown as its picture (U+2400 and on), a C1 control as `[U+0085]`.
2. A mark that turns the direction of what follows (Unicode Technical Report 36, "bidirectional text
   spoofing"), or has no width and joins nothing, is shown as `[U+202E]`.
3. Tabs and line ends stay.

It knows no markup: what it gives contains nothing that would have to be escaped.
"""

from __future__ import annotations

import re
from typing import Final

_PICTURES: Final = {
    chr(code): chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"
} | {"\x7f": "\N{SYMBOL FOR DELETE}"}
_NAMED: Final = (
    *map(chr, range(0x80, 0xA0)),
    *"\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
)
_SHOWN: Final = _PICTURES | {one: f"[U+{ord(one):04X}]" for one in _NAMED}
_HIDDEN: Final = re.compile(f"[{''.join(map(re.escape, _SHOWN))}]")
_TABLE: Final = str.maketrans(_SHOWN)
_BYTES: Final = {one.encode(): shown.encode() for one, shown in _SHOWN.items()}
_ANY: Final = re.compile(b"|".join(map(re.escape, _BYTES)))
_SINGLE: Final = bytes(ord(one) for one in _PICTURES)
_LONGER: Final = tuple(one for one in _BYTES if len(one) > 1)


def visible(text: str) -> str:
    """Return a text whose every letter can be seen."""
    return text.translate(_TABLE) if _HIDDEN.search(text) else text


def hides(text: str) -> bool:
    """Say whether a text has letters that cannot be seen."""
    return _HIDDEN.search(text) is not None


def visible_bytes(data: bytes) -> bytes:
    """Return the same of a text in UTF-8; quick where nothing is hidden, as nearly always."""
    clean = len(data.translate(None, _SINGLE)) == len(data)
    if clean and not any(one in data for one in _LONGER):
        return data
    return _ANY.sub(lambda found: _BYTES[found[0]], data)
