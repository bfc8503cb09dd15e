"""A Parsl workflow: 20 tasks and one that needs all of them, in HighThroughputExecutor workers.

Task i returns i**2 as a whole number; the sum over 0 to n-1 is known, and whole numbers have no
rounding, so the right error is 0. All talk is on the loopback address: no name is looked up,
nothing is reported to anybody. The workers leave this process's group, as they do on a cluster, so
that nobody but Parsl ends them; that it does is asserted too.
"""

import logging
import os
import socket
import sys
import time
from pathlib import Path

import parsl
import psutil
from parsl.config import Config
from parsl.executors import HighThroughputExecutor
from parsl.launchers import SimpleLauncher
from parsl.providers import LocalProvider

TASKS = 20
LOOPBACK = "127.0.0.1"
PATIENCE = 20  # seconds for the workers to end after they were told to


@parsl.python_app
def square(number: int) -> tuple[int, int]:
    """Return the square of a number, and which process computed it."""
    import os  # noqa: PLC0415 - an app is sent to a worker without its module

    return number * number, os.getpid()


@parsl.python_app
def total(*parts: tuple[int, int]) -> int:
    """Return the sum of what other tasks made; Parsl waits for them."""
    return sum(value for value, _ in parts)


def config() -> Config:
    """Return two workers on this machine, reached over loopback."""
    executor = HighThroughputExecutor(
        label="loopback",
        address=LOOPBACK,
        loopback_address=LOOPBACK,
        max_workers_per_node=2,
        cores_per_worker=1,
        encrypted=False,  # nothing leaves the machine; certificates would be written to disk
        provider=LocalProvider(init_blocks=1, max_blocks=1, launcher=SimpleLauncher()),
    )
    return Config(
        executors=[executor],
        run_dir=str(Path.cwd() / "runinfo"),
        usage_tracking=0,
        strategy="none",
        strategy_period=0.2,  # workers are started at the first look, not after the usual 5 s
        initialize_logging=False,
    )


def started(workers: set[int]) -> set[psutil.Process]:
    """Return all processes that Parsl started: the workers, what they came from, our children."""
    this = psutil.Process()
    above = {this, *this.parents()}
    found = set(this.children(recursive=True))
    for worker in map(psutil.Process, workers):
        found |= {worker, *worker.parents()}
    return found - above - {psutil.Process(1)}


def runs(process: psutil.Process) -> bool:
    """Say whether a process runs; one that only waits for its parent to look does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def outlived(processes: set[psutil.Process]) -> int:
    """Return how many of these processes still run when they had time to end."""
    end = time.monotonic() + PATIENCE
    while (left := sum(map(runs, processes))) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def main() -> None:
    with socket.create_server((LOOPBACK, 0)) as probe:
        # Where loopback is down, Parsl would wait for its workers until the limit; this fails.
        socket.create_connection(probe.getsockname(), timeout=5).close()
    logging.getLogger("parsl").setLevel(logging.ERROR)
    # Parsl starts its own programs by name; they are beside this interpreter, on PATH or not.
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    with parsl.load(config()):
        squares = [square(number) for number in range(TASKS)]
        found = total(*squares).result()
        results = [future.result() for future in squares]
        workers = {process for _, process in results} - {os.getpid()}
        processes = started(workers)
    expected = (TASKS - 1) * TASKS * (2 * TASKS - 1) // 6
    print(f"tasks={len(results)}")
    print(f"wrong_results={sum(value != n * n for n, (value, _) in enumerate(results))}")
    print(f"workers={len(workers)}")
    print(f"processes={len(processes)}")
    print(f"processes_left={outlived(processes)}")
    print(f"total_error={abs(found - expected)}")


if __name__ == "__main__":
    main()
