"""How long PESO takes to fetch, build and install a release, beside `uv pip sync` of the same lock.

Paired: in each repeat both do the same work from the same index, served on loopback by a process of
its own, one right after the other in changing order; the median of the paired ratios counts, and a
first pair warms up. Two budgets:

1. empty caches: fetch + build + install takes at most 1.25 times `uv pip sync`;
2. warm caches: install takes at most uv's time, one copy and one hash of the artifacts, and 0.5 s.

Once, before anything is timed, the real wheels come from this machine's own index: the products of
`examples/hpc-ai` and a few large ones. Exit status 1: a budget was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from peso.base.digest import sha256_file
from peso.base.ledger import Blobs
from peso.products.engines.port import Lock, Progress, Unit, Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.engines.pypi.uv import binary
from peso.products.stack import Stack, load_stack
from peso.services.integration.build import lay_release

EXAMPLE = Path(__file__).parents[1] / "examples" / "hpc-ai" / "stack.yaml"
MORE = (
    "h5py",
    "llvmlite",
    "matplotlib",
    "numba",
    "pandas",
    "polars",
    "pyarrow",
    "scikit-learn",
    "sympy",
)
REPEATS = 5
COLD_RATIO = 1.25
WARM_SLACK = 0.5


class Handler(SimpleHTTPRequestHandler):
    """Serve files over kept connections, by the kernel's own copy."""

    protocol_version = "HTTP/1.1"

    def copyfile(self, source: Any, outputfile: Any) -> None:  # noqa: ANN401 - the base's types
        """Hand an open file to the kernel; the headers are out already."""
        outputfile.flush()
        self.connection.sendfile(source)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet."""


class Server(ThreadingHTTPServer):
    """A server that says nothing of a client that hangs up."""

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Keep quiet: the measured one fails by itself where that matters."""


