"""Every form there is: not from elsewhere, no address in any field is asked for, nothing too large.

What forms there are is found by looking at every address of the table (`tests/portal/access.py`),
so that a new one is looked at too.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.portal.access import ROUTES
from tests.portal.folk import signed_in, somebody
from tests.portal.standing import Portal, rolled_back

from peso.partnerships.needs import events
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.vocabulary import Level, OrganizationKind
from peso.portal.ingest.files import take_files
from peso.portal.needs.ledger import add
from peso.portal.pages.needs.acts import SPOKEN, STEERED
from peso.portal.people import invitations
from peso.portal.people.addable import ADDABLE
from peso.portal.people.grants import grant
from peso.portal.people.models import Account, Invitation
from peso.portal.people.roles import Held, Role
from peso.services.delivery.pushing.proving import MESSAGE_LIMIT

INSIDE = "http://169.254.169.254/latest/meta-data/"
"""Where a cloud tells a machine its own keys."""
URLS = (INSIDE, "http://127.0.0.1:1/", "https://[::1]/x", "file:///etc/passwd", "gopher://x:70/_")
NEED = "n-0123456789"
SLUGS = {"product": "halden", "group": "meshes", "liaison": "ann", "stewardship": "halden-pond"}
FILES = {
    "products/halden.yaml": "schema: peso.product/1\nname: Halden\n",
    "consortium/working-groups/meshes.yaml": "schema: peso.working-group/1\nname: Meshes\n",
    "consortium/liaisons/ann.yaml": (
        "schema: peso.liaison/1\nperson: Ann\norganization: pond\nto: lake\n"
    ),
    "consortium/stewardships/halden-pond.yaml": (
        "schema: peso.stewardship/1\nproduct: halden\norganization: pond\n"
    ),
}


@dataclass
class Form:
    """A form of a page."""

    at: str
    fields: dict[str, str] = field(default_factory=dict)
    """Names, and what kind each is."""
    kept: dict[str, str] = field(default_factory=dict)
    """Hidden fields, as they are."""


class _Forms(HTMLParser):
    """Finds the forms that send something."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self._at = at
        self.found: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") == "post":
            self._open = Form(at=said.get("action") or self._at)
            self.found.append(self._open)
        if self._open is None or not (name := said.get("name")):
            return
        if said.get("type") == "hidden":
            self._open.kept[name] = said.get("value", "")
        elif tag in {"input", "textarea", "select"}:
            self._open.fields[name] = said.get("type", tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@pytest.fixture
def everybody(written: Portal, tmp_path: Path) -> Client:
    """Somebody who may see every form: an administrator who is a liaison and a facility too."""
    one = somebody(Role.ADMINISTRATOR)
    for role in (Role.LIAISON, Role.FACILITY):
        grant(one, Held(role=role, scope="pond"), by=None)
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    take_files(tmp_path, "forms")
    who = Speaker(slug="pond", kind=OrganizationKind.MEMBER)
    statement = "As a user I need hypre on GPUs"
    need = Need(id=NEED, statement=statement, visibility="public", source=Source(kind="form"))
    told = (
        events.Raised(need=need),
        events.Endorsed(about=NEED, organization=who, level=Level.BLOCKING),
    )
    add(lambda _all: told, by=one)
    return signed_in(written, one)


def _addresses() -> list[str]:
    """Return an example of every address, and all that stand behind one of the table's."""
    link = invitations.invite("guest@example.org", [], by=None)
    person = Account.objects.latest("pk")
    keys = {"person": person.key, "invitation": Invitation.objects.latest("pk").key}
    found = [access.at.format(**keys) for access in ROUTES.values()]
    found += [urlsplit(link).path]
    found += [f"/edit/{what}/{slug}/" for what, slug in SLUGS.items()]
    found += [f"/add/{what}/pond/" for what in ADDABLE]
    found += [f"/needs/{NEED}/", *(f"/needs/{NEED}/{one}/" for one in STEERED)]
    found += [f"/needs/{NEED}/for/pond/{one}/" for one in SPOKEN]
    return [one for one in found if not one.startswith(("/api/", "/account/logout/"))]


def _forms(*clients: Client) -> Iterator[tuple[Client, Form]]:
    """Yield every form of every page, each once."""
    seen = set()
    for at in _addresses():
        for client in clients:
            with rolled_back():
                answer = client.get(at)
            if answer.streaming or answer.status_code != 200:
                continue
            page = _Forms(at)
            page.feed(answer.content.decode(errors="replace"))
            for one in page.found:
                known = (urlsplit(one.at).path, tuple(sorted({**one.fields, **one.kept})))
                if known not in seen:
                    seen.add(known)
                    yield client, one


@pytest.mark.timeout(600)
def test_no_address_in_any_field_of_any_form_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, written: Portal, everybody: Client
) -> None:
    forms = [*_forms(everybody, written.client())]
    there = {urlsplit(one.at).path for _, one in forms}
    assert {"/needs/new/", "/account/login/", "/account/tokens/", "/runners/pond/"} <= there
    assert {f"/edit/{what}/{slug}/" for what, slug in SLUGS.items()} <= there
    assert {f"/needs/{NEED}/{name}/" for name in ("decide", "link", "for/pond/offer")} <= there
    asked: list[object] = []

    def note(*given: object, **_more: object) -> None:
        asked.append(given)
        raise OSError("no test asks the network")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, note)
    monkeypatch.setattr(socket.socket, "connect", note)
    sent = 0
    for client, one in forms:
        texts = [name for name, kind in one.fields.items() if kind not in {"checkbox", "radio"}]
        for url in URLS if texts else ():
            with rolled_back():
                links = {"links": f"x | {url}"} if "links" in texts else {}
                answer = client.post(one.at, one.kept | dict.fromkeys(texts, url) | links)
            assert answer.status_code < 500, one.at
            sent += 1
    assert sent > 30 * len(URLS)
    assert asked == []


def test_no_form_is_taken_from_elsewhere(everybody: Client) -> None:
    elsewhere = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    elsewhere.cookies = everybody.cookies
    taken = []
    for at in (*_addresses(), "/account/logout/"):
        with rolled_back():
            answer = elsewhere.post(at, {"x": "y"})
        if answer.status_code not in {403, 405}:
            taken.append((at, answer.status_code))
    assert taken == []


def test_no_address_takes_more_than_it_may(written: Portal, everybody: Client) -> None:
    longer = "x" * ((1 << 20) + 1)
    refused = 0
    for at in _addresses():
        with rolled_back():
            client = written.client() if at.startswith("/invitation/") else everybody
            answer = client.post(at, {"x": longer})
        assert answer.status_code in {302, 400, 403, 404, 405}, at  # not read
        refused += answer.status_code == 400
    assert refused > 30
    for at in ("/api/v1/runners/pond", "/api/v1/runners/pond/none/revoke"):
        said = everybody.post(at, longer, content_type="application/json")
        assert said.status_code in {400, 401, 413}, at


def test_a_push_reads_no_more_than_a_batch_may_have(written: Portal) -> None:
    data = b"{" * (MESSAGE_LIMIT + 2)
    said = written.client().post("/api/v1/push", data, content_type="application/octet-stream")
    assert said.status_code == 403
    assert [one["reason"] for one in said.json()["refused"]] == ["too-large"]
