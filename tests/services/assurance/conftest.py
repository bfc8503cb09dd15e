"""Fixtures of the assurance tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.ledger import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real inputs beside the checkout; skip, saying so, without it."""
    folder = Path(__file__).parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real inputs are not at {folder}")
    return folder
