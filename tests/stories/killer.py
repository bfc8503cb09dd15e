"""Kills deliveries with SIGKILL, starts them again, and says what it saw: a JSON line for each.

`python killer.py writes BASE WORK SHARE OF SAMPLE`: BASE holds `tiny/` (a stack), and maybe what an
earlier delivery left. For each step, from a copy of BASE in which the steps before it are done, and
for this process's SHARE of all K (one OF so many): a child delivers up to that step and kills
itself just before its K-th write (open for writing, rename, link, mkdir, remove, fsync, process
start); then the publication is looked at, a second child delivers again, and it is looked at once
more. A step is over with the first K that is not reached. Every tenth time the second child goes on
to the last step. Before publishing only every SAMPLE-th K is tried; 1 tries all.

`python killer.py moments BASE WORK SEED COUNT`: kills whole deliveries from outside, at random
moments of how long one takes.

PESO is imported once, one delivery warms it up (templates are compiled by then), and the children
are forked, so that hundreds of kills take a minute.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peso
from peso.api import delivery, facility  # noqa: F401 - imported before the forks, for speed
from peso.base.ledger import Ledger
from peso.errors import PesoError
from peso.services.assurance import cyclonedx, spdx  # noqa: F401 - as above

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.rename",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "os.truncate",
    "subprocess.Popen",
}
STEPS = ("plan", "build", "relocate", "test", "inventory", "scan", "gate", "attest", "publish")


class Boundaries:
    """Counts the write boundaries of this process, and kills it at one."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.seen = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and int(arguments[2] or 0) & WRITES):
            self.cross()

    def cross(self) -> None:
        self.seen += 1
        if self.seen == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def deliver(work: Path, said: Path, until: str, kill_at: int = 0) -> None:
    """Deliver the stack in this process up to a step; write down what became of it."""
    if kill_at:
        boundaries = Boundaries(kill_at)
        sync = os.fsync

        def fsync(descriptor: int) -> None:
            boundaries.cross()
            sync(descriptor)

        os.fsync = fsync  # type: ignore[assignment]
        sys.addaudithook(boundaries)
    try:
        done = peso.deliver(work / "tiny" / "stack.yaml", to=work / "public", until=until)
        answer: Any = {step.step: step.did for step in done.steps}
    except PesoError as error:
        answer = {"error": str(error)}
    if kill_at:
        os._exit(0)
    said.write_text(json.dumps(answer))


def in_a_child(do: Callable[[], None], kill_after: float | None = None) -> int:
    """Run something in a forked child, and maybe kill it; returns its wait status."""
    child = os.fork()
    if child == 0:
        try:
            do()
        except BaseException as error:  # noqa: BLE001 - a child must not go on as its parent
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(9)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def verdict(work: Path) -> str:
    """Say whether the publication verifies: `yes`, `none` where there is none, or why not."""
    if not (work / "public").exists():
        return "none"
    try:
        peso.verify(work / "public", root=work / "public.root.json", unsafe_development_keys=True)
    except PesoError as error:
        return str(error)
    return "yes"


def filed(work: Path) -> set[tuple[str, str]]:
    """Name the records that steps have left so far."""
    ledger = Ledger(work / "tiny" / ".peso" / "ledger")
    return {(step, entry.key) for step in STEPS for entry in ledger.list(step)}


def one_kill(
    base: Path, work: Path, step: str, kill_at: int = 0, kill_after: float | None = None
) -> dict[str, Any] | None:
    """Kill a delivery once and start it again; None where it was over before."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(base, work)
    os.environ["XDG_STATE_HOME"] = str(work / "state")
    said = work / "said.json"
    before = filed(work)
    status = in_a_child(lambda: deliver(work, said, step, kill_at), kill_after)
    if not os.WIFSIGNALED(status):
        return None
    finished = sorted({step for step, _ in filed(work) - before})
    between = verdict(work)
    goes_on_to = STEPS[-1] if kill_at % 10 == 0 else step
    again = in_a_child(lambda: deliver(work, said, goes_on_to))
    answer = json.loads(said.read_text()) if again == 0 and said.exists() else {"error": str(again)}
    return {
        "step": step,
        "at": kill_after or kill_at,
        "signal": os.WTERMSIG(status),
        "finished": finished,
        "between": between,
        "again": answer,
        "after": verdict(work),
    }


def tell(seen: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()


def at_writes(base: Path, work: Path, share: int, shares: int, sample: int) -> None:
    """Kill at every write of every step, or at a sample of them."""
    ready = work.with_name(f"{work.name}-ready")
    shutil.copytree(base, ready)
    for step in STEPS:
        every = 1 if step == STEPS[-1] else sample
        for kill_at in range(1 + share * every, 100_000, shares * every):
            seen = one_kill(ready, work, step, kill_at)
            if seen is None:
                break
            tell(seen)
        if in_a_child(lambda: deliver(ready, ready / "said.json", step)):  # noqa: B023 - at once
            sys.exit(f"the step {step} cannot be done")


def at_moments(base: Path, work: Path, seed: int, count: int) -> None:
    """Kill at random moments, from a recorded seed."""
    moments = random.Random(seed)  # noqa: S311 - recorded, not secret
    shutil.copytree(base, work)
    began = time.monotonic()
    if in_a_child(lambda: deliver(work, work / "said.json", STEPS[-1])):
        sys.exit("the stack cannot be delivered")
    whole = time.monotonic() - began
    for _ in range(count):
        seen = one_kill(base, work, STEPS[-1], kill_after=moments.uniform(0, whole))
        tell(seen or {"at": "over before"})


def warm_up(base: Path, work: Path) -> None:
    """Deliver once in this process."""
    shutil.copytree(base, work)
    os.environ["XDG_STATE_HOME"] = str(work / "state")
    deliver(work, work / "said.json", STEPS[-1])


def main() -> None:
    how, base, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    numbers = [int(argument) for argument in sys.argv[4:]]
    warm_up(base, work.with_name(f"{work.name}-warm"))
    if how == "writes":
        at_writes(base, work, *numbers)
    else:
        at_moments(base, work, *numbers)


if __name__ == "__main__":
    main()
