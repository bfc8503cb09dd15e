"""Source distributions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.loopback_index import LoopbackIndex, tarred, zipped

from peso.errors import BadInput, Outside, PesoError, Reason, Refused
from peso.products.engines.port import Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.engines.pypi.sdist import needs, source_date

if TYPE_CHECKING:
    from tests.products.engines.pypi.conftest import MakeStack


def wanted(folder: Path, text: str) -> list[str]:
    (folder / "pyproject.toml").write_text(text)
    return [str(each) for each in needs(folder, where="a.tar.gz")]


def test_what_a_build_needs(tmp_path: Path) -> None:
    assert [str(each) for each in needs(tmp_path, where="x")] == ["setuptools>=40.8.0", "wheel"]
    assert wanted(tmp_path, "[project]\n") == ["setuptools>=40.8.0", "wheel"]
    assert wanted(tmp_path, "[build-system]\nrequires = []\n") == []
    assert wanted(tmp_path, '[build-system]\nrequires = ["hatchling>=1"]\n') == ["hatchling>=1"]
    assert wanted(tmp_path, '[build-system]\nrequires = ["setuptools"]\n') == [
        "setuptools",
        "wheel",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "not = [toml",
        "build-system = 3",
        "[build-system]\nrequires = 3\n",
        '[build-system]\nrequires = ["???"]\n',
        '[build-system]\nrequires = ["a @ https://x.example/a.whl"]\n',
    ],
)
def test_needs_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as seen:
        wanted(tmp_path, text)
    assert seen.value.where == "a.tar.gz"


def test_the_date_of_the_newest_file(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    archive.write_bytes(tarred({"a": ""}, "a-1"))
    assert source_date(archive) == 1577934246
    archive.write_bytes(zipped({"a": ""}, "b"))
    assert source_date(archive) == 1577934246


def build(engine: PypiEngine, bench: Workbench, stack: MakeStack, name: str) -> None:
    engine.build(engine.plan(stack(name), "python", bench, upgrade=False), bench)


def test_a_build_requirement_without_a_wheel_is_told(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    loopback_index.add_sdist("tool", "1")
    loopback_index.add_sdist("a", "1", build_requires=["tool"])
    with pytest.raises(Outside, match="tool"):
        build(engine, bench, make_stack, "a")


def test_a_build_that_fails_says_which_and_what_it_said(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    broken = "def build_wheel(*_):\n    raise RuntimeError('no compiler here')\n"
    loopback_index.add_sdist("a", "1", more={"backend.py": broken})
    with pytest.raises(Outside, match="no compiler here") as seen:
        build(engine, bench, make_stack, "a")
    assert seen.value.where == "a-1.tar.gz"


def test_a_build_reaches_no_index(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    """A backend that asks for more while it runs does not get it."""
    loopback_index.add_wheel("tool", "1")
    asks = (
        "def get_requires_for_build_wheel(config_settings=None):\n    return ['tool']\n"
        "def build_wheel(*_):\n    raise RuntimeError('not reached')\n"
    )
    loopback_index.add_sdist("a", "1", more={"backend.py": asks})
    lock = engine.plan(make_stack("a"), "python", bench, upgrade=False)
    asked = len(loopback_index.asked)
    with pytest.raises(Outside, match="tool") as seen:
        engine.build(lock, bench)
    assert "offline" in (seen.value.hint or "")
    assert len(loopback_index.asked) == asked


def test_an_sdist_that_leaves_its_folder_is_refused(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    served = loopback_index.add_sdist("a", "1", more={"../../outside": "x"})
    with pytest.raises(PesoError) as seen:
        build(engine, bench, make_stack, "a")
    assert not isinstance(seen.value, Refused) or seen.value.reason is Reason.UNSAFE_PATH
    assert served.data


def test_a_wheel_built_before_is_used_again(
    loopback_index: LoopbackIndex, engine: PypiEngine, bench: Workbench, make_stack: MakeStack
) -> None:
    loopback_index.add_sdist("a", "1")
    lock = engine.plan(make_stack("a"), "python", bench, upgrade=False)
    first = engine.build(lock, bench)
    work = replace(bench, work=bench.work / "not-made")
    assert engine.build(lock, work) == first
    assert not work.work.exists()

    path = bench.blobs.path(first.made[0].artifact.sha256)
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    assert engine.build(lock, work) == first
