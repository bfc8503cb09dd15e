"""Solving: on a copy, once for the same inputs, with progress, and one error where it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.products.engines.spack.locks import lock, node
from tests.products.engines.spack.sites import PretendingSpack, bench_in

from peso.errors import BadInput
from peso.products.engines.port import Progress
from peso.products.engines.spack.solve import solve
from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment
from peso.products.environments.record import Environment

SOLVES = Path(__file__).with_name("data") / "solves"
LOCK = lock(node("lz4"))
OUT = """\
==> Starting concretization pool with 2 processes
==>   69.4s [ 50%] z3lrpqs bzip2
==>   72.2s [100%] xsu4x3k lz4
==> Concretized 2 specs:
"""


@pytest.fixture
def spack(tmp_path: Path) -> PretendingSpack:
    made = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    made.says(lock=LOCK, out=OUT)
    return made


def environment(folder: Path, text: str = "specs: [bzip2, lz4]") -> Environment:
    folder.mkdir(exist_ok=True)
    (folder / "spack.yaml").write_text(f"spack:\n  {text}\n")
    return read_environment(folder / "spack.yaml", Facts())


def test_the_lock_and_what_was_in_force(spack: PretendingSpack, tmp_path: Path) -> None:
    told: list[Progress] = []
    solved = solve(environment(tmp_path / "env"), spack.site, bench_in(tmp_path, told))

    assert solved.lock == LOCK
    assert yaml.safe_load(solved.settings) == {"spack": {"config": {"build_jobs": 2}}}
    steps = [(one.done, one.total, one.line) for one in told if one.total]
    assert steps == [
        (0, 2, "Spack solves the environment"),
        (1, 2, "bzip2 /z3lrpqs"),
        (2, 2, "lz4 /xsu4x3k"),
    ]
    assert sorted(one.name for one in (tmp_path / "env").iterdir()) == ["spack.yaml"]


def test_the_same_inputs_start_no_solver(spack: PretendingSpack, tmp_path: Path) -> None:
    bench = bench_in(tmp_path)
    first = solve(environment(tmp_path / "env"), spack.site, bench)
    asked = spack.asked
    again = solve(environment(tmp_path / "another_stack"), spack.site, bench)

    assert again == first
    assert spack.asked == asked


def test_what_decides_is_solved_anew(spack: PretendingSpack, tmp_path: Path) -> None:
    bench = bench_in(tmp_path)
    solve(environment(tmp_path / "env"), spack.site, bench)
    solve(environment(tmp_path / "env", "specs: [bzip2]"), spack.site, bench)
    (tmp_path / "home" / ".spack").mkdir(parents=True)
    (tmp_path / "home" / ".spack" / "config.yaml").write_text("config: {build_jobs: 1}\n")
    solve(environment(tmp_path / "env", "specs: [bzip2]"), spack.site, bench)
    spack.says(lock=LOCK, detected=(SOLVES / "detected.yaml").read_text())
    solve(environment(tmp_path / "env", "{specs: [bzip2], view: false}"), spack.site, bench)

    assert spack.asked.count("concretize") == 4


def test_a_file_that_is_included_decides_too(spack: PretendingSpack, tmp_path: Path) -> None:
    bench = bench_in(tmp_path)
    included = tmp_path / "packages.yaml"
    text = "include: [../packages.yaml]\n  specs: [lz4]"
    for said in ("packages: {}\n", "packages: {all: {}}\n"):
        included.write_text(said)
        solve(environment(tmp_path / "env", text), spack.site, bench)

    assert spack.asked.count("concretize") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("specs: [lz4]", {"reuse": False}),
        ("{specs: [lz4], concretizer: {reuse: true}}", {}),
    ],
)
def test_what_is_installed_decides_only_where_somebody_says_so(
    spack: PretendingSpack, tmp_path: Path, text: str, said: dict[str, bool]
) -> None:
    bench = bench_in(tmp_path)
    solve(environment(tmp_path / "env", text), spack.site, bench)

    file = bench.work / "solve-scope" / "concretizer.yaml"
    assert yaml.safe_load(file.read_text())["concretizer"] == said


def test_a_refusal_is_one_error_and_nothing_is_kept(spack: PretendingSpack, tmp_path: Path) -> None:
    bench = bench_in(tmp_path)
    spack.says(err=(SOLVES / "unknown_package.err").read_text())
    for _ in range(2):
        with pytest.raises(BadInput, match="does not exist") as caught:
            solve(environment(tmp_path / "env"), spack.site, bench)
        assert caught.value.where == str(tmp_path / "env" / "spack.yaml")

    assert spack.asked.count("concretize") == 2


def test_a_lock_made_without_a_repository_is_refused(
    spack: PretendingSpack, tmp_path: Path
) -> None:
    spack.says(lock=LOCK, err=(SOLVES / "no_repository.err").read_text())

    with pytest.raises(BadInput, match="could not read a recipe repository"):
        solve(environment(tmp_path / "env"), spack.site, bench_in(tmp_path))
