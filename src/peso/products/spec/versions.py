"""Versions, ranges and lists of them, in Spack's order.

Says nothing of which versions a package has. The rules, in order:

1. A version is cut into runs of digits and runs of letters; what separates them does not count,
   so `1.2` and `1-2` are the same version. A last `alpha`, `beta` or `rc`, with or without a
   number, makes a prerelease, which comes before the release (`final` is the release).
2. Run by run: letters come before numbers, numbers before the endless words, which are in this
   order: stable, nightly, trunk, head, master, main, develop. Less runs come first.
3. `1.2` in a constraint is a range, all that begins with 1.2; so `:1.4` includes 1.4.5. Only
   `=1.2` is that version alone.
4. A git reference is a version too: `git.REF=VERSION`, a commit of 40 hex digits, or `git.REF`.
   It equals only itself and lies in a range by the version it was given. Without one, its place
   among versions is not known here: `Unanswerable`.
5. A list is kept sorted, without overlaps: ranges that touch are one.

Facts from Spack's `version_types.py` (1.3.0.dev0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from peso.products.spec.faults import SpecError, Unanswerable

Component: TypeAlias = tuple[int, int | str]
"""A run of characters: its class (letters 0, number 1, endless word 2) and its value."""
Rank: TypeAlias = tuple[tuple[Component, ...], tuple[int, ...]]
"""What orders versions: the runs of the release, then the prerelease."""

_LETTERS, _NUMBER, _ENDLESS = 0, 1, 2
_FINAL = 3
_PRERELEASES = {"alpha": 0, "beta": 1, "rc": 2, "final": _FINAL}
_ENDLESS_WORDS = ("stable", "nightly", "trunk", "head", "master", "main", "develop")
_ENDLESS_RANKS = {word: (_ENDLESS, rank) for rank, word in enumerate(_ENDLESS_WORDS)}

_RUN = re.compile(r"[0-9]+|[A-Za-z]+")
_WELL_FORMED = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_.=-]*").fullmatch
_COMMIT = re.compile(r"[a-f0-9]{40}").fullmatch


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version. Equal versions may be written differently (`1.2`, `1-2`)."""

    text: str
    """As it was written."""
    rank: Rank
    """Its place in the order; of a git reference: of the version it stands for."""
    ref: str = ""
    """The git reference; empty for a version that is none."""

    @property
    def known(self) -> bool:
        """Whether its place in the order is known: false for a bare git reference."""
        return not self.ref or self.rank != _NOWHERE

    @property
    def prerelease(self) -> bool:
        """Whether it comes before its release: alpha, beta, rc."""
        return self.rank[1][0] != _FINAL

    @property
    def endless(self) -> bool:
        """Whether a word like `develop` or `main` is in it: a moving version."""
        return any(kind == _ENDLESS for kind, _ in self.rank[0])

    def __str__(self) -> str:
        return self.text

    def __hash__(self) -> int:
        return hash((self.rank, self.ref))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self.rank == other.rank and self.ref == other.ref

    def __lt__(self, other: Version) -> bool:
        return (self.rank, self.ref) < (other.rank, other.ref)

    def __le__(self, other: Version) -> bool:
        return (self.rank, self.ref) <= (other.rank, other.ref)

    def __gt__(self, other: Version) -> bool:
        return (self.rank, self.ref) > (other.rank, other.ref)

    def __ge__(self, other: Version) -> bool:
        return (self.rank, self.ref) >= (other.rank, other.ref)


_NOWHERE: Rank = (((-1, ""),), (_FINAL,))
_LOWEST = Version("", ((), (0,)))
_HIGHEST = Version("", (((_ENDLESS, len(_ENDLESS_WORDS)),), (_FINAL,)))


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """All versions from `low` to whatever begins with `high`."""

    low: Version
    high: Version
    stop: Rank
    """The first place beyond the range."""

    def __contains__(self, version: Version) -> bool:
        if not version.known:
            if self == ANY_RANGE:
                return True
            raise Unanswerable(
                f"which version {version} stands for is not said",
                hint=f"write {version}=VERSION",
            )
        return self.low.rank <= version.rank < self.stop

    def __str__(self) -> str:
        if self.low.rank == self.high.rank:
            return self.low.text
        return f"{self.low.text}:{self.high.text}"

    def __hash__(self) -> int:
        return hash((self.low.rank, self.stop))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        return self.low.rank == other.low.rank and self.stop == other.stop


