"""Untouched tests of E4S's own testsuite, against this machine's libraries.

Needs a git checkout of it, named in PESO_E4S_TESTSUITE; without one these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.services.integration.suites.world import World, edge, git, unit

from peso.base.finding import Outcome
from peso.products.stack import E4sSuite, Limits
from peso.services.integration.results import TestResult
from peso.services.integration.suites.checkout import read_tree
from peso.services.integration.suites.e4s import run_e4s
from peso.services.integration.suites.site import Suited

SUITE = os.environ.get("PESO_E4S_TESTSUITE", "")
pytestmark = pytest.mark.skipif(
    not SUITE, reason="PESO_E4S_TESTSUITE names no checkout of E4S's testsuite"
)
needs_gmp = pytest.mark.skipif(
    not list(Path("/usr/include").rglob("gmp.h")), reason="no GMP of the distribution here"
)


def run(world: World, *tests: str) -> Suited:
    repository = Path(SUITE)
    head = git(repository, "rev-parse", "HEAD").strip()
    asked = E4sSuite(
        kind="e4s", checkout=SUITE, commit=head, tests=tests, limits=Limits(time="120 s")
    )
    return run_e4s("e4s", asked, read_tree(repository, head), world.site())


def one(world: World, name: str) -> TestResult:
    (result,) = run(world, name).results
    return result


@needs_gmp
def test_gmp_passes_with_the_distributions_library(world: World) -> None:
    world.place(unit("gmp", "6.2.1", external="/usr"))
    gave = run(world, "gmp")
    (result,) = gave.results
    assert result.verdict.outcome is Outcome.PASS, world.log(result)
    assert [(stage.name, stage.ok) for stage in result.stages] == [
        ("setup", True),
        ("clean", True),
        ("compile", True),
        ("run", True),
    ]
    assert [one.version for one in result.tested] == ["6.2.1"]
    assert gave.findings == ()


@needs_gmp
def test_gmp_fails_to_compile_with_a_library_that_is_none(world: World) -> None:
    prefix = world.place(unit("gmp", "6.2.1"))
    header = next(Path("/usr/include").rglob("gmp.h"))
    (prefix / "include").mkdir()
    shutil.copy(header, prefix / "include" / "gmp.h")
    (prefix / "lib" / "libgmp.so").write_text("not a library\n")
    result = one(world, "gmp")
    assert (result.verdict.outcome, result.verdict.reason) == (
        Outcome.FAIL,
        "compile: it ended with exit status 2",
    )
    assert "libgmp.so" in world.log(result, "compile")


def test_a_version_that_is_too_old_is_missing(world: World) -> None:
    world.place(unit("hypre", "2.26.0", cuda="false", rocm="false"))
    result = one(world, "hypre")
    assert result.verdict.outcome is Outcome.UNKNOWN
    assert "none answers hypre@2.27.0:~cuda~rocm" in (result.verdict.reason or "")


@pytest.mark.skipif(shutil.which("mpirun.openmpi") is None, reason="no Open MPI here")
def test_openmpi_runs_on_the_ranks_it_asks_for(world: World) -> None:
    mpi = unit("openmpi", "4.1.4", external="/usr")
    world.place(mpi)
    world.place(unit("user", "1.0", edge(mpi, "link", virtuals=("mpi",))))
    result = one(world, "openmpi")
    assert result.verdict.outcome is Outcome.PASS, world.log(result)


def test_a_test_of_spack_itself_is_not_run_without_spack(world: World) -> None:
    world.place(unit("hdf5", "1.14.5"))
    result = one(world, "hdf5")
    assert result.verdict.outcome is Outcome.UNKNOWN
    assert "spack test run" in (result.verdict.reason or "")
