"""What tests of suites share: a world of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.integration.suites.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
