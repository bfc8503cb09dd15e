from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.native_locks import OPENMPI, Piece, full
from tests.native_locks import lock_of as made_lock
from tests.products.engines.spack.lock_files import course_of, lock_of, named, words_of

from peso.base.ledger import Blobs
from peso.products.engines.native import MISSING, NativeLock, UnitBuild
from peso.products.engines.spack.account import Facts, account
from peso.products.engines.spack.caches import Cache
from peso.products.engines.spack.course import Course
from peso.products.engines.spack.events import Event, Kind

ENDED = "Spack ended with exit status 1"
BROKEN = "broken@1.0/tk7lkqx"


def store(lock: NativeLock, *names: str) -> Mapping[str, str]:
    """Return a store in which the units of these names are installed."""
    there = [unit for unit in lock.units if unit.name in names]
    return {unit.hash: f"/store/{unit.name}-{unit.version}-{unit.hash}" for unit in there}


def facts(name: str, lock: NativeLock, **more: Any) -> Facts:  # noqa: ANN401
    return Facts(
        course=course_of(name, lock),
        before=more.pop("before", {}),
        after=more.pop("after", {}),
        peaks=more.pop("peaks", {}),
        failed=words_of(name).failed,
        caches=more.pop("caches", ()),
        ended=more.pop("ended", ENDED),
        **more,
    )


def became(units: Iterable[UnitBuild]) -> dict[str, str]:
    return {one.name: one.outcome for one in units}


def one(units: Iterable[UnitBuild], name: str, version: str = "") -> UnitBuild:
    found = [unit for unit in units if unit.name == name and version in {"", unit.version}]
    assert len(found) == 1
    return found[0]


def test_all_built(blobs: Blobs) -> None:
    lock = lock_of("good", blobs)
    after = store(lock, "good", "hungry")
    hungry = named(lock, "hungry")
    units = account(lock, facts("success", lock, after=after, peaks={hungry.hash: 1 << 28}))
    assert became(units) == {"good": "built", "hungry": "built"}
    made = one(units, "hungry")
    assert (made.prefix, made.peak_memory) == (after[hungry.hash], 1 << 28)
    assert made.seconds is not None
    assert one(units, "good").peak_memory is None


def test_nothing_to_do(blobs: Blobs) -> None:
    lock = lock_of("good", blobs)
    there = store(lock, "good", "hungry")
    units = account(lock, facts("nothing", lock, before=there, after=there))
    assert [(unit.outcome, unit.because) for unit in units] == [("reused", "installed before")] * 2
    assert [unit.seconds for unit in units] == [None, None]


def test_what_came_from_a_cache_says_from_which(blobs: Blobs) -> None:
    lock = lock_of("good", blobs)
    near = Cache(name="near", url="https://near.invalid/cache")
    after = store(lock, "good", "hungry")
    units = account(lock, facts("from-cache", lock, after=after, caches=(near,)))
    assert became(units) == {"good": "reused", "hungry": "reused"}
    assert units[0].because == "from the build cache near (https://near.invalid/cache)"


