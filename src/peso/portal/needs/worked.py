"""What is worked out of the register, kept up to date by each process: views, rankings, likeness.

1. A state is of one mark of the register, and what it says does not change; what it is asked for it
   works out once. A page takes one view of one state and is made of it, so it never mixes what
   somebody may see with what they might have seen.
2. A new state goes on from what was worked out before: a need to which nothing happened is not
   looked at again. So a page after a change costs little more than before it.
3. A ranking is also of the day and of the recipes.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache
from threading import RLock
from typing import Final

from django.db import DatabaseError

from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.reach import Reach
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.similar import Likeness, Words
from peso.partnerships.needs.standing import Standing
from peso.partnerships.needs.standings import Standings
from peso.partnerships.needs.visibility import ANYBODY, Viewer, seen_by, without_tokens
from peso.portal.needs.ledger import Kept, kept
from peso.portal.needs.reach import store_reach
from peso.portal.store.generation import today

_VIEWERS: Final = 100
"""What so many viewers see is kept."""


class View:
    """The register as somebody sees it, and what comes of it."""

    def __init__(self, state: State, viewer: Viewer, register: Register) -> None:
        self._state = state
        self.viewer, self.register = viewer, register
        self._standing: tuple[Standings, Standing] | None = None
        self._likeness: Likeness | None = None

    def find(self, need: str) -> Held | None:
        """Return a need that may be seen."""
        return self.register.find(need)

    def standing(self, day: date) -> Standing:
        """Return the ranking as of a day."""
        several = self._state.standings(day)
        known = self._standing
        if known is None or known[0] is not several:
            known = self._standing = several, several.of(self.register, self.viewer)
        return known[1]

    def likeness(self) -> Likeness:
        """Return what compares the needs."""
        if self._likeness is None:
            self._likeness = self._state.likeness(self)
        return self._likeness


class State:
    """The register of one mark."""

    def __init__(self, whole: Kept, bench: _Bench) -> None:
        self.whole, self._bench = whole, bench
        self._views: dict[Viewer, View] = {}
        self._standings: Standings | None = None
        self._words: Words | None = None

    @property
    def mark(self) -> tuple[int, str]:
        """The last event, by number and digest."""
        return self.whole.last, self.whole.mark

    def view(self, viewer: Viewer) -> View:
        """Return what a viewer sees."""
        view = self._views.get(viewer)
        if view is None:
            view = View(self, viewer, seen_by(self.whole.register, viewer, self._bench.bare))
            if len(self._views) >= _VIEWERS:
                self._views.clear()
            self._views[viewer] = view
        return view

    def standings(self, day: date) -> Standings:
        """Return everybody's rankings as of a day."""
        known, reach = self._standings, store_reach()
        if known is None or known.on != day or known.reach is not reach:
            known = self._standings = self._bench.standings(self.whole.register, reach, day)
        return known

    def likeness(self, view: View) -> Likeness:
        """Return what compares the needs of a view."""
        if self._words is None:
            self._words = self._bench.words(self.whole.register)
        return self._bench.likeness(view, self._words)


class _Bench:
    """What this process worked out last, of whatever state; each asks it for what it needs."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._state: State | None = None
        self._bare: dict[str, tuple[Held, Held]] = {}
        self._standings: Standings | None = None
        self._words = Words.of(())
        self._likeness: dict[Viewer, Likeness] = {}

    def state(self, whole: Kept) -> State:
        """Return the state of a register."""
        with self._lock:
            state = self._state
            if state is None or state.mark != (whole.last, whole.mark):
                state = self._state = State(whole, self)
            return state

    def bare(self, held: Held) -> Held:
        """Return a need without what nobody else is told."""
        known = self._bare.get(held.id)
        if known is None or known[0] is not held:
            known = self._bare[held.id] = held, without_tokens(held)
        return known[1]

    def standings(self, register: Register, reach: Reach, day: date) -> Standings:
        """Return everybody's rankings of a register."""
        with self._lock:
            before = self._standings
            if before is None or before.reach is not reach:
                before = Standings(weights=Weights(), reach=reach, on=day)
            self._standings = before.now(register, day)
            return self._standings

    def words(self, register: Register) -> Words:
        """Return what the needs of a register, and maybe some more, are compared by."""
        with self._lock:
            self._words = self._words.now(one.need for one in register.needs)
            return self._words

    def likeness(self, view: View, words: Words) -> Likeness:
        """Return what compares the needs of a view."""
        needs = (one.need for one in view.register.needs)
        known = self._likeness.get(view.viewer)
        if len(self._likeness) >= _VIEWERS:
            self._likeness.clear()
        found = known.now(needs, words) if known else Likeness(needs, words)
        self._likeness[view.viewer] = found
        return found


@cache
def _bench() -> _Bench:
    return _Bench()


def state() -> State:
    """Return the register as it stands."""
    return _bench().state(kept())


def ready() -> None:
    """Work out what the first pages want, before anybody asks for one."""
    with suppress(DatabaseError):  # a database that is not there yet is told by the first page
        view = state().view(ANYBODY)
        view.standing(today())
        view.likeness()
