"""Accounts, audit and what runners pushed are kept: by a backup, a move, an index made anew.

On both databases; each portal is one of its own, in processes of its own.
"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.portal.cluster import Cluster, why_not
from tests.portal.made import Sizes, products_of, write_ledger
from tests.portal.test_reliable import PESO, Portal

from peso.portal.ingest.pushed import held, ledger_of

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
_FILL = """
import os
from peso.portal.config import config_of
from peso.portal.django import begin, migrate
begin(config_of(os.environ)); migrate()
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from peso.portal.people.models import Account
from peso.portal.people import grants, invitations
from peso.portal.people.forgetting import forget
from peso.portal.people.roles import Held, Role
made = []
for name in ("Ann", "Bo"):
    one = Account.objects.create_user(f"{name.lower()}@example.org", name, "a long walk 1842")
    EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    TOTP.activate(one, "JBSWY3DPEHPK3PXP")
    grants.grant(one, Held(role=Role.ADMINISTRATOR), by=None)
    made.append(one)
invitations.invite("cy@example.org", [Held(role=Role.LIAISON, scope="pond")], by=made[0])
forget(made[1], by=made[0])
from datetime import date
from peso.portal.needs.frozen import freeze_now
from peso.portal.needs.models import Reminder
freeze_now("public", by=made[0])
Reminder.objects.create(
    account=made[0], need="n-0123456789", organization="pond", due=date(2026, 11, 1)
)
"""
_TELL = """
import json, os
from peso.portal.config import config_of
from peso.portal.django import begin
begin(config_of(os.environ))
from django.contrib.auth.hashers import check_password
from allauth.mfa.models import Authenticator
from peso.portal.keeping import private
from peso.portal.people.audit import record
from peso.portal.people.models import Account
ann = Account.objects.get(name="Ann")
rows = {one._meta.db_table: [json.dumps(row, sort_keys=True, default=str)
        for row in one.objects.order_by("pk").values_list()] for one in private()}
opened = Authenticator.objects.get(user=ann).wrap()
from allauth.mfa.adapter import get_adapter
secret = get_adapter().decrypt(opened.instance.data["secret"])
goes_on = record("tried", by=ann).pk if os.environ.get("TRY") else 0
print(json.dumps({"rows": rows, "password": check_password("a long walk 1842", ann.password),
                  "secret": secret, "goes_on": goes_on}))
"""
_TAKE = """
import os
from peso.portal.config import config_of
from peso.portal.taking import take_in
assert take_in(config_of(os.environ), []).ok
"""
_PAGE = """
import os, sys
from peso.portal.config import config_of
from peso.portal.django import begin, collect
begin(config_of(os.environ)); collect()
from django.test import Client
print(Client(headers={"host": "localhost"}).get(sys.argv[1]).content.decode())
"""
_KILLED = """
import os, sys
from pathlib import Path
from peso.portal import keeping
from peso.portal.config import config_of
put_back, put = keeping.pushed.put_back, []
def few(*given):
    put_back(*given)
    put.append(given)
    if len(put) == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
