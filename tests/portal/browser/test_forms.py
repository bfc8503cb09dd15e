"""Everybody can use every form in every state: axe-core, labels, purposes, what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.browsers import CHECKOUT
from tests.portal.browser.conftest import once, played
from tests.portal.browser.forms import states
from tests.portal.small import served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
STARTS = (
    *("sign in", "invitation", "account", "person", "edit", "new", "proposal"),
    *("it is you", "bring needs"),
)
Looked = dict[str, Any]
SHOWN = {
    "bring needs, a file that waits no more": 404,
    "error: not allowed": 403,
    "invitation that does not work": 404,
    "need's link that does not work": 404,
}


def _people(folder: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "tests.portal.browser.forms"],
        env=kept | {"PESO_PORTAL": str(folder / ".peso" / "portal"), "PYTHONPATH": str(CHECKOUT)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="session")
def forms(tools: tuple[str, str, Path], tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """What is to be seen of every state."""

    def see() -> Looked:
        with served(tmp_path_factory.mktemp("forms") / "eco", code="empty") as live:
            told = _people(live.folder)
            return played(
                tools,
                "forms.cjs",
                base=live.url,
                states=states(told, live.url),
                pictures=os.environ.get("PESO_BROWSER_PICTURES", ""),
            )

    return once("forms", tmp_path_factory, see)


def test_axe_finds_nothing_light_or_dark(forms: Looked) -> None:
    found = {
        f"{name}, {look['scheme']}": look["violations"]
        for name, one in forms.items()
        for look in one["looks"]
        if look["violations"]
    }
    assert found == {}


def test_every_state_was_reached(forms: Looked) -> None:
    assert {name: one["status"] for name, one in forms.items() if one["status"] != 200} == SHOWN
    ends = ("nothing sent", "wrong", "weak", "wrongly", "no name", "without a slug", "not sure")
    for name, one in forms.items():
        if name.endswith(ends) and name.startswith(STARTS):
            assert "not right yet" in one["said"], name


def test_every_field_has_a_label_a_purpose_and_its_hint(forms: Looked) -> None:
    for name, one in forms.items():
        for field in one["fields"]:
            assert field["labels"], (name, field)
            assert field["described"], (name, field)
    purposes = {
        "sign in": {"login": "email", "password": "current-password"},
        "second factor": {"code": "one-time-code"},
        "invitation": {"name": "name", "email": "username", "password": "new-password"},
        "set-up link": {"name": "name", "email": "username", "password": "new-password"},
        "password forgotten": {"email": "email"},
    }
    for name, said in purposes.items():
        got = {field["name"]: field["complete"] for field in forms[name]["fields"]}
        assert {key: got[key] for key in said} == said, name


def test_a_summary_leads_to_the_fields(forms: Looked) -> None:
    assert [name for name, one in forms.items() if not one["summary"]] == []


def test_nothing_scrolls_sideways(forms: Looked) -> None:
    assert {name: one["sideways"] for name, one in forms.items() if one["sideways"] > 0} == {}
