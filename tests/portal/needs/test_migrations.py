"""The tables of needs go forward and back on both databases, and the models ask for no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.portal.cluster import Cluster, why_not
from tests.portal.test_reliable import BOTH, Portal

_WALK = """
import os
from peso.portal.config import config_of
from peso.portal.django import begin, migrate
begin(config_of(os.environ)); migrate()
from django.core.management import call_command
from django.db import connection
said = []
for name in ("0002", "zero", "0003"):
    call_command("migrate", "needs", name, interactive=False, verbosity=0)
    said.append("peso_need_reminder" in connection.introspection.table_names())
call_command("makemigrations", "needs", check=True, dry_run=True, verbosity=0)
print(said)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as one:
        yield one


@pytest.mark.parametrize("kind", BOTH)
def test_forward_and_back(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    database = ""
    if kind == "postgresql":
        database = request.getfixturevalue("cluster").new("needs_forward_and_back")
    one = Portal(workspace=tmp_path, database=database)
    assert one.run("-c", _WALK).decode().strip() == "[False, False, True]"
