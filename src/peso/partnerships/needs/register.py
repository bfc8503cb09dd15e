"""The register: every need as it stands, and what came in and could not be taken.

1. Merging is a relation between needs: each keeps all that is its own. What a need has through
   those merged into it is asked for (`family`, `supporters`), so taking a merge back restores
   exactly what was before.
2. Where an organization endorsed several needs of a family, its strongest level counts, once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.needs.record import Endorsement, Held, Source

_NEAR = 3


class NotTaken(Record):
    """An event or a line that was refused, and why; it stays in the ledger."""

    what: str
    """The event's id, or the line's number."""
    about: str = ""
    reason: str
    text: str = ""
    """The line, where it is no event."""


class Aside(Record):
    """Something that came in of which no need could be made."""

    source: Source
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Every need, in the order of their ids; an organization's view of it is one, too."""

    needs: tuple[Held, ...]
    not_taken: tuple[NotTaken, ...] = ()
    aside: tuple[Aside, ...] = ()
    _at: dict[str, Held] = field(init=False, repr=False, compare=False)
    _sources: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {one.need.id: one for one in self.needs})
        sources: dict[str, list[str]] = {}
        for one in self.needs:
            if one.merged_into:
                sources.setdefault(one.merged_into, []).append(one.id)
        object.__setattr__(self, "_sources", sources)

    def find(self, need: str) -> Held | None:
        """Return a need; None where there is none."""
        return self._at.get(need)

    def get(self, need: str) -> Held:
        """Return a need.

        Raises:
            BadInput: There is none of this id; the nearest ones are named.
        """
        if (found := self._at.get(need)) is not None:
            return found
        near = difflib.get_close_matches(need, self._at, n=_NEAR, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "`peso need list` shows their ids"
        raise BadInput(f"there is no need {need!r}", hint=hint)

    def family(self, need: str) -> tuple[Held, ...]:
        """Return a need, and all that were merged into it, also through others."""
        if need not in self._sources:
            return (self._at[need],)
        found, todo = [], [need]
        while todo:
            one = todo.pop(0)
            found.append(self._at[one])
            todo.extend(self._sources.get(one, ()))
        return tuple(found)

    def since(self, before: Register) -> Iterator[str]:
        """Yield the ids of needs to which something happened since a register of before."""
        at, was = self._at, before._at
        yield from (name for name, one in at.items() if was.get(name) is not one)
        yield from (name for name in was if name not in at)

    def root(self, need: str) -> Held:
        """Return what a need was merged into in the end, or itself."""
        held = self._at[need]
        while held.merged_into is not None and held.merged_into in self._at:
            held = self._at[held.merged_into]
        return held

    def supporters(self, need: str) -> tuple[Endorsement, ...]:
        """Return one endorsement for each organization of the family, by slug."""
        return strongest(self.family(need))

    def open(self) -> Iterator[Held]:
        """Yield the needs that are ranked: open, and not merged into another."""
        return (one for one in self.needs if one.ranked)


def strongest(family: tuple[Held, ...]) -> tuple[Endorsement, ...]:
    """Return one endorsement for each organization of a family, by slug."""
    if len(family) == 1:
        several = family[0].endorsements
        slugs = [one.organization.slug for one in several]
        if sorted(set(slugs)) == slugs:  # as a fold makes them; an export may be anybody's
            return several
    best: dict[str, Endorsement] = {}
    for held in family:
        for one in held.endorsements:
            known = best.get(one.organization.slug)
            if known is None or _strength(one) > _strength(known):
                best[one.organization.slug] = one
    return tuple(best[slug] for slug in sorted(best))


def _strength(one: Endorsement) -> tuple[int, float, str]:
    """Return what the strongest is chosen by: its level, then the first, then its note."""
    return one.level.grade, -one.on.timestamp(), one.note
