"""The client against a portal that answers: every list and every thing, and errors for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.portal.small import Live

import peso.client
from peso.base.net import Net
from peso.client import Portal
from peso.errors import BadInput, Outside

NORTH = ("testing", "north", "26.11")


@pytest.fixture
def portal(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Portal(f"{live.url}/", page=2) as one:
        yield one


def test_the_example_of_the_module_runs(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    example = re.findall(r"^    (.*)$|^()$", peso.client.__doc__ or "", re.MULTILINE)
    text = "\n".join(line for line, _ in example).strip().partition("\n\n\n")[0]
    assert "https://portal.example.org" in text

    exec(text.replace("https://portal.example.org", live.url), {})  # noqa: S102 - our own example

    assert capsys.readouterr().out == "Solvera Apache-2.0 OR MIT\n"


def test_lists_come_page_by_page(portal: Portal) -> None:
    assert [one.slug for one in portal.products()] == ["halden", "openring", "solvera", "tesselle"]
    assert [one.slug for one in portal.products(member="sola")] == ["solvera", "tesselle"]
    assert [one.version for one in portal.releases()] == ["26.11", "26.10", "26.09"]
    assert [one.name for one in portal.recipes(q="messages")] == ["openring", "ringo"]
    assert sorted(one.recipe for one in portal.dependents("mpi")) == ["halden", "solvera"]
    assert [one.name for one in portal.stacks()] == ["north"]
    assert {one.state for one in portal.sources()} == {"taken"}


def test_things_have_all_that_is_known(portal: Portal) -> None:
    product = portal.product("halden")
    release = portal.release(*NORTH)
    runs = list(portal.runs(*NORTH))
    failed = list(portal.runs(*NORTH, outcome="fail"))
    stack = portal.stack("north")

    assert {one.state for one in product.cells} == {"pass"}
    assert len(product.releases) == 3
    assert release.verdict == "fail"
    assert release.findings[0].rule == "CVE-2026-0002"
    assert len(runs) == 12
    assert [(one.product, one.error_line) for one in failed] == [("solvera", 1234)]
    assert [one.name for one in portal.units(*NORTH, outcome="failed")] == ["zlibby"]
    assert portal.recipe("halden").data["maintainers"] == ["ann", "bo"]
    assert "solvera@9" in stack.roots
    assert stack.findings[0].line == 4


def test_the_consortium_comes_with_people_groups_and_what_is_due(portal: Portal) -> None:
    norda = portal.organization("norda")

    assert portal.consortium().organizations == {"member": 2}
    assert [one.slug for one in portal.organizations(kind="member")] == ["norda", "sola"]
    assert [one.name for one in norda.stewardships] == ["Halden", "Tesselle"]
    assert "no date is on record" in str(norda.organization.since)
    assert [one.state for one in norda.due] == ["open"]
    assert "seat-vacant" in {one.rule for one in portal.due(state="open")}
    assert [one.name for one in portal.people()] == ["Ann"]
    assert portal.person("ann").roles[0].role == "lead"
    assert [one.slug for one in portal.groups()] == ["meshes"]
    assert portal.group("meshes").group.charter.status == "Active"


def test_no_path_of_the_machine_is_told(portal: Portal, live: Live) -> None:
    said = json.dumps(portal.recipe("halden").data)

    assert str(live.folder) not in said
    assert str(Path.home()) not in said


def test_what_is_not_there_is_said(portal: Portal) -> None:
    with pytest.raises(BadInput, match="the portal does not have it") as caught:
        portal.product("nothing")
    assert "/api/v1/products/nothing" in str(caught.value.where)


def test_what_is_no_portal_is_said(tmp_path: Path) -> None:
    (tmp_path / "api" / "v1" / "stacks").mkdir(parents=True)
    (tmp_path / "api" / "v1" / "stacks" / "north").write_text("<html>")
    with pytest.raises(Outside, match="is no portal that this client knows"):
        Portal(f"file://{tmp_path}").stack("north")


def test_offline_is_said() -> None:
    with pytest.raises(Outside, match="switched off"):
        next(Portal("https://portal.example.org", net=Net(offline=True)).products())
