"""E4S's real lock, scanned without advisories: every unit is listed and nothing is called clean."""

from __future__ import annotations

from pathlib import Path

import pytest

import peso

pytestmark = pytest.mark.shared_data


def test_every_unit_of_e4s_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locks = Path(__file__).parents[2].parent / "shared" / "data" / "e4s" / "locks"
    if not locks.is_dir():
        pytest.skip(f"the real locks are not at {locks}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    [lock, *_] = sorted(locks.glob("*.lock.gz"))
    seen = peso.scan(lock, folder=tmp_path)
    assert seen.components == len(seen.scan.coverage) > 800
    assert (seen.covered, seen.scan.findings) == (0, ())
    assert 100 < len(seen.aside) < seen.components
    assert len(seen.licenses) > 100
    assert not seen.verdict.verdict.ok
