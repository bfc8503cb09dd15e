"""What a register of 5,000 needs and 20,000 endorsements costs: read, list, rank, freeze, choose.

    python benchmarks/needs.py [NEEDS] [ENDORSEMENTS]

The register is made with a fixed seed and written as its ledger; each step is then timed by the
clock and by the processor. Reading, listing and ranking together: at most 10 s of the processor.
Exits with 1 over budget.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event, event, need_id
from peso.partnerships.needs.journal import FILE, Journal
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.reach import TableReach
from peso.partnerships.needs.record import Effort, Need, Source, Speaker
from peso.partnerships.needs.shares import choose
from peso.partnerships.needs.similar import Likeness
from peso.partnerships.needs.snapshot import check_snapshot, export, freeze
from peso.partnerships.needs.visibility import ANYBODY, seen_by
from peso.partnerships.needs.vocabulary import Kind, Level, OrganizationKind

BUDGET = 10.0
BEGAN, ON = datetime(2026, 1, 5, tzinfo=UTC), date(2026, 11, 26)
STEMS = ("solver", "mesh", "build", "test", "gpu", "doc", "port", "input")
WORDS = [f"{stem}{at}" for stem in STEMS for at in range(60)]
DETAIL = 60
"""Words of a detail, where one is wanted: a paragraph."""
PRODUCTS = [f"product-{at}" for at in range(100)]
T = TypeVar("T")


def history(
    needs: int, endorsements: int, products: Sequence[str] = PRODUCTS, detail: int = 0
) -> Iterator[Event]:
    """Yield the events of a register, the same each time; `detail` is how many words one has."""
    chance = random.Random(7)  # noqa: S311 - a test input
    several = [_need(at, chance, products, detail) for at in range(needs)]
    kinds = [OrganizationKind.MEMBER] * 12 + [OrganizationKind.FACILITY] * 8
    kinds += [OrganizationKind.OTHER] * 80
    organizations = [Speaker(slug=f"org-{at}", kind=kind) for at, kind in enumerate(kinds)]
    bodies: list[events.Body] = [events.Raised(need=one) for one in several]
    pairs = set[tuple[int, int]]()
    while len(pairs) < endorsements:
        pairs.add((int(chance.triangular(0, needs, 0)) % needs, chance.randrange(100)))
    for need, who in sorted(pairs):
        level = chance.choice(list(Level))
        bodies.append(
            events.Endorsed(about=several[need].id, organization=organizations[who], level=level)
        )
    for at, body in enumerate(bodies):
        yield event(body, time=BEGAN + timedelta(seconds=at), actor="benchmark")


def _need(at: int, chance: random.Random, products: Sequence[str], detail: int) -> Need:
    statement = f"As a user I need {' '.join(chance.choices(WORDS, k=8))} ({at})"
    source = Source(kind="benchmark", where=str(at))
    low = chance.randint(1, 60)
    return Need(
        id=need_id(statement, time=BEGAN, actor="benchmark", source=source),
        statement=statement,
        kind=chance.choice(list(Kind)),
        products=tuple(chance.sample(products, k=2)),
        visibility=chance.choice(("public", "public", "federation", "member:org-1")),
        severity=chance.choice(list(Level)),
        effort=Effort(low=low, high=3 * low, estimated_by="benchmark"),
        places=chance.randint(1, 9),
        source=source,
        detail=" ".join(chance.choices(WORDS, k=detail)),
    )


def timed(what: str, make: Callable[[], T]) -> tuple[T, float]:
    clock, processor = time.perf_counter(), time.process_time()
    result = make()
    spent = time.process_time() - processor
    print(f"{what:<44} {time.perf_counter() - clock:6.2f} s, processor {spent:6.2f} s")
    return result, spent


def main(needs: int = 5_000, endorsements: int = 20_000) -> int:
    reach = TableReach(
        {name: frozenset(f"p{it}" for it in range(40 * at)) for at, name in enumerate(PRODUCTS)}
    )
    with tempfile.TemporaryDirectory() as folder:
        lines = b"".join(one.canonical() + b"\n" for one in history(needs, endorsements))
        (Path(folder) / FILE).write_bytes(lines)
        print(f"{needs} needs, {endorsements} endorsements, {len(lines) / 1e6:.1f} MB")
        register, read = timed("read the ledger into a register", Journal(Path(folder)).register)
        view, seen = timed("the public's view", lambda: seen_by(register, ANYBODY))
        ranking, ranked = timed(
            "rank all, with sensitivity", lambda: rank(register, Weights(), reach, ON)
        )
    print(f"    {len(ranking.needs)} ranked; the public sees {len(view.needs)}")
    data, _ = timed("export, the public's", lambda: export(register, ANYBODY, reach))
    frozen, _ = timed("freeze it", lambda: freeze(data, Weights(), ON))
    pair = frozen.canonical(), data.canonical()
    again, _ = timed("make it again from the bytes", lambda: check_snapshot(*pair))
    timed("choose under 2,000 person-days", lambda: choose(register, 2_000))
    pairs, _ = timed(
        "all pairs that may be the same", lambda: Likeness(it.need for it in register.needs).pairs()
    )
    print(f"    {len(pairs)} pairs; snapshot {len(pair[0]) / 1e6:.1f} MB, the same: {again.equal}")
    total = read + seen + ranked
    print(f"read, view and rank: processor {total:.2f} s; at most {BUDGET:g} s")
    return 0 if total <= BUDGET and again.equal else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