def _after(rank: Rank) -> Rank:
    """Return the first place that does not begin with this one."""
    release, prerelease = rank
    if prerelease[0] != _FINAL:
        number = prerelease[1] + 1 if len(prerelease) > 1 else 0
        return release, (prerelease[0], number)
    if not release:
        return ((_LETTERS, "A"),), prerelease
    kind, value = release[-1]
    after = value + 1 if isinstance(value, int) else _word_after(value)
    return (*release[:-1], (kind, after)), prerelease


def _word_after(word: str) -> str:
    while True:
        last = word[-1]
        if last == "z":
            word += "A"
        else:
            word = word[:-1] + ("a" if last == "Z" else chr(ord(last) + 1))
        if word not in _ENDLESS_RANKS:
            return word


def _range(low: Version, high: Version) -> Range:
    stop = _after(high.rank)
    if stop < low.rank:
        raise SpecError(f"the range {low}:{high} is empty: {high} comes before {low}")
    return Range(low, high, stop)


ANY_RANGE = _range(_LOWEST, _HIGHEST)


@dataclass(frozen=True, slots=True)
class Versions:
    """A set of versions: single ones and ranges, sorted, without overlaps."""

    items: tuple[Version | Range, ...]

    @property
    def any(self) -> bool:
        """Whether every version is in it."""
        return self.items == _ANY_ITEMS

    @property
    def single(self) -> Version | None:
        """The one version it is pinned to (`=1.2`, a git reference), if it is."""
        if len(self.items) == 1 and isinstance(self.items[0], Version):
            return self.items[0]
        return None

    def __contains__(self, version: Version) -> bool:
        return any(_within(version, item) for item in self.items)

    def satisfies(self, other: Versions) -> bool:
        """Say whether every version in this set is in the other.

        Raises:
            Unanswerable: It takes the version of a bare git reference.
        """
        if self is other or other.any:
            return True
        return all(any(_within(mine, theirs) for theirs in other.items) for mine in self.items)

    def intersects(self, other: Versions) -> bool:
        """Say whether a version is in both sets.

        Raises:
            Unanswerable: It takes the version of a bare git reference.
        """
        return any(_meet(mine, theirs) for mine in self.items for theirs in other.items)

    def intersection(self, other: Versions) -> Versions:
        """Return the versions in both sets; there may be none.

        Raises:
            Unanswerable: It takes the version of a bare git reference.
        """
        if other.any:
            return self
        both = (_both(mine, theirs) for mine in self.items for theirs in other.items)
        return versions_of(*(item for item in both if item is not None))

    def union(self, other: Versions) -> Versions:
        """Return the versions in either set."""
        return versions_of(*self.items, *other.items)

    def __str__(self) -> str:
        """Print it as after `@`."""
        return ",".join(
            f"={item}" if isinstance(item, Version) and not item.ref else str(item)
            for item in self.items
        )


_ANY_ITEMS = (ANY_RANGE,)
ANY = Versions(_ANY_ITEMS)
"""Every version."""


def _within(mine: Version | Range, theirs: Version | Range) -> bool:
    if isinstance(mine, Version):
        return mine in theirs if isinstance(theirs, Range) else mine == theirs
    if isinstance(theirs, Version):
        return False
    return theirs.low.rank <= mine.low.rank and mine.stop <= theirs.stop


def _meet(mine: Version | Range, theirs: Version | Range) -> bool:
    if isinstance(mine, Version):
        return mine in theirs if isinstance(theirs, Range) else mine == theirs
    if isinstance(theirs, Version):
        return theirs in mine
    return mine.low.rank < theirs.stop and theirs.low.rank < mine.stop


def _both(mine: Version | Range, theirs: Version | Range) -> Version | Range | None:
    if not _meet(mine, theirs):
        return None
    if isinstance(mine, Version):
        return mine
    if isinstance(theirs, Version):
        return theirs
    low = max(mine.low, theirs.low)
    end = mine if mine.stop <= theirs.stop else theirs
    return Range(low, end.high, end.stop) if low.rank < end.stop else None


