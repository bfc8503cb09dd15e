from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.engines.native import UnitBuild
from peso.products.engines.spack.account import BEFORE
from peso.products.engines.spack.history import recall, remember


def unit(outcome: str, because: str = "", **said: object) -> UnitBuild:
    known = {"hash": "a" * 32, "name": "lz4", "version": "1.9.4"}
    return UnitBuild.model_validate({**known, "outcome": outcome, "because": because, **said})


NOW = unit("reused", BEFORE)


def test_what_was_measured_when_it_was_built_is_told_later(tmp_path: Path) -> None:
    remember(unit("built", seconds=6.5, peak_memory=1 << 20), tmp_path)
    assert recall(NOW, tmp_path) == unit(
        "reused", "installed before, built here", seconds=6.5, peak_memory=1 << 20
    )


def test_where_it_came_from_is_told_later(tmp_path: Path) -> None:
    remember(unit("reused", "from the build cache near (/cache)"), tmp_path)
    assert recall(NOW, tmp_path).because == "installed before, from the build cache near (/cache)"


def test_a_later_run_does_not_overwrite_what_is_remembered(tmp_path: Path) -> None:
    remember(unit("built", seconds=6.5), tmp_path)
    for later in (NOW, recall(NOW, tmp_path), unit("failed"), unit("not-needed")):
        remember(later, tmp_path)
    assert recall(NOW, tmp_path) == unit("reused", "installed before, built here", seconds=6.5)


@pytest.mark.parametrize("text", ["", "{", '{"hash": 3}'])
def test_what_cannot_be_read_is_not_told(tmp_path: Path, text: str) -> None:
    assert recall(NOW, tmp_path) == NOW
    (tmp_path / f"{'a' * 32}.json").write_text(text)
    assert recall(NOW, tmp_path) == NOW


def test_only_what_was_there_before_has_a_past(tmp_path: Path) -> None:
    remember(unit("built", seconds=6.5), tmp_path)
    again = unit("built", seconds=1.0)
    assert recall(again, tmp_path) == again
