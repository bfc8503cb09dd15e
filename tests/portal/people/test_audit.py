"""The audit: every change with who, when, from what to what; added to, never changed."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.portal.people.audit import lines, personal, record
from peso.portal.people.forgetting import forget
from peso.portal.people.grants import current, end, grant
from peso.portal.people.models import Account, Change
from peso.portal.people.permissions import PERMISSIONS, may, rights
from peso.portal.people.roles import SCOPES, Held, Kind, Person, Role, Thing


def _office(one: Account) -> str:
    return f"/office/people/{one.key}/"


def test_a_row_is_never_changed_or_deleted_by_the_code(written: Portal) -> None:
    assert written.done.ok
    one = record("tried", by=None, after={"is": 1})
    one.what = "another"
    for wrong in (
        one.save,
        one.delete,
        lambda: Change.objects.update(what="another"),
        lambda: Change.objects.all().delete(),
        lambda: Change.objects.bulk_update([one], ["what"]),
    ):
        with pytest.raises(TypeError, match="added to, never changed"):
            wrong()
    with pytest.raises(TypeError, match="forget"):
        account("Ann").delete()


@pytest.mark.parametrize("sql", ["UPDATE peso_change SET what = 'x'", "DELETE FROM peso_change"])
def test_the_database_itself_refuses(written: Portal, sql: str) -> None:
    assert written.done.ok
    record("tried", by=None)
    with pytest.raises(Error, match="added to, never changed"), transaction.atomic():
        connection.cursor().execute(sql)
    assert Change.objects.filter(what="tried").exists()


def test_every_change_of_the_back_office_is_on_record(written: Portal) -> None:
    by, ann = somebody(Role.ADMINISTRATOR), account("Ann")
    client, at = signed_in(written, by), f"/office/people/{ann.key}/"
    role = {"role": "product maintainer", "scope": "hypre"}
    for said in (
        {"action": "grant", **role},
        {"action": "end", **role},
        {"action": "close"},
        {"action": "open"},
        {"action": "forget", "sure": "on"},
    ):
        assert client.post(at, said).status_code == 302, said
    invited = client.post("/office/invitations/", {"email": "new@example.org", "role": ""})
    assert "http://localhost:8000/invitation/" in invited.content.decode()

    made = [(one.what, one.by) for one in Change.objects.filter(by=by).order_by("pk")]
    assert made == [
        ("role granted", by),
        ("role ended", by),
        ("account closed", by),
        ("account opened", by),
        ("person forgotten", by),
        ("invitation made", by),
    ]
    granted = Change.objects.get(what="role granted", by=by)
    assert (granted.about, granted.kind, granted.slug) == (ann, "product", "hypre")


def test_a_form_of_the_back_office_says_what_is_wrong(written: Portal) -> None:
    client, ann = signed_in(written, somebody(Role.ADMINISTRATOR)), account("Ann")
    at = _office(ann)
    no_slug = client.post(at, {"action": "grant", "role": "product maintainer"}).content.decode()
    assert '<a href="#id_scope">For: Give the slug of the product' in no_slug
    assert 'aria-invalid="true"' in no_slug
    assert "id_scope_error" in no_slug
    slug = client.post(at, {"action": "grant", "role": "administrator", "scope": "x"})
    assert "leave the slug out" in slug.content.decode()
    assert "This field is required" in client.post(at, {"action": "forget"}).content.decode()
    assert "does not say what" in client.post(at, {"action": "x"}).content.decode()
    assert not current().filter(account=ann).exists()
    ann.refresh_from_db()
    assert ann.forgotten is None


def test_the_last_administrator_stays(written: Portal) -> None:
    last = somebody(Role.ADMINISTRATOR)
    client = signed_in(written, last)
    said = client.post(_office(last), {"action": "end", "role": "administrator"})
    assert "This is the last administrator" in said.content.decode()
    said = client.post(_office(last), {"action": "forget", "sure": "on"})
    assert "This is the last administrator" in said.content.decode()
    assert "You cannot close" in client.post(_office(last), {"action": "close"}).content.decode()
    last.refresh_from_db()
    assert last.is_active
    assert current().filter(account=last).exists()


def test_somebody_who_is_forgotten_is_nowhere_and_the_audit_is_as_it_was(written: Portal) -> None:
    by = somebody(Role.ADMINISTRATOR)
    ann = account("Ann Thing", Held(role=Role.CHAIR, scope="metrics"), two_factors=True)
    theirs = signed_in(written, ann)
    assert theirs.post("/account/", {"name": "Ann Other Name"}).status_code == 302
    before = {one.pk: (one.before, one.after) for one in Change.objects.all()}
    ann.refresh_from_db()

    forget(ann, by=by)

    after = {one.pk: (one.before, one.after) for one in Change.objects.filter(pk__in=before)}
    assert after == before
    client = signed_in(written, by)
    for at in ("/office/people/", _office(ann), "/office/changes/", "/changes/group/metrics/"):
        text = client.get(at).content.decode()
        for gone in ("Ann Thing", "Ann Other Name", "ann.thing@example.org"):
            assert gone not in text, at
    assert "(forgotten)" in client.get("/office/changes/").content.decode()
    assert theirs.get("/account/").status_code == 302
    assert not current().filter(account=ann).exists()


def test_what_concerns_somebody_is_what_they_see(written: Portal) -> None:
    ann, bo = account("Ann"), account("Bo")
    record("one", by=ann, about=bo)
    record("two", by=bo, about=bo, thing=Thing(kind=Kind.PRODUCT, slug="hypre"))
    record("three", by=None, about=bo)
    texts = {
        one.name: signed_in(written, one).get("/account/changes/").content.decode()
        for one in (ann, bo)
    }
    assert [word in texts["Ann"] for word in ("one", "two", "three")] == [True, False, False]
    keeper = account("Kay", Held(role=Role.MAINTAINER, scope="hypre"))
    text = signed_in(written, keeper).get("/changes/product/hypre/").content.decode()
    assert ">two" in text
    assert ">one" not in text


def test_every_change_can_be_filtered(written: Portal) -> None:
    by = somebody(Role.STEERING)
    ann = account("Ann")
    record("apples counted", by=ann, thing=Thing(kind=Kind.PRODUCT, slug="hypre"))
    record("pears counted", by=by)
    client = signed_in(written, by)
    for query, apples, pears in (
        ("who=ann", True, False),
        ("what=pears", False, True),
        ("thing=hypre", True, False),
        ("since=2000-01-01&until=2000-01-02", False, False),
        ("since=2000-01-01", True, True),
    ):
        text = client.get(f"/office/changes/?{query}").content.decode()
        assert ("apples counted" in text, "pears counted" in text) == (apples, pears), query
    wrong = client.get("/office/changes/?since=yesterday").content.decode()
    assert "Enter a valid date" in wrong


def test_a_personal_value_is_shown_and_can_be_blanked(written: Portal) -> None:
    assert written.done.ok
    ann = account("Ann")
    one = record("named", by=ann, after={"name": personal(ann, "Ann")})
    ((_, (line,)),) = lines([one])
    assert (line.name, line.before, line.after) == ("name", "", "Ann")
    ann.personal.update(value="")
    ((_, (line,)),) = lines([one])
    assert line.after == "(forgotten)"


def test_a_role_that_is_held_is_not_granted_twice(written: Portal) -> None:
    assert written.done.ok
    ann, held = account("Ann"), Held(role=Role.CHAIR, scope="metrics")
    first = grant(ann, held, by=None)
    assert grant(ann, held, by=None) == first
    end(first, by=None)
    assert grant(ann, held, by=None) != first
    assert ann.grants.count() == 2


def test_nobody_may_what_the_table_does_not_name() -> None:
    with pytest.raises(KeyError):
        may(Person(), "no.such.permission")


def test_the_page_of_rights_says_what_the_rules_say() -> None:
    cells = {one.name: dict(one.cells) for one in rights()}
    assert set(cells) == set(PERMISSIONS)
    assert cells["pages.read"] == dict.fromkeys(Role, "yes")
    assert {role for role, cell in cells["people.change"].items() if cell != "no"} == {
        Role.ADMINISTRATOR
    }
    assert {role for role, cell in cells["changes.thing"].items() if cell == "own"} == {
        Role.MAINTAINER,
        Role.LIAISON,
        Role.FACILITY,
        Role.CHAIR,
    }


def test_why_somebody_may_not_is_said() -> None:
    assert may(Person(), "people.see").why == "you are not signed in"
    user = Person(key="k", name="n")
    assert may(user, "people.change").why == "it takes the role administrator"
    waiting = Person(key="k", granted=frozenset({Held(role=Role.ADMINISTRATOR)}))
    assert "second factor" in may(waiting, "people.change").why
    hypre = Held(role=Role.MAINTAINER, scope="hypre")
    other = Person(key="k", granted=frozenset({hypre}))
    said = may(other, "changes.thing", Thing(kind=Kind.PRODUCT, slug="alpha")).why
    assert "product maintainer for it" in said
    assert set(SCOPES) == set(Role) - {Role.VISITOR, Role.USER}
