"""The account of a build: what became of every unit of a lock, from what was heard and is there.

Pure, but for a look into caches that are folders. For each unit, the first that fits:

1. an external is external;
2. what is in the store was there before (`reused`), came from a cache (`reused`), or was `built`;
3. what Spack said failed is `failed`;
4. what needs a failed unit, over any steps, is `not-tried` because of it;
   and so is what only such units are built with;
5. what nobody needed, for all that it is built with was there or came from a cache, is
   `not-needed`;
6. of the rest Spack said nothing final: `not-tried` where it was to stop at the first failure and
   had not begun, else `not-known`, with the phase it was in and how Spack ended.

What is not in the store is never said to be there, whatever Spack said of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peso.products.engines.native import NativeLock, NativeUnit, UnitBuild
from peso.products.engines.spack.caches import Cache, came_from
from peso.products.engines.spack.course import MISSED, Course
from peso.products.engines.spack.events import FailedUnit

BEFORE = "installed before"
_FOLLOWED = frozenset({"link", "run"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the account is made from, besides the lock."""

    course: Course
    before: Mapping[str, str]
    """Prefixes by hash: what was in the store."""
    after: Mapping[str, str]
    """Prefixes by hash: what is in the store."""
    peaks: Mapping[str, int]
    """Peak memory by hash."""
    failed: tuple[FailedUnit, ...]
    """What Spack's last words say failed."""
    caches: tuple[Cache, ...]
    """The binary caches in force."""
    ended: str
    """How Spack ended, for people: `Spack ended with exit status 1`."""
    fail_fast: bool = False


def account(lock: NativeLock, facts: Facts) -> tuple[UnitBuild, ...]:
    """Say what became of every unit, in the order of the lock; logs are not in it yet."""
    return tuple(_Accountant(lock, facts).all())


