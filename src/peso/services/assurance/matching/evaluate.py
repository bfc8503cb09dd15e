"""Evaluate: is a version affected? OSV's normative algorithm over one product's entries.

1. A version that the record lists is affected; so is one in any of its ranges.
2. A range is a sorted line of events: `introduced` at or below the version and `after` below make
   it affected, `fixed` at or below and `last_affected` below make it not affected; `limit` ends the
   range. Of events at one version the record's own order counts, and what holds only above it comes
   last. A version in a range with a doubt is unknown.
3. The range says the order of its versions, or else the product. A project's own order stands
   before that of semantic versions: it reads all versions of the project, semantic ones too.
4. Where anything that decides cannot be ordered or is not evaluated here (GIT ranges: `tags.py`; a
   product without an order; a branch), the answer is unknown, and why. It is never taken for no.

Source: https://ossf.github.io/osv-schema/#evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from peso.services.assurance.advisories.record import Affected, Event, Range
from peso.services.assurance.matching.order import (
    Key,
    Scheme,
    figures,
    key,
    moving,
    scheme_named,
)

Answer = Literal["affected", "not affected", "unknown"]

_GENERAL = frozenset({"semver", "spack"})
"""Schemes that a record names where it does not know the project's own."""
_PROJECTS = frozenset({"spack", "openssl", "openssh", "calver", "dashed"})
"""Schemes of projects, which read all their versions."""
_PACKAGED = frozenset({"deb", "rpm"})
"""Schemes whose versions are never branches, whatever words are in them."""
_BEGIN = frozenset({"introduced", "after"})
_ABOVE = frozenset({"after", "last_affected"})
"""Events that hold only above their version."""
_KINDS = _BEGIN | _ABOVE | {"fixed", "limit"}
_ZERO = ("introduced", "0")
_PLACE = itemgetter(0, 1)
"""Of an event on the line: where it is, and whether it holds only above that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a record says of one version of a product."""

    answer: Answer
    reason: str = ""
    """Why it is unknown."""
    fixed: str | None = None
    """The lowest version above it that a range says is fixed."""


NOT_AFFECTED = Said(answer="not affected")


def unknown(*reasons: str) -> Said:
    """Return an answer that nobody knows, with all reasons once."""
    return Said(answer="unknown", reason="; ".join(dict.fromkeys(one for one in reasons if one)))


def evaluate(entries: Iterable[Affected], version: str, scheme: Scheme | None = None) -> Said:
    """Say whether a version is affected by what a record says of its product.

    Args:
        entries: What the record says of the product.
        version: The version in question.
        scheme: How the product's versions are ordered; None where only the record may know.
    """
    return worst(_evaluate(one, version, _in_force(one.scheme, scheme)) for one in entries)


def worst(answers: Iterable[Said]) -> Said:
    """Return the answer that counts of several: affected, then unknown, then not affected."""
    said = list(answers)
    if len(said) == 1:
        return said[0]
    for answer in ("affected", "unknown"):
        found = [one for one in said if one.answer == answer]
        if len(found) == 1:
            return found[0]
        if found:
            fixed = next((one.fixed for one in found if one.fixed), None)
            reason = "; ".join(dict.fromkeys(one.reason for one in found if one.reason))
            return Said(answer=found[0].answer, reason=reason, fixed=fixed)
    return NOT_AFFECTED


def _evaluate(entry: Affected, version: str, scheme: Scheme | None) -> Said:
    if version and version in entry.versions:
        listed = True
    elif scheme not in _PACKAGED and (why := moving(version)):
        return unknown(why)
    else:
        listed = False
    ranges = [one for one in entry.ranges if one.type != "GIT"]
    said = [_in_range(one, version, _scheme_of(one, scheme)) for one in ranges]
    if any(one.answer == "affected" for one in said) or listed or _lists(entry, version, scheme):
        return Said(answer="affected", fixed=next((one.fixed for one in said if one.fixed), None))
    reasons = [one.reason for one in said if one.answer == "unknown"]
    if len(ranges) < len(entry.ranges) and not ranges:
        reasons.append("its ranges are of git commits only")
    if not entry.ranges and not entry.versions:
        reasons.append("it names neither versions nor ranges")
    if entry.versions and not entry.ranges:
        reasons.append(_unorderable(version, scheme))
    return unknown(*reasons) if any(reasons) else NOT_AFFECTED


