"""A second, slow evaluation of OSV records: the schema's pseudo code, word for word, over raw JSON.

It shares no code with `peso`. It reads plain data, not `Advisory`; it compares versions by other
libraries (packaging itself, semver, univers); it sorts by hand. What the pseudo code leaves open is
decided as the documentation says it: of events at one version the record's order counts, and
`last_affected`, which holds only above its version, comes last; an introduction of "0" is before
everything.

Source: https://ossf.github.io/osv-schema/#evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from packaging.version import Version
from semver import Version as SemanticVersion
from univers.versions import OpensslVersion

_ZEROS = re.compile(r"(?<=^\d{4}\.)0+(?=\d)|(?<=^\d{4}\.\d{2}\.)0+(?=\d)")
Compare = Callable[[str, str], int]
"""Below zero, zero or above zero, as the first version is before, at or after the second."""


def pep440(left: str, right: str) -> int:
    first, second = Version(left), Version(right)
    # A local label names a build of its public version.
    one, other = Version(first.public), Version(second.public)
    return (one > other) - (one < other)


def semver(left: str, right: str) -> int:
    return int(_semantic(left).compare(_semantic(right)))


def _semantic(text: str) -> SemanticVersion:
    # A date as a version (2023.03.13) has zeros that the specification does not allow.
    plain = _ZEROS.sub("", text.removeprefix("v"))
    return SemanticVersion.parse(plain, optional_minor_and_patch=True)


def openssl(left: str, right: str) -> int:
    one, other = OpensslVersion(left), OpensslVersion(right)
    return bool(one > other) - bool(one < other)


def is_vulnerable(
    package: tuple[str, str], version: str, osv: dict[str, Any], orders: Mapping[str, Compare]
) -> bool:
    """`IsVulnerable`; `orders` are by type of range. Raises for what cannot be compared."""
    for affected in osv["affected"]:
        named = affected.get("package") or {}
        if (named.get("ecosystem"), named.get("name")) != package:
            continue
        if included_in_versions(version, affected.get("versions") or [], orders["ECOSYSTEM"]):
            return True
        if included_in_ranges(version, affected.get("ranges") or [], orders):
            return True
    return False


def included_in_versions(version: str, versions: list[str], compare: Compare) -> bool:
    for listed in versions:
        if listed == version:
            return True
        try:
            if compare(version, listed) == 0:
                return True
        except (ValueError, TypeError):
            continue
    return False


def included_in_ranges(
    version: str, ranges: list[dict[str, Any]], orders: Mapping[str, Compare]
) -> bool:
    for span in ranges:
        if span["type"] == "GIT":
            continue
        compare = orders[span["type"]]
        if before_limits(version, span, compare):
            vulnerable = False
            for event in in_order(span["events"], compare):
                if "introduced" in event and at_least(version, event["introduced"], compare):
                    vulnerable = True
                elif ("fixed" in event and compare(version, event["fixed"]) >= 0) or (
                    "last_affected" in event and compare(version, event["last_affected"]) > 0
                ):
                    vulnerable = False
            if vulnerable:
                return True
    return False


def before_limits(version: str, span: dict[str, Any], compare: Compare) -> bool:
    limits = [event["limit"] for event in span["events"] if "limit" in event]
    if not limits:
        return True
    return any(limit == "*" or compare(version, limit) < 0 for limit in limits)


def at_least(version: str, introduced: str, compare: Compare) -> bool:
    return introduced == "0" or compare(version, introduced) >= 0


def in_order(events: list[dict[str, str]], compare: Compare) -> list[dict[str, str]]:
    """Sort by insertion: each event goes before the first that is truly after it."""
    line: list[dict[str, str]] = []
    for event in events:
        if "limit" in event:
            continue
        place = 0
        while place < len(line) and not after(line[place], event, compare):
            place += 1
        line.insert(place, event)
    return line


def after(one: dict[str, str], other: dict[str, str], compare: Compare) -> bool:
    if other == {"introduced": "0"}:
        return one != {"introduced": "0"}
    if one == {"introduced": "0"}:
        return False
    [(kind, at)], [(other_kind, other_at)] = one.items(), other.items()
    order = compare(at, other_at)
    if order == 0:
        return kind == "last_affected" and other_kind != "last_affected"
    return order > 0
