"""Times the pages of needs: `python benchmarks/needs_pages.py [--minutes M] [--database sqlite] …`.

A portal of 8,900 recipes, 5,000 needs with details, 20,000 endorsements, 100 organizations. First
what each page costs a processor, for a visitor, a member's liaison and the steering committee: as
it stands, and right after a need was endorsed. Then the portal as `peso portal serve` starts it,
with 50 readers, each a page every 5 s, open loop, a tenth of the visits uncached, while a need is
endorsed every few seconds: 95 % within the bound, and no error. Database, server and readers share
two cores; the machine's own load is printed. Exits with 1 where something is over its bound.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.needs import DETAIL, history  # noqa: E402
from benchmarks.portal import BOUND, cpu, served, show  # noqa: E402
from benchmarks.portal_load import Kind, percentile, visit_all  # noqa: E402
from tests.portal.cluster import Cluster, why_not  # noqa: E402
from tests.portal.made import Sizes  # noqa: E402

from peso.partnerships.needs import events  # noqa: E402
from peso.partnerships.needs.events import Event, event  # noqa: E402
from peso.partnerships.needs.record import Speaker  # noqa: E402
from peso.partnerships.needs.vocabulary import (  # noqa: E402
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)
from peso.portal.config import PortalConfig  # noqa: E402
from peso.portal.django import begin, collect, migrate  # noqa: E402

if TYPE_CHECKING:
    from django.test import Client

    from peso.portal.people.models import Account

T = TypeVar("T")
EVERY = 5.0
"""Seconds between two changes of the register while readers read: far more than people make."""
OWN = "org-1"
_STEPS = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS)


def main() -> int:
    asked = _asked()
    cores = sorted(os.sched_getaffinity(0))[: asked.cores]
    os.sched_setaffinity(0, cores)  # what is started from here on is held to them too
    print(f"load of the machine before: {os.getloadavg()}, {len(cores)} of {os.cpu_count()} cores")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if asked.database == "postgresql":
            url = stack.enter_context(Cluster(lasting=True)).new("portal")
        how = PortalConfig(folder=folder / "portal", database=url)
        begin(how)
        migrate()
        collect()
        _fill(asked.needs, asked.endorsements, asked.recipes)
        bound = BOUND[asked.database]
        held = _costs(bound)
        if asked.minutes:
            held = _load(how, bound, asked) and held
    print(f"load of the machine after: {os.getloadavg()}")
    return 0 if held else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=5_000)
    parser.add_argument("--endorsements", type=int, default=20_000)
    parser.add_argument("--recipes", type=int, default=8_900)
    parser.add_argument("--database", choices=sorted(BOUND), default="postgresql")
    parser.add_argument("--minutes", type=float, default=2, help="of the load; 0: costs alone")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--cores", type=int, default=2, help="how many everything shares")
    asked = parser.parse_args()
    if asked.database == "postgresql" and (reason := why_not()):
        parser.exit(0, f"NOT TIMED: {reason}\n")
    return asked


def _fill(needs: int, endorsements: int, recipes: int) -> None:
    from benchmarks.portal_fill import MadeUp  # noqa: PLC0415 - its tables need Django first

    from peso.portal.ingest.recipes import take_recipes  # noqa: PLC0415
    from peso.portal.needs.frozen import freeze_now  # noqa: PLC0415

    catalog = MadeUp(Sizes(results=0), recipes)
    _timed("recipes taken in", lambda: take_recipes(catalog, "bench"))
    several = list(history(needs, endorsements, catalog.names()[:200], DETAIL))
    _timed("needs written", lambda: _write(several))
    visitor = _client()
    _timed("a process's first answer", lambda: visitor.get("/needs/?first"))
    _timed("a ranking frozen", lambda: freeze_now("public", by=None))
    _write(list(_decided(several)))
    _timed("a ranking frozen", lambda: freeze_now("public", by=None))


def _timed(what: str, make: Callable[[], T]) -> T:
    clock, processor = time.perf_counter(), time.process_time()
    made = make()
    spent = time.process_time() - processor
    print(f"{what:<44} {time.perf_counter() - clock:6.2f} s, processor {spent:6.2f} s")
    return made


def _write(several: list[Event]) -> None:
    from peso.portal.needs.models import NeedEvent  # noqa: PLC0415 - Django is ready now
    from peso.portal.store.generation import NEEDS, changed  # noqa: PLC0415

    rows = [
        NeedEvent(
            event=one.id,
            about=one.body.about,
            time=one.time,
            data=one.canonical().decode(),
            sha256=one.sha256,
        )
        for one in several
    ]
    NeedEvent.objects.bulk_create(rows, batch_size=1000)
    changed(NEEDS)


def _decided(several: list[Event]) -> Iterator[Event]:
    """Yield what became of some: every tenth is delivered and answered, every eleventh refused."""
    raised = [one.body.about for one in several if isinstance(one.body, events.Raised)]
    bodies: list[events.Body] = []
    for at, need in enumerate(raised):
        if at % 10 == 0:
            bodies += [events.Decided(about=need, status=one) for one in _STEPS]
            kind = LinkKind.RELEASE
            bodies.append(events.Linked(about=need, kind=kind, where="/releases/", sha256="0" * 64))
            bodies.append(events.Decided(about=need, status=Status.DELIVERED))
            bodies.append(events.Answered(about=need, text="It came with the release."))
        elif at % 11 == 0:
            bodies.append(events.Decided(about=need, status=Status.REFUSED, reason="Others do it."))
        elif at % 3 == 0:
            bodies.append(events.Decided(about=need, status=Status.ACKNOWLEDGED))
    newest = several[-1].time
    for at, body in enumerate(bodies, 1):
        yield event(body, time=newest + timedelta(seconds=at), actor="benchmark")


def _account(name: str, role: str, scope: str) -> Account:
    from peso.portal.people.grants import grant  # noqa: PLC0415 - Django is ready now
    from peso.portal.people.models import Account  # noqa: PLC0415
    from peso.portal.people.roles import Held, Role  # noqa: PLC0415

    made = Account.objects.create_user(f"{name}@example.org", name, None)
    grant(made, Held(role=Role(role), scope=scope), by=None)
    return made


def _client(who: Account | None = None) -> Client:
    from django.test import Client  # noqa: PLC0415 - Django is ready now

    client = Client(headers={"host": "localhost"})
    if who:
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _ids() -> list[str]:
    from peso.partnerships.needs.visibility import ANYBODY  # noqa: PLC0415
    from peso.portal.needs.seeing import view_of  # noqa: PLC0415 - Django is ready now

    return [one.id for one in view_of(ANYBODY).register.open()]


def _kinds() -> tuple[Kind, ...]:
    """Return what readers visit, the most wanted first."""
    ids = _ids()
    found = [
        *("/needs/?q=solver12", "/needs/?status=acknowledged&kind=bug"),
        *(f"/needs/?organization={OWN}", "/needs/?q=no+such+words"),
    ]
    rows: tuple[tuple[str, float, list[str]], ...] = (
        ("needs", 20, ["/needs/", *(f"/needs/?page={page}" for page in range(2, 40))]),
        ("needs, searched", 10, found),
        ("a need", 30, [f"/needs/{one}/" for one in ids]),
        ("ranking", 15, ["/needs/ranking/", *(f"/needs/ranking/?page={at}" for at in (2, 3, 90))]),
        ("a set under a budget", 2, ["/needs/ranking/?days=500", "/needs/ranking/?days=5000"]),
        ("you asked, we did", 5, ["/needs/done/", "/needs/done/?page=3"]),
        ("frozen rankings", 2, ["/needs/snapshots/"]),
        ("a frozen ranking", 2, ["/needs/snapshots/2/", "/needs/snapshots/2/?page=40"]),
        ("what moved", 2, ["/needs/snapshots/1/compare/2/"]),
        ("agenda", 2, ["/needs/agenda.md"]),
        ("brief", 3, [f"/needs/briefs/org-{at}.md" for at in (1, 15, 40)]),
        ("feed", 2, ["/feeds/needs.atom"]),
        ("API, needs", 2, ["/api/v1/needs", "/api/v1/needs?q=solver12"]),
        ("API, a need", 1, [f"/api/v1/needs/{ids[0]}"]),
        ("API, ranking", 2, ["/api/v1/needs-ranking", "/api/v1/needs-ranking?offset=1000"]),
    )
    return tuple(Kind(name, share, tuple(paths)) for name, share, paths in rows)


def _costs(bound: float) -> bool:
    """Print what one uncached page of each kind costs a processor; say whether each is in bound."""
    liaison = _account("liaison", "member liaison", OWN)
    steering = _account("steering", "steering committee", "")
    clients = {"visitor": _client(), "liaison": _client(liaison), "steering": _client(steering)}
    need = _ids()[0]
    acts = (
        Kind("form of an endorsement", 0, (f"/needs/{need}/for/{OWN}/endorse/",)),
        Kind("form of a decision", 0, (f"/needs/{need}/decide/",)),
    )
    head = " ".join(f"{name:>9} {'changed':>8}" for name in clients)
    print(f"\nms of the processor      {head} {'kB':>6}")
    worst = 0.0
    for kind in (*_kinds(), *acts):
        cells, size = [], 0
        for client in clients.values():
            both = [
                min(_cost(client, kind.paths[-1], change=change)[0] for _ in range(3))
                for change in (False, True)
            ]
            size = max(size, _cost(client, kind.paths[0], change=False)[1])
            cells.append(f"{both[0]:9.0f} {both[1]:8.0f}")
            worst = max(worst, *both)
        print(f"{kind.name:24} {' '.join(cells)} {size / 1000:6.0f}", flush=True)
    print(f"{'HOLDS' if worst <= bound else 'DOES NOT HOLD'}: every page within {bound:.0f} ms")
    return worst <= bound


_ONCE = iter(range(1_000_000))


def _cost(client: Client, path: str, *, change: bool) -> tuple[float, int]:
    if change:
        _endorse()
    begun = time.process_time()
    answer = client.get(f"{path}{'&' if '?' in path else '?'}once={next(_ONCE)}")
    return 1000 * (time.process_time() - begun), len(answer.content)


_CHANCE = random.Random(5)  # noqa: S311 - a test input


def _endorse() -> None:
    """Endorse some need that its organization has not endorsed."""
    from peso.portal.needs.ledger import add, kept  # noqa: PLC0415 - Django is ready now

    while True:
        held = _CHANCE.choice(kept().register.needs)
        who = Speaker(slug=f"org-{_CHANCE.randrange(100)}", kind=OrganizationKind.OTHER)
        if all(one.organization.slug != who.slug for one in held.endorsements):
            break
    body = events.Endorsed(about=held.id, organization=who, level=Level.USEFUL)
    add(lambda _register: (body,), by=None)


def _load(how: PortalConfig, bound: float, asked: argparse.Namespace) -> bool:
    """Let readers read while the register changes; say whether 95 % are in bound."""
    from django.db import connection  # noqa: PLC0415 - Django is ready now

    kinds = _kinds()
    connection.close()
    with served(how) as (address, server), _changing():
        visit_all(address, kinds, rate=2, seconds=10)  # a process's first answers load its program
        before = cpu(server)
        seen = visit_all(address, kinds, rate=asked.readers / 5, seconds=asked.minutes * 60)
        show(seen, asked.readers, before, cpu(server))
    held = percentile(seen.all, 95) <= bound and not seen.errors
    print(f"{'HOLDS' if held else 'DOES NOT HOLD'}: 95 % within {bound:.0f} ms and no error")
    return held


@contextmanager
def _changing() -> Iterator[None]:
    """Endorse a need every few seconds, from this process."""
    over = threading.Event()

    def change() -> None:
        while not over.wait(EVERY):
            _endorse()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
