"""The rankings of everybody who looks at a register, kept up to date as it changes.

1. Open needs are put into columns by their visibility, and whoever looks sees some columns. A need
   into which one is merged that fewer may see has other terms for those who do not see that one: it
   is in no column, and is worked out for each view.
2. What did not change since before is not worked out again: a need, with all that was merged into
   it, is known by its records, which are replaced where something happens to them.
3. A view's ranking is that of `rank` on the view, to the last figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from peso.partnerships.needs.boards import Boards
from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.reach import Reach
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.standing import Column, Standing, entry_of
from peso.partnerships.needs.visibility import Viewer, sees


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Standings:
    """What every viewer's ranking of a register is made of, by one reach and as of a day."""

    weights: Weights
    reach: Reach
    on: date
    register: Register = field(default_factory=lambda: Register(()))
    columns: Mapping[str, Column] = field(default_factory=dict)
    """By visibility."""
    apart: frozenset[str] = frozenset()
    """Needs that are not the same to everybody who sees them."""

    def now(self, register: Register, on: date) -> Self:
        """Return the rankings of a register as it is, as of a day."""
        moved = self._moved(register, on)
        entries = {seen: dict(one.entries) for seen, one in self.columns.items()}
        apart = set(self.apart)
        for name in moved:
            apart.discard(name)
            before = [several.pop(name) for several in entries.values() if name in several]
            held = register.find(name)
            if held is None or not held.ranked:
                continue
            one = entry_of(register, held, self.reach, on, *before)
            seen = held.need.visibility
            if any(it.need.visibility != seen for it in one.family):
                apart.add(name)
            else:
                entries.setdefault(seen, {})[name] = one
        values, none = self.weights.values, Column({}, Boards(), ())
        return type(self)(
            weights=self.weights,
            reach=self.reach,
            on=on,
            register=register,
            columns={
                seen: self.columns.get(seen, none).now(several, values)
                for seen, several in entries.items()
            },
            apart=frozenset(apart),
        )

    def _moved(self, register: Register, on: date) -> set[str]:
        """Return the needs that may be ranked by something else than before."""
        if on != self.on:
            return {one.id for one in (*self.register.needs, *register.needs)}
        changed = list(register.since(self.register))
        roots = (
            several.root(name).id
            for several in (self.register, register)
            for name in changed
            if several.find(name)
        )
        return {*changed, *roots}

    def of(self, view: Register, viewer: Viewer) -> Standing:
        """Return a viewer's ranking; `view` is this register as they see it."""
        seen = [column for one, column in self.columns.items() if sees(viewer, one)]
        own = {
            name: entry_of(view, held, self.reach, self.on)
            for name in self.apart
            if (held := view.find(name)) is not None
        }
        if own:
            seen.append(Column.of(own, self.weights.values))
        return Standing(self.weights, self.on, tuple(seen))