def versions_of(*items: Version | Range) -> Versions:
    """Make a set of versions and ranges: sorted, touching ranges put together."""
    if len(items) == 1:
        return Versions(items)
    ranges: list[Range] = []
    spans = (item for item in items if isinstance(item, Range))
    for item in sorted(spans, key=lambda span: (span.low.rank, span.stop)):
        if ranges and item.low.rank <= ranges[-1].stop:
            if ranges[-1].stop < item.stop:
                ranges[-1] = Range(ranges[-1].low, item.high, item.stop)
        else:
            ranges.append(item)
    singles = dict.fromkeys(item for item in items if isinstance(item, Version))
    alone = (one for one in singles if not any(one in span for span in ranges))
    return Versions(tuple(sorted((*ranges, *alone), key=_place)))


def _place(item: Version | Range) -> tuple[Rank, str, bool]:
    if isinstance(item, Version):
        return item.rank, item.ref, False
    return item.low.rank, "", True


def _rank(text: str) -> Rank:
    if text and not _WELL_FORMED(text):
        raise SpecError(
            f"{text!r} is no version: it is made of letters, digits, dots, dashes and underscores"
        )
    runs = _RUN.findall(text)
    prerelease: tuple[int, ...] = (_FINAL,)
    try:
        if len(runs) > 1:
            if (kind := _PRERELEASES.get(runs[-1])) is not None:
                prerelease = (kind,)
                runs.pop()
            elif (
                len(runs) > 2  # noqa: PLR2004 - a release, the word, its number
                and (kind := _PRERELEASES.get(runs[-2])) is not None
                and runs[-1].isdigit()
            ):
                prerelease = (kind, int(runs[-1]))
                del runs[-2:]
        return tuple([_component(run) for run in runs]), prerelease
    except ValueError:  # Python reads at most 4300 digits
        raise SpecError(f"a number of the version is too long: {text[:40]}...") from None


def _component(run: str) -> Component:
    if run[0] <= "9":
        return (_NUMBER, int(run))
    return _ENDLESS_RANKS.get(run) or (_LETTERS, run)


def _standard(text: str) -> Version:
    return Version(text, _rank(text))


def parse_version(text: str) -> Version:
    """Read one version, as in a recipe's `version("1.2")`.

    Raises:
        SpecError: It is no version.
    """
    text = text.strip()
    if text.startswith("git.") or "=" in text[1:] or _COMMIT(text):
        return _git(text)
    return _standard(text)


def _git(text: str) -> Version:
    ref, given, version = text.removeprefix("git.").partition("=")
    if not ref:
        raise SpecError(f"{text!r} names no git reference")
    if "=" in version:
        raise SpecError(f"{text!r} gives its git reference more than one version")
    return Version(text, _rank(version) if given else _NOWHERE, ref)


def parse_versions(text: str) -> Versions:
    """Read a constraint on versions, as after `@`: `1.2:1.4,=2.0`.

    Raises:
        SpecError: It is none, or a range in it is empty.
    """
    text = text.strip()
    if "," not in text:
        return Versions((_item(text),))
    items = tuple(_item(part.strip()) for part in text.split(","))
    for item in items:
        if isinstance(item, Version) and not item.known:
            raise SpecError(
                f"{item} cannot be one of several versions: which version it stands for is not said"
            )
    return versions_of(*items)


def _item(text: str) -> Version | Range:
    text = text.replace(" ", "")
    if not text:
        raise SpecError("a version is missing")
    if ":" in text:
        low, _, high = text.partition(":")
        if ":" in high:
            raise SpecError(f"{text!r} has more than one colon")
        return _range(_end(low) if low else _LOWEST, _end(high) if high else _HIGHEST)
    if text.startswith("="):
        return parse_version(text[1:])
    if text.startswith("git.") or "=" in text or _COMMIT(text):
        return _git(text)
    version = _end(text)
    return Range(version, version, _after(version.rank))


def _end(text: str) -> Version:
    """Read an end of a range; separators after it say nothing, and could not be printed."""
    return _standard(text.rstrip(".-") or text)
