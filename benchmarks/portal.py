"""Times the portal under readers: `python benchmarks/portal.py [--results N] [--minutes M] …`.

A store of 150 products, 8,900 recipes, 20 releases, 20 platforms and a million test results; the
portal started as `peso portal serve` starts it; 50 readers, each a page every 5 s, open loop, a
tenth of the visits uncached. Database, server and readers share this machine. Then the rate is
raised until the 95th percentile leaves its bound: saturation. The machine's own load is printed.

All of them are held to the first two cores (`--cores`). Filling takes many times as long as the
load: `--keep DIR` keeps what was filled in a folder, and uses it again; `--only-fill` stops there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.portal_load import Kind, Seen, percentile, visit_all  # noqa: E402
from tests.portal.cluster import Cluster, why_not  # noqa: E402
from tests.portal.made import Sizes  # noqa: E402

from peso.base.ledger import Blobs  # noqa: E402
from peso.portal.config import DATABASE, FOLDER, PortalConfig  # noqa: E402
from peso.portal.django import begin, collect, migrate  # noqa: E402

BOUND = {"postgresql": 200.0, "sqlite": 400.0}
FILLED = "filled.json"
_STEP_SECONDS = 20.0


def main() -> int:
    asked = _asked()
    cores = sorted(os.sched_getaffinity(0))[: asked.cores]
    os.sched_setaffinity(0, cores)  # what is started from here on is held to them too
    print(f"load of the machine before: {os.getloadavg()}, {len(cores)} of {os.cpu_count()} cores")
    with ExitStack() as stack:
        how = _portal(asked, stack)
        begin(how)
        migrate()
        collect()
        if not _filled(asked):
            _fill(how, asked.results)
            _note_filled(asked)
        if asked.only_fill:
            return 0
        kinds = _kinds()
        if not asked.no_questions:
            _questions(kinds)
        address, server = stack.enter_context(served(how))
        bound = BOUND[asked.database]
        visit_all(address, kinds, rate=2, seconds=10)  # a process's first answers load its program
        rate = asked.readers / 5
        before = cpu(server)
        seen = visit_all(address, kinds, rate=rate, seconds=asked.minutes * 60)
        show(seen, asked.readers, before, cpu(server))
        held = percentile(seen.all, 95) <= bound and not seen.errors
        print(f"{'HOLDS' if held else 'DOES NOT HOLD'}: 95 % within {bound:.0f} ms and no error")
        if asked.saturate:
            _saturate(address, kinds, bound, rate)
    print(f"load of the machine after: {os.getloadavg()}")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--database", choices=sorted(BOUND), default="postgresql")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--no-saturate", dest="saturate", action="store_false")
    parser.add_argument("--no-questions", action="store_true", help="do not count queries first")
    parser.add_argument("--cores", type=int, default=2, help="how many everything shares")
    parser.add_argument("--keep", type=Path, help="a folder in which what is filled stays")
    parser.add_argument("--only-fill", action="store_true", help="fill the folder, and stop")
    asked = parser.parse_args()
    if asked.database == "postgresql" and (reason := why_not()):
        parser.exit(0, f"NOT TIMED: {reason}\n")
    if asked.keep and (said := _kept(asked)) and said != _sizes(asked):
        parser.exit(2, f"{asked.keep} is filled with {said}: name another folder\n")
    return asked


def _portal(asked: argparse.Namespace, stack: ExitStack) -> PortalConfig:
    if asked.keep:
        folder = asked.keep.absolute()
    else:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url, left = "", bool(asked.keep) and not _filled(asked)
    if left:  # by a run that was ended while it filled
        shutil.rmtree(folder / "portal", ignore_errors=True)
    if asked.database == "postgresql":
        at = folder / "postgres" if asked.keep else None
        there = at is not None and (at / "data").is_dir()
        cluster = Cluster(lasting=True, settings=("shared_buffers=256MB",), at=at)
        stack.enter_context(cluster)
        if there and left:
            cluster.drop("portal")
        url = cluster.url("portal") if there and not left else cluster.new("portal")
    return PortalConfig(folder=folder / "portal", database=url)


def _sizes(asked: argparse.Namespace) -> dict[str, object]:
    return {"database": asked.database, "results": asked.results}


def _kept(asked: argparse.Namespace) -> dict[str, object]:
    """Return what a kept folder is filled with; nothing where it is not, or not to the end."""
    note = asked.keep / FILLED
    said: dict[str, object] = json.loads(note.read_text()) if note.is_file() else {}
    return said


def _filled(asked: argparse.Namespace) -> bool:
    return bool(asked.keep and _kept(asked))


def _note_filled(asked: argparse.Namespace) -> None:
    if asked.keep:
        (asked.keep / FILLED).write_text(json.dumps(_sizes(asked)))


def _fill(how: PortalConfig, results: int) -> None:
    from benchmarks.portal_fill import fill  # noqa: PLC0415 - its tables need Django first

    begun = time.perf_counter()

    def said(what: str) -> None:
        print(f"{time.perf_counter() - begun:7.1f} s  {what}", flush=True)

    fill(Sizes(results=results), Blobs(how.blobs), said)


def _kinds() -> tuple[Kind, ...]:
    """Return what readers visit: shares as one would expect, the most wanted pages first."""
    from peso.portal.store.models import Product, Recipe, Release, TestResult  # noqa: PLC0415

    releases = list(Release.objects.all())
    names = [f"{one.channel}/{one.stack}/{one.version}" for one in releases]
    products = list(Product.objects.order_by("slug").values_list("slug", flat=True))
    recipes = list(Recipe.objects.order_by("-dependents", "name").values_list("name", flat=True))
    units = releases[0].units.values_list("hash", flat=True)[:200]
    failed = TestResult.objects.filter(release=releases[0], outcome="fail").exclude(log="")
    logs = failed.order_by("platform_id", "pk").values_list("log", flat=True)[:100]
    pages = [f"/releases/{one}/" for one in names]
    newest = pages[0]
    tests = [f"{newest}tests/", f"{newest}tests/?outcome=fail", f"{newest}tests/?page=400"]
    tests += [f"{newest}tests/?product={one}" for one in products]
    searches = [f"/recipes/?q={one}" for one in ("sparse", "mesh solver", "gpu", "graph", "cpus")]
    searches += [f"/recipes/?page={page}" for page in range(2, 80)]
    filters = [f"/products/?member=member-{n}" for n in range(8)]
    filters += [f"/products/?q=mesh&gpu=true&area=area-{n}" for n in range(12)]
    api = [
        "/api/v1/products",
        f"/api/v1{newest[:-1]}",
        f"/api/v1{newest[:-1]}/tests",
        "/api/v1/recipes",
    ]
    pairs = zip(names[1:], names[:-1], strict=True)
    rows: tuple[tuple[str, float, Sequence[str]], ...] = (
        ("front", 12, ("/",)),
        ("products", 8, ("/products/",)),
        ("products, filtered", 5, filters),
        ("product", 20, [f"/products/{one}/" for one in products]),
        ("releases", 5, ("/releases/",)),
        ("release", 10, pages),
        ("tests", 7, tests),
        ("units", 2, [f"{one}units/" for one in pages]),
        ("unit", 3, [f"{newest}units/{one}/" for one in units]),
        ("log", 3, [f"/logs/{one}/" for one in dict.fromkeys(logs)]),
        ("compare", 2, [f"/compare/?a={a}&b={b}" for a, b in pairs]),
        ("matrix", 4, [f"/matrix/?release={one}" for one in names]),
        ("recipes", 3, ("/recipes/",)),
        ("recipes, searched", 3, searches),
        ("recipe", 8, [f"/recipes/{one}/" for one in recipes]),
        ("impact", 1, [f"/impact/{one}/" for one in recipes]),
        ("status", 1, ("/status/",)),
        ("feeds", 1, ("/feeds/releases.atom", "/feeds/findings.atom")),
        ("API", 2, api),
    )
    return tuple(Kind(name, share, tuple(paths)) for name, share, paths in rows)


def _questions(kinds: Sequence[Kind]) -> None:
    """Print what one uncached page of each kind costs: questions, time in SQL, time of a CPU."""
    from django.db import connection  # noqa: PLC0415 - Django is ready now
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.get("/?once")
    print(f"{'kind':20} {'queries':>7} {'SQL ms':>7} {'CPU ms':>7} {'wall ms':>8} {'kB':>6}")
    for kind in kinds:
        rows = []
        for number, path in enumerate(dict.fromkeys((kind.paths[0], kind.paths[-1]))):
            begun, cpu = time.perf_counter(), time.process_time()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(f"{path}{'&' if '?' in path else '?'}once={number}")
            took, used = time.perf_counter() - begun, time.process_time() - cpu
            sql = sum(float(one["time"]) for one in asked.captured_queries)
            rows.append((len(asked), 1000 * sql, 1000 * used, 1000 * took, len(answer.content)))
        worst = [max(column) for column in zip(*rows, strict=True)]
        print(
            f"{kind.name:20} {worst[0]:7} {worst[1]:7.0f} {worst[2]:7.0f} {worst[3]:8.0f}"
            f" {worst[4] / 1000:6.0f}"
        )
    connection.close()


@contextmanager
def served(how: PortalConfig) -> Iterator[tuple[str, psutil.Process]]:
    """Start the portal as its users do."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    workspace = how.folder / "workspace"
    workspace.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        (
            *(sys.executable, "-c", "import sys; from peso.cli.main import main; sys.exit(main())"),
            *("portal", "serve", "--in", str(workspace), "--port", str(port), "--quiet"),
        ),
        env={**os.environ, FOLDER: str(how.folder), DATABASE: how.database},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                httpx.get(f"{address}/robots.txt", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.5)
        else:
            raise TimeoutError("the portal does not answer")
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def cpu(server: psutil.Process) -> dict[str, float]:
    """Return the CPU seconds that the server, the database and the readers have used."""
    used = {"server": 0.0, "database": 0.0, "readers": sum(psutil.Process().cpu_times()[:2])}
    for one in (server, *server.children(recursive=True)):
        used["server"] += sum(one.cpu_times()[:2])
    for one in psutil.process_iter(["name"]):
        if one.info["name"] == "postgres":
            try:
                used["database"] += sum(one.cpu_times()[:2])
            except psutil.Error:
                continue
    return used


