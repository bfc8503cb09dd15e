"""Builds: parts in their folders, and releases laid out from the store."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex

from peso.base.ledger import Blobs
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import Artifact, Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.stack import Stack
from peso.services.integration.build import build, lay_release
from peso.services.integration.plan import Plan, plan

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(
        blobs=Blobs(tmp_path / "blobs"),
        work=tmp_path / "work",
        cache=tmp_path / "cache",
        offline=False,
        progress=lambda _: None,
    )


def test_two_parts_of_one_engine_share_no_path(
    tiny_wheels: LoopbackIndex, bench: Workbench, tmp_path: Path
) -> None:
    stack = Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": "two",
            "version": "1",
            "title": "Two",
            "parts": {"first": {"engine": "pypi"}, "second": {"engine": "pypi"}},
            "products": [{"name": "alpha", "part": "first"}, {"name": "beta", "part": "second"}],
        }
    )
    engine = PypiEngine(Path(sys.executable), {**os.environ, **tiny_wheels.environment})
    engines = {"pypi": engine}
    done = build(plan(stack, engines, bench, upgrade=False), engines, bench, clock=lambda: NOW)

    assert done.started == done.finished == NOW
    assert [part.document.path for part in done.parts] == [
        "pylock.release.toml",
        "second/pylock.release.toml",
    ]
    assert done.python[1].made[0].artifact.path == "second/wheels/beta-2.0-py3-none-any.whl"

    for part in done.python:
        files = [*(one.artifact for one in part.made), part.document]
        lay_release(files, bench.blobs, tmp_path / "release")
    engine.install(tmp_path / "release/second/pylock.release.toml", tmp_path / "prefix", bench)
    assert list((tmp_path / "prefix").glob("lib/python*/site-packages/beta.py"))


def test_a_plan_whose_engine_is_gone(bench: Workbench) -> None:
    empty = Plan(stack="s", version="1", locks=())
    assert build(empty, {}, bench, clock=lambda: NOW).parts == ()


def artifact(path: str, data: bytes, blobs: Blobs) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role="test", path=path, media_type="text/plain", length=length, sha256=sha256)


def test_a_release_is_laid_out_by_hard_links(bench: Workbench, tmp_path: Path) -> None:
    told = artifact("tests/ring.py", b"print()", bench.blobs)
    lay_release([told, told], bench.blobs, tmp_path / "out")
    laid = tmp_path / "out/tests/ring.py"
    assert laid.read_bytes() == b"print()"
    assert laid.samefile(bench.blobs.path(told.sha256))


def test_a_path_that_leaves_the_release_is_refused(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(Refused) as seen:
        lay_release([artifact("../x", b"", bench.blobs)], bench.blobs, tmp_path / "out")
    assert seen.value.reason is Reason.UNSAFE_PATH
    assert not (tmp_path / "x").exists()


def test_a_file_that_is_not_in_the_store_is_told(bench: Workbench, tmp_path: Path) -> None:
    told = artifact("a", b"x", bench.blobs)
    bench.blobs.path(told.sha256).unlink()
    with pytest.raises(Outside):
        lay_release([told], bench.blobs, tmp_path / "out")


def test_no_engine_for_a_lock(bench: Workbench, tiny_wheels: LoopbackIndex) -> None:
    engine = PypiEngine(Path(sys.executable), {**os.environ, **tiny_wheels.environment})
    stack = Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": "one",
            "version": "1",
            "title": "One",
            "parts": {"python": {"engine": "pypi"}},
            "products": [{"name": "beta", "part": "python"}],
        }
    )
    told = plan(stack, {"pypi": engine}, bench, upgrade=False)
    with pytest.raises(BadInput, match="no engine 'pypi'"):
        build(told, {}, bench, clock=lambda: NOW)