def _scheme_of(span: Range, product: Scheme | None) -> Scheme | None:
    if span.type not in {"ECOSYSTEM", "SEMVER"}:
        return None
    return _in_force("semver" if span.type == "SEMVER" else span.scheme, product)


def _in_force(said: str, product: Scheme | None) -> Scheme | None:
    """Return the order that counts: the one a record names, or else the product's."""
    if not said or (said in _GENERAL and product in _PROJECTS):
        return product
    return scheme_named(said)


def _unorderable(version: str, scheme: Scheme | None) -> str:
    """Say why a version cannot be compared with a list of versions; empty where it can."""
    if scheme is None:
        return "the order of its versions is not known here"
    try:
        key(scheme, version)
    except ValueError as error:
        return str(error)
    return ""


def _lists(entry: Affected, version: str, scheme: Scheme | None) -> bool:
    """Say whether a version is listed, spelt in another way (`1.0` and `1.0.0`)."""
    if scheme is None or not entry.versions:
        return False
    try:
        wanted = key(scheme, version)
    except ValueError:
        return False
    return any(_key(scheme, listed) == wanted for listed in _alike(entry, version, scheme))


def _alike(entry: Affected, version: str, scheme: Scheme) -> Iterable[str]:
    """Return the listed versions that may be this one: to read one of PEP 440 is dear."""
    if scheme != "pep440":
        return entry.versions
    mine = figures(version)
    most = max(mine, key=len, default="")
    return (one for one in entry.versions if most in one and figures(one) == mine)


def _key(scheme: Scheme, version: str) -> Key:
    try:
        return key(scheme, version)
    except ValueError:
        return None


def _in_range(span: Range, version: str, scheme: Scheme | None) -> Said:
    if scheme is None:
        return unknown(f"the order of {span.type} versions is not known here")
    try:
        return _walk(span, version, scheme)
    except ValueError as error:
        return unknown(str(error))


def _walk(span: Range, version: str, scheme: Scheme) -> Said:
    """Walk the events of a range; raises ValueError for what cannot be ordered."""
    kinds = {kind for kind, _ in span.events}
    if strange := kinds - _KINDS:
        raise ValueError(f"a range has an event {min(strange)}")
    if not kinds & _BEGIN:
        raise ValueError("a range has no beginning")
    wanted = key(scheme, version)
    if "limit" in kinds and not _before_limits(span.events, wanted, scheme):
        return NOT_AFFECTED
    affected = _ZERO in span.events
    line = [
        (key(scheme, at), kind in _ABOVE, kind, at)
        for kind, at in span.events
        if kind != "limit" and (kind, at) != _ZERO
    ]
    # Python's sort is stable, so events at one version stay in the record's order.
    if len(line) > 1:
        line.sort(key=_PLACE)
    for at, above, kind, _ in line:
        if at < wanted or (at == wanted and not above):
            affected = kind in _BEGIN
    if not affected:
        return NOT_AFFECTED
    if span.doubt:
        return unknown(span.doubt)
    fixed = [text for at, _, kind, text in line if kind == "fixed" and wanted < at]
    return Said(answer="affected", fixed=fixed[0] if fixed else None)


def _before_limits(events: Iterable[Event], wanted: Key, scheme: Scheme) -> bool:
    limits = [at for kind, at in events if kind == "limit"]
    return "*" in limits or any(wanted < key(scheme, at) for at in limits)
