"""Archives that were proven stand; only what is new is tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import bench_in
from tests.products.engines.spack.tiny import tiny_build, tiny_lock
from tests.products.engines.still import StillEngine
from tests.relocations import proof
from tests.spack_cache_files import BASE, TOP

from peso.base.finding import Outcome
from peso.products.engines.native import NativeBuild, NativeLock
from peso.products.engines.port import Engine, Workbench
from peso.products.engines.relocation import Relocation
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations, archives, relocate

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@dataclass(slots=True)
class Mover(StillEngine):
    """An engine that says every archive can be moved."""

    asked: list[tuple[str, ...]] = field(default_factory=list)

    def relocate(
        self,
        lock: NativeLock,  # noqa: ARG002
        build: NativeBuild,
        release: Path,
        hashes: tuple[str, ...],
        bench: Workbench,  # noqa: ARG002
    ) -> tuple[Relocation, ...]:
        self.asked.append(hashes)
        for entry in build.cache:
            assert all((release / one.path).is_file() for one in entry.files)
        return tuple(proof(one) for one in build.cache if one.hash in hashes)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return bench_in(tmp_path)


def tried(engine: Engine, bench: Workbench, *known: Relocation) -> Relocations:
    lock = tiny_lock(bench.blobs)
    build = Build(parts=(tiny_build(lock, bench.blobs),), started=NOW, finished=NOW)
    plan = Plan(stack="tiny", version="1", locks=(lock,))
    return relocate(
        plan, build, {"spack": engine}, {one.archive: one for one in known}, bench, now=NOW
    )


def test_all_are_tried_at_first(bench: Workbench) -> None:
    mover = Mover()
    found = tried(mover, bench)
    assert mover.asked == [(TOP, BASE)]
    assert [one.hash for one in found.proofs] == [TOP, BASE]
    assert found.anew == 2


def test_one_that_stands_is_taken(bench: Workbench) -> None:
    mover = Mover()
    found = tried(mover, bench, tried(mover, bench).proofs[0])
    assert mover.asked[1:] == [(BASE,)]
    assert ([one.hash for one in found.proofs], found.anew) == ([TOP, BASE], 1)


def test_nothing_is_started_where_all_stand(bench: Workbench) -> None:
    mover = Mover()
    first = tried(mover, bench)
    assert tried(mover, bench, *first.proofs).proofs == first.proofs
    assert len(mover.asked) == 1


@pytest.mark.parametrize("why", ["failed", "another look", "unread", "unknown"])
def test_one_that_does_not_stand_is_tried_again(bench: Workbench, why: str) -> None:
    mover = Mover()
    one, other = tried(mover, bench).proofs
    changed = {
        "failed": proof(one, longer=Outcome.FAIL),
        "unknown": proof(one, shorter=Outcome.UNKNOWN),
        "another look": one.model_copy(update={"look": 0}),
        "unread": one.model_copy(update={"unread": ("lib/x",)}),
    }[why]
    tried(mover, bench, changed, other)
    assert mover.asked[1:] == [(TOP,)]


def test_an_engine_that_cannot_leaves_it_unknown(bench: Workbench) -> None:
    found = tried(StillEngine(), bench)
    assert {one.longer.verdict.outcome for one in found.proofs} == {Outcome.UNKNOWN}
    assert not any(one.stands for one in found.proofs)


def test_archives_are_those_of_native_parts(bench: Workbench) -> None:
    lock = tiny_lock(bench.blobs)
    build = Build(parts=(tiny_build(lock, bench.blobs),), started=NOW, finished=NOW)
    assert [entry.hash for _, entry in archives(build)] == [TOP, BASE]
