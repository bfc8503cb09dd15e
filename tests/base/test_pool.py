"""Worker processes: all results in order, whatever a worker does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence

from peso.base.pool import Died, map_each


def _double(several: Sequence[int]) -> list[int]:
    return [2 * one for one in several]


def _who(several: Sequence[int]) -> list[int]:
    return [os.getpid() for _ in several]


def _dies(several: Sequence[int]) -> list[int]:
    if 13 in several:
        os.kill(os.getpid(), signal.SIGKILL)
    return _double(several)


def test_results_come_in_order() -> None:
    found = [*map_each(_double, range(10), batch=3, workers=2)]

    assert found == [[0, 2, 4], [6, 8, 10], [12, 14, 16], [18]]


def test_little_work_is_done_here() -> None:
    assert [*map_each(_who, [1, 2], batch=5, workers=4)] == [[os.getpid()] * 2]
    assert [*map_each(_who, [1, 2], batch=1, workers=1)] == [[os.getpid()]] * 2
    assert [*map_each(_who, [], batch=1, workers=2)] == []


def test_more_work_is_done_elsewhere() -> None:
    found = {pid for several in map_each(_who, range(4), batch=2, workers=2) for pid in several}

    assert os.getpid() not in found


def test_what_kills_its_worker_is_told_and_nothing_else_is_lost() -> None:
    found = [one for several in map_each(_dies, range(20), batch=5, workers=2) for one in several]

    assert [number for number, one in enumerate(found) if one == Died()] == [13]
    assert [one for one in found if one != Died()] == [2 * one for one in range(20) if one != 13]


class _Counting:
    """Counts what one process has done; cannot be pickled."""

    def __init__(self) -> None:
        self.done = 0
        self.lock = threading.Lock()

    def __call__(self, several: Sequence[int]) -> list[int]:
        self.done += len(several)
        return [self.done] * len(several)


def test_a_worker_keeps_its_function_for_all_its_batches() -> None:
    counting = _Counting()
    found = [
        one for several in map_each(counting, range(40), batch=1, workers=2) for one in several
    ]

    assert max(one for one in found if isinstance(one, int)) > 1
    assert counting.done == 0
