"""Edits that belong to roles: proposed, looked at, accepted as a patch, in effect once merged."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import HOW, Portal

from peso.errors import BadInput
from peso.portal.ingest.files import take_files
from peso.portal.pages.markdown import as_html
from peso.portal.patching import patches
from peso.portal.people.editable import EDITABLE, changes_of, is_web, shown
from peso.portal.people.models import Account, Change, Proposal
from peso.portal.people.roles import Held, Role
from peso.portal.store.models import Listing, WorkspaceFile

TEXT = """\
# Kept by hand.
schema: peso.product/1
name: Hypre   # as written
spack: [hypre]
license: MIT
links:
  - {label: Repository, url: "https://example.org/hypre", icon: git}
"""
GROUP = "schema: peso.working-group/1\nname: Metrics\npurpose: Count\nstatus: Active\n"
LIAISON = "schema: peso.liaison/1\nperson: Ann\norganization: pond\nto: lake\ntopic: Data\n"
STEWARDED = "schema: peso.stewardship/1\nproduct: hypre\norganization: pond\n"
FILES = {
    "products/hypre.yaml": TEXT,
    "consortium/working-groups/metrics.yaml": GROUP,
    "consortium/liaisons/ann.yaml": LIAISON,
    "consortium/stewardships/hypre.yaml": STEWARDED,
}


@pytest.fixture
def workspace(written: Portal, tmp_path: Path) -> Path:
    """A workspace whose files the portal took in, and no other."""
    assert written.done.ok
    WorkspaceFile.objects.all().delete()
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    take_files(tmp_path, "eco")
    return tmp_path


@pytest.fixture
def liaison(written: Portal, workspace: Path) -> Client:
    assert workspace.is_dir()
    return signed_in(written, somebody(Role.LIAISON))


@pytest.fixture
def maintainer(written: Portal, workspace: Path) -> Client:
    assert workspace.is_dir()
    return signed_in(written, somebody(Role.MAINTAINER))


def _said(what: str = "product", slug: str = "hypre", **changed: str) -> dict[str, str]:
    row = WorkspaceFile.objects.get(what=what, slug=slug)
    from peso.portal.people.proposals import File  # noqa: PLC0415 - beside its only use

    said = File(workspace=row.workspace, path=row.path, text=row.text).said
    return shown(what, said) | {"why": "It moved.", "action": "propose"} | changed


def _propose(client: Client, what: str = "product", slug: str = "hypre", **changed: str) -> int:
    answer = client.post(f"/edit/{what}/{slug}/", _said(what, slug, **changed))
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].split("/")[2])


def test_a_proposal_is_a_patch_once_it_is_accepted(
    workspace: Path, liaison: Client, maintainer: Client
) -> None:
    number = _propose(liaison, license="BSD-3-Clause")
    assert liaison.get(f"/proposals/{number}.patch").status_code == 404
    assert liaison.post(f"/proposals/{number}/", {"action": "accept"}).status_code == 403
    assert maintainer.post(f"/proposals/{number}/", {"action": "accept"}).status_code == 302
    answer = maintainer.get(f"/proposals/{number}.patch")
    for git in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        _git(workspace, *git)
    _git(workspace, "apply", "--check", "-", said=answer.content)
    _git(workspace, "am", "-q", "-", said=answer.content)
    want = TEXT.replace("license: MIT", "license: BSD-3-Clause")
    assert (workspace / "products/hypre.yaml").read_bytes() == want.encode()
    log = _git(workspace, "log", "-1", "--format=%an %ae%n%B")
    assert "Change license of products/hypre.yaml" in log
    assert "Accepted-by: Some product maintainer False" in log
    assert "@example.org" not in log
    take_files(workspace, "eco")
    assert Proposal.objects.get(pk=number).state == "in effect"
    said = [*Change.objects.filter(kind="product", slug="hypre").values_list("what", flat=True)]
    assert said[:3] == ["proposal in effect", "proposal accepted", "change proposed"]


def _git(folder: Path, *argv: str, said: bytes = b"") -> str:
    who = ["-c", "user.name=Keeper", "-c", "user.email=keeper@people.invalid"]
    done = subprocess.run(
        ["git", *who, *argv], cwd=folder, input=said, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_no_fact_of_the_portal_changes(liaison: Client) -> None:
    before = [*Listing.objects.values_list("pk", "data")]
    _propose(liaison, name="Another")
    assert [*Listing.objects.values_list("pk", "data")] == before


def test_a_preview_keeps_nothing(liaison: Client) -> None:
    answer = liaison.post("/edit/product/hypre/", _said(license="Zlib", action="preview"))
    assert "+license: Zlib" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_it_is_refused_with_a_reason_and_decided_once(liaison: Client, maintainer: Client) -> None:
    number = _propose(liaison, license="Zlib")
    at = f"/proposals/{number}/"
    assert "not right yet" in maintainer.post(at, {"action": "refuse"}).content.decode()
    maintainer.post(at, {"action": "refuse", "reason": "It did not."})
    one = Proposal.objects.get(pk=number)
    assert (one.state, one.reason) == ("refused", "It did not.")
    again = maintainer.post(at, {"action": "accept"}).content.decode()
    assert "is refused already" in again
    assert "It did not." in liaison.get(at).content.decode()


def test_whoever_made_it_withdraws_it_and_nobody_else(liaison: Client, maintainer: Client) -> None:
    number = _propose(liaison, license="Zlib")
    at = f"/proposals/{number}/"
    assert maintainer.post(at, {"action": "withdraw"}).status_code == 403
    liaison.post(at, {"action": "withdraw"})
    assert Proposal.objects.get(pk=number).state == "withdrawn"


def test_a_file_that_changed_meanwhile_outdates_it(workspace: Path, liaison: Client) -> None:
    number = _propose(liaison, license="Zlib")
    file = workspace / "products/hypre.yaml"
    file.write_text(TEXT.replace("[hypre]", "[hypre, hypre-gpu]"))
    take_files(workspace, "eco")
    assert Proposal.objects.get(pk=number).state == "outdated"


def test_nobody_sees_what_is_not_theirs(written: Portal, liaison: Client) -> None:
    number = _propose(liaison, license="Zlib")
    others = {
        "visitor": written.client(),
        "user": signed_in(written, somebody(Role.USER)),
        "another's": signed_in(
            written, account("Other", Held(role=Role.MAINTAINER, scope="alpha"))
        ),
    }
    for name, client in others.items():
        answer = client.get(f"/proposals/{number}/")
        assert answer.status_code == (302 if name == "visitor" else 404), name
        assert client.get(f"/proposals/{number}.patch").status_code != 200, name
        listed = client.get("/proposals/")
        assert f"Proposal {number}" not in listed.content.decode(), name
        post = client.post(f"/proposals/{number}/", {"action": "accept"})
        assert post.status_code in {302, 404}, name
    assert Proposal.objects.get(pk=number).state == "proposed"


@pytest.mark.parametrize(
    ("at", "changed", "role"),
    [
        (
            ("group", "metrics"),
            {"purpose": "Count\n\nand weigh", "status_date": "2026-11-26"},
            Role.CHAIR,
        ),
        (("liaison", "ann"), {"topic": "Meshes", "since": "2026-01-01"}, Role.LIAISON),
        (("stewardship", "hypre"), {"since": "2026-01-01"}, Role.LIAISON),
    ],
)
def test_groups_liaisons_and_stewardships(
    written: Portal, workspace: Path, at: tuple[str, str], changed: dict[str, str], role: Role
) -> None:
    number = _propose(signed_in(written, somebody(role)), *at, **changed)
    decider = signed_in(written, somebody(Role.ADMINISTRATOR))
    assert decider.post(f"/proposals/{number}/", {"action": "accept"}).status_code == 302
    _git(workspace, "apply", "-", said=decider.get(f"/proposals/{number}.patch").content)
    take_files(workspace, "eco")
    assert Proposal.objects.get(pk=number).state == "in effect"


def test_another_organizations_liaison_may_not(written: Portal, workspace: Path) -> None:
    assert workspace.is_dir()
    other = signed_in(written, account("Far", Held(role=Role.LIAISON, scope="lake")))
    assert other.get("/edit/stewardship/hypre/").status_code == 403
    assert other.get("/edit/liaison/none/").status_code == 403


def test_every_fault_at_its_field(liaison: Client) -> None:
    wrong = _said(
        name="",
        license="M\u202eIT",
        foundation="write to ann@example.org",
        links="Repository | javascript:alert(1)",
        why="",
    )
    page = liaison.post("/edit/product/hypre/", wrong).content.decode()
    for field in ("license", "foundation", "why"):
        assert f'href="#id_{field}"' in page, field
    page = liaison.post("/edit/product/hypre/", _said(links=wrong["links"])).content.decode()
    assert 'href="#id_links"' in page
    same = liaison.post("/edit/product/hypre/", _said()).content.decode()
    assert "Nothing is changed yet." in same
    nameless = liaison.post("/edit/product/hypre/", _said(name="")).content.decode()
    assert "not right yet" in nameless
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/",
        "https://[::1]/x",
        "http://example.org@127.0.0.1/",
    ],
)
def test_no_address_is_ever_asked_for(
    monkeypatch: pytest.MonkeyPatch, liaison: Client, maintainer: Client, url: str
) -> None:
    asked: list[object] = []

    def note(*given: object) -> None:
        asked.append(given)
        raise OSError("no test asks the network")

    monkeypatch.setattr(socket, "getaddrinfo", note)
    monkeypatch.setattr(socket, "create_connection", note)
    if "@" in url:
        page = liaison.post("/edit/product/hypre/", _said(links=f"Site | {url}"))
        assert page.status_code == 200
    else:
        number = _propose(liaison, links=f"Site | {url}", long_description=f"[x]({url})")
        liaison.get(f"/proposals/{number}/")
        maintainer.post(f"/proposals/{number}/", {"action": "accept"})
        maintainer.get(f"/proposals/{number}.patch")
    assert asked == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http://", "x"]
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert not is_web(url)


def test_markdown_can_do_nothing() -> None:
    said = (
        "# A\n\n*b* <script>alert(1)</script> [c](javascript:alert(1)) ![d](https://e.org/f.png)"
        ' [g](https://e.org "h") <img src=x onerror=alert(1)>\n\n<iframe src="//e"></iframe>'
    )
    html = as_html(said)
    for bad in ("<script", "<img", "<iframe", 'href="javascript', "onerror=alert(1)>"):
        assert bad not in html, bad
    assert re.search(r'<a [^>]*href="https://e.org"[^>]*>g</a>', html)
    assert html.count('rel="noopener nofollow"') == html.count("<a ")
    assert "<em>b</em>" in html


def test_a_link_keeps_what_else_its_file_says() -> None:
    said = {"links": [{"label": "Repository", "url": "https://a.org", "icon": "git"}]}
    before = shown("product", said)
    got = changes_of("product", said, before | {"links": "Code | https://a.org | of it"})
    assert got == {
        "links": [{"label": "Code", "url": "https://a.org", "icon": "git", "note": "of it"}]
    }
    assert changes_of("product", said, before) == {}


def test_every_key_is_one_of_its_record() -> None:
    for kind in EDITABLE.values():
        assert {key.name for key in kind.keys} <= set(kind.model.model_fields)


def test_accepted_patches_as_files(liaison: Client, maintainer: Client, tmp_path: Path) -> None:
    number = _propose(liaison, license="Zlib")
    assert patches(HOW, tmp_path / "none").files == ()
    maintainer.post(f"/proposals/{number}/", {"action": "accept"})
    done = patches(HOW, tmp_path / "out")
    assert done.files == (f"{number:04d}-product-hypre.patch",)
    assert b"+license: Zlib" in (tmp_path / "out" / done.files[0]).read_bytes()
    with pytest.raises(BadInput):
        patches(HOW, tmp_path / "out")


def test_a_name_cannot_write_into_a_patch(liaison: Client, maintainer: Client) -> None:
    number = _propose(liaison, license="Zlib", why="---\ndiff --git a/x b/x\nFrom: me")
    Account.objects.filter(proposals=number).update(name="A <b@c>\nX: y")
    maintainer.post(f"/proposals/{number}/", {"action": "accept"})
    mail = maintainer.get(f"/proposals/{number}.patch").content.decode()
    head = mail.partition("\n\n")[0]
    assert "X: y" not in head.splitlines()
    assert "\n  diff --git a/x b/x\n" in mail
    assert mail.count("\ndiff --git") == 1
