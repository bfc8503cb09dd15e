"""Spack's stand-alone tests: what Spack printed, recorded, and what a unit's result says of it."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

import pytest
from tests.services.integration.suites.world import World, unit

from peso.base.finding import Outcome
from peso.products.engines.port import ToolCall
from peso.products.stack import Limits, Skip, SpackSuite
from peso.services.integration.results import TestResult
from peso.services.integration.suites.site import Suited
from peso.services.integration.suites.spack import run_spack
from peso.services.integration.suites.spack_words import read_self_test

RECORDED = Path(__file__).parent / "data" / "spack-test-run"
WELL, ILL, MUTE, ABSENT, LOST = "well", "ill", "mute", "absent", "not-installed"


def says(name: str) -> ToolCall:
    """Return a command that prints what Spack printed then, and ends as it did."""
    out, err = RECORDED / f"{name}.out", RECORDED / f"{name}.err"
    code = (RECORDED / f"{name}.code").read_text().strip()
    script = f"cat {shlex.quote(str(out))}; cat {shlex.quote(str(err))} >&2; exit {code}"
    return ToolCall(argv=("/bin/sh", "-c", script), environment={})


def run(
    world: World,
    *names: str,
    of: tuple[str, ...] = (),
    time: str = "60 s",
    skip: tuple[Skip, ...] = (),
) -> Suited:
    for name in names:
        world.place(unit(name))
        if name not in world.commands:
            world.commands[name] = says(name)
    asked = SpackSuite(kind="spack", of=of, limits=Limits(time=time), skip=skip)
    return run_spack("standalone", asked, world.site())


def one(world: World, name: str, *, of: tuple[str, ...] = ()) -> TestResult:
    (result,) = run(world, name, of=of).results
    return result


def test_parts_that_passed_are_a_pass_and_each_is_a_stage(world: World) -> None:
    gave = run(world, WELL)
    (result,) = gave.results
    assert (result.title, result.verdict.outcome) == ("standalone/well", Outcome.PASS)
    assert [(part.name, part.ok) for part in result.stages] == [
        ("test_first", True),
        ("test_second_a", True),
        ("test_second_b", True),
        ("test_second", True),
    ]
    skipped = result.stages[2].verdict
    assert skipped is not None
    assert (skipped.outcome, skipped.reason) == (Outcome.NOT_APPLICABLE, "not here")
    assert [unit_.name for unit_ in result.tested] == ["well"]
    (finding,) = gave.findings
    assert finding.message == "1 of 4 parts were skipped by Spack: test_second_b: not here"


def test_a_part_that_failed_is_a_fail_that_names_it(world: World) -> None:
    result = one(world, ILL)
    assert result.verdict.outcome is Outcome.FAIL
    assert result.verdict.reason == (
        "test_bad: Command exited with status 1; it ended with exit status 1"
    )
    assert [(part.name, part.ok) for part in result.stages] == [
        ("test_after", True),
        ("test_bad", False),
        ("test_good", True),
    ]
    assert "FAILED: Ill::test_bad" in world.log(result)


def test_a_recipe_without_tests_is_not_listed_unless_it_is_named(world: World) -> None:
    assert [one.name for one in run(world, WELL, MUTE).results] == ["well"]
    result = run(world, MUTE, of=(MUTE,)).results[0]
    assert result.verdict.reason == "its recipe has no stand-alone tests"
    assert result.verdict.outcome is Outcome.UNKNOWN


def test_nothing_to_test_at_all_is_unknown(world: World) -> None:
    result = one(world, MUTE)
    assert (result.title, result.verdict.outcome) == ("standalone/*", Outcome.UNKNOWN)


def test_parts_that_were_all_skipped_are_unknown_though_spack_ends_with_0(world: World) -> None:
    result = one(world, ABSENT)
    assert (result.verdict.outcome, result.verdict.reason) == (
        Outcome.UNKNOWN,
        "Spack ran none of its parts: test_skip: needs a GPU",
    )


def test_a_unit_that_spack_does_not_find_is_unknown_though_spack_ends_with_0(world: World) -> None:
    result = one(world, LOST)
    assert (result.end.code, result.verdict.outcome) == (0, Outcome.UNKNOWN)
    assert "tested nothing" in (result.verdict.reason or "")


def test_it_is_ended_at_the_time_limit(world: World) -> None:
    world.commands["slow"] = ToolCall(argv=("/bin/sleep", "300"), environment={})
    (result,) = run(world, "slow", time="1 s").results
    assert (result.verdict.outcome, result.verdict.reason) == (
        Outcome.FAIL,
        "it did not end within 1 s",
    )


def test_what_cannot_be_tested_is_unknown_with_its_reason(world: World) -> None:
    world.place(unit("failed"), "failed", "no compiler")
    world.place(unit("outside", external="/usr"))
    world.place(unit("plain"))
    results = run(world, of=("failed", "outside", "plain", "nobody")).results
    assert {one.verdict.outcome for one in results} == {Outcome.UNKNOWN}
    assert [(one.verdict.reason or "")[:26] for one in results] == [
        "the unit failed@1.0/failed",
        "it is external: Spack does",
        "the engine here cannot run",
        "the stack has no unit of t",
    ]


def test_externals_are_not_listed_where_nobody_names_them(world: World) -> None:
    world.place(unit("outside", external="/usr"))
    assert [one.name for one in run(world, WELL).results] == ["well"]


def test_units_of_one_name_are_told_apart(world: World) -> None:
    world.commands["k"] = says(WELL)
    for version in ("1.0", "2.0"):
        world.place(unit("k", version))
    assert [one.name for one in run(world).results] == ["k-k100000", "k-k200000"]


def test_a_skip_is_said_with_owner_and_end(world: World) -> None:
    skip = Skip(test=ILL, owner="Ada", reason="see #7", until=date(2027, 1, 1))
    (result,) = run(world, ILL, skip=(skip,)).results
    assert result.verdict.reason == "skipped until 2027-01-01 by Ada: see #7"


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", None),
        ("==> Testing package x\nPASSED: X::test_a\n", None),
        ("==== 1 passed of 1 spec ====\n", {"PASSED"}),
        ("==== 2 passed, 1 skipped of 3 parts ====\n", None),
        ("==== 1 failed, 1 passed of 2 specs ====\n", {"FAILED", "PASSED"}),
        ("==== 1 no_tests of 1 spec ====\n", {"NO_TESTS"}),
    ],
)
def test_what_is_counted(text: str, counted: set[str] | None) -> None:
    assert read_self_test(text).counted == counted


def test_a_long_line_of_signs_is_read_at_once() -> None:
    assert read_self_test("=" * 200_000 + " 1 passed" * 20_000).counted is None
