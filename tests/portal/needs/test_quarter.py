"""A quarter: twelve needs of five organizations and a visitor, from the raising to the answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.test import Client
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.partnerships.needs.states import unanswered
from peso.partnerships.needs.vocabulary import Status
from peso.portal.needs import intake
from peso.portal.needs.ledger import kept
from peso.portal.needs.models import NeedSnapshot
from peso.portal.people.roles import Held, Role
from peso.portal.store.models import Release

ORGANIZATIONS = ("pond", "moss", "reed", "fern", "big-lake")
ASKED = (
    "hypre on GPUs",
    "hypre on every GPU",
    "alpha with threads",
    "a course on testing",
    "binaries for Arm",
    "quicker builds",
    "signed recipes",
    "docs of the cache",
    "an older compiler",
    "a mirror in the south",
    "smaller images",
)


def _post(client: Client, at: str, **said: str) -> str:
    answer = client.post(at, said)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def _speakers(portal: Portal) -> dict[str, Client]:
    return {
        slug: signed_in(
            portal,
            account(
                f"Who speaks for {slug}",
                Held(role=Role.FACILITY if slug == "big-lake" else Role.LIAISON, scope=slug),
            ),
        )
        for slug in ORGANIZATIONS
    }


def test_a_quarter(written: Portal, tmp_path: Path) -> None:
    speak, steers = _speakers(written), signed_in(written, somebody(Role.STEERING))
    needs = []
    for at, what in enumerate(ASKED):
        slug = ORGANIZATIONS[at % len(ORGANIZATIONS)]
        to = _post(
            speak[slug],
            "/needs/new/",
            statement=f"As a member I need {what}",
            organization=slug,
            visibility="public",
            products="hypre" if "hypre" in what else "",
        )
        needs.append(to.split("/")[2])
    blank = dict.fromkeys(("kind", "stakeholder", "severity", "facilities", "evidence"), "")
    said = {"statement": "As a visitor I need help", "detail": "", "products": ""}
    needs.append(
        intake.raise_need(intake.visitor_need({**blank, **said, "needed_by": None}), by=None)
    )
    first, twin, refused = needs[0], needs[1], needs[3]
    _post(steers, f"/needs/{twin}/merge/", into=first, reason="the same")
    for slug in ORGANIZATIONS:
        _post(speak[slug], f"/needs/{first}/for/{slug}/endorse/", level="blocking", note="")
    _post(speak["pond"], f"/needs/{needs[2]}/for/pond/endorse/", level="useful", note="")
    ranked = steers.get("/api/v1/needs-ranking").json()
    assert ranked["count"] == 11
    assert ranked["items"][0]["id"] == first
    assert steers.post("/needs/snapshots/", {"audience": "public"}).status_code == 200
    _post(steers, f"/needs/{refused}/decide/", status="refused", reason="Others teach it.")
    release = Release.objects.filter(published=True)[0]
    _post(steers, f"/needs/{first}/decide/", status="acknowledged")
    _post(steers, f"/needs/{first}/decide/", status="accepted")
    _post(steers, f"/needs/{first}/decide/", status="in-progress")
    _post(steers, f"/needs/{first}/link/", kind="release", release=release.manifest)
    _post(steers, f"/needs/{first}/decide/", status="delivered")
    _post(steers, f"/needs/{first}/answer/", text="It came with the release.")
    register = kept().register
    assert register.get(first).status is Status.ANSWERED
    assert [unanswered(one) for one in register.family(first)] == [(), ()]
    assert set(register.get(first).answers[-1].to) == set(ORGANIZATIONS)
    assert steers.post("/needs/snapshots/", {"audience": "public"}).status_code == 200
    visitor = written.client()
    now, before = NeedSnapshot.objects.all()
    _made_again(visitor, before.pk, tmp_path)
    moved = visitor.get(f"/needs/snapshots/{before.pk}/compare/{now.pk}/").content.decode()
    assert "No more ranked" in moved
    assert "hypre on GPUs, which was at 1" in moved
    feed = visitor.get("/feeds/needs.atom").content.decode()
    assert "As a member I need hypre on GPUs (answered)" in feed
    assert "Others teach it." in feed
    done = visitor.get("/needs/done/").content.decode()
    assert "It came with the release." in done
    for slug in ORGANIZATIONS:
        brief = visitor.get(f"/needs/briefs/{slug}.md").content.decode()
        assert "It came with the release" in brief, slug
    assert "Others teach it" in visitor.get("/needs/briefs/fern.md").content.decode()
    assert "# Needs: agenda of" in visitor.get("/needs/agenda.md").content.decode()


def _made_again(client: Client, number: int, folder: Path) -> None:
    for what in ("snapshot", "export"):
        data = client.get(f"/needs/snapshots/{number}/{what}.json").content
        (folder / f"{what}.json").write_bytes(data)
    peso = Path(sys.executable).with_name("peso")
    done = subprocess.run(
        [peso, "need", "rank", "--snapshot", "snapshot.json", "--check", "export.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
