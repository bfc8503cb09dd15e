"""CPE names (Common Platform Enumeration 2.3): which product, which version, which edition.

Source: NIST IR 7695, formatted strings: thirteen fields between colons; a backslash before a
character takes its meaning away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLON = re.compile(r"(?<!\\):")
_ESCAPED = re.compile(r"\\(.)")
_FIELDS = 13
_ANY = frozenset({"*", "-", ""})
_HERE = frozenset({"linux", "linux_kernel", "unix"})
"""Targets that are no restriction on the machines this is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpe:
    """A CPE name, as far as PESO uses it."""

    key: str
    """vendor:product, lower case, without backslashes."""
    version: str
    """The version with its update (`9.5p1`); empty for any, `-` for none in particular."""
    edition: str
    """What narrows the product down: edition, software edition, target; empty for nothing."""


def parse_cpe(text: str) -> Cpe | None:
    """Read a formatted string; None where it is none."""
    fields = [_ESCAPED.sub(r"\1", field) for field in _COLON.split(text)]
    if len(fields) != _FIELDS or fields[:2] != ["cpe", "2.3"] or not fields[3] or not fields[4]:
        return None
    if fields[3] in _ANY or fields[4] in _ANY:
        return None
    version = "" if fields[5] == "*" else fields[5]
    if version not in {"", "-"} and fields[6] not in _ANY:
        version += fields[6]
    narrow = [one for one in (fields[7], *fields[9:12]) if one not in _ANY and one not in _HERE]
    return Cpe(key=f"{fields[3]}:{fields[4]}".lower(), version=version, edition=" ".join(narrow))


def cpe_key(text: str) -> str:
    """Return vendor:product of a formatted string; empty where it is none."""
    parsed = parse_cpe(text)
    return parsed.key if parsed else ""
