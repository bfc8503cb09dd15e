"""Tags: what ranges of commits say of a release, by the tags of its repository.

1. Where a clone is given, it is asked: a release is the commit its tag names, an event is at or
   below it if the tag contains the event's commit. What the clone does not have is unknown.
2. Else the tags that the record lists decide: a release whose tag is listed is affected. One above
   all of them is not if the record knows a fix, nor is one below all of them. In between a branch
   may have had the fix, or not: unknown.
3. A tag is read by the patterns of the project's identity (`hdf5-{major}_{minor}_{patch}`); the
   bare version, alone or after a `v`, always is one.
4. Of an introduction and a fix that a tag both contains, the later one counts; where neither is
   below the other, the answer is unknown.

Every answer of this module is of the class `git`, the least sure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from peso.services.assurance.advisories.record import Affected, Range
from peso.services.assurance.identity.tags import version_of
from peso.services.assurance.matching.evaluate import NOT_AFFECTED, Said, unknown, worst
from peso.services.assurance.matching.order import Key, Scheme, key, moving

_KEPT = 1 << 15
_ZERO = "0"
_CLOSING = frozenset({"fixed", "last_affected"})
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


class History(Protocol):
    """The commits and tags of one repository. `clone.py` asks git; tests have their own."""

    @property
    def repository(self) -> str:
        """Host and path, as in the keys of the space `GIT`."""

    @property
    def tags(self) -> frozenset[str]:
        """Every tag."""

    def known(self, commit: str) -> bool:
        """Say whether the commit is here."""

    def holds(self, tag: str, commit: str) -> bool:
        """Say whether a tag is at a commit, or above it."""

    def at(self, tag: str) -> str:
        """Return the commit of a tag."""

    def below(self, lower: str, upper: str) -> bool:
        """Say whether one commit is at another, or below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of a project, as its repository may know it."""

    version: str
    scheme: Scheme | None
    tag: str = ""
    """Its tag, where that is known, e.g. from the address of the archive it was built from."""
    patterns: tuple[str, ...] = ()
    """How the project's tags name versions."""
    history: History | None = None
    """A clone of the repository, where one is given."""


def evaluate_git(entries: Iterable[Affected], release: Release) -> Said:
    """Say whether a release is affected by what a record says of commits and tags."""
    return worst(_evaluate(entry, release) for entry in entries)


def only_commits(entry: Affected) -> bool:
    """Say whether an entry has ranges, and none but of commits."""
    return bool(entry.ranges) and all(one.type == "GIT" for one in entry.ranges)


def _evaluate(entry: Affected, release: Release) -> Said:
    why = moving(release.version)
    history = release.history
    spans = [one for one in entry.ranges if one.type == "GIT"]
    if history is not None and spans and all(one.repo == history.repository for one in spans):
        tag = next(_tags_of(release, history.tags), "")
        if tag and (tag == release.tag or not why):
            return worst(_in_range(span, tag, history) for span in spans)
    listed = next(_tags_of(release, entry.versions), "")
    if listed and (listed == release.tag or not why):
        return Said(answer="affected")
    return unknown(why) if why else _beside_list(entry, release)


def _tags_of(release: Release, tags: Collection[str]) -> Iterator[str]:
    """Give the tags that name this release, its own first."""
    if release.tag and release.tag in tags:
        yield release.tag
    wanted = _key(release.scheme, release.version)
    yield from sorted(one for one in tags if one != release.tag and _names(one, release, wanted))


def _names(tag: str, release: Release, wanted: Key) -> bool:
    if tag.removeprefix("v") == release.version:
        return True
    mine = _placed(tag, release.patterns, release.scheme)
    return mine is not None and bool(mine == wanted)


@lru_cache(maxsize=_KEPT)
def _placed(tag: str, patterns: tuple[str, ...], scheme: Scheme | None) -> Key:
    """Return what sorts as the version does that a tag names; None where none can be read."""
    version = version_of(tag, (*patterns, "v{version}", "{version}"))
    return _key(scheme, version) if version else None


def _key(scheme: Scheme | None, version: str) -> Key:
    """Return what sorts as a version does; None where the project's order does not read it."""
    try:
        return key(scheme or "spack", version)
    except ValueError:
        return None


def _beside_list(entry: Affected, release: Release) -> Said:
    """Say what the tags that a record lists mean for a release that is not among them."""
    placed = (_placed(tag, release.patterns, release.scheme) for tag in entry.versions)
    line = [one for one in placed if one is not None]
    wanted = _key(release.scheme, release.version)
    if not line or wanted is None:
        what = "none of the tags it lists can be read" if entry.versions else "it lists no tags"
        return unknown(f"its ranges are of git commits only, and {what}")
    fixed = any(kind in _CLOSING for span in entry.ranges for kind, _ in span.events)
    first, last = min(line), max(line)
    if wanted < first or (fixed and last < wanted):
        return NOT_AFFECTED
    if last < wanted:
        return unknown("it lists only tags below this version, and no fix")
    return unknown("it lists tags below and above this version, and not this one")


def _in_range(span: Range, tag: str, history: History) -> Said:
    """Say whether a tag is in a range of commits."""
    commits = [at for _, at in span.events if at not in {_ZERO, "*"}]
    strange = [at for at in commits if not _COMMIT.fullmatch(at)]
    missing = strange or [at for at in commits if not history.known(at)]
    if missing:
        return unknown(f"the commit {missing[0][:12]} is not in the clone")
    limits = [at for kind, at in span.events if kind == "limit"]
    here = history.at(tag)
    within = (here != at and history.below(here, at) for at in limits)
    if limits and "*" not in limits and not any(within):
        return NOT_AFFECTED
    begun = [
        at
        for kind, at in span.events
        if kind == "introduced" and (at == _ZERO or history.holds(tag, at))
    ]
    ended = [at for kind, at in span.events if kind in _CLOSING and _ended(kind, at, tag, history)]
    return worst(_since(at, ended, history) for at in begun)


def _ended(kind: str, at: str, tag: str, history: History) -> bool:
    return history.holds(tag, at) and (kind == "fixed" or history.at(tag) != at)


def _since(begun: str, ended: list[str], history: History) -> Said:
    """Say whether what began at a commit has been ended by one of those a tag contains."""
    if not ended:
        return Said(answer="affected")
    if begun == _ZERO or any(history.below(begun, at) for at in ended):
        return NOT_AFFECTED
    if any(history.below(at, begun) for at in ended):
        return Said(answer="affected")
    return unknown(
        f"the fix {ended[0][:12]} and the introduction {begun[:12]} are on different branches"
    )
