"""A quarter in a browser, by keyboard, at 320 pixels: twelve needs, from the raising to the answer.

Five organizations and a visitor raise them; two are one; all endorse it; the ranking is frozen; one
is refused with a reason; one comes with a release that the pipeline made, and is answered. Then the
command line makes the frozen ranking again from its export, and feeds and briefs say all of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.portal.browser.conftest import played
from tests.portal.browser.forms import SECRET
from tests.portal.ecosystem import ecosystem
from tests.portal.needs.test_quarter import ASKED, ORGANIZATIONS
from tests.portal.small import PESO, Live, run, served
from tests.portal.standing import shared_folder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
_PEOPLE = """
import json, sys
from pathlib import Path
from peso.portal.django import begin
from peso.portal.serve import config_in
begin(config_in(Path(sys.argv[1]), url="http://127.0.0.1:8000"))
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client
from peso.portal.people.grants import grant
from peso.portal.people.models import Account
from peso.portal.people.roles import Held, Role

def cookie(name, role, scope):
    one = Account.objects.create_user(f"{name}@example.org", f"Who speaks for {name}")
    grant(one, Held(role=role, scope=scope), by=None)
    if role is Role.STEERING:
        TOTP.activate(one, sys.argv[2])
    client = Client()
    client.force_login(one, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}

facility = {"big-lake": Role.FACILITY}
told = {one: cookie(one, facility.get(one, Role.LIAISON), one) for one in sys.argv[3:]}
print(json.dumps(told | {"steering": cookie("steering", Role.STEERING, "")}))
"""


def test_a_quarter(
    tools: tuple[str, str, Path], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    eco = ecosystem(shared_folder(tmp_path_factory))
    with served(tmp_path / "eco", code="empty") as live:
        said = ("--root", f"{eco}/public.root.json", "--unsafe-development-keys")
        run(*PESO, "portal", "ingest", f"{eco}/public", *said, "--in", str(live.folder), cwd=eco)
        people = run("-c", _PEOPLE, str(live.folder), SECRET, *ORGANIZATIONS, cwd=tmp_path)
        told = _play(tools, live, json.loads(people))

        assert ASKED[0] in told["ranking"]
        assert "It came with the release." in told["need"]
        for slug in ORGANIZATIONS:
            assert slug in told["need"], slug
        assert "Others teach it." in told["refused"]
        assert "It came with the release." in told["done"]
        assert "No more ranked" in told["moved"]
        _made_again(live, tmp_path)
        feed = live.text("/feeds/needs.atom")
        assert f"As a member I need {ASKED[0]} (answered)" in feed
        assert "Others teach it." in feed
        for slug in ORGANIZATIONS:
            assert "It came with the release" in live.text(f"/needs/briefs/{slug}.md"), slug
        assert len(set(told["needs"])) == len(ASKED) + 1


def _play(
    tools: tuple[str, str, Path], live: Live, cookies: dict[str, dict[str, str]]
) -> dict[str, str]:
    return played(
        tools,
        "quarter.cjs",
        base=live.url,
        cookies=cookies,
        asked=[
            {
                "by": ORGANIZATIONS[at % len(ORGANIZATIONS)],
                "statement": f"As a member I need {what}",
                "products": "hypre" if "hypre" in what else "",
            }
            for at, what in enumerate(ASKED)
        ],
        visitors="As a visitor I need help",
        mails=str(live.folder / ".peso" / "portal" / "mail"),
        release="tiny",
    )


def _made_again(live: Live, folder: Path) -> None:
    """Let the command line make both frozen rankings again, from what anybody can fetch."""
    for number in (1, 2):
        at = folder / str(number)
        at.mkdir()
        for what in ("snapshot", "export"):
            data = live.get(f"/needs/snapshots/{number}/{what}.json").content
            (at / f"{what}.json").write_bytes(data)
        said = ("--snapshot", "snapshot.json", "--check", "export.json")
        assert "same" in run(*PESO, "need", "rank", *said, cwd=at).lower()
