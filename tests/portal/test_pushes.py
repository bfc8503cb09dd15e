"""A push and its record: whatever is killed between, the audit tells of it once, and no lie.

A portal of its own, in processes of its own: a kill is a kill, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.portal.cluster import Cluster, why_not
from tests.portal.made import Sizes, write_ledger
from tests.portal.test_reliable import PESO, Portal

from peso.portal.ingest.pushed import contents, ledger_of
from peso.services.delivery.signing.keyfiles import write_key

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
PLATFORM = "platform-00"
_BEGIN = """
import os, sys
from pathlib import Path
from peso.portal.config import config_of
from peso.portal.django import begin, migrate
begin(config_of(os.environ)); migrate()
from peso.services.delivery.signing.keyfiles import open_key, read_public
"""
_REGISTER = (
    _BEGIN
    + """
from datetime import timedelta
from django.utils import timezone
from peso.portal.people import runners
from peso.portal.people.models import Account
ann = Account.objects.create_user("ann@example.org", "Ann")
for file in sys.argv[2:]:
    text = Path(file).read_text()
    public = "-----BEGIN PUBLIC KEY-----" + text.partition("-----BEGIN PUBLIC KEY-----")[2]
    runners.register("pond", name=Path(file).stem, platform=sys.argv[1], public=public,
                     until=timezone.now() + timedelta(days=1), by=ann)
"""
)
_FINISH = (
    _BEGIN
    + """
from django.test import Client
from django.utils import timezone
from peso.portal.api import push
from peso.services.delivery.pushing.batch import MEDIA_TYPE, Batch, written
def die(*_given, **_named):
    os.kill(os.getpid(), 9)
key, platform, at = sys.argv[1:]
if at == "before":
    push.runners.claim = die
if at == "between":
    push.ingest = die
signer = open_key(Path(key), b"a walk")
said = {"portal": push.CONFIG.url, "platform": platform, "runner": signer.public_key.keyid,
        "made": timezone.now(), "verb": "finish"}
batch = written(Batch.model_validate(said), signer)
client = Client(headers={"host": "localhost"})
print(client.post("/api/v1/push", batch, content_type=MEDIA_TYPE).content.decode())
"""
)
_TELL = (
    _BEGIN
    + """
import json
from peso.portal.people.models import Change
from peso.portal.store.models import Release
rows = Change.objects.exclude(what="runner registered").order_by("pk")
print(json.dumps({"releases": Release.objects.count(), "told": [
    [one.what, one.runner, one.about.name if one.about else "", one.slug, one.before, one.after]
    for one in rows]}))
"""
)
_TAKE = (
    _BEGIN
    + """
from peso.portal.taking import take_in
take_in(config_of(os.environ), [])
"""
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as one:
        yield one


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "login.pem", tmp_path / "batch.pem"
    for file in (one, other):
        write_key(file, b"a walk")
    return one, other


@pytest.fixture
def portal(
    request: pytest.FixtureRequest, tmp_path: Path, keys: tuple[Path, Path]
) -> tuple[Portal, Path]:
    """A portal with two runners of one platform, and the ledger of what they send."""
    database = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        database = request.getfixturevalue("cluster").new(tmp_path.name.lower())
    one = Portal(workspace=tmp_path / "eco", database=database)
    one.workspace.mkdir()
    one.run("-c", _REGISTER, PLATFORM, *map(str, keys))
    return one, ledger_of(one.workspace / "portal", PLATFORM)


def _sizes(releases: int) -> Sizes:
    return Sizes(results=20 * releases, releases=releases, platforms=1, products=4, units=8)


def _finish(portal: Portal, key: Path, at: str = "", code: int = 0) -> dict[str, Any]:
    said = portal.run("-c", _FINISH, str(key), PLATFORM, at, code=code)
    return dict(json.loads(said)) if code == 0 else {}


def _told(portal: Portal) -> tuple[int, list[list[Any]]]:
    said = json.loads(portal.run("-c", _TELL))
    return said["releases"], said["told"]


@pytest.mark.parametrize("portal", BOTH, indirect=True)
def test_a_kill_between_leaves_neither_a_lie_nor_a_gap(
    portal: tuple[Portal, Path], keys: tuple[Path, Path]
) -> None:
    one, ledger = portal
    assert _finish(one, keys[0])["taken"] == 0
    assert _told(one) == (0, [])

    write_ledger(ledger, _sizes(1))
    _finish(one, keys[0], "before", code=-9)
    assert _told(one) == (0, [])
    _finish(one, keys[0], "between", code=-9)
    releases, told = _told(one)
    holds = contents(ledger)
    assert holds
    assert releases == 0
    (row,) = told
    assert row[:5] == ["ledger pushed", "login", "Ann", "pond", {}]
    assert (row[5]["deliveries"], row[5]["sha256"]) == (1, holds.sha256)
    assert row[5]["platform"] == PLATFORM

    assert _finish(one, keys[0])["taken"] == 1
    assert _finish(one, keys[0])["taken"] == 0
    assert _finish(one, keys[1])["taken"] == 0
    assert _told(one) == (1, told)

    write_ledger(ledger, _sizes(2))
    assert _finish(one, keys[1])["taken"] == 1
    releases, (first, second) = _told(one)
    assert releases == 2
    assert first == row
    assert second[:3] == ["ledger pushed", "batch", "Ann"]
    assert (second[4], second[5]["deliveries"]) == ({"sha256": holds.sha256}, 2)


def test_what_no_runner_finished_is_told_as_the_portals_own(
    portal: tuple[Portal, Path], keys: tuple[Path, Path]
) -> None:
    one, ledger = portal
    write_ledger(ledger, _sizes(1))
    for _ in range(2):
        one.run("-c", _TAKE)
    releases, (row,) = _told(one)
    assert releases == 1
    assert row[:4] == ["push taken in, not on record as finished", "", "", "pond"]
    assert (row[5]["platform"], row[5]["ledger"]) == (PLATFORM, ledger.name)

    _finish(one, keys[0])
    eco = str(one.workspace)
    one.run(*PESO, "portal", "ingest", str(ledger), "--anew", "--in", eco)
    releases, told = _told(one)
    assert releases == 1
    assert [made[:2] for made in told] == [row[:2], ["ledger pushed", "login"]]