def serve(folder: Path) -> None:
    """Serve a folder on loopback until standard input ends; prints the port."""
    server = Server(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    print(server.server_address[1], flush=True)
    server.serve_forever()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    argv = [sys.executable, __file__, "--serve", str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def bench_at(folder: Path) -> Workbench:
    def silent(_: Progress) -> None:
        pass

    return Workbench(
        blobs=Blobs(folder / "blobs"),
        work=folder / "work",
        cache=folder / "cache",
        offline=False,
        progress=silent,
    )


def stack_to_install(scratch: Path) -> Stack:
    """Return a stack of about 300 MB of wheels: the example's products and a few large ones."""
    folder = scratch / "stack"
    folder.mkdir(parents=True)
    names, constraints = list(MORE), EXAMPLE.parent / "constraints.txt"
    if EXAMPLE.is_file():
        names += [product.name for product in load_stack(EXAMPLE).products]
    shutil.copy(constraints if constraints.is_file() else os.devnull, folder / "constraints.txt")
    stack = {
        "schema": "peso.stack/1",
        "name": "bench",
        "version": "1",
        "title": "Large wheels",
        "parts": {"python": {"engine": "pypi", "constraints": "constraints.txt"}},
        "products": [{"name": name, "part": "python"} for name in sorted(set(names))],
    }
    (folder / "stack.yaml").write_text(json.dumps(stack))
    return load_stack(folder / "stack.yaml")


def prepare(scratch: Path, engine: PypiEngine) -> tuple[Lock, Path]:
    """Fetch and build once from this machine's index; returns the lock and the release's folder."""
    stack, bench = stack_to_install(scratch), bench_at(scratch / "once")
    [part] = stack.parts
    lock = engine.plan(stack, part, bench, upgrade=False)
    made = engine.build(lock, bench)
    folder = scratch / "release"
    lay_release([*(one.artifact for one in made.made), made.document], bench.blobs, folder)
    units = tuple(
        unit.model_copy(
            update={
                "filename": Path(one.artifact.path).name,
                "sha256": one.artifact.sha256,
                "length": one.artifact.length,
                "build": (),
            }
        )
        for unit, one in zip(lock.units, made.made, strict=True)
    )
    return lock.model_copy(update={"units": units, "build_units": ()}), folder


def at(lock: Lock, origin: str) -> Lock:
    """Return the lock with its wheels at the loopback index."""
    units = tuple(
        unit.model_copy(update={"url": f"{origin}/wheels/{unit.filename}"}) for unit in lock.units
    )
    return lock.model_copy(update={"units": units})


def pylock(units: Iterable[Unit]) -> str:
    said = ['lock-version = "1.0"', 'created-by = "bench"']
    for unit in units:
        hashes = f'hashes = {{ sha256 = "{unit.sha256}" }}'
        said += [
            "[[packages]]",
            f'name = "{unit.name}"',
            f'version = "{unit.version}"',
            f'wheels = [{{ url = "{unit.url}", size = {unit.length}, {hashes} }}]',
        ]
    return "\n".join(said) + "\n"


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """The two that are compared, on one lock."""

    engine: PypiEngine
    lock: Lock
    document: Path
    scratch: Path

    def uv(self, *words: str, cache: Path) -> None:
        """Run uv on its own."""
        environment = {**os.environ, "UV_CACHE_DIR": str(cache), "UV_NO_PROGRESS": "1"}
        argv = [binary(), *words, "--quiet", "--no-config"]
        subprocess.run(argv, check=True, env=environment)

    def uv_sync(self, folder: Path) -> float:
        """Time `uv pip sync` into a fresh environment, which is made before the clock starts."""
        prefix, cache = folder / "uv-prefix", folder / "uv-cache"
        shutil.rmtree(prefix, ignore_errors=True)
        self.uv("venv", "--python", sys.executable, str(prefix), cache=cache)
        python, lock = str(prefix / "bin" / "python"), folder / "pylock.toml"
        lock.write_text(pylock(self.lock.units))
        words = ("pip", "sync", "--require-hashes", "--no-build", "--preview-features", "pylock")
        return timed(lambda: self.uv(*words, "--python", python, str(lock), cache=cache))

    def peso_all(self, folder: Path) -> float:
        """Time fetch, build and install, the environment included."""
        bench = bench_at(folder / "peso")

        def work() -> None:
            part = self.engine.build(self.lock, bench)
            files = [*(one.artifact for one in part.made), part.document]
            lay_release(files, bench.blobs, folder / "release")
            self.engine.install(
                folder / "release" / part.document.path, folder / "peso-prefix", bench
            )

        return timed(work)

    def peso_install(self, folder: Path) -> float:
        """Time the install from a release folder, the environment included."""
        shutil.rmtree(folder / "peso-prefix", ignore_errors=True)
        bench = bench_at(folder / "peso")
        prefix = folder / "peso-prefix"
        return timed(lambda: self.engine.install(self.document, prefix, bench))

    def fresh(self, name: str) -> Path:
        """Return an empty folder, with nothing left for the disk to write."""
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        os.sync()
        return folder


def show(what: str, seconds: Iterable[float]) -> float:
    told = sorted(seconds)
    middle = median(told)
    print(f"  {what:<42} {middle:7.2f} s   ({', '.join(f'{one:.2f}' for one in told)})")
    return middle


def cold(contest: Contest, repeats: int) -> bool:
    uv, peso = [], []
    for number in range(repeats + 1):
        for first in (number % 2 == 0, number % 2 != 0):
            folder = contest.fresh("cold")
            if first:
                uv.append(contest.uv_sync(folder))
            else:
                peso.append(contest.peso_all(folder))
    print("empty caches")
    show("uv pip sync", uv[1:])
    show("PESO fetch + build + install", peso[1:])
    ratio = median(ours / theirs for ours, theirs in zip(peso[1:], uv[1:], strict=True))
    print(f"  median of the paired ratios {ratio:.2f}, budget {COLD_RATIO}")
    return ratio <= COLD_RATIO


def warm(contest: Contest, repeats: int) -> bool:
    folder, uv, peso, copy, digest = contest.fresh("warm"), [], [], [], []
    wheels = sorted((contest.document.parent / "wheels").iterdir())
    contest.uv_sync(folder)
    contest.peso_install(folder)
    for _ in range(repeats):
        uv.append(contest.uv_sync(folder))
        peso.append(contest.peso_install(folder))
        into = contest.fresh("copy")
        copy.append(timed(lambda into=into: [shutil.copy(one, into) for one in wheels]))  # type: ignore[misc]
        digest.append(timed(lambda: [sha256_file(one) for one in wheels]))
    print("warm caches")
    budget = show("uv pip sync", uv) + show("one copy of the artifacts", copy)
    budget += show("one hash of the artifacts", digest) + WARM_SLACK
    took = show("PESO install", peso)
    print(f"  PESO {took:.2f} s, budget {budget:.2f} s")
    return took <= budget


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    told = parser.parse_args()
    if told.serve:
        serve(told.serve)
    engine = PypiEngine(Path(sys.executable), dict(os.environ))
    with tempfile.TemporaryDirectory(prefix="peso-bench-") as folder:
        scratch = Path(folder)
        lock, release = prepare(scratch, engine)
        size = sum(unit.length or 0 for unit in lock.units)
        print(f"{len(lock.units)} wheels, {size / 1e6:.0f} MB, {told.repeats} repeats")
        with served(release) as origin:
            contest = Contest(
                engine=engine,
                lock=at(lock, origin),
                document=release / "pylock.release.toml",
                scratch=scratch,
            )
            met = [cold(contest, told.repeats), warm(contest, told.repeats)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
