"""A new liaison by a form: proposed, accepted as a patch that brings its file, read back."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import HOW, Portal

from peso.partnerships.consortium.checking import check_consortium
from peso.partnerships.consortium.reading import read_consortium
from peso.portal.ingest.consortium import take_consortium
from peso.portal.ingest.files import take_files
from peso.portal.patching import patches
from peso.portal.people.models import Change, Proposal
from peso.portal.people.roles import Held, Role
from peso.portal.store.models import Consortium, WorkspaceFile

NOW = datetime(2026, 11, 26, tzinfo=UTC)
AT = "/add/liaison/pond/"
FILES = {
    "products/hypre.yaml": "schema: peso.product/1\nname: Hypre\nspack: [hypre]\n",
    "consortium/organizations/pond.yaml": (
        "schema: peso.organization/1\nshort_name: POND\nkind: facility\n"
    ),
    "consortium/organizations/lake.yaml": (
        "schema: peso.organization/1\nshort_name: Lake\nkind: vendor\n"
    ),
    "consortium/people/ann.yaml": "schema: peso.person/1\nname: Ann Ambler\n",
    "consortium/liaisons/bo.yaml": (
        "schema: peso.liaison/1\nperson: Bo\norganization: pond\nto: lake\ntopic: Data\n"
    ),
}
SAID = {
    "person": "Ann Ambler",
    "target": "vendor",
    "to": "lake",
    "topic": 'Meshes: "fine" ones',
    "funding": "",
    "since": "2026-12-01",
    "until": "",
    "why": "She begins there.",
    "action": "propose",
}


@pytest.fixture
def workspace(written: Portal, tmp_path: Path) -> Path:
    """A workspace with a consortium, whose files the portal took in."""
    assert written.done.ok
    WorkspaceFile.objects.all().delete()
    Consortium.objects.all().delete()
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    _take(tmp_path)
    return tmp_path


@pytest.fixture
def liaison(written: Portal, workspace: Path) -> Client:
    assert workspace.is_dir()
    return signed_in(written, somebody(Role.LIAISON))


@pytest.fixture
def decider(written: Portal) -> Client:
    return signed_in(written, somebody(Role.ADMINISTRATOR))


def _take(workspace: Path) -> None:
    take_consortium(workspace, "eco", NOW)
    take_files(workspace, "eco")


def _page(client: Client, at: str = AT, **changed: str) -> str:
    answer = client.post(at, SAID | changed)
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


def _propose(client: Client, at: str = AT, **changed: str) -> int:
    answer = client.post(at, SAID | changed)
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].split("/")[2])


def _git(folder: Path, *argv: str, said: bytes = b"") -> str:
    who = ["-c", "user.name=Keeper", "-c", "user.email=keeper@people.invalid"]
    done = subprocess.run(
        ["git", *who, *argv], cwd=folder, input=said, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_a_new_liaison_from_the_form_to_the_consortium(
    workspace: Path, liaison: Client, decider: Client, tmp_path: Path
) -> None:
    number = _propose(liaison)
    assert liaison.post(f"/proposals/{number}/", {"action": "accept"}).status_code == 403
    assert decider.post(f"/proposals/{number}/", {"action": "accept"}).status_code == 302
    patch = decider.get(f"/proposals/{number}.patch").content
    for git in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        _git(workspace, *git)
    _git(workspace, "apply", "--check", "-", said=patch)
    _git(workspace, "am", "-q", "-", said=patch)

    path = "consortium/liaisons/ann-ambler-lake.yaml"
    assert _git(workspace, "show", "--name-status", "--format=%s", "HEAD").split() == [
        *f"Add {path}".split(),
        "A",
        path,
    ]
    read = read_consortium(workspace)
    (one,) = [held for held in read.consortium.liaisons if held.person == "Ann Ambler"]
    assert (one.organization, one.to, one.target) == ("pond", "lake", "vendor")
    assert (one.topic, str(one.since)) == ('Meshes: "fine" ones', "2026-12-01")
    found = check_consortium(workspace, read, NOW.date())
    assert [fault.rule for fault in found if fault.where and path in fault.where] == []

    _take(workspace)
    assert Proposal.objects.get(pk=number).state == "in effect"
    page = liaison.get("/consortium/organizations/pond/").content.decode()
    assert "Ann Ambler" in page
    told = Change.objects.filter(kind="organization", slug="pond").order_by("pk")
    assert [*told.values_list("what", flat=True)] == [
        "role granted",
        "change proposed",
        "proposal accepted",
        "proposal in effect",
    ]
    assert told[1].after["file"] == path
    assert patches(HOW, tmp_path / "none").files == ()


def test_nothing_is_kept_and_no_fact_changes_before_it_is_proposed(liaison: Client) -> None:
    before = [*Consortium.objects.values_list("data", flat=True)]
    shown = _page(liaison, action="preview")
    assert "+person: Ann Ambler" in shown
    assert "new file mode 100644" in shown
    assert "Propose it" in shown
    assert not Proposal.objects.exists()
    _propose(liaison)
    assert [*Consortium.objects.values_list("data", flat=True)] == before


def test_what_says_the_same_already_is_refused_in_words(liaison: Client, decider: Client) -> None:
    there = _page(liaison, person="bo", to="lake", target="organization", topic="DATA")
    assert "The file consortium/liaisons/bo.yaml says the same already." in there
    number = _propose(liaison)
    for client in (liaison, decider):
        assert f"Proposal {number} says the same already." in _page(client)
    decider.post(f"/proposals/{number}/", {"action": "accept"})
    assert f"Proposal {number} says the same already." in _page(liaison)
    other = _propose(liaison, topic="Another one")
    assert Proposal.objects.get(pk=other).path.endswith("/ann-ambler-lake-2.yaml")
    assert Proposal.objects.count() == 2


def test_one_that_was_refused_can_be_proposed_again(liaison: Client, decider: Client) -> None:
    number = _propose(liaison)
    decider.post(f"/proposals/{number}/", {"action": "refuse", "reason": "Not yet."})
    again = _propose(liaison)
    assert Proposal.objects.get(pk=again).path == Proposal.objects.get(pk=number).path


def test_a_file_of_that_name_that_came_first_outdates_it(workspace: Path, liaison: Client) -> None:
    number = _propose(liaison)
    path = Proposal.objects.get(pk=number).path
    (workspace / path).write_text(FILES["consortium/liaisons/bo.yaml"])
    _take(workspace)
    assert Proposal.objects.get(pk=number).state == "outdated"


def test_every_fault_at_its_field(liaison: Client) -> None:
    page = _page(liaison, person="", target="nobody", to="", why="")
    for field in ("person", "target", "to", "why"):
        assert f'href="#id_{field}"' in page, field
    page = _page(liaison, to="lak", since="2027-01-01", until="2026-01-01")
    assert "No organization has the slug “lak”: is it lake?" in page
    assert "It ends before it begins." in page
    page = _page(liaison, person="A\u202enn", topic="write to ann@example.org", since="tomorrow")
    for field in ("person", "topic"):
        assert f'href="#id_{field}"' in page, field
    assert 'href="#id_since"' in _page(liaison, since="tomorrow")
    assert not Proposal.objects.exists()


def test_a_person_nobody_knows_is_shown_as_a_remark_and_may_be_proposed(liaison: Client) -> None:
    shown = _page(liaison, person="Cy New", action="preview")
    assert "is not among the consortium&#x27;s people" in shown
    assert _propose(liaison, person="Cy New")


def test_a_new_stewardship(
    written: Portal, workspace: Path, liaison: Client, decider: Client
) -> None:
    assert written.done.ok
    at = "/add/stewardship/pond/"
    assert 'href="#id_product"' in _page(liaison, at, product="alpha")
    number = _propose(liaison, at, product="hypre")
    decider.post(f"/proposals/{number}/", {"action": "accept"})
    _git(workspace, "apply", "-", said=decider.get(f"/proposals/{number}.patch").content)
    (one,) = read_consortium(workspace).facts.stewardships.values()
    assert (one.product, one.organization) == ("hypre", "pond")


def test_it_is_its_own_organizations_and_no_field_says_another(
    written: Portal, workspace: Path, liaison: Client
) -> None:
    assert workspace.is_dir()
    far = signed_in(written, account("Far", Held(role=Role.LIAISON, scope="lake")))
    assert far.get(AT).status_code == 403
    assert far.post(AT, SAID).status_code == 403
    one = Proposal.objects.get(pk=_propose(liaison, organization="lake"))
    assert (one.scope, one.wanted["organization"]) == ("pond", "pond")
    assert far.get(f"/proposals/{one.pk}/").status_code == 404
    assert signed_in(written, somebody(Role.FACILITY)).get(AT).status_code == 403
    listed = liaison.get("/proposals/").content.decode()
    assert f'href="{AT}"' in listed
    assert "/add/liaison/lake/" not in listed


def test_a_form_from_elsewhere_is_refused(written: Portal, workspace: Path) -> None:
    assert workspace.is_dir()
    signed = signed_in(written, somebody(Role.LIAISON))
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.cookies = signed.cookies
    assert client.get(AT).status_code == 200
    assert client.post(AT, SAID).status_code == 403
    assert not Proposal.objects.exists()


def test_an_organization_or_a_consortium_that_is_not_there(
    liaison: Client, decider: Client
) -> None:
    assert decider.get("/add/liaison/nowhere/").status_code == 404
    Consortium.objects.update(workspace="")
    assert liaison.get(AT).status_code == 404
    Consortium.objects.all().delete()
    assert liaison.get(AT).status_code == 404
