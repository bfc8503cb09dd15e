"""Needs from a file, in two steps: looked at, then taken as it was looked at; nothing twice."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.portal.addresses import Page
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.partnerships.needs.events import Event
from peso.portal.needs import bringing
from peso.portal.needs.ledger import kept
from peso.portal.needs.models import NeedEvent
from peso.portal.people.models import Account, Change
from peso.portal.people.roles import Held, Role
from peso.portal.uploading import BODY, FILE

SURVEY = """\
statement,kind,organization,organization_kind,visibility,mood
As a user I need hypre on GPUs,feature,North Lab,facility,public,good
As a user I need a course,teaching,,,,
,bug,Elm,member,,
"""
ISSUES: list[Any] = [
    {"title": "It fails", "html_url": "https://example.org/issues/7", "state": "open"},
    {"title": "Old", "html_url": "https://example.org/issues/1", "state": "closed"},
    "nonsense",
]


@pytest.fixture
def steers(written: Portal) -> Client:
    """Who runs the register."""
    return signed_in(written, somebody(Role.STEERING))


def _send(client: Client, name: str, data: str | bytes, **more: str) -> str:
    """Send a file; returns where it leads, or what is said at the form."""
    file = SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)
    said = {"visibility": "federation", "products": "", "file": file} | more
    answer = client.post("/needs/bring/", said)
    if answer.status_code == 302:
        return str(answer.headers["Location"])
    page = answer.content.decode()
    assert 'aria-describedby="id_file_helptext id_file_error"' in page
    assert 'href="#id_file"' in page
    return Page(page).said


def _shown(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    return Page(answer.content.decode()).said


def test_a_survey_is_shown_then_taken_then_known(steers: Client) -> None:
    before = kept().last
    at = _send(steers, "survey.csv", SURVEY)
    said = _shown(steers, at)
    assert "2 needs would be raised, 1 entry set aside" in said
    assert "survey.csv:2 raised As a user I need hypre on GPUs public" in said
    assert "survey.csv:3 raised As a user I need a course federation" in said
    assert "survey.csv:4 set aside statement: it is empty" in said
    assert "survey.csv:3 not understood kind: 'teaching' is not understood" in said
    assert "nobody knows the column" in said
    assert kept().last == before
    assert at in steers.get("/needs/bring/").content.decode()

    assert steers.post(at, {"do": "take"}).headers["Location"] == "/needs/bring/"
    register = kept().register
    taken = [one.need for one in register.needs if one.need.source.where.startswith("survey")]
    assert sorted((one.statement, one.visibility) for one in taken) == [
        ("As a user I need a course", "federation"),
        ("As a user I need hypre on GPUs", "public"),
    ]
    assert [one.faults for one in register.aside] == [("statement: it is empty",)]
    assert json.loads(register.aside[0].source.text)[1] == ["", "bug", "Elm", "member", "", ""]
    assert Change.objects.filter(what="need raised").count() == 2
    said = _shown(steers, "/needs/bring/")
    assert "2 needs raised, 1 set aside, 0 there already." in said
    assert "survey.csv:4 statement: it is empty" in said

    assert steers.post(at, {"do": "take"}).status_code == 404
    again = _send(steers, "survey.csv", SURVEY)
    said = _shown(steers, again)
    assert "0 needs would be raised, 0 entries set aside" in said
    assert said.count("there already") >= 3
    assert "Take it</button>" not in steers.get(again).content.decode()
    known = steers.get(again).content.decode()
    assert all(f"/needs/{one.id}/" in known for one in taken)


def test_issues_are_about_the_products_that_were_chosen(steers: Client) -> None:
    at = _send(
        steers, "issues.json", json.dumps(ISSUES), products="hypre, hdf5", visibility="public"
    )
    said = _shown(steers, at)
    assert "https://example.org/issues/7 raised It fails public" in said
    assert "it is closed" in said
    assert "it is no issue" in said
    assert "skipped" in _shown(steers, f"{at}?show=skipped")
    assert "It fails" not in _shown(steers, f"{at}?show=skipped")
    steers.post(at)
    [one] = [it.need for it in kept().register.needs if it.need.statement == "It fails"]
    assert (one.products, one.visibility) == (("hypre", "hdf5"), "public")
    lines = "\n".join(json.dumps(it) for it in (ISSUES[0], ISSUES[0] | {"html_url": "", "a": 1}))
    said = _shown(steers, _send(steers, "more.jsonl", lines))
    assert "1 need would be raised" in said


def test_what_came_in_meanwhile_is_not_taken_twice(written: Portal, steers: Client) -> None:
    other = signed_in(written, account("Other", Held(role=Role.ADMINISTRATOR), two_factors=True))
    mine, theirs = _send(steers, "survey.csv", SURVEY), _send(other, "survey.csv", SURVEY)
    assert mine == theirs, "the digest is of the file, not of who brought it"
    other.post(theirs)
    count = len(kept().register.needs)
    steers.post(mine)
    assert len(kept().register.needs) == count
    assert "0 needs raised, 0 set aside, 3 there already." in _shown(steers, "/needs/bring/")


def test_nobody_sees_or_takes_the_file_of_another(written: Portal, steers: Client) -> None:
    other = signed_in(written, account("Other", Held(role=Role.ADMINISTRATOR), two_factors=True))
    at = _send(steers, "survey.csv", SURVEY)
    assert other.get(at).status_code == other.post(at).status_code == 404
    pond = signed_in(written, somebody(Role.LIAISON))
    assert pond.get(at).status_code == pond.post("/needs/bring/").status_code == 403
    assert kept().register.aside == ()


def test_a_file_waits_until_another_is_brought_or_it_is_dropped(steers: Client) -> None:
    first = _send(steers, "survey.csv", SURVEY)
    other = _send(steers, "survey.csv", SURVEY, visibility="public")
    assert first != other
    assert steers.get(first).status_code == steers.post(first).status_code == 404
    assert steers.post(other, {"do": "drop"}).status_code == 302
    assert "Nothing was taken." in _shown(steers, "/needs/bring/")
    assert steers.post(other).status_code == 404
    assert kept().register.aside == ()


WRONG = {
    "not UTF-8": ("s.csv", b"statement\n\xff\n", ("s.csv:2", "not UTF-8: byte 11", "save it as")),
    "no header": ("s.csv", b"a,b\n1,2\n", ("s.csv:1", "no column statement", "the columns are")),
    "open quotes": ("s.csv", b'statement\n"open', ("It is no CSV from this line on",)),
    "broken JSON": ("i.json", b'[\n{"title": "x"\n}\n', ("i.json:4", "no JSON", "export the")),
    "not JSON": ("i.txt", b"statement\nx\n", ("i.txt:1", "ends in .csv")),
    "not UTF-8 JSON": ("i.json", b'[{"title": "\xff"}]', ("not UTF-8: byte 13",)),
    "NaN": ("i.json", b'[{"title": "x", "n": NaN}]', ("NaN is no number",)),
    "too long": (
        "i.json",
        json.dumps([{"title": "x", "body": "y" * 300_000}] * 2).encode(),
        ("i.json#1: it has", "i.json#2: it has", "at most 200000", "shorten"),
    ),
    "empty": ("s.csv", b"", ("The submitted file is empty",)),
    "too large": ("s.csv", b"statement\n" + b"x" * FILE, (f"at most {FILE}", "Split it")),
    "too many": (
        "s.csv",
        b"statement\n" + b"".join(b"need %d\n" % at for at in range(bringing.MOST + 1)),
        ("2001 entries", "split it"),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_read_is_told_at_its_field(steers: Client, what: str) -> None:
    name, data, told = WRONG[what]
    before = kept().last
    said = _send(steers, name, data)
    for one in told:
        assert one in said, one
    assert kept().last == before
    assert bringing.waiting(_account(steers)) is None


def _account(client: Client) -> Account:
    return Account.objects.get(pk=client.session["_auth_user_id"])


def test_a_body_that_is_far_too_long_is_not_read(steers: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    for at in ("/needs/bring/", "/account/"):
        answer = steers.generic("POST", at, b"--x\r\n", kind, CONTENT_LENGTH=str(BODY + 1))
        assert answer.status_code == 400, at


def test_a_file_is_kept_nowhere_at_an_address_that_takes_none(written: Portal) -> None:
    file = SimpleUploadedFile("x.csv", b"x" * (FILE + 5))
    assert written.client().post("/needs/new/", {"file": file}).status_code == 200
    several = {f"file{at}": SimpleUploadedFile("x.csv", b"x") for at in range(2)}
    assert written.client().post("/needs/new/", several).status_code == 400


def test_odd_entries_leave_a_register_that_can_be_read(steers: Client) -> None:
    odd = [
        {"title": "A long address", "html_url": "https://example.org/" + "a" * 3000},
        {"title": "Half a letter \ud800"},
        {"title": "A null \0 byte", "html_url": "https://example.org/\0"},
        {"title": "x", "labels": ["\ud800", {"name": "<b>"}], "body": "y" * 30_000},
    ]
    at = _send(steers, "issues.json", json.dumps(odd))
    steers.post(at)
    rows = NeedEvent.objects.values_list("data", flat=True)
    several = [Event.model_validate_json(one) for one in rows]
    assert len(several) == len(odd)
    assert all(one.intact for one in several)
    assert steers.get("/needs/").status_code == steers.get("/needs/bring/").status_code == 200


def test_as_many_as_may_be_are_taken_while_somebody_waits(steers: Client) -> None:
    rows = "".join(f"As a user I need the thing {at}\n" for at in range(bringing.MOST))
    at = _send(steers, "many.csv", f"statement\n{rows}")
    page = steers.get(at).content
    assert len(page) < 100_000
    assert re.search(rb"Page 1 of 40", page)
    assert steers.post(at).status_code == 302
    assert len(kept().register.needs) == bringing.MOST