keeping.pushed.put_back = few
keeping.restore(config_of(os.environ), Path(sys.argv[1]))
"""
SIZES = Sizes(results=60, releases=2, platforms=1, products=6, units=12)
PLATFORM = "platform-00"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as one:
        yield one


def _portal(tmp_path: Path, kind: str, request: pytest.FixtureRequest, name: str) -> Portal:
    workspace = tmp_path / name
    workspace.mkdir()
    database = ""
    if kind == "postgresql":
        database = request.getfixturevalue("cluster").new(f"{tmp_path.name}_{name}".lower())
    return Portal(workspace=workspace, database=database)


def _told(portal: Portal) -> dict[str, object]:
    said: dict[str, object] = json.loads(portal.run("-c", _TELL))
    return said


@pytest.mark.parametrize("before", BOTH)
@pytest.mark.parametrize("after", BOTH)
def test_a_backup_brings_all_of_it_back(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
) -> None:
    one = _portal(tmp_path, before, request, "one")
    other = _portal(tmp_path, after, request, "other")
    one.run("-c", _FILL)
    file = tmp_path / "kept.backup"

    one.run(*PESO, "portal", "backup", str(file), "--in", str(one.workspace))
    said = other.run(*PESO, "portal", "restore", str(file), "--in", str(other.workspace))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"2 accounts" in said
    told = _told(one)
    assert _told(other) == told
    assert told["password"] is True
    assert told["secret"] == "JBSWY3DPEHPK3PXP"  # noqa: S105 - nobody's
    monkeypatch.setenv("TRY", "1")
    assert int(str(_told(other)["goes_on"])) > len(told["rows"]["peso_change"])  # type: ignore[index]
    again = other.run(*PESO, "portal", "restore", str(file), "--in", str(other.workspace), code=2)
    assert b"this portal has accounts" in again


def test_a_damaged_copy_is_refused_and_one_that_is_there_is_left(tmp_path: Path) -> None:
    one = Portal(workspace=tmp_path / "one")
    one.workspace.mkdir()
    one.run("-c", _FILL)
    file = tmp_path / "kept.backup"
    one.run(*PESO, "portal", "backup", str(file), "--in", str(one.workspace))
    assert b"there already" in one.run(
        *PESO, "portal", "backup", str(file), "--in", str(one.workspace), code=2
    )
    file.write_bytes(file.read_bytes()[:-20])
    other = replace(one, workspace=tmp_path / "other")
    other.workspace.mkdir()
    said = other.run(*PESO, "portal", "restore", str(file), "--in", str(other.workspace), code=2)
    assert b"this is no copy of a portal" in said
    assert not (other.workspace / "portal" / "portal.sqlite3").exists()


@pytest.fixture
def pushed(tmp_path: Path) -> Portal:
    """A portal with accounts, to which a runner pushed a ledger."""
    one = Portal(workspace=tmp_path / "one")
    one.workspace.mkdir()
    one.run("-c", _FILL)
    write_ledger(ledger_of(one.workspace / "portal", PLATFORM), SIZES)
    one.run("-c", _TAKE)
    return one


def test_what_runners_pushed_is_on_its_products_page_again(pushed: Portal, tmp_path: Path) -> None:
    file, eco = tmp_path / "kept.backup", str(pushed.workspace)
    at = f"/products/{products_of(SIZES)[0]}/"
    before, page = pushed.held(), pushed.run("-c", _PAGE, at).decode()
    assert PLATFORM in page
    said = json.loads(
        pushed.run(*PESO, "portal", "backup", str(file), "--in", eco, "--json").decode()
    )
    assert said["pushed"] > SIZES.results
    assert said["left_out"] == []
    told, things = _told(pushed), dict(held(pushed.workspace / "portal"))

    shutil.rmtree(pushed.workspace / "portal")
    pushed.run("-c", _KILLED, str(file), "7", code=-9)
    assert len(dict(held(pushed.workspace / "portal"))) == 7
    again = pushed.run(*PESO, "portal", "restore", str(file), "--in", eco)

    assert f"{said['pushed']} records and logs that runners pushed".encode() in again
    assert f"{SIZES.releases} releases of theirs taken in".encode() in again
    assert dict(held(pushed.workspace / "portal")) == things
    assert _told(pushed) == told
    assert pushed.held() == before
    assert PLATFORM in pushed.run("-c", _PAGE, at).decode()


def test_a_portal_to_which_something_else_was_pushed_is_left_alone(
    pushed: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "kept.backup"
    pushed.run(*PESO, "portal", "backup", str(file), "--in", str(pushed.workspace))
    other = replace(pushed, workspace=tmp_path / "other")
    write_ledger(ledger_of(other.workspace / "portal", "another"), SIZES)
    before = dict(held(other.workspace / "portal"))
    said = other.run(*PESO, "portal", "restore", str(file), "--in", str(other.workspace), code=2)
    assert b"things to this portal that the copy has not" in said
    assert dict(held(other.workspace / "portal")) == before
    assert not (other.workspace / "portal" / "portal.sqlite3").exists()


@pytest.mark.postgres
def test_a_move_takes_accounts_and_audit_along(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    one = _portal(tmp_path, "sqlite", request, "one")
    one.run("-c", _FILL)
    told = _told(one)
    to = request.getfixturevalue("cluster").new("moved")
    one.run(*PESO, "portal", "move", "--to", to, "--in", str(one.workspace))
    moved = replace(one, database=to)
    assert _told(moved) == told


def test_an_index_made_anew_leaves_them_alone(tmp_path: Path) -> None:
    one = Portal(workspace=tmp_path / "one")
    one.run(*PESO, "init", str(one.workspace))
    one.run("-c", _FILL)
    told = _told(one)
    eco = str(one.workspace)
    one.run(*PESO, "portal", "ingest", eco, "--in", eco, code=1)  # nothing is there
    one.run(*PESO, "portal", "ingest", eco, "--anew", "--in", eco, code=1)
    assert _told(one) == told
