"""The engine as a whole: plan, build and install on a loopback index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.loopback_index import LoopbackIndex

from peso.base.finding import Unknown
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import PartBuild, Requires, Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.engines.pypi.lock import read_pylock
from peso.services.integration.build import lay_release

if TYPE_CHECKING:
    from tests.products.engines.pypi.conftest import MakeStack


def lay(part: PartBuild, bench: Workbench, folder: Path) -> Path:
    lay_release([*(one.artifact for one in part.made), part.document], bench.blobs, folder)
    return folder / part.document.path


def run(prefix: Path, code: str) -> str:
    argv = [str(prefix / "bin" / "python"), "-c", code]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_plan_is_exact(
    tiny_wheels: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    lock = engine.plan(make_stack("alpha"), "python", bench, upgrade=False)

    assert [(unit.name, unit.version, unit.root) for unit in lock.units] == [
        ("alpha", "1.1", True),
        ("beta", "2.0", False),
    ]
    alpha = lock.units[0]
    served = tiny_wheels.files[alpha.filename]
    assert (alpha.sha256, alpha.length) == (served.sha256, len(served.data))
    assert alpha.purl == "pkg:pypi/alpha@1.1"
    assert lock.requires.python == f"=={sys.version_info.major}.{sys.version_info.minor}.*"
    assert lock.requires.platforms == ()
    assert lock.tool.startswith("uv ")
    document = bench.blobs.read(lock.document.sha256, limit=1 << 20)
    assert read_pylock(document, where="lock").packages


def test_a_plan_is_the_same_twice(
    tiny_wheels: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    stack = make_stack("alpha", "delta")
    first = engine.plan(stack, "python", bench, upgrade=False)
    again = replace(bench, work=bench.work / "other", cache=bench.cache / "other")
    assert engine.plan(stack, "python", again, upgrade=False) == first
    assert tiny_wheels.files


@pytest.mark.usefixtures("tiny_wheels")
def test_constraints_hold_and_what_they_leave_open_is_said(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack, lines: list[str]
) -> None:
    stack = make_stack("alpha", constraints="# ours\nalpha==1.0\n")
    lock = engine.plan(stack, "python", bench, upgrade=False)

    assert lock.units[0].version == "1.0"
    assert any("does not pin beta" in line for line in lines)
    assert (stack.folder / "constraints.txt").read_text() == "# ours\nalpha==1.0\n"


@pytest.mark.usefixtures("tiny_wheels")
def test_upgrade_moves_the_constraints_and_keeps_their_header(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    stack = make_stack("alpha", constraints="# ours\n\nalpha==1.0\n# inside\nbeta==2.0\n")
    lock = engine.plan(stack, "python", bench, upgrade=True)

    assert lock.units[0].version == "1.1"
    assert (stack.folder / "constraints.txt").read_text() == "# ours\n\nalpha==1.1\nbeta==2.0\n"


@pytest.mark.usefixtures("tiny_wheels")
def test_upgrade_writes_constraints_that_are_not_there_yet(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    stack = make_stack("beta", constraints="")
    (stack.folder / "constraints.txt").unlink()
    with pytest.raises(BadInput, match="not there") as seen:
        engine.plan(stack, "python", bench, upgrade=False)
    assert "--upgrade" in str(seen.value)

    engine.plan(stack, "python", bench, upgrade=True)
    assert "beta==2.0\n" in (stack.folder / "constraints.txt").read_text()


@pytest.mark.usefixtures("tiny_wheels")
def test_what_cannot_be_resolved_says_why_and_what_next(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    with pytest.raises(Outside, match="beta") as seen:
        engine.plan(make_stack("beta>=9"), "python", bench, upgrade=False)
    assert "index" in (seen.value.hint or "")


def test_a_part_for_another_python_is_refused(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    with pytest.raises(BadInput, match="the part is for Python"):
        engine.plan(make_stack("alpha", python="<3"), "python", bench, upgrade=False)


def test_from_a_stack_to_an_installed_copy(
    tiny_wheels: LoopbackIndex,
    engine: PypiEngine,
    bench: Workbench,
    make_stack: MakeStack,
    tmp_path: Path,
) -> None:
    lock = engine.plan(make_stack("alpha[fast]", "delta"), "python", bench, upgrade=False)
    assert [unit.name for unit in lock.build_units] == ["buildtool"]
    part = engine.build(lock, bench)

    made = {one.unit: one for one in part.made}
    assert {name: one.depends for name, one in made.items()} == {
        "alpha": ("beta", "gamma"),
        "beta": (),
        "delta": ("beta",),
        "gamma": (),
    }
    assert (made["beta"].license, made["gamma"].license) == ("BSD-3-Clause", "Apache-2.0")
    delta = made["delta"]
    assert delta.built_here
    assert delta.source_sha256 == tiny_wheels.files["delta-0.4.tar.gz"].sha256
    assert delta.artifact.path == "wheels/delta-0.4-py3-none-any.whl"
    assert [unit.name for unit in delta.built_with] == ["buildtool"]
    assert not made["beta"].built_here

    document = lay(part, bench, tmp_path / "release")
    assert "http" not in document.read_text()
    engine.install(document, tmp_path / "prefix", bench)
    assert run(tmp_path / "prefix", "import alpha, delta, gamma; print(alpha.ANSWER)") == "42"


@pytest.mark.usefixtures("tiny_wheels")
def test_a_build_of_an_sdist_gives_the_same_bytes_twice(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack, tmp_path: Path
) -> None:
    lock = engine.plan(make_stack("delta"), "python", bench, upgrade=False)
    first = engine.build(lock, bench)
    again = engine.build(lock, replace(bench, cache=tmp_path / "c2", work=tmp_path / "w2"))
    assert again == first


def test_what_came_is_not_fetched_again(
    tiny_wheels: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    lock = engine.plan(make_stack("alpha", "delta"), "python", bench, upgrade=False)
    tiny_wheels.serve_wrong("beta-2.0-py3-none-any.whl", "absent")
    with pytest.raises(Outside, match=r"beta-2\.0"):
        engine.build(lock, bench)
    tiny_wheels.faults.clear()
    here = [unit.filename for unit in lock.units if bench.blobs.has(unit.sha256)]
    before = [tiny_wheels.times_asked(filename) for filename in here]
    first = engine.build(lock, bench)
    assert "delta-0.4.tar.gz" in here
    assert [tiny_wheels.times_asked(filename) for filename in here] == before

    asked = len(tiny_wheels.asked)
    assert engine.build(lock, replace(bench, offline=True)) == first
    assert len(tiny_wheels.asked) == asked


def test_a_damaged_file_of_the_store_is_fetched_again(
    tiny_wheels: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    lock = engine.plan(make_stack("beta"), "python", bench, upgrade=False)
    first = engine.build(lock, bench)
    path = bench.blobs.path(lock.units[0].sha256)
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)

    assert engine.build(lock, bench) == first
    assert tiny_wheels.times_asked("beta-2.0-py3-none-any.whl") == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("flipped", Reason.CHANGED), ("longer", Reason.TOO_LARGE), ("shorter", Reason.CHANGED)],
)
def test_a_file_that_is_not_the_locked_one_stops_the_build(  # noqa: PLR0917
    fault: str,
    reason: Reason,
    tiny_wheels: LoopbackIndex,
    engine: PypiEngine,
    bench: Workbench,
    make_stack: MakeStack,
) -> None:
    lock = engine.plan(make_stack("alpha"), "python", bench, upgrade=False)
    tiny_wheels.serve_wrong("beta-2.0-py3-none-any.whl", fault)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"beta-2\.0-py3-none-any\.whl") as seen:
        engine.build(lock, bench)
    assert seen.value.reason is reason
    assert not bench.blobs.has(lock.units[1].sha256)


def test_an_index_that_gives_no_length(
    tiny_wheels: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    tiny_wheels.json = False
    lock = engine.plan(make_stack("alpha"), "python", bench, upgrade=False)
    assert [unit.length for unit in lock.units] == [None, None]
    part = engine.build(lock, bench)
    served = tiny_wheels.files["beta-2.0-py3-none-any.whl"]
    assert part.made[1].artifact.length == len(served.data)


def test_a_wheel_that_says_it_is_something_else_is_refused(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    other = loopback_index.add_wheel("other", "1.0")
    loopback_index.files.clear()
    loopback_index.add_file("beta", "1.0", "beta-1.0-py3-none-any.whl", other.data)
    with pytest.raises((Refused, Outside)):
        engine.build(engine.plan(make_stack("beta"), "python", bench, upgrade=False), bench)


def test_a_license_nobody_states_is_unknown(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    loopback_index.add_wheel("bare", "1", license=None)
    part = engine.build(engine.plan(make_stack("bare"), "python", bench, upgrade=False), bench)
    assert part.made[0].license == Unknown(unknown="the metadata states no license")


def test_an_offline_plan_needs_no_index(
    engine: PypiEngine, bench: Workbench, make_stack: MakeStack, tiny_wheels: LoopbackIndex
) -> None:
    stack = make_stack("alpha")
    engine.plan(stack, "python", bench, upgrade=False)
    asked = len(tiny_wheels.asked)
    engine.plan(stack, "python", replace(bench, offline=True), upgrade=False)
    assert len(tiny_wheels.asked) == asked


def test_mismatch(engine: PypiEngine) -> None:
    assert engine.mismatch(Requires(python=">=3", implementation="cpython", platforms=())) is None
    said = engine.mismatch(
        Requires(python="==3.9.*", implementation="cpython", platforms=("manylinux_2_28_x86_64",))
    )
    assert said is not None
    assert said.startswith("needs CPython 3.9 on x86_64 with glibc 2.28 or newer; this is ")


def test_install_reaches_no_network(
    tiny_wheels: LoopbackIndex,
    engine: PypiEngine,
    bench: Workbench,
    make_stack: MakeStack,
    tmp_path: Path,
) -> None:
    part = engine.build(engine.plan(make_stack("alpha"), "python", bench, upgrade=False), bench)
    document = lay(part, bench, tmp_path / "release")
    asked = len(tiny_wheels.asked)
    engine.install(document, tmp_path / "prefix", replace(bench, cache=tmp_path / "empty"))
    assert len(tiny_wheels.asked) == asked

    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("this machine lets nobody make a network namespace")
    code = (
        "import sys; from pathlib import Path; from peso.base.ledger import Blobs\n"
        "from peso.products.engines.port import Workbench\n"
        "from peso.products.engines.pypi.engine import PypiEngine\n"
        "t = Path(sys.argv[1]); b = Workbench(blobs=Blobs(t/'b3'), work=t/'w3', cache=t/'c3',"
        " offline=True, progress=lambda _: None)\n"
        "PypiEngine(Path(sys.executable), {}).install(Path(sys.argv[2]), t/'alone', b)"
    )
    argv = [unshare, "-rn", sys.executable, "-c", code, str(tmp_path), str(document)]
    subprocess.run(argv, check=True, env={"PATH": os.environ["PATH"]})
    assert run(tmp_path / "alone", "import alpha; print(alpha.ANSWER)") == "42"


def test_an_index_that_asks_for_a_password(
    tiny_wheels: LoopbackIndex,
    engine: PypiEngine,
    bench: Workbench,
    make_stack: MakeStack,
    tmp_path: Path,
) -> None:
    """It is given to the index and nobody else, and stands in nothing that is kept."""
    tiny_wheels.login = ("me", "s3cret")
    with pytest.raises(Outside):
        engine.plan(make_stack("delta"), "python", bench, upgrade=False)

    environment = {**engine.environment, "UV_DEFAULT_INDEX": tiny_wheels.url_with_login}
    own = replace(engine, environment=environment)
    lock = own.plan(make_stack("delta"), "python", bench, upgrade=False)
    part = own.build(lock, bench)
    document = bench.blobs.read(lock.document.sha256, limit=1 << 20).decode()
    assert "s3cret" not in document + lock.canonical().decode() + part.canonical().decode()
    assert lay(part, bench, tmp_path / "release").exists()