def show(seen: Seen, readers: int, before: dict[str, float], after: dict[str, float]) -> None:
    print(
        f"\n{readers} readers, {len(seen.all)} visits in {seen.took:.0f} s,"
        f" errors: {len(seen.errors)}"
    )
    print(f"{'ms':20} {'visits':>7} {'50 %':>7} {'95 %':>7} {'99 %':>7} {'worst':>7}")
    rows = [
        *seen.seconds.items(),
        ("cached", seen.cached),
        ("uncached", seen.uncached),
        ("ALL", seen.all),
    ]
    for name, several in rows:
        marks = (percentile(several, share) for share in (50, 95, 99, 100))
        print(f"{name:20} {len(several):7} " + " ".join(f"{one:7.1f}" for one in marks))
    print("CPU seconds: " + ", ".join(f"{name} {after[name] - before[name]:.1f}" for name in after))
    print(f"the readers themselves were late by {1000 * seen.late:.0f} ms at worst")
    for error in seen.errors[:10]:
        print(f"error: {error}")


def _saturate(address: str, kinds: Sequence[Kind], bound: float, rate: float) -> None:
    """Raise the rate until the bound is left."""
    print(f"\n{'visits/s asked':>15} {'answered':>9} {'50 %':>7} {'95 %':>7} {'errors':>7}")
    while True:
        rate *= 1.5
        seen = visit_all(address, kinds, rate=rate, seconds=_STEP_SECONDS)
        answered = len(seen.all) / seen.took
        middle, most = percentile(seen.all, 50), percentile(seen.all, 95)
        print(
            f"{rate:15.0f} {answered:9.1f} {middle:7.1f} {most:7.1f} {len(seen.errors):7}",
            flush=True,
        )
        if most > bound or seen.errors:
            print(
                f"saturation: 95 % leave {bound:.0f} ms between {rate / 1.5:.0f}"
                f" and {rate:.0f} visits/s"
            )
            return


if __name__ == "__main__":
    sys.exit(main())
