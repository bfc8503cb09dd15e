"""The only door to worker processes: the same function on many items, on all cores.

1. Workers are forked where that is safe (Linux, one thread), so they start at once and import
   nothing; elsewhere, and for few items, the work is done here.
2. A worker that dies (a crash in C code, the kernel) takes no other item with it: its items are
   tried again one by one, and the one that kills is reported as `Died`.
3. Results come in the order of the items.

4. The function is not pickled: a worker has it from its fork, and the same one for all its batches;
   so it may keep for the next batch what it found out for the last.

For functions that are pure and return what can be pickled; knows no PESO word.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

One = TypeVar("One")
Made = TypeVar("Made")
Function = Callable[[Sequence[Any]], list[Any]]
_FUNCTION: ContextVar[Function] = ContextVar("_FUNCTION")
"""What this worker does; set in workers only, once."""


@dataclass(frozen=True, slots=True)
class Died:
    """The process that worked on an item was ended."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def map_each(
    function: Callable[[Sequence[One]], list[Made]],
    items: Sequence[One],
    *,
    batch: int,
    workers: int | None = None,
) -> Iterator[list[Made | Died]]:
    """Yield `function(batch)` for batch after batch of the items.

    Args:
        function: makes one result for each item of a batch.
        items: what to work on.
        batch: how many items a worker gets at once.
        workers: how many processes; None for one a core.
    """
    batches = [items[start : start + batch] for start in range(0, len(items), batch)]
    count = min(cores() if workers is None else workers, len(batches))
    if count < 2 or not _may_fork():  # noqa: PLR2004 - one worker is this process
        for one in batches:
            yield [*function(one)]
        return
    yield from _forked(function, batches, count)


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


def _pool(function: Function, count: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(
        count, mp_context=context, initializer=_FUNCTION.set, initargs=(function,)
    )


def _work(items: Sequence[Any]) -> list[Any]:
    return _FUNCTION.get()(items)


def _forked(
    function: Callable[[Sequence[One]], list[Made]], batches: list[Sequence[One]], count: int
) -> Iterator[list[Made | Died]]:
    done = 0
    with _pool(function, count) as pool:
        try:
            for made in pool.map(_work, batches):
                done += 1
                yield [*made]
        except BrokenProcessPool:
            pass
    for one in batches[done:]:
        found: list[Made | Died] = []
        for item in one:
            alone = _alone(function, item)
            found.append(alone)
        yield found


def _alone(function: Callable[[Sequence[One]], list[Made]], item: One) -> Made | Died:
    with _pool(function, 1) as pool:
        try:
            made: Made = pool.submit(_work, [item]).result()[0]
        except BrokenProcessPool:
            return Died()
        return made
