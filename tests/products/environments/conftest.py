"""The machine that the environments of these tests are read for, and their data."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.environments.facts import Facts

DATA = Path(__file__).parent / "data"
LINUX = Facts(
    platform="linux",
    os="rhel9",
    hostname="login1",
    home="/home/somebody",
    variables={"SITE": "east", "HOME": "/home/somebody"},
)


@pytest.fixture
def data() -> Path:
    """The folder of the environments, each named for what it shows."""
    return DATA
