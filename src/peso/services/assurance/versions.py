"""Versions: is a version affected? OSV's normative algorithm, with a version order per ecosystem.

1. A version that the record lists is affected; so is one in any of its ranges.
2. A range is a sorted line of events: `introduced` at or below the version makes it affected,
   `fixed` at or below and `last_affected` below make it not affected; `limit` ends the range. Of
   events at one version the record's own order counts.
3. Where anything that decides cannot be ordered or is not evaluated here (GIT ranges, an ecosystem
   without an order), the answer is unknown, and why. It is never taken for no.
4. A local version label (`2.5.0+cpu`) names a build of its public version and is left out.

Source: https://ossf.github.io/osv-schema/#evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol

from packaging.version import InvalidVersion, Version

from peso.services.assurance.advisories.record import Affected, Range

Answer = Literal["affected", "not affected", "unknown"]
Key = Any
"""Something that is compared with `<` and `==` to its like."""


class VersionOrder(Protocol):
    """The order of an ecosystem's versions."""

    def key(self, version: str) -> Key:
        """Return what sorts as the version does; raises ValueError for what is no version."""


class Pep440:
    """The order of Python's versions (PEP 440)."""

    def key(self, version: str) -> Key:
        """Return the public version."""
        try:
            return Version(Version(version).public)
        except InvalidVersion:
            raise ValueError(f"{version!r} is not a PEP 440 version") from None


_SEMVER = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)


class SemVer:
    """The order of Semantic Versioning 2.0; missing numbers are zero, as in OSV's own tools."""

    def key(self, version: str) -> Key:
        """Return the numbers, then the pre-release: none of it sorts last, numbers before text."""
        found = _SEMVER.fullmatch(version)
        if not found:
            raise ValueError(f"{version!r} is not a semantic version")
        numbers = tuple(int(number or 0) for number in found.group(1, 2, 3))
        words = tuple(
            (0, int(word), "") if word.isdecimal() else (1, 0, word)
            for word in (found[4] or "").split(".")
            if word
        )
        return numbers, not words, words


SEMVER = SemVer()
ORDERS: Mapping[str, VersionOrder] = MappingProxyType({"pep440": Pep440(), "semver": SEMVER})
"""The order of a scheme's versions; more come with more engines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a record says of one version of a product."""

    answer: Answer
    reason: str = ""
    """Why it is unknown."""
    fixed: str | None = None
    """The lowest version above it that a range says is fixed."""


NOT_AFFECTED = Said(answer="not affected")


def evaluate(entries: Iterable[Affected], version: str) -> Said:
    """Say whether a version is affected by what a record says of its product."""
    said = [_evaluate(entry, version) for entry in entries]
    for answer in ("affected", "unknown"):
        if found := [one for one in said if one.answer == answer]:
            fixed = next((one.fixed for one in found if one.fixed), None)
            reason = "; ".join(dict.fromkeys(one.reason for one in found if one.reason))
            return Said(answer=found[0].answer, reason=reason, fixed=fixed)
    return NOT_AFFECTED


def _evaluate(entry: Affected, version: str) -> Said:
    order = ORDERS.get(entry.scheme)
    listed = version in entry.versions or _equals_one(entry.versions, version, order)
    ranges = [one for one in entry.ranges if one.type != "GIT"]
    said = [_in_range(one, version, ORDERS.get(one.scheme)) for one in ranges]
    if listed or any(one.answer == "affected" for one in said):
        fixed = next((one.fixed for one in said if one.fixed), None)
        return Said(answer="affected", fixed=fixed)
    reasons = [one.reason for one in said if one.answer == "unknown"]
    if len(ranges) < len(entry.ranges) and not ranges:
        reasons.append("its ranges are of git commits only")
    if not entry.ranges and not entry.versions:
        reasons.append("it names neither versions nor ranges")
    if entry.versions and not entry.ranges and order is None:
        reasons.append(f"the order of {entry.scheme or 'its'} versions is not known here")
    if reasons:
        return Said(answer="unknown", reason="; ".join(dict.fromkeys(reasons)))
    return NOT_AFFECTED


def _equals_one(versions: Iterable[str], version: str, order: VersionOrder | None) -> bool:
    """Say whether a version is listed, spelt in another way (`1.0` and `1.0.0`)."""
    if order is None:
        return False
    try:
        wanted = order.key(version)
    except ValueError:
        return False
    return any(_key(order, listed) == wanted for listed in versions)


def _key(order: VersionOrder, version: str) -> Key:
    try:
        return order.key(version)
    except ValueError:
        return None


def _in_range(span: Range, version: str, order: VersionOrder | None) -> Said:
    if order is None:
        return Said(answer="unknown", reason=f"the order of {span.type} versions is not known here")
    try:
        said = _walk(span, order.key(version), order)
    except ValueError as error:
        return Said(answer="unknown", reason=str(error))
    if span.doubt and said.answer == "affected":
        return Said(answer="unknown", reason=span.doubt, fixed=said.fixed)
    return said


def _walk(span: Range, version: Key, order: VersionOrder) -> Said:
    """Walk the events of a range; raises ValueError for what cannot be ordered."""
    events = span.events
    strange = [kind for kind, _ in events if kind not in _KINDS]
    if strange or not any(kind in {"introduced", "after"} for kind, _ in events):
        raise ValueError(f"a range has {'an event ' + strange[0] if strange else 'no beginning'}")
    limits = [at for kind, at in events if kind == "limit" and at != "*"]
    limitless = not limits or any((kind, at) == ("limit", "*") for kind, at in events)
    if not limitless and not any(version < order.key(at) for at in limits):
        return NOT_AFFECTED
    affected = ("introduced", "0") in events
    line = [
        (order.key(at), kind in {"last_affected", "after"}, kind, at)
        for kind, at in events
        if kind != "limit" and (kind, at) != ("introduced", "0")
    ]
    line.sort(key=lambda event: event[:2])
    for at, after, kind, _ in line:
        if at < version or (at == version and not after):
            affected = kind in {"introduced", "after"}
    fixed = [text for at, _, kind, text in line if kind == "fixed" and version < at]
    if affected:
        return Said(answer="affected", fixed=fixed[0] if fixed else None)
    return NOT_AFFECTED


_KINDS = frozenset({"introduced", "after", "fixed", "last_affected", "limit"})
