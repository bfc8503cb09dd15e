"""Fold: records that speak of one vulnerability are heard together.

1. Records are one where they share an id or an alias, over however many steps (union-find). A
   distribution's record is one with those it names as its upstream, if it names one only: a notice
   about several vulnerabilities does not make them one.
2. A record that several keys of a component led to is one witness: the surest key that decides is
   heard; of equally sure ones the worst answer counts.
3. Who is affected according to some and not to others is affected, and the others are named. The
   project's own list is an exception: a version that it calls fixed has no finding; what the others
   say is set aside, and kept to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peso.services.assurance.advisories.record import VENDOR, Advisory, Severity
from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.matching.confidence import Confidence, rank
from peso.services.assurance.matching.evaluate import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one record of one source says of a component, as it was found by one key."""

    source: str
    record: Advisory
    key: SubjectKey
    version: str
    """As it was asked for under that key."""
    confidence: Confidence
    said: Said
    severity: tuple[Severity, ...] = ()
    """As the record rates the product, or else the vulnerability."""

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.record.id} ({self.source})"


_ANSWERS = ("affected", "unknown", "not affected")


def once(heard: Iterable[Heard]) -> tuple[Heard, ...]:
    """Return one witness for each record of each source."""
    best: dict[tuple[str, str], Heard] = {}
    for one in heard:
        name = one.source, one.record.id
        if name not in best or _place(one) < _place(best[name]):
            best[name] = one
    return tuple(best.values())


def _place(heard: Heard) -> tuple[bool, int, int]:
    undecided = heard.said.answer == "unknown"
    return undecided, rank(heard.confidence), _ANSWERS.index(heard.said.answer)


def fold(heard: Iterable[Heard]) -> tuple[tuple[Heard, ...], ...]:
    """Group witnesses whose records are of one vulnerability, in the order they come."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    witnesses = tuple(heard)
    for witness in witnesses:
        for alias in same(witness.record):
            parent[find(alias)] = find(witness.record.id)
    groups: dict[str, list[Heard]] = {}
    for witness in witnesses:
        groups.setdefault(find(witness.record.id), []).append(witness)
    return tuple(tuple(group) for group in groups.values())


def same(record: Advisory) -> tuple[str, ...]:
    """Return the other ids of a record's vulnerability."""
    upstream = record.upstream if len(record.upstream) == 1 else ()
    return tuple(dict.fromkeys((*record.aliases, *upstream)))


def set_aside(group: Sequence[Heard]) -> tuple[Heard, ...]:
    """Return the project's own witnesses that call the version not affected, if they all do."""
    own = tuple(one for one in group if one.key.space == VENDOR)
    clear = tuple(one for one in own if one.said.answer == "not affected")
    return clear if len(clear) == len(own) else ()
