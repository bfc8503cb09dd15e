"""Answers that are kept: as long as the store is the same, and never longer."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.portal.folk import account, signed_in
from tests.portal.standing import Portal

from peso.portal.caching import Held, Shelf, build_mark
from peso.portal.people.models import Account
from peso.portal.store.generation import changed, current
from peso.portal.store.models import Generation


@pytest.fixture
def as_it_was(portal: Portal) -> Iterator[Portal]:
    """The portal, whose mark is another one afterwards: what a test kept is gone."""
    yield portal
    changed()


def test_an_answer_is_worked_out_once(as_it_was: Portal) -> None:
    client = as_it_was.client()
    first = client.get("/products/?q=once")
    with CaptureQueriesContext(connection) as asked:
        second = client.get("/products/?q=once")
    assert len(asked) == 1  # the mark
    assert second.content == first.content
    assert second.headers.items() == first.headers.items()


def test_a_change_is_seen_by_the_next_request(as_it_was: Portal) -> None:
    client = as_it_was.client()
    before = client.get("/products/").headers["ETag"]
    changed()
    with CaptureQueriesContext(connection) as asked:
        after = client.get("/products/")
    assert len(asked) > 1
    assert after.headers["ETag"] != before


def test_who_has_the_newest_is_told_so(as_it_was: Portal) -> None:
    client = as_it_was.client()
    one = client.get("/releases/")
    tag = {"if-none-match": one.headers["ETag"]}
    assert one.headers["Last-Modified"]
    assert "no-cache" in one.headers["Cache-Control"]
    same = client.get("/releases/", headers=tag)
    assert (same.status_code, same.content) == (304, b"")
    changed()
    assert client.get("/releases/", headers=tag).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/products/?page=2", {}),
        ("/products/", {"hx-request": "true"}),
        ("/products/", {"accept-encoding": "gzip"}),
        ("/api/v1/products", {}),
    ],
)
def test_what_decides_an_answer_tells_answers_apart(
    as_it_was: Portal, path: str, headers: dict[str, str]
) -> None:
    client = as_it_was.client()
    plain = client.get("/products/").headers["ETag"]
    assert client.get(path, headers=headers).headers["ETag"] != plain


def test_what_is_not_there_is_not_kept(as_it_was: Portal) -> None:
    client = as_it_was.client()
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/products/none-of-ours/").status_code == 404
        assert len(asked) > 1


def test_inside_a_transaction_nothing_is_kept(written: Portal) -> None:
    client = written.client()
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/releases/?inside")
        assert len(asked) > 1


def test_a_mark_that_was_rolled_back_never_comes_again(portal: Portal) -> None:
    assert portal.done.taken
    marks = set()
    for _ in range(3):
        changed()
        found = current()
        assert found
        marks.add(found.mark)
    assert len(marks) == 3
    assert Generation.objects.count() == 1


def test_an_empty_portal_has_no_mark(written: Portal) -> None:
    Generation.objects.all().delete()
    assert current() is None
    assert "Last-Modified" not in written.client().get("/").headers


def test_the_shelf_lets_the_longest_unused_go() -> None:
    shelf = Shelf(room=20)
    for key in ("a", "b"):
        shelf.keep("mark", key, Held(body=b"x" * 8, headers=()))
    assert shelf.find("mark", "a")
    shelf.keep("mark", "c", Held(body=b"x" * 8, headers=()))
    assert shelf.find("mark", "b") is None
    assert shelf.find("mark", "a")
    assert shelf.find("mark", "c")


def test_the_shelf_counts_an_answer_that_is_kept_again_once() -> None:
    shelf = Shelf(room=20)
    for _ in range(5):
        shelf.keep("mark", "a", Held(body=b"x" * 8, headers=()))
    shelf.keep("mark", "b", Held(body=b"x" * 8, headers=()))
    assert shelf.find("mark", "a")


def test_another_mark_empties_the_shelf() -> None:
    shelf = Shelf()
    shelf.keep("one", "a", Held(body=b"x", headers=()))
    assert shelf.find("two", "a") is None
    shelf.keep("two", "b", Held(body=b"x", headers=()))
    assert shelf.find("one", "a") is None


def test_a_head_request_has_the_same_tag(as_it_was: Portal) -> None:
    client: Client = as_it_was.client()
    assert client.head("/products/").headers["ETag"] == client.get("/products/").headers["ETag"]


def test_the_mark_of_a_build_is_the_same_each_time() -> None:
    assert build_mark() == build_mark()


def test_who_is_signed_in_never_gets_or_fills_what_is_kept(portal: Portal) -> None:
    """Outside a transaction, as a web server answers; what it writes is taken back."""
    key = f"cached{uuid4().hex[:8]}"
    ann = account(key)
    try:
        public, theirs = portal.client(), signed_in(portal, ann)
        address = f"/products/?q={key}"
        first = theirs.get(address)
        assert key in first.content.decode()
        assert first.headers["Cache-Control"] == "private, no-store"
        seen = public.get(address)
        assert f">{ann.name}</a>" not in seen.content.decode()
        assert "Sign in" in seen.content.decode()
        tag = {"if-none-match": seen.headers["ETag"]}
        again = theirs.get(address, headers=tag)
        assert (again.status_code, f">{ann.name}</a>" in again.content.decode()) == (200, True)
        assert "Cookie" in seen.headers["Vary"]
    finally:
        EmailAddress.objects.filter(user=ann).delete()
        UserSession.objects.filter(user=ann).delete()
        Account.objects.filter(pk=ann.pk)._raw_delete("default")
        changed()


def test_a_page_with_a_form_or_a_token_is_not_kept(as_it_was: Portal) -> None:
    client = as_it_was.client()
    first, second = (client.get("/account/login/").content for _ in range(2))
    assert first != second  # another token each time
    answer = client.get("/products/", headers={"Authorization": "Bearer x"})
    assert answer.headers["Cache-Control"] == "private, no-store"
