"""What the tests of the Spack engine share."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.ledger import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")
