"""What all tests of the portal share: one filled portal per process, and somebody who asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.portal import standing
from tests.portal.standing import Portal

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal, filled from the small ecosystem; who writes takes `written` too."""
    return standing.portal(standing.shared_folder(tmp_path_factory))


@pytest.fixture
def reader(portal: Portal) -> Client:
    """Somebody who asks for pages."""
    return portal.client()


@pytest.fixture
def written(portal: Portal) -> Iterator[Portal]:
    """The portal for a test that writes: all of it is undone afterwards."""
    with standing.rolled_back():
        yield portal
