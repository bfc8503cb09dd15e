"""A facility's runner pushes its ledger: what failed is on its product's page; revoked is no."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.portal.made import Sizes, write_ledger
from tests.portal.small import Live, run, served

import peso
from peso.api.pushable import pushable
from peso.base.ledger import Ledger
from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.signing.keyfiles import read_public, write_key

SIZES = Sizes(results=60, releases=1, platforms=1, products=6, units=12)
PLATFORM = "platform-00"
REGISTER = """
import sys
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from peso.portal.django import begin
from peso.portal.serve import config_in
begin(config_in(Path(sys.argv[1]), url="http://127.0.0.1:8000"))
from peso.portal.people import runners, tokens
from peso.portal.people.grants import grant
from peso.portal.people.models import Account
from peso.portal.people.roles import Held, Role
ann = Account.objects.create_user("ann@example.org", "Ann")
grant(ann, Held(role=Role.FACILITY, scope="pond"), by=None)
scopes = ["runners.see", "runners.change"]
print(tokens.make(ann, "a program", scopes, lasts=timedelta(days=1)), end="")
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(tmp_path_factory.mktemp("portal"), code="empty") as live:
        yield live


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    secret = tmp_path / "passphrase"
    secret.write_text("a walk")
    secret.chmod(0o600)
    monkeypatch.setenv("PESO_PASSPHRASE_FILE", str(secret))
    write_key(tmp_path / "runner.pem", b"a walk")
    return tmp_path / "runner.pem"


def _public(key: Path) -> str:
    return "-----BEGIN PUBLIC KEY-----" + key.read_text().partition("-----BEGIN PUBLIC KEY-----")[2]


def _rows(portal: Live) -> tuple[int, int]:
    with sqlite3.connect(portal.folder / ".peso" / "portal" / "portal.sqlite3") as rows:
        (results,) = rows.execute("SELECT count(*) FROM peso_test_result").fetchone()
        (releases,) = rows.execute("SELECT count(*) FROM peso_release").fetchone()
    return results, releases


def test_a_push_appears_and_a_revoked_key_is_refused(
    portal: Live, key: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    write_ledger(ledger, SIZES)
    token = run("-c", REGISTER, str(portal.folder), cwd=tmp_path)
    bearer = {"Authorization": f"Bearer {token}"}

    with pytest.raises(Refused) as no:
        peso.push_ledger(ledger, to=portal.url, key=key)
    assert no.value.reason is Reason.UNKNOWN_SIGNER
    assert not (portal.folder / ".peso" / "portal" / "pushed").exists()

    said = {
        "name": "login node",
        "platform": PLATFORM,
        "public": _public(key),
        "until": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    }
    at = f"{portal.url}/api/v1/runners/pond"
    runner = portal.client.post(at, json=said, headers=bearer)
    assert runner.status_code == 200, runner.text
    assert runner.json()["keyid"] == read_public(key).keyid
    assert portal.client.post(at, json=said, headers=bearer).status_code == 422
    assert (
        portal.client.post(at.replace("pond", "lake"), json=said, headers=bearer).status_code == 403
    )
    assert portal.client.post(at, json=said).status_code == 401

    _killed_in_the_middle(ledger, portal, key, tmp_path)
    done = peso.push_ledger(ledger, to=portal.url, key=key)
    again = peso.push_ledger(ledger, to=portal.url, key=key)

    assert (done.ok, done.taken, done.left_out) == (True, 1, ())
    assert 0 < done.sent < done.items
    assert (again.sent, again.taken, again.items) == (0, 0, done.items)
    assert _rows(portal) == (SIZES.results, 1)
    assert _told(portal) == ["login node"]
    failed = portal.get("/api/v1/releases/testing/week/26.00/tests?outcome=fail").json()["items"]
    assert failed
    page = portal.text(f"/products/{failed[0]['product']}/")
    assert PLATFORM in page
    assert re.search(r"\bfail", page)

    with pytest.raises(Refused, match="is for the platform another") as no:
        _named_another(ledger, tmp_path, portal, key)
    assert no.value.reason is Reason.SWAPPED

    gone = portal.client.post(f"{at}/{runner.json()['key']}/revoke", headers=bearer)
    assert gone.json()["state"] == "revoked"
    with pytest.raises(Refused, match="revoked") as no:
        peso.push_ledger(ledger, to=portal.url, key=key)
    assert no.value.reason is Reason.UNKNOWN_SIGNER
    assert _rows(portal) == (SIZES.results, 1)
    assert _told(portal) == ["login node"]


def _told(portal: Live) -> list[str]:
    """Return the runners whose pushes the audit tells of."""
    with sqlite3.connect(portal.folder / ".peso" / "portal" / "portal.sqlite3") as rows:
        said = rows.execute("SELECT after FROM peso_change WHERE what = 'ledger pushed'")
        return [json.loads(after)["runner"] for (after,) in said]


def _killed_in_the_middle(ledger: Path, portal: Live, key: Path, tmp_path: Path) -> None:
    """Push a part, as a push that was killed: its accounts are not there, so no page shows it."""
    part = tmp_path / "part"
    shutil.copytree(ledger, part)
    items = pushable(Ledger(part)).items
    program = (
        "import os, sys, peso\n"
        "from peso.api import push\n"
        "push.MOST = 5\n"
        "peso.push_ledger(sys.argv[1], to=sys.argv[2], key=sys.argv[3],"
        " seen=lambda _what: os.kill(os.getpid(), 9))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, str(part), portal.url, str(key)],
        env=dict(os.environ),
        check=False,
        timeout=120,
        capture_output=True,
    )
    assert ended.returncode == -9, ended.stderr.decode()
    assert len(items) > 5
    assert _rows(portal) == (0, 0)


def _named_another(ledger: Path, tmp_path: Path, portal: Live, key: Path) -> None:
    """Push as another platform than the key's: accounts without tests fit any platform."""
    bare = tmp_path / "bare"
    shutil.copytree(ledger, bare)
    with pytest.raises(BadInput, match="no ledger"):
        peso.push_ledger(tmp_path / "nothing", to=portal.url, key=key)
    peso.push_ledger(bare, to=portal.url, key=key, platform="another")
