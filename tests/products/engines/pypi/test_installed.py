"""The installed copy: whose prefix it is, and what becomes of one that was cut short."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.loopback_index import LoopbackIndex

from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.engines.pypi.installed import MARK
from peso.services.integration.build import lay_release

if TYPE_CHECKING:
    from tests.products.engines.pypi.conftest import MakeStack


@pytest.fixture
def document(
    tiny_wheels: LoopbackIndex,
    engine: PypiEngine,
    bench: Workbench,
    make_stack: MakeStack,
    tmp_path: Path,
) -> Path:
    """Deliver the tiny stack to a folder; returns its install document."""
    assert tiny_wheels.files
    part = engine.build(engine.plan(make_stack("alpha"), "python", bench, upgrade=False), bench)
    files = [*(one.artifact for one in part.made), part.document]
    lay_release(files, bench.blobs, tmp_path / "release")
    return tmp_path / "release" / part.document.path


def answer(prefix: Path) -> str:
    argv = [str(prefix / "bin" / "python"), "-c", "import alpha; print(alpha.ANSWER)"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_prefix_of_somebody_else_is_left_alone(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    prefix = tmp_path / "theirs"
    prefix.mkdir()
    (prefix / "thesis.tex").write_text("mine")
    with pytest.raises(BadInput, match="did not put there"):
        engine.install(document, prefix, bench)
    assert [path.name for path in prefix.iterdir()] == ["thesis.tex"]


def test_a_prefix_that_is_a_file(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="not a folder"):
        engine.install(document, tmp_path / "file", bench)


def test_an_empty_prefix_is_used_and_looks_like_no_cache(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    prefix = tmp_path / "empty"
    prefix.mkdir()
    engine.install(document, prefix, bench)
    assert answer(prefix) == "42"
    assert not (prefix / "CACHEDIR.TAG").exists()
    assert not (prefix / "bin" / "pip").exists()


def test_installing_again_repairs(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    prefix = tmp_path / "prefix"
    engine.install(document, prefix, bench)
    (prefix / "notes").write_text("mine")
    [removed] = prefix.glob("lib/python*/site-packages/beta-2.0.dist-info")
    for path in removed.iterdir():
        path.unlink()
    removed.rmdir()
    engine.install(document, prefix, bench)
    assert answer(prefix) == "42"
    assert (prefix / "notes").exists()


@pytest.mark.parametrize("mark", ['{"whole": false, "python": "x"}', "{", ""])
def test_a_prefix_cut_short_is_made_again(
    mark: str, document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    prefix = tmp_path / "prefix"
    engine.install(document, prefix, bench)
    (prefix / MARK).chmod(0o644)
    (prefix / MARK).write_text(mark)
    [package] = prefix.glob("lib/python*/site-packages/alpha/__init__.py")
    package.unlink()
    assert not answer(prefix)
    engine.install(document, prefix, bench)
    assert answer(prefix) == "42"


def test_an_install_that_fails_leaves_a_mark_of_it(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    prefix = tmp_path / "prefix"
    broken = replace(engine, python=tmp_path / "no-python")
    with pytest.raises(Outside):
        broken.install(document, prefix, bench)
    assert '"whole":false' in (prefix / MARK).read_text()
    engine.install(document, prefix, bench)
    assert answer(prefix) == "42"


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("longer", [False, True])
def test_a_changed_wheel_is_refused(  # noqa: PLR0917
    longer: bool,  # noqa: FBT001
    warm: bool,  # noqa: FBT001
    document: Path,
    engine: PypiEngine,
    bench: Workbench,
    tmp_path: Path,
) -> None:
    if warm:
        engine.install(document, tmp_path / "first", bench)
    wheel = document.parent / "wheels" / "beta-2.0-py3-none-any.whl"
    data = wheel.read_bytes()
    wheel.unlink()
    middle = len(data) // 2
    changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    wheel.write_bytes(data + b"x" if longer else changed)
    with pytest.raises(Refused) as seen:
        engine.install(document, tmp_path / "prefix", bench)
    assert (seen.value.reason, seen.value.where) == (Reason.CHANGED, f"wheels/{wheel.name}")
    assert not list((tmp_path / "prefix").glob("lib/python*/site-packages/*.py"))

    wheel.write_bytes(data)
    engine.install(document, tmp_path / "prefix", bench)
    assert answer(tmp_path / "prefix") == "42"


def test_a_cache_that_rotted_is_said_and_made_again(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    engine.install(document, tmp_path / "one", bench)
    [copy] = bench.cache.glob("wheels/*/beta-2.0-py3-none-any.whl")
    copy.write_bytes(b"x" * copy.stat().st_size)
    with pytest.raises(Outside, match="installing") as seen:
        engine.install(document, tmp_path / "two", bench)
    assert "again" in (seen.value.hint or "")
    engine.install(document, tmp_path / "two", bench)
    assert answer(tmp_path / "two") == "42"


def test_a_missing_wheel_is_refused(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    (document.parent / "wheels" / "beta-2.0-py3-none-any.whl").unlink()
    with pytest.raises(Refused) as seen:
        engine.install(document, tmp_path / "prefix", bench)
    assert seen.value.reason is Reason.MISSING
    assert not (tmp_path / "prefix").exists()


def test_a_second_install_unpacks_nothing(
    document: Path, engine: PypiEngine, bench: Workbench, tmp_path: Path
) -> None:
    """Files of two installs are one file on disk, also after the release was laid out again."""
    engine.install(document, tmp_path / "one", bench)
    for wheel in (document.parent / "wheels").iterdir():
        (tmp_path / wheel.name).hardlink_to(wheel)
    engine.install(document, tmp_path / "two", replace(bench, offline=True))
    one, two = (
        next((tmp_path / name).glob("lib/python*/site-packages/beta.py")) for name in ("one", "two")
    )
    assert one.samefile(two) or one.stat().st_dev != two.stat().st_dev
