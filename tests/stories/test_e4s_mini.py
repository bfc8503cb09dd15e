"""Promise: an unmodified spack.yaml becomes a tested, inventoried, published release.

With a real Spack, from source, in both forms of `examples/e4s-mini`. Needs PESO_SPACK, the
distribution's compilers, MPI and HDF5, and the sources; what is missing is said, and the story is
then not told.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import peso
from peso.base.finding import Outcome
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.publish import releases
from peso.services.integration.results import TestRun
from peso.services.pipeline import Delivery, Stopped

Deliver = Callable[[str], Delivery]
EXAMPLE = Path(__file__).parents[2] / "examples/e4s-mini"
NEEDED = ("gcc", "gfortran", "mpicc", "mpirun", "h5pcc", "cmake", "autoconf", "m4")

pytestmark = [pytest.mark.spack, pytest.mark.index, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the example, on a machine that can make it."""
    if not os.environ.get("PESO_SPACK"):
        pytest.skip("NOT TOLD: PESO_SPACK names no Spack")
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        pytest.skip(f"NOT TOLD: this machine has no {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("mini")
    shutil.copytree(EXAMPLE, folder / "e4s-mini")
    return folder


@pytest.fixture(scope="module")
def starts(place: Path) -> Path:
    """Count how often Spack's Python is started: a line in a file for each."""
    real = os.environ.get("SPACK_PYTHON") or shutil.which("python3") or sys.executable
    log, counting = place / "starts", place / "python"
    counting.write_text(f'#!/bin/sh\necho started >> "{log}"\nexec "{real}" "$@"\n')
    counting.chmod(0o755)
    log.touch()
    return log


@pytest.fixture(scope="module")
def deliver(place: Path, starts: Path) -> Iterator[Deliver]:
    """Deliver a form of the example; not told where the sources cannot be had."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPACK_PYTHON", str(place / "python"))
        patch.setenv("XDG_STATE_HOME", str(place / "state"))

        def deliver(form: str) -> Delivery:
            try:
                done = peso.deliver(place / "e4s-mini" / form, to=place / "public")
            except Stopped as stopped:
                failed = [unit for part in stopped.account.native for unit in part.failed]
                if any(unit.error and unit.error.kind == "fetch" for unit in failed):
                    pytest.skip(f"NOT TOLD: no source of {', '.join(one.unit for one in failed)}")
                raise
            assert starts.read_text(), "Spack was started without its Python"
            return done

        yield deliver


@pytest.fixture(scope="module")
def both(deliver: Deliver) -> Delivery:
    """Return the delivery of both parts."""
    return deliver("stack.yaml")


def test_both_parts_are_one_release_that_a_facility_can_prove(both: Delivery, place: Path) -> None:
    assert both.verdict is not None
    assert both.verdict.verdict.outcome is Outcome.PASS
    report = peso.verify(
        place / "public", root=place / "public.root.json", unsafe_development_keys=True
    )
    assert report.ok
    (release,) = releases(place / "public")
    assert {part.engine for part in release.parts} == {"spack", "pypi"}
    bom = json.loads(shipped(place, release, "sbom/bom.cdx.json"))
    purls = {one["purl"].partition("?")[0] for one in bom["components"]}
    assert {"pkg:generic/hypre@2.26.0", "pkg:generic/lz4@1.9.4"} <= purls
    assert any(purl.startswith("pkg:pypi/numpy@") for purl in purls)
    build = json.loads(shipped(place, release, "evidence/build.json"))
    (native,) = (part for part in build["parts"] if part["engine"] == "spack")
    outcomes = {one["name"]: one["outcome"] for one in native["units"]}
    assert outcomes["hypre"] == "built"
    assert outcomes["openmpi"] == "external"


def test_hypre_solves_over_mpi_and_ranks_write_one_file(both: Delivery, place: Path) -> None:
    assert both.published
    (release,) = releases(place / "public")
    run = TestRun.parse(shipped(place, release, "evidence/tests.json"))
    ranks = {name: set[int | None]() for name in ("poisson", "parallel_file")}
    for result in run.results:
        assert result.verdict.ok, (result.title, result.verdict.reason)
        if result.name in ranks:
            ranks[result.name].add(result.ranks)
    assert ranks == {"poisson": {1, 2, 4}, "parallel_file": {2, 4}}


def test_a_facility_brings_hypre_back_and_its_mpi_test_passes_there(
    both: Delivery, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert both.published
    for variable in ("HOME", "XDG_STATE_HOME", "SPACK_USER_CONFIG_PATH", "SPACK_USER_CACHE_PATH"):
        (tmp_path / variable).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / variable))
    receipt = peso.install(
        place / "public",
        tmp_path / "prefix",
        release="e4s-mini@26.11",
        root=place / "public.root.json",
        unsafe_development_keys=True,
        only=["hypre"],
    )
    assert [one.name for one in receipt.units if one.asked] == ["hypre"]
    (unit,) = [one for one in receipt.units if one.asked]
    share = tmp_path / "prefix/share/peso/e4s-mini"
    here = {**os.environ, "CMAKE_PREFIX_PATH": str(tmp_path / "prefix" / unit.folder)}
    compile_ = ["sh", "tests/compile.sh", "poisson", "HYPRE"]
    subprocess.run(compile_, cwd=share, env=here, check=True, timeout=120)
    ranks = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", "tests/poisson"]
    done = subprocess.run(
        ranks, cwd=share, env=here, capture_output=True, text=True, check=True, timeout=120
    )
    figures = dict(line.split("=") for line in done.stdout.splitlines() if "=" in line)
    assert float(figures["residual"]) < 1e-10
    assert float(figures["rows_of_smallest_rank"]) == 20000


def test_nothing_changed_starts_no_spack(both: Delivery, deliver: Deliver, starts: Path) -> None:
    assert both.published
    before = starts.read_text()
    again = deliver("stack.yaml")
    assert {step.did for step in again.steps} == {"reused"}
    assert starts.read_text() == before


def test_the_bare_environment_is_delivered_as_it_stands(
    both: Delivery, deliver: Deliver, place: Path
) -> None:
    assert both.published
    before = (place / "e4s-mini/spack.yaml").read_bytes()
    bare = deliver("spack.yaml")
    assert bare.version.startswith("0+")
    assert bare.published
    assert (place / "e4s-mini/spack.yaml").read_bytes() == before
    report = peso.verify(
        place / "public", root=place / "public.root.json", unsafe_development_keys=True
    )
    assert report.ok
    assert len(releases(place / "public")) == 2


def shipped(place: Path, release: Manifest, path: str) -> bytes:
    """Return the bytes of a file of a release."""
    (file,) = (one for one in release.files if one.path == path)
    return (place / "public" / blob_path(file.sha256)).read_bytes()
