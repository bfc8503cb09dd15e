"""Readers: an open-loop load on a portal, and how long each kind of page took.

Of ready-made load generators none at hand fits: wrk (Debian's) is closed-loop, so a slow server is
asked less and looks fast; locust's users wait for their answers too; wrk2, vegeta and k6 are in
neither Debian nor PyPI. So this one, over httpx: a visit starts when the schedule says so, whatever
became of those before, and its time counts from then (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

UNCACHED = 0.1
"""How many visits ask with a query that nobody asked with before."""
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: its share of the visits, and its addresses, the most visited first."""

    name: str
    share: float
    paths: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """What readers saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    uncached: list[float] = field(default_factory=list)
    cached: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    late: float = 0.0
    """How late the generator itself started a visit, at worst: above some ms it is overloaded."""
    took: float = 0.0

    @property
    def all(self) -> list[float]:
        return [one for several in self.seconds.values() for one in several]


def percentile(several: Sequence[float], share: float) -> float:
    """Return a percentile, in milliseconds: the nearest rank."""
    ordered = sorted(several)
    at = min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1)) if ordered else 0
    return 1000 * ordered[int(at)] if ordered else 0.0


def visit_all(address: str, kinds: Sequence[Kind], *, rate: float, seconds: float) -> Seen:
    """Visit with `rate` visits a second; every reader comes back on its own beat."""
    return asyncio.run(_visit_all(address, kinds, rate, seconds))


async def _visit_all(address: str, kinds: Sequence[Kind], rate: float, seconds: float) -> Seen:
    seen, chance = Seen(), random.Random(11)  # noqa: S311 - no secret
    period = 5.0
    readers = [chance.uniform(0, period) for _ in range(round(rate * period))]
    moments = sorted(
        start + period * beat for start in readers for beat in range(int(seconds // period))
    )
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    headers = {"accept-encoding": "gzip"}
    async with httpx.AsyncClient(
        base_url=address, limits=limits, timeout=_PATIENCE, headers=headers
    ) as client:
        begun = time.perf_counter()
        waiting = []
        for number, moment in enumerate(moments):
            kind = chance.choices(kinds, [one.share for one in kinds])[0]
            path = kind.paths[min(int(chance.paretovariate(0.8)) - 1, len(kind.paths) - 1)]
            fresh = chance.random() < UNCACHED
            if fresh:
                path += f"{'&' if '?' in path else '?'}visit={number}-{begun}"
            due = begun + moment
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            seen.late = max(seen.late, time.perf_counter() - due)
            waiting.append(asyncio.create_task(_visit(client, kind.name, path, due, fresh, seen)))
        await asyncio.gather(*waiting)
        seen.took = time.perf_counter() - begun
    return seen


async def _visit(  # noqa: PLR0913, PLR0917 - a visit
    client: httpx.AsyncClient,
    kind: str,
    path: str,
    due: float,
    fresh: bool,  # noqa: FBT001
    seen: Seen,
) -> None:
    try:
        answer = await client.get(path)
    except httpx.HTTPError as error:
        seen.errors.append(f"{path}: {type(error).__name__}")
        return
    took = time.perf_counter() - due
    if answer.status_code != 200:
        seen.errors.append(f"{path}: {answer.status_code}")
    seen.seconds[kind].append(took)
    (seen.uncached if fresh else seen.cached).append(took)
