"""Two portals for all tests of looks: a small one, and one with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.portal.small import Live, served


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serve the small portal."""
    with served(tmp_path_factory.mktemp("portal") / "north") as one:
        yield one


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serve a portal with nothing in it."""
    with served(tmp_path_factory.mktemp("bare") / "nothing", code="empty") as one:
        yield one
