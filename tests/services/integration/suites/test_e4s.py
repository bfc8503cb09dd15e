"""E4S's contract on tiny tests: what passes, what fails and in which stage, what is not known."""

from __future__ import annotations

from datetime import date

import pytest
from tests.services.integration.suites.world import World, edge, unit

from peso.base.finding import Level, Outcome
from peso.products.engines.port import ToolCall
from peso.products.stack import Skip


def verdict(world: World, *products: str) -> tuple[str, str | None]:
    result = world.one(*products)
    return result.verdict.outcome.value, result.verdict.reason


def test_all_stages_that_end_with_0_are_a_pass_of_the_unit_that_was_loaded(world: World) -> None:
    gmp = unit("gmp", "6.3.0", libs="shared,static", cxx="true")
    world.place(gmp)
    world.test("gmp", clean="rm -f x", compile=". ./setup.sh\necho made > x", run="cat x")
    result = world.one()
    assert result.verdict.outcome is Outcome.PASS
    assert (result.title, result.of, result.suite) == ("e4s/gmp", ("gmp",), "e4s")
    assert [one.name for one in result.stages] == ["setup", "clean", "compile", "run"]
    assert [(one.hash, one.version, one.variants) for one in result.tested] == [
        (gmp.hash, "6.3.0", "+cxx libs=shared,static")
    ]
    assert world.log(result, "run") == "made\n"
    assert result.stdout == result.stages[-1].log
    assert result.stdout.path == "logs/e4s/gmp/run.log"
    assert world.seen == ["e4s/gmp"]


@pytest.mark.parametrize("stage", ["clean", "compile", "run"])
def test_the_stage_that_does_not_end_with_0_is_the_one_that_failed(
    world: World, stage: str
) -> None:
    world.place(unit("gmp"))
    scripts = {"clean": "true", "compile": "true", "run": "true"}
    world.test("gmp", **{**scripts, stage: "echo no\nexit 3"})
    result = world.one()
    assert (result.verdict.outcome, result.verdict.reason) == (
        Outcome.FAIL,
        f"{stage}: it ended with exit status 3",
    )
    assert result.stages[-1].name == stage
    assert (result.end.code, world.log(result)) == (3, "no\n")