def test_one_failure_keeps_only_what_stands_on_it(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    after = store(lock, "good", "slow", "hungry")
    units = account(lock, facts("compile-failure", lock, after=after))
    assert became(units) == {
        "top": "not-tried",
        "middle": "not-tried",
        "broken": "failed",
        "good": "built",
        "slow": "built",
        "hungry": "built",
    }
    for name in ("middle", "top"):
        assert one(units, name).blocked_by == (named(lock, "broken").hash,)
        assert one(units, name).because == f"not tried because {BROKEN} failed"
    assert one(units, "broken").because == "it failed in the phase install"


def test_a_second_run_reuses_what_is_there_and_tries_the_rest_again(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    there = store(lock, "good", "slow", "hungry")
    units = account(lock, facts("again", lock, before=there, after=there))
    assert one(units, "slow").because == "installed before"
    assert (one(units, "broken").outcome, one(units, "top").outcome) == ("failed", "not-tried")


def test_a_killed_spack_leaves_what_is_not_known(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    units = account(lock, facts("killed", lock, ended="Spack was ended by signal 9"))
    assert became(units) == {
        "top": "not-tried",
        "middle": "not-tried",
        "broken": "failed",
        "good": "not-known",
        "slow": "not-known",
        "hungry": "not-known",
    }
    assert one(units, "hungry").because == (
        "Spack was ended by signal 9, and the store does not have what it said is there"
    )
    assert one(units, "slow").because == (
        "Spack was ended by signal 9, while this was in the phase install"
    )


def test_what_the_first_failure_stopped_is_told_apart_from_what_had_not_begun(
    blobs: Blobs,
) -> None:
    lock = lock_of("broken", blobs)
    alone = made_lock(Piece("zz", "alone", root=True)).units[0]
    lock = lock.model_copy(update={"units": (*lock.units, alone)})
    lock = lock.model_copy(
        update={"roots": (*lock.roots, lock.roots[0].model_copy(update={"hash": alone.hash}))}
    )
    after = store(lock, "good", "hungry")
    units = account(lock, facts("fail-fast", lock, after=after, fail_fast=True))
    slow, waiting = one(units, "slow"), one(units, "alone")
    assert (slow.outcome, slow.because) == (
        "not-known",
        f"{ENDED}, at the first failure, while this was in the phase install",
    )
    assert (waiting.outcome, waiting.blocked_by) == ("not-tried", (named(lock, "broken").hash,))
    assert "one failure was to stop all" in waiting.because


def test_externals_are_never_said_to_be_built(blobs: Blobs) -> None:
    lock = lock_of("five", blobs)
    names = ("compiler-wrapper", "gcc-runtime", "bzip2", "lz4", "libunwind")
    kept = named(lock, "numactl", "2.0.16")
    after = {**store(lock, *names), kept.hash: "/store/numactl-2.0.16"}
    units = account(lock, facts("fetch-failure", lock, after=after))
    assert (one(units, "gcc").outcome, one(units, "gcc").because) == ("external", "/usr")
    assert one(units, "glibc").prefix == "/usr"
    assert one(units, "numactl", "2.0.16").outcome == "built"
    failed = one(units, "numactl", "2.0.18")
    assert (failed.outcome, failed.because) == ("failed", "it failed in the phase staging")
    assert sum(unit.outcome in MISSING for unit in units) == 1


# Made-up builds


def heard(lock: NativeLock, *said: tuple[str, Kind, str]) -> Course:
    course = Course(lock)
    for at, (name, kind, text) in enumerate(said):
        unit = named(lock, name)
        event = Event(kind=kind, hash=unit.hash, name=name, version=unit.version, text=text)
        course.hear(event, float(at))
    return course


def plain(course: Course, **more: Any) -> Facts:  # noqa: ANN401
    empty: dict[str, Any] = {"before": {}, "after": {}, "peaks": {}, "failed": (), "caches": ()}
    return Facts(course=course, **{**empty, "ended": ENDED, **more})


TOOLS = made_lock(
    Piece("r", "app", needs={"t": "build", "l": "link"}, root=True),
    Piece("t", "tool", needs={"l": "link", "m": "link"}),
    Piece("m", "toollib"),
    Piece("l", "lib"),
    Piece("e", "mpi", external=OPENMPI),
)


def test_what_is_only_built_with_is_not_needed_where_nothing_was_built() -> None:
    there = store(TOOLS, "app", "lib")
    units = account(TOOLS, plain(heard(TOOLS), before=there, after=there))
    assert became(units) == {
        "app": "reused",
        "tool": "not-needed",
        "toollib": "not-needed",
        "lib": "reused",
        "mpi": "external",
    }
    assert "only building needs it" in one(units, "tool").because


def test_what_came_from_a_cache_needs_no_tools_either() -> None:
    words = ("fetching from build cache", "relocating")
    said: list[tuple[str, Kind, str]] = [
        (n, "phase", word) for n in ("lib", "app") for word in words
    ]
    course = heard(TOOLS, *said)
    units = account(TOOLS, plain(course, after=store(TOOLS, "app", "lib")))
    assert one(units, "tool").outcome == "not-needed"
    assert one(units, "app").because == "from a build cache"


def test_a_tool_that_spack_was_silent_about_is_not_known_where_something_needs_it() -> None:
    course = heard(TOOLS, ("lib", "phase", "build"), ("lib", "done", "/store/lib"))
    units = account(TOOLS, plain(course, after=store(TOOLS, "lib")))
    assert (one(units, "tool").outcome, one(units, "tool").because) == (
        "not-known",
        f"{ENDED} and said nothing of it",
    )


def test_a_tool_only_for_what_waits_is_not_tried_either() -> None:
    course = heard(TOOLS, ("lib", "phase", "build"), ("lib", "failed", "/stage/lib.log"))
    units = account(TOOLS, plain(course))
    lib = full("l")
    assert became(units)["toollib"] == "not-tried"
    assert {unit.blocked_by for unit in units if unit.outcome == "not-tried"} == {(lib,)}
    assert one(units, "toollib").because == (
        "not tried because lib@1.0/lxxxxxx failed, and what is built with it waits"
    )


def test_a_failed_unit_that_is_there_after_all_is_there() -> None:
    course = heard(TOOLS, ("lib", "phase", "build"), ("lib", "failed", "/stage/lib.log"))
    units = account(TOOLS, plain(course, after=store(TOOLS, "lib")))
    assert one(units, "lib").outcome == "built"


def test_what_another_spack_installed_meanwhile_is_not_built_here() -> None:
    course = heard(TOOLS, ("lib", "done", "/store/lib"))
    units = account(TOOLS, plain(course, after=store(TOOLS, "lib")))
    assert (one(units, "lib").outcome, one(units, "lib").because) == (
        "reused",
        "another Spack installed it in this store meanwhile",
    )


def test_what_was_there_does_not_wait_for_a_failure() -> None:
    there = store(TOOLS, "app")
    course = heard(TOOLS, ("lib", "phase", "build"), ("lib", "failed", ""))
    units = account(TOOLS, plain(course, before=there, after=there))
    assert one(units, "app").outcome == "reused"


@pytest.mark.parametrize("kind", ["phase", "done", "failed", "external"])
@given(data=st.data())
def test_whatever_is_said_and_there_no_unit_is_left_out_or_made_up(
    kind: Kind, data: st.DataObject
) -> None:
    names = [unit.name for unit in TOOLS.units]
    said = data.draw(st.lists(st.sampled_from(names), max_size=6))
    all_: tuple[Kind, ...] = ("phase", "done", "failed")
    kinds = data.draw(st.lists(st.sampled_from(all_), max_size=6))
    texts = data.draw(st.lists(st.sampled_from(["build", "relocating", "no binary available"])))
    course = heard(TOOLS, *((name, kind, "x") for name in said))
    for name, other, text in zip(said, kinds, texts, strict=False):
        unit = named(TOOLS, name)
        event = Event(kind="phase", hash=unit.hash, name=name, version="1.0", text=text)
        course.hear(replace(event, kind=other), 9.0)
    after = store(TOOLS, *data.draw(st.sets(st.sampled_from(names))))
    before = {key: after[key] for key in list(after)[: data.draw(st.integers(0, 5))]}
    fail_fast = data.draw(st.booleans())
    units = account(TOOLS, plain(course, before=before, after=after, fail_fast=fail_fast))
    assert [made.hash for made in units] == [unit.hash for unit in TOOLS.units]
    failed = {made.hash for made in units if made.outcome == "failed"}
    for made in units:
        there = made.hash in after or made.name == "mpi"
        assert (made.outcome in {"built", "reused", "external"}) == there
        assert made.because or made.outcome == "built"
        assert set(made.blocked_by) <= failed
        assert bool(made.blocked_by) == (made.outcome == "not-tried")
