"""The portal as tests find it: set up once per process, filled from the small ecosystem.

Importing this makes Django ready on a folder of its own, because Django's tables cannot be imported
before; so a test module of the portal imports it first, or has `tests/portal/conftest.py` do so.
The environment is as before afterwards: a command that a test starts sees nothing of it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.portal.ecosystem import ecosystem

from peso.portal.config import PortalConfig
from peso.portal.django import begin, collect, migrate

FOLDER = Path(tempfile.mkdtemp(prefix="peso-portal-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
HOW = PortalConfig(
    folder=FOLDER,
    database=os.environ.get("PESO_TEST_DATABASE", ""),
    hosts=("localhost", "127.0.0.1", "[::1]"),
    url="http://localhost:8000",
)


def _begin() -> None:
    before = dict(os.environ)
    try:
        begin(HOW)
    finally:
        os.environ.clear()
        os.environ.update(before)


_begin()

from django.db import transaction  # noqa: E402 - Django is ready from here on
from django.test import Client  # noqa: E402

from peso.base.ledger import Blobs  # noqa: E402
from peso.portal.ingest.run import Ways, ingest  # noqa: E402
from peso.portal.ingest.taken import Ingested  # noqa: E402
from peso.workspace import this_machine  # noqa: E402


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A portal that is filled."""

    how: PortalConfig
    eco: Path
    """The workspace it was filled from: read only."""
    done: Ingested
    """What filling it came to."""

    def client(self) -> Client:
        """Return somebody who asks."""
        return Client(headers={"host": "localhost"})

    def ways(self, trust: Path, *, root: Path | None = None) -> Ways:
        """Return what an ingest in a test may use."""
        return Ways(
            blobs=Blobs(self.how.blobs),
            trust=trust,
            root=root,
            unsafe_development_keys=True,
            clock=this_machine().clock,
            seen=lambda _what: None,
        )


@cache
def portal(shared: Path) -> Portal:
    """Return the portal of this process, filled; `shared` is a folder all processes know."""
    eco = ecosystem(shared)
    migrate()
    collect()
    empty = Portal(how=HOW, eco=eco, done=Ingested(taken=()))
    done = ingest([eco], empty.ways(FOLDER / "trust"))
    return Portal(how=HOW, eco=eco, done=done)


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of one run of the tests share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo all that is written in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
