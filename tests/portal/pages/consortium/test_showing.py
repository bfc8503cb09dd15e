"""The pages of the consortium: what they say of people, seats, days, and what nobody knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client
from tests.portal.addresses import visit
from tests.portal.standing import Portal

from peso.base.finding import Unknown
from peso.partnerships.consortium.consortium import Consortium as Record
from peso.partnerships.consortium.record import Affiliation
from peso.portal import caching
from peso.portal.store.models import Consortium, Generation


def _said(reader: Client, path: str) -> str:
    one = visit(reader, path)
    assert one.status == 200
    return one.page.said


def test_the_first_page_has_every_kind_of_organization(reader: Client) -> None:
    said = _said(reader, "/consortium/")

    for title in ("Members 2", "Affiliates 1", "Facilities 1", "Vendors 1", "Former members 1"):
        assert title in said
    assert "PUDDLE Dried up not said 1 May 2019 to 1 January 2020" in said
    assert "Vice-Chair ? not known no term that holds is on record" in said
    assert "By the files as they were taken in on" in said


def test_a_member_has_its_seat_with_who_sits_in(reader: Client) -> None:
    page = visit(reader, "/consortium/organizations/pond/").page

    assert "Ada Frog to Bo Newt 1 November 2026 to 1 December 2026" in page.said
    assert "Bo Newt Steering Committee, 29 February 2024 to 28 February 2025" in page.said
    assert {"/consortium/people/ada-frog/", "/products/heron/"} <= set(page.links)


def test_a_liaison_leads_to_both_sides(reader: Client) -> None:
    links = set(visit(reader, "/consortium/organizations/big-lake/").page.links)

    assert {"/consortium/organizations/reed/", "/consortium/people/bo-newt/"} <= links


def test_what_somebody_works_for_now_and_worked_for_before(written: Portal) -> None:
    before = Affiliation(organization="Marsh", since=date(2016, 2, 29), until=date(2020, 2, 28))
    now = Affiliation(organization="Ponds, in full", since=date(2020, 3, 1))
    row = Consortium.objects.get()
    held = Record.model_validate(row.data)
    people = tuple(
        one.model_copy(update={"affiliations": (now, before)}) if one.slug == "ada-frog" else one
        for one in held.people
    )
    row.data = held.model_copy(update={"people": people}).plain()
    row.save()
    client = written.client()
    page, several = (
        _said(client, "/consortium/people/ada-frog/"),
        _said(client, "/consortium/people/"),
    )

    assert page.count("Ponds, in full") == 2  # in its head, and in the list
    assert page.count("Marsh") == 1
    assert "Ponds, in full since 1 March 2020" in page
    assert "Marsh 29 February 2016 to 28 February 2020" in page
    assert "Ada Frog Ponds, in full" in several
    assert "Marsh" not in several


def test_what_is_due_says_the_rules_and_what_is_not_known(reader: Client) -> None:
    said = _said(reader, "/consortium/due/")

    assert "REED: seat in the Steering Committee" in said
    assert "when the Steering Committee met last is not on record here" in said
    assert "365 days by the consortium's catalog" in said
    assert "Quorum ? not known the by-laws have no rule on a quorum" in said


def test_a_group_has_charter_and_review(reader: Client) -> None:
    reeds, roots = _said(reader, "/groups/reeds/"), _said(reader, "/groups/roots/")

    assert "Last reviewed 3 February 2026" in reeds
    assert "3 February 2027" in reeds
    assert "Purpose ? not known no catalog says" in roots
    assert "nobody is named" in roots


def test_without_a_consortium_pages_say_what_to_do(written: Portal) -> None:
    Consortium.objects.all().delete()
    client = written.client()

    for path in ("/consortium/", "/consortium/due/", "/consortium/people/", "/groups/"):
        assert "peso consortium import PATH" in _said(client, path)
    for path in ("/consortium/organizations/pond/", "/groups/reeds/", "/api/v1/consortium"):
        assert visit(client, path).status == 404
    assert client.get("/api/v1/groups").json()["count"] == 0


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ v|day }}", '<time datetime="2024-02-29">29 February 2024</time>'),
        ("{{ v|isday }}", "True"),
    ],
)
def test_a_day_is_shown_for_people_and_programs(template: str, shown: str) -> None:
    assert Template(template).render(Context({"v": date(2024, 2, 29)})) == shown


def test_what_others_wrote_is_escaped_in_every_word() -> None:
    evil = "<b>[<i>x</i>](javascript:alert(1))"
    for word in ("said", "prose", "day"):
        html = Template(f"{{{{ v|{word} }}}}").render(Context({"v": Unknown(unknown=evil)}))
        assert "<b>" not in html
    assert "<b>" not in Template("{{ v|prose }}").render(Context({"v": evil}))
    shown = Template("{{ v|who:slugs }}").render(Context({"v": evil, "slugs": {evil: "a/b"}}))
    assert "<b>" not in shown
    assert 'href="/consortium/people/a%2Fb/"' in shown


def test_a_new_day_is_another_page(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Generation.objects.exists()
    client = portal.client()
    first = client.get("/consortium/due/").headers["ETag"]
    same = client.get("/consortium/due/").headers["ETag"]
    monkeypatch.setattr(caching, "today", lambda: date(2031, 1, 1))

    assert same == first
    assert client.get("/consortium/due/").headers["ETag"] != first


def test_every_template_is_on_one_line_where_words_meet() -> None:
    folder = Path(caching.__file__).parent / "templates" / "parts"

    for name in ("role.html", "liaison.html"):
        assert not (folder / name).read_text().endswith("\n")
