"""How much of an SBOM is read: sizes, counts and depths; and text as it may be shown.

An SBOM comes from outside. What is over a limit is refused as a whole, with the limit: a part of a
document would look like all of it. Memory is bounded by the number of values, which is counted
before anything is decoded.
"""

from __future__ import annotations

import codecs
from typing import TypeVar

import msgspec

from peso.base.finding import Finding, Level
from peso.errors import BadInput

T = TypeVar("T")

LARGEST = 64 << 20
"""Bytes of a document."""
MOST_VALUES = 2_000_000
MOST_COMPONENTS = 50_000
MOST_EDGES = 500_000
DEEPEST = 64
"""How deep components may lie in components, and elements in elements."""
MOST_FINDINGS = 20
"""Findings of one rule that are told one by one; the rest is told as a number."""
_LONGEST = 1024
_SIGNS = (b",", b"[", b"{")


def within(count: int, most: int, what: str, where: str) -> None:
    """Refuse a document that has too much of something."""
    if count > most:
        raise BadInput(
            f"it has more than {most:,} {what}",
            where=where,
            hint="is it an SBOM? without the list of files it may be small enough",
        )


def decode(data: bytes, kind: type[T], where: str) -> T:
    """Read JSON as what is wanted; the rest is skipped.

    Raises:
        BadInput: It is no JSON, of another shape, nested too deeply, or too much.
    """
    within(sum(data.count(sign) for sign in _SIGNS), MOST_VALUES, "values", where)
    try:
        return msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=kind)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at ")
        raise BadInput(f"{place.strip('`$.') or 'the whole'}: {said}", where=where) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadInput(f"it is no JSON: {error}"[:300], where=where) from None
    except RecursionError:
        raise BadInput("it is nested too deeply", where=where) from None


def shown(text: str | float | None) -> str:
    """Return text as it may be kept and shown: bounded, nothing in it that moves a cursor."""
    said = "" if text is None else str(text)
    cut = said[:_LONGEST]
    plain = cut if cut.isprintable() else "".join(c if c.isprintable() else "?" for c in cut)
    return plain.strip() if len(said) <= _LONGEST else f"{plain.strip()}…"


def finding(
    rule: str, subject: str, message: str, *, level: Level = Level.MEDIUM, hint: str | None = None
) -> Finding:
    """Say what is wrong with a document."""
    return Finding(rule=rule, level=level, subject=subject, message=message, hint=hint)


class Told:
    """Findings on a document, the same kind only so many times."""

    def __init__(self) -> None:
        self._told: dict[str, list[Finding]] = {}
        self._more: dict[str, int] = {}

    def add(self, one: Finding) -> None:
        """Take a finding; over the limit of its rule it is only counted."""
        several = self._told.setdefault(one.rule, [])
        if len(several) < MOST_FINDINGS:
            several.append(one)
        else:
            self._more[one.rule] = self._more.get(one.rule, 0) + 1

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, in the order of their rules' first."""
        told = []
        for rule, several in self._told.items():
            told.extend(several)
            if more := self._more.get(rule):
                last = several[-1]
                said = f"and {more:,} more like these"
                told.append(finding(rule, "document", said, level=last.level))
        return tuple(told)
