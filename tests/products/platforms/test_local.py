from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from peso.base.process import ToolFailed, run_tool
from peso.products.platforms.detect import detect_host
from peso.products.platforms.local import LocalPlatform, find_launcher
from peso.products.platforms.port import Job, JobEnd, Platform

RING = """
from mpi4py import MPI
world = MPI.COMM_WORLD
left = world.sendrecv(world.rank, dest=(world.rank + 1) % world.size, source=world.rank - 1
                      if world.rank else world.size - 1)
right = world.allreduce(int(left == (world.rank - 1) % world.size))
if not world.rank:
    print(f"size={world.size}\\nright={right}")
"""


def job(
    folder: Path,
    *argv: str,
    ranks: int | None = None,
    launcher: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> Job:
    return Job(
        argv=argv,
        directory=folder,
        environment=environment or {},
        ranks=ranks,
        launcher=launcher,
        seconds=60,
        memory=None,
        stdout=folder / "out",
        stderr=folder / "err",
    )


@pytest.fixture
def local() -> LocalPlatform:
    return LocalPlatform(detect_host())


def test_it_is_a_platform(local: LocalPlatform) -> None:
    platform: Platform = local
    assert platform.describe() == detect_host()


def test_a_job_sees_a_clean_environment(
    local: LocalPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    script = "import json, os, pathlib; pathlib.Path(os.environ['HOME'], 'x').write_text('x'); "
    script += "print(json.dumps(dict(os.environ)))"
    end = local.run(job(tmp_path, sys.executable, "-c", script, environment={"TZ": "CET"}))
    assert (end.ended, end.code) == ("exit", 0)
    seen = json.loads((tmp_path / "out").read_text())
    assert not {"SLURM_JOB_ID", "PYTHONPATH"} & set(seen)
    assert seen["OMP_NUM_THREADS"] == "1"
    assert seen["LANG"] == "C.UTF-8"
    assert seen["TZ"] == "CET", "what the job says comes on top"
    assert seen["HOME"] == seen["TMPDIR"] != os.environ.get("HOME")
    assert not Path(seen["TMPDIR"]).exists()


def test_ranks_put_the_launcher_before_the_argv(local: LocalPlatform, tmp_path: Path) -> None:
    end = local.run(job(tmp_path, "prog", "arg", ranks=3, launcher=("/bin/echo", "launched")))
    assert end.code == 0
    assert (tmp_path / "out").read_text() == "launched -n 3 prog arg\n"


def test_without_ranks_no_launcher_is_used(local: LocalPlatform, tmp_path: Path) -> None:
    end = local.run(job(tmp_path, "/bin/echo", "alone", launcher=("no-such-launcher",)))
    assert end.code == 0
    assert (tmp_path / "out").read_text() == "alone\n"


def test_ranks_without_a_launcher_are_not_started(local: LocalPlatform, tmp_path: Path) -> None:
    end = local.run(job(tmp_path, "prog", ranks=2))
    assert (end.ended, end.code) == ("not-started", None)
    assert "MPI launcher" in end.message


def test_how_a_job_ended_is_a_record(local: LocalPlatform, tmp_path: Path) -> None:
    end = local.run(job(tmp_path, "sh", "-c", "setsid sleep 600 & exit 3"))
    assert end.code == 3
    assert JobEnd.parse(end.canonical()) == end


def program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_installed_copys_own_launcher_is_found_first(tmp_path: Path) -> None:
    prefix, path = tmp_path / "prefix", tmp_path / "path"
    assert find_launcher([prefix / "bin"], path=str(path)) is None
    elsewhere = program(path, "mpirun")
    assert find_launcher([prefix / "bin"], path=str(path)) == (str(elsewhere),)
    own = program(prefix / "bin", "mpirun")
    assert find_launcher([prefix / "bin"], path=str(path)) == (str(own),)
    better = program(prefix / "bin", "mpiexec")
    assert find_launcher([prefix / "bin"], path=str(path)) == (str(better),)
    better.chmod(0o644)
    assert find_launcher([prefix / "bin"], path=str(path)) == (str(own),)


@pytest.fixture(scope="module")
def mpi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install MPICH and mpi4py from the index."""
    folder = tmp_path_factory.mktemp("mpi")
    prefix = folder / "prefix"
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if not uv:
        pytest.skip("uv is not installed, so MPI was not tried")
    python = prefix / "bin/python"
    run_tool([uv, "venv", "--python", sys.executable, prefix], directory=folder, what="MPI")
    try:
        install = [uv, "pip", "install", "--python", str(python), "mpich", "mpi4py"]
        run_tool(install, directory=folder, what="installing MPI")
    except ToolFailed as error:
        pytest.skip(f"NO PACKAGE INDEX, so MPI was not tried: {error.stderr[-300:]}")
    return prefix


@pytest.mark.index
@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_talk_to_each_other(
    local: LocalPlatform, mpi: Path, tmp_path: Path, ranks: int
) -> None:
    (tmp_path / "ring.py").write_text(RING)
    launcher = find_launcher([mpi / "bin"])
    assert launcher == (str(mpi / "bin/mpiexec"),)
    end = local.run(
        job(tmp_path, str(mpi / "bin/python"), "ring.py", ranks=ranks, launcher=launcher)
    )
    assert (end.ended, end.code) == ("exit", 0), (tmp_path / "err").read_text()
    assert (tmp_path / "out").read_text() == f"size={ranks}\nright={ranks}\n"
    assert end.left_behind == ()


@pytest.mark.index
def test_ranks_that_hang_are_all_ended(local: LocalPlatform, mpi: Path, tmp_path: Path) -> None:
    (tmp_path / "hang.py").write_text(
        "import os, time\nopen('pids', 'a').write(f'{os.getpid()}\\n')\ntime.sleep(600)\n"
    )
    hang = Job(
        argv=(str(mpi / "bin/python"), "hang.py"),
        directory=tmp_path,
        environment={},
        ranks=4,
        launcher=find_launcher([mpi / "bin"]) or (),
        seconds=1.5,
        memory=None,
        stdout=tmp_path / "out",
        stderr=tmp_path / "err",
    )
    assert local.run(hang).ended == "time"
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 4
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
