"""The HDF Group's list of CVEs of HDF5: YAML with the releases that have each fix.

1. The list says no first version, and of several branches where each has the fix. A version is
   affected below the fix of its own branch (its first two numbers); one of a branch without a fix
   of its own is affected below the next fix above. Nothing below the lowest fix is clear.
2. `<=1.10.3` means that the fix is in that release or an earlier one: below it, it is unknown.
3. An entry that was rejected or not filed against HDF5 says that no version is affected; one that
   could not be reproduced is a doubt for every version. One that says none of this is a doubt too.

The list has no dates. Source: https://github.com/HDFGroup/cve_hdf5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from peso.base.finding import Finding
from peso.services.assurance.advisories.documents import read_yaml, shape
from peso.services.assurance.advisories.record import (
    VENDOR,
    Advisory,
    Affected,
    Event,
    Key,
    Range,
    Read,
    Unreadable,
    checked,
    one_line,
    tell,
)


class _Issue(msgspec.Struct):
    id: str
    fix_releases: list[str] | None = None
    description: str | None = None
    status: str | None = None


class _Section(msgspec.Struct):
    issues: list[Any]
    title: str | None = None


HDF5: Final[Key] = (VENDOR, "hdf5")
_RELEASE = re.compile(r"(<=\s*)?(\d+(?:\.\d+)*(?:-\d+)?)\s*(?:\([^()]*\))?")
_NOBODY = frozenset({"not_applicable", "not_filed_against_hdf5"})
_ALL: Final[tuple[Event, ...]] = (("introduced", "0"),)
_NONE: Final[tuple[Event, ...]] = (("introduced", "0"), ("fixed", "0"))


def read_hdf(name: str, data: bytes) -> Read:
    """Read the list.

    Raises:
        Unreadable: it is none.
    """
    sections = shape(read_yaml(data), list[_Section])
    records: list[Advisory] = []
    findings: list[Finding] = []
    for place, section in enumerate(sections):
        for number, one in enumerate(section.issues):
            try:
                records.append(checked(_advisory(shape(one, _Issue))))
            except Unreadable as error:
                tell(findings, f"{name}: [{place}].issues[{number}]", error)
    return Read(records=tuple(records), findings=tuple(findings))


def _advisory(issue: _Issue) -> Advisory:
    return Advisory(
        id=issue.id,
        summary=one_line(issue.description),
        affected=(Affected(keys=(HDF5,), ranges=tuple(_ranges(issue))),),
    )


def _ranges(issue: _Issue) -> Iterator[Range]:
    if not issue.fix_releases:
        if issue.status in _NOBODY:
            yield Range(type="ECOSYSTEM", events=_NONE)
            return
        words = (issue.status or "").replace("_", " ")[:60]
        doubt = f"the list says of it: {words}" if words else "the list names no release with a fix"
        yield Range(type="ECOSYSTEM", events=_ALL, doubt=doubt)
        return
    fixes = []
    for text in issue.fix_releases:
        found = _RELEASE.fullmatch(text.strip())
        if not found:
            raise Unreadable(f"{text[:60]!r} is no release")
        fixes.append((_numbers(found[2]), found[2], bool(found[1])))
    if any(at_most for _, _, at_most in fixes):
        least = min(fixes)
        doubt = f"the list says only that the fix is in {least[1]} or before it"
        yield Range(type="ECOSYSTEM", events=(*_ALL, ("fixed", least[1])), doubt=doubt)
        return
    yield Range(type="ECOSYSTEM", events=tuple(_events(sorted(fixes))))


def _events(fixes: list[tuple[tuple[int, ...], str, bool]]) -> Iterator[Event]:
    """Give the events of fixes in order: each is followed by the beginning of the next branch."""
    yield _ALL[0]
    for number, (numbers, text, _) in enumerate(fixes):
        yield "fixed", text
        if number + 1 < len(fixes) and fixes[number + 1][0][:2] != numbers[:2]:
            yield "introduced", f"{numbers[0]}.{(numbers[1] if len(numbers) > 1 else 0) + 1}"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))
