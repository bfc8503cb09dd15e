"""People with roles, in a browser, by keyboard, at 320 pixels: from the first start to a patch.

An administrator makes the first account and invites; a liaison signs in with two factors and
proposes a change; the maintainer accepts it; a facility registers a runner, whose push a visitor
sees on the product's page, and whose key it revokes. A visitor sees none of what is not theirs.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.portal.browser.conftest import played
from tests.portal.browser.forms import PASSWORD
from tests.portal.made import Sizes, products_of, write_ledger
from tests.portal.small import PRODUCTS, Live, served

import peso
from peso.errors import Reason, Refused
from peso.services.delivery.signing.keyfiles import write_key

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
_LINK = re.compile(r"https?://\S+(/invitation/\S+)")
FACILITY = "pond"
PLATFORM = "platform-00"
SIZES = Sizes(results=60, releases=1, platforms=1, products=6, units=12)
Told = dict[str, Any]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(tmp_path_factory.mktemp("roles") / "eco") as live:
        yield live


@pytest.fixture(scope="module")
def told(tools: tuple[str, str, Path], live: Live) -> Told:
    link = _LINK.search((live.folder / "served.log").read_text())
    assert link
    things = {"product": "halden", "organization": "norda", "facility": FACILITY}
    return played(
        tools, "roles.cjs", password=PASSWORD, base=live.url, setUp=live.url + link[1], **things
    )


def test_a_proposal_from_the_first_start_to_a_patch(told: Told, live: Live) -> None:
    assert told["liaison"]["path"] == "/edit/product/halden/"
    assert "+license: Zlib" in told["liaison"]["shown"]
    assert "It is proposed." in told["liaison"]["sees"]
    assert "It is accepted" in told["maintainer"]["sees"]
    _git_takes(live.folder, told["maintainer"]["patch"])
    elsewhere = {one for one in told["visitor"]["ends"].values() if one != "/account/login/"}
    assert elsewhere == set()
    for name in ("Lia", "Max", "Zlib", "Proposal", "@example.org"):
        assert name not in told["visitor"]["product"], name


def test_a_runner_from_its_key_to_its_push_and_no_further(
    told: Told,
    live: Live,
    tools: tuple[str, str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, public = _key(tmp_path, monkeypatch)
    ledger = tmp_path / "ledger"
    write_ledger(ledger, SIZES)
    with pytest.raises(Refused) as no:
        peso.push_ledger(ledger, to=live.url, key=key)
    assert no.value.reason is Reason.UNKNOWN_SIGNER

    asked = {
        "base": live.url,
        "organization": FACILITY,
        "email": "fay@example.org",
        "password": PASSWORD,
    }
    until = f"{datetime.now(UTC) + timedelta(days=300):%m%d%Y}"
    said = played(
        tools,
        "runner.cjs",
        scene="registers",
        link=told["facility"],
        platform=PLATFORM,
        public=public,
        until=until,
        **asked,
    )
    _says_what_goes_on(said)
    assert "The runner is registered." in said["sees"]
    assert said["ends"] == f"/runners/{FACILITY}/"
    assert peso.push_ledger(ledger, to=live.url, key=key).ok

    path = f"/products/{products_of(SIZES)[0]}/"
    seen = played(tools, "runner.cjs", scene="looks", path=path, **asked)
    assert PLATFORM in seen["product"]
    assert PLATFORM in seen["tests"]
    assert seen["ends"] == "/account/login/"
    for name in ("Fay", "login node", "@example.org"):
        assert name not in seen["product"] + seen["tests"], name

    said = played(tools, "runner.cjs", scene="revokes", **asked)
    assert "no push of it is taken any more" in said["sees"]
    with pytest.raises(Refused, match="revoked") as no:
        peso.push_ledger(ledger, to=live.url, key=key)
    assert no.value.reason is Reason.UNKNOWN_SIGNER


def _says_what_goes_on(said: Told) -> None:
    """Look at the page that asks again: twice, for the first password was wrong; and the form."""
    words = f"To go on with: register the runner login node of {FACILITY}, for the platform"
    for page in (said["first"], said["again"]):
        assert f"{words} {PLATFORM}." in page["sees"]
        assert "Nothing was done yet." in page["sees"]
        assert page["hears"].startswith(words)
        assert "Confirm that it is you" in page["title"]
    assert "not right yet" not in said["first"]["sees"]
    assert "not right yet" in said["again"]["sees"]
    assert "not right yet" in said["back"]["sees"]
    assert said["back"]["name"] == "login node"


def _key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """Make a runner's key; returns its file, and the part that is for others."""
    secret = folder / "passphrase"
    secret.write_text("a walk")
    secret.chmod(0o600)
    monkeypatch.setenv("PESO_PASSPHRASE_FILE", str(secret))
    file = folder / "runner.pem"
    write_key(file, b"a walk")
    mark = "-----BEGIN PUBLIC KEY-----"
    return file, mark + file.read_text().partition(mark)[2]


def _git_takes(workspace: Path, patch: str) -> None:
    file = workspace / "products" / "halden.yaml"
    before = file.read_text()
    done = subprocess.run(
        ["git", "apply", "-"],
        cwd=workspace,
        input=patch.encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert file.read_text() == before.replace("license: BSD-3-Clause", "license: Zlib")
    assert "license: BSD-3-Clause" in PRODUCTS["halden"]