class _Accountant:
    def __init__(self, lock: NativeLock, facts: Facts) -> None:
        self._units = {unit.hash: unit for unit in lock.units}
        self._roots = [root.hash for root in lock.roots]
        self._facts = facts
        said = {one.hash for one in facts.failed}
        self._failed = {hash_ for hash_ in self._units if self._has_failed(hash_, said)}
        self._users = self._by_dependency()
        self._blocked = self._above(self._failed)
        self._needed = self._reached(building=True)
        self._turn = self._reached(building=False)

    def all(self) -> Iterator[UnitBuild]:
        for unit in self._units.values():
            if unit.external is not None:
                yield self._external(unit)
            elif unit.hash in self._facts.after:
                yield self._there(unit)
            else:
                yield self._missing(unit)

    def _external(self, unit: NativeUnit) -> UnitBuild:
        prefix = unit.external.prefix if unit.external else ""
        return _unit(unit).model_copy(
            update={"outcome": "external", "because": prefix, "prefix": prefix}
        )

    def _there(self, unit: NativeUnit) -> UnitBuild:
        made = _unit(unit).model_copy(update={"prefix": self._facts.after[unit.hash]})
        heard = self._facts.course.of(unit.hash)
        if unit.hash in self._facts.before:
            return made.model_copy(update={"outcome": "reused", "because": BEFORE})
        if heard is None or not heard.phase:
            # Spack found it done when its turn came: somebody else built it meanwhile.
            because = "another Spack installed it in this store meanwhile"
            return made.model_copy(update={"outcome": "reused", "because": because})
        if heard.cached:
            because = f"from {came_from(unit, self._facts.caches)}"
            return made.model_copy(update={"outcome": "reused", "because": because})
        measured = {"seconds": heard.seconds, "peak_memory": self._facts.peaks.get(unit.hash)}
        return made.model_copy(update={"outcome": "built", **measured})

    def _missing(self, unit: NativeUnit) -> UnitBuild:
        made, heard = _unit(unit), self._facts.course.of(unit.hash)
        if unit.hash in self._failed:
            phase = (
                f"it failed in the phase {heard.phase}" if heard and heard.phase else "it failed"
            )
            update: dict[str, object] = {"outcome": "failed", "because": phase}
            if heard is not None:
                update["seconds"] = heard.seconds
                update["peak_memory"] = self._facts.peaks.get(unit.hash)
            return made.model_copy(update=update)
        if blocked_by := self._blocked.get(unit.hash):
            names = self._names(blocked_by)
            because = f"not tried because {names} failed"
            return made.model_copy(
                update={"outcome": "not-tried", "because": because, "blocked_by": blocked_by}
            )
        if unit.hash not in self._needed:
            because = "only building needs it, and nothing that is built with it was built"
            return made.model_copy(update={"outcome": "not-needed", "because": because})
        if unit.hash not in self._turn and heard is None:
            return self._for_nobody(made)
        return self._open(made)

    def _for_nobody(self, made: UnitBuild) -> UnitBuild:
        """Say of a unit that it was not built because what is built with it was not tried."""
        blocked_by = self._in_order({one for user in self._standing_on(made.hash) for one in user})
        because = (
            f"not tried because {self._names(blocked_by)} failed, and what is built with it waits"
        )
        return made.model_copy(
            update={"outcome": "not-tried", "because": because, "blocked_by": blocked_by}
        )

    def _open(self, made: UnitBuild) -> UnitBuild:
        """Say what can be said of a unit that nothing final is known of."""
        heard = self._facts.course.of(made.hash)
        begun = heard is not None and heard.phase not in {"", MISSED}
        if self._facts.fail_fast and self._failed and not begun:
            failed = self._in_order(self._failed)
            because = (
                f"not tried because {self._names(failed)} failed and one failure was to stop all"
            )
            return made.model_copy(
                update={"outcome": "not-tried", "because": because, "blocked_by": failed}
            )
        because = self._facts.ended
        if heard is not None and heard.kind == "done":
            because += ", and the store does not have what it said is there"
        elif begun and heard is not None:
            first = "at the first failure, " if self._facts.fail_fast and self._failed else ""
            because += f", {first}while this was in the phase {heard.phase}"
        else:
            because += " and said nothing of it"
        return made.model_copy(update={"outcome": "not-known", "because": because})

    def _has_failed(self, hash_: str, said: set[str]) -> bool:
        heard = self._facts.course.of(hash_)
        there = hash_ in self._facts.after or self._units[hash_].external is not None
        return not there and (hash_ in said or (heard is not None and heard.kind == "failed"))

    def _above(self, failed: set[str]) -> Mapping[str, tuple[str, ...]]:
        """Return, for each unit that needs failed ones to be built or used, which those are."""
        above: dict[str, set[str]] = {}
        for one in failed:
            waiting, seen = [one], {one}
            while waiting:
                for user in self._users.get(waiting.pop(), ()):
                    # What is there already does not wait for anything.
                    if user not in seen and user not in self._facts.after:
                        seen.add(user)
                        above.setdefault(user, set()).add(one)
                        waiting.append(user)
        return {hash_: self._in_order(causes) for hash_, causes in above.items()}

    def _by_dependency(self) -> Mapping[str, list[str]]:
        """Return, for each unit, those that need it, to be built or used."""
        users: dict[str, list[str]] = {}
        for unit in self._units.values():
            for edge in unit.depends:
                if set(edge.types) != {"test"}:
                    users.setdefault(edge.hash, []).append(unit.hash)
        return users

    def _standing_on(self, hash_: str) -> Iterator[tuple[str, ...]]:
        """Yield what the units that need this one, over any steps, are not tried for."""
        waiting, seen = [hash_], {hash_}
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    waiting.append(user)
                    yield self._blocked.get(user, ())

    def _reached(self, *, building: bool) -> set[str]:
        """Return what the roots need to be used, and what has to be built needs for that.

        Args:
            building: Whether what waits for a failed unit counts as having to be built. Spack
                makes what such a unit is built with only when its turn comes.
        """
        seen: set[str] = set()
        waiting = list(self._roots)
        while waiting:
            hash_ = waiting.pop()
            if hash_ in seen or hash_ not in self._units:
                continue
            seen.add(hash_)
            wanted = set(_FOLLOWED)
            if not self._came(hash_) and (building or hash_ not in self._blocked):
                wanted.add("build")
            depends = self._units[hash_].depends
            waiting += [edge.hash for edge in depends if wanted.intersection(edge.types)]
        return seen

    def _came(self, hash_: str) -> bool:
        """Say whether a unit came without being built: before, from a cache, from the machine."""
        heard = self._facts.course.of(hash_)
        return (
            self._units[hash_].external is not None
            or hash_ in self._facts.before
            or (hash_ in self._facts.after and (heard is None or heard.cached or not heard.phase))
        )

    def _in_order(self, hashes: set[str]) -> tuple[str, ...]:
        return tuple(hash_ for hash_ in self._units if hash_ in hashes)

    def _names(self, hashes: tuple[str, ...]) -> str:
        return ", ".join(self._units[hash_].label for hash_ in hashes)


def _unit(unit: NativeUnit) -> UnitBuild:
    return UnitBuild(hash=unit.hash, name=unit.name, version=unit.version, outcome="not-known")