def test_a_setup_that_fails_for_itself_is_a_fail(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", setup="echo broken\nexit 7", run="true")
    assert verdict(world) == ("fail", "setup: it ended with exit status 7")


def test_what_no_unit_answers_is_missing_and_unknown(world: World) -> None:
    world.place(unit("hypre", "2.26.0", cuda="false"))
    world.test("hypre", setup=". ../../setup.sh\nspackLoadUnique hypre@2.27.0:~cuda\n", run="true")
    assert verdict(world) == (
        "unknown",
        "missing: the stack has no unit that this test asks for: none answers hypre@2.27.0:~cuda",
    )


def test_215_counts_only_where_the_setup_says_it(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="exit 215")
    assert verdict(world) == ("fail", "run: it ended with exit status 215")


def test_a_test_that_loads_nothing_says_nothing(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", setup=". ../../setup.sh\n", run="true")
    assert verdict(world) == (
        "unknown",
        "it loaded no unit of the stack, so it says nothing about it",
    )


def test_a_product_that_was_not_built_is_unknown_and_its_tests_are_not_run(world: World) -> None:
    world.place(unit("gmp"), "failed", "the compiler said no")
    world.test("gmp", run="touch ran")
    assert verdict(world) == (
        "unknown",
        "the unit gmp@1.0/gmp1000 was not built (failed: the compiler said no)",
    )


def test_a_suite_of_which_nothing_is_selected_is_unknown(world: World) -> None:
    world.place(unit("arpack-ng"))
    world.test("gmp", run="true")
    result = world.one()
    assert (result.title, result.verdict.outcome) == ("e4s/*", Outcome.UNKNOWN)
    assert result.verdict.reason == "no test of the suite is of a product of this stack"


def test_what_a_stage_starts_is_ended_at_the_time_limit(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", setup="true", run="sleep 300 &\nsleep 301")
    result = world.one(time="3 s")
    assert result.verdict.reason == "run: it did not end within 3 s"
    assert [one.name for one in result.stages] == ["setup", "run"]


def test_what_a_stage_leaves_behind_is_said(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="setsid sleep 300 > /dev/null 2>&1 &\nsleep 0.3")
    gave = world.run()
    assert gave.results[0].verdict.outcome is Outcome.PASS
    (finding,) = gave.findings
    assert (finding.rule, finding.subject) == ("test-left-processes", "e4s/gmp")


def test_a_command_that_fails_in_a_script_that_ends_with_0_is_a_finding(world: World) -> None:
    """The weakness known of the suite: a first command that is not there, and a last `echo`."""
    world.place(unit("gmp"))
    world.test("gmp", run=". ./setup.sh\n./not-there\nif false; then x; fi\necho done")
    gave = world.run()
    assert gave.results[0].verdict.outcome is Outcome.PASS
    (finding,) = gave.findings
    assert (finding.rule, finding.level) == ("suite-command-failed", Level.MEDIUM)
    assert finding.message == (
        "run.sh ended with 0, though in it failed run.sh:3: ./not-there (exit status 127)"
    )
    assert finding.where == "logs/e4s/gmp/run.log"


def test_what_the_setup_exports_is_there_in_the_stages_after_it(world: World) -> None:
    prefix = world.place(unit("gmp"))
    world.test("gmp", run='test "$LOADED_ROOT" = "$(spack location -i gmp)" && echo $LOADED_ROOT')
    result = world.one()
    assert world.log(result, "run") == f"{prefix}\n"


def test_loading_a_unit_puts_its_programs_and_those_it_runs_on_path(world: World) -> None:
    tool = unit("tool", root=False)
    world.place(tool)
    gmp = unit("gmp", "1.0", edge(tool, "run"))
    for one, name in ((world.place(gmp), "own"), (world.place(tool), "needed")):
        (one / "bin" / name).write_text(f"#!/bin/sh\necho {name}\n")
        (one / "bin" / name).chmod(0o755)
    world.test("gmp", run=". ./setup.sh\nown\nneeded")
    result = world.one()
    assert (result.verdict.outcome, world.log(result)) == (Outcome.PASS, "own\nneeded\n")


def test_nothing_of_the_caller_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PESO_PASSPHRASE_FILE", "/secret")
    monkeypatch.setenv("SPACK_USER_CONFIG_PATH", "/mine")
    world.place(unit("gmp"))
    world.test("gmp", run="env; ! env | grep -E 'secret|/mine'")
    assert world.one().verdict.outcome is Outcome.PASS


def test_the_name_of_the_folder_is_the_tests_own_though_it_is_a_link(world: World) -> None:
    world.place(unit("kokkos", cuda="true", cuda_arch="90"))
    world.test(
        "kokkos",
        setup=". ../../setup.sh\nspackLoadUnique kokkos+cuda $TEST_CUDA_ARCH",
        run="basename $PWD; echo $TEST_CUDA_ARCH",
    )
    world.files["validation_tests/kokkos-cuda"] = "->./kokkos/"
    result = world.one()
    assert (result.name, result.of) == ("kokkos-cuda", ("kokkos",))
    assert world.log(result) == "kokkos-cuda\ncuda_arch=90\n"


@pytest.mark.parametrize(
    ("variants", "selected"),
    [
        ([{"cuda": "false"}], ["k"]),
        ([{"cuda": "true"}], ["k-cuda"]),
        ([{"cuda": "false"}, {"cuda": "true"}], ["k", "k-cuda"]),
        ([{"rocm": "true"}], ["k"]),
        ([{}], ["k"]),
    ],
    ids=["no GPU", "a GPU", "both", "a GPU the suite has no test for", "no such variant"],
)
def test_which_tests_are_selected(
    world: World, variants: list[dict[str, str]], selected: list[str]
) -> None:
    for one in variants:
        world.place(unit("k", has=one))
    for name in ("k", "k-cuda", "other", "k2"):
        world.test(name, run="true", setup=". ../../setup.sh\nspackLoadUnique k")
    assert [one.name for one in world.run("k").results] == selected


def test_tests_that_are_named_are_run_and_a_name_that_is_none_is_unknown(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="true")
    world.test("other", run="true", setup=". ../../setup.sh\nspackLoadUnique gmp")
    first, second = world.run(tests=("other", "gnp")).results
    assert (first.name, first.of, first.verdict.outcome) == ("other", (), Outcome.PASS)
    assert (second.name, second.verdict.outcome) == ("gnp", Outcome.UNKNOWN)
    assert "no test of this name" in (second.verdict.reason or "")


def skip(test: str, until: date) -> Skip:
    return Skip(test=test, owner="Ada", reason="hangs, see #12", until=until)


def test_a_skip_that_holds_says_its_owner_its_reason_and_its_end(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="false")
    gave = world.run(skip=(skip("gmp", date(2026, 11, 25)),))
    (result,) = gave.results
    assert (result.verdict.outcome, result.verdict.reason) == (
        Outcome.NOT_APPLICABLE,
        "skipped until 2026-11-25 by Ada: hangs, see #12",
    )
    assert (result.stages, gave.findings) == ((), ())


def test_after_its_last_day_the_test_is_run_and_the_skip_is_a_finding(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="false")
    gave = world.run(skip=(skip("gmp", date(2026, 11, 24)), skip("gnp", date(2027, 1, 1))))
    assert gave.results[0].verdict.outcome is Outcome.FAIL
    assert [(one.rule, one.subject) for one in gave.findings] == [
        ("skip-expired", "e4s/gmp"),
        ("skip-names-no-test", "e4s/gnp"),
    ]


def test_other_units_that_would_have_answered_are_said(world: World) -> None:
    world.place(unit("hdf5", "1.10.0"))
    world.place(unit("hdf5", "1.14.0"))
    world.test("hdf5", run="true")
    gave = world.run()
    assert [one.version for one in gave.results[0].tested] == ["1.10.0"]
    (finding,) = gave.findings
    assert (
        finding.message
        == "'hdf5' was tested with hdf5@1.10.0/hdf5110; not with hdf5@1.14.0/hdf5114"
    )


def test_what_the_stand_in_does_not_answer_is_a_finding(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run="spack install gmp || true")
    (finding,) = world.run().findings
    assert (finding.rule, "spack install gmp" in finding.message) == ("suite-not-answered", True)


def test_settings_of_the_stack_file_come_on_top(world: World) -> None:
    world.place(unit("gmp"))
    world.test("gmp", run='echo "$TEST_RUN|$TEST_CC|$MORE"')
    (result,) = world.run(
        settings={"TEST_RUN_CMD": "srun", "TEST_RUN_PROCARG": "4", "MORE": "a b"}
    ).results
    assert world.log(result) == "srun -np 4|gcc|a b\n"


INTERNAL = ". ./setup.sh\nspackTestRun $(spack find --format {hash} hdf5)\n"


def test_a_test_that_only_hands_over_to_spack_is_unknown_where_nobody_offers_that(
    world: World,
) -> None:
    world.place(unit("hdf5"))
    world.test("hdf5", run=INTERNAL)
    assert verdict(world) == (
        "unknown",
        "it only hands over to `spack test run`, which nobody here offers",
    )


@pytest.mark.parametrize(("code", "outcome"), [(0, Outcome.PASS), (1, Outcome.FAIL)])
def test_a_test_that_hands_over_to_spack_starts_the_engines_own_command(
    world: World, code: int, outcome: Outcome
) -> None:
    world.place(unit("hdf5"))
    argv = ("/bin/sh", "-c", f"echo real $WHO; exit {code}")
    world.commands["hdf5"] = ToolCall(argv=argv, environment={"WHO": "spack"})
    world.test("hdf5", run=INTERNAL)
    result = world.one()
    assert (result.verdict.outcome, world.log(result)) == (outcome, "real spack\n")


def test_a_test_whose_files_leave_the_tree_harms_no_other(world: World) -> None:
    world.place(unit("bad"))
    world.place(unit("gmp"))
    world.test("bad", run="true")
    world.test("gmp", run="true")
    world.files["validation_tests/bad/passwd"] = "->/etc/passwd"
    bad, good = world.run().results
    assert (bad.verdict.outcome, good.verdict.outcome) == (Outcome.UNKNOWN, Outcome.PASS)
    assert "out of the commit" in (bad.verdict.reason or "")


def test_300_failures_are_300_failures(world: World) -> None:
    """The suite's own driver ends with the number of failures, which wraps at 256."""
    world.place(unit("gmp"))
    names = [f"t{number}" for number in range(300)]
    for name in names:
        world.files[f"validation_tests/{name}/run.sh"] = "#!/bin/sh\nexit 1\n"
    results = world.run(tests=tuple(names)).results
    assert [one.name for one in results] == names
    assert {one.verdict.outcome for one in results} == {Outcome.FAIL}
