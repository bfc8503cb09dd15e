"""What a role may be held for: one rule, and the forms and the command that ask it."""

from __future__ import annotations

import pytest
from tests.portal.addresses import Page
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.errors import BadInput
from peso.partnerships.consortium.consortium import Consortium as Record
from peso.portal import scoping
from peso.portal.people.grants import checked, current
from peso.portal.people.models import Account, Grant, Invitation
from peso.portal.people.roles import Held, Kind, Role
from peso.portal.people.scopes import is_slug, scope_of
from peso.portal.store import models

KNOWN = ("fastmath", "fasthep", "pond")


@pytest.mark.parametrize(
    ("role", "text", "known", "slug"),
    [
        (Role.LIAISON, " FASTMath ", (), "fastmath"),
        (Role.LIAISON, "FASTMath", KNOWN, "fastmath"),
        (Role.FACILITY, "a" * 63, (), "a" * 63),
        (Role.MAINTAINER, "Py_H5.x", (), "py_h5.x"),
        (Role.CHAIR, "metrics", (), "metrics"),
        (Role.STEERING, " ", KNOWN, ""),
    ],
)
def test_a_scope_is_folded(role: Role, text: str, known: tuple[str, ...], slug: str) -> None:
    assert scope_of(role, text, known) == slug


@pytest.mark.parametrize(
    ("role", "text", "known", "why", "hint"),
    [
        (Role.LIAISON, "Oak Ridge!", (), "'Oak Ridge!' is no slug", "letters a to z, digits"),
        (Role.LIAISON, "a_b", (), "'a_b' is no slug of an organization", "hyphens"),
        (Role.LIAISON, "a" * 64, (), "is no slug", "at most 63"),
        (Role.LIAISON, "pond\nx", (), "is no slug", "hyphens"),
        (Role.LIAISON, "İ", (), "is no slug", "hyphens"),
        (Role.MAINTAINER, "-hypre", (), "is no slug of a product", "dots"),
        (Role.LIAISON, "fastmaths", KNOWN, "no organization 'fastmaths'", "nearest: fastmath"),
        (Role.LIAISON, "zz", KNOWN, "no organization 'zz'", "e.g. fasthep"),
        (Role.LIAISON, " ", KNOWN, "is for one organization", "give the organization's slug"),
        (Role.ADMINISTRATOR, "x", (), "is for the whole portal", "leave the slug out"),
    ],
)
def test_what_is_no_scope_is_refused_in_words(
    role: Role, text: str, known: tuple[str, ...], why: str, hint: str
) -> None:
    with pytest.raises(BadInput) as no:
        scope_of(role, text, known)
    assert why in no.value.message
    assert hint in (no.value.hint or "")


def test_whatever_is_granted_or_invited_to_is_folded() -> None:
    assert checked(Role.LIAISON, "FASTMath") == Held(role=Role.LIAISON, scope="fastmath")
    assert not is_slug(Kind.PORTAL, "portal")


def test_the_forms_refuse_what_there_is_not_and_offer_what_there_is(written: Portal) -> None:
    client, ann = signed_in(written, somebody(Role.ADMINISTRATOR)), account("Ann")
    at = f"/office/people/{ann.key}/"
    for where, more in (("/office/invitations/", {"email": "a@example.org"}), (at, {})):
        page = client.get(where).content.decode()
        assert 'list="id_scope_offers"' in page
        assert '<datalist id="id_scope_offers">' in page
        assert '<option value="pond">' in page
        said = {"action": "grant", "role": "member liaison", "scope": "ponds", **more}
        no = Page(client.post(where, said).content.decode()).said
        assert "There is no organization 'ponds': the nearest: pond" in no
        no = Page(client.post(where, said | {"scope": "Oak Ridge!"}).content.decode()).said
        assert "'Oak Ridge!' is no slug of an organization" in no
    assert not current().filter(account=ann).exists()
    assert not Invitation.objects.filter(email="a@example.org").exists()
    assert client.post(at, said | {"scope": " POND"}).status_code == 302
    assert [one.scope for one in ann.grants.all()] == ["pond"]


@pytest.mark.usefixtures("written")
def test_any_slug_is_taken_while_nothing_is_known() -> None:
    models.Consortium.objects.all().delete()
    assert scoping.known(Kind.ORGANIZATION) == scoping.known(Kind.GROUP) == frozenset()
    assert scoping.looked_up(Role.LIAISON, "Anybody") == "anybody"


def test_a_scope_of_old_that_is_no_slug_opens_nothing(written: Portal) -> None:
    one: Account = account("Lia Old")
    Grant.objects.create(account=one, role=Role.LIAISON.value, scope="FASTMath")
    client = signed_in(written, one)
    raised = {"statement": "As a user I need hypre, so that solvers scale", "visibility": "public"}
    need = client.post("/needs/new/", raised).headers["Location"]
    assert client.get(need).status_code == 200
    for answer in (client.get, client.post):
        assert answer(f"{need}for/FASTMath/endorse/").status_code == 404


def test_a_facility_is_any_where_the_consortium_names_none(written: Portal) -> None:  # noqa: ARG001 - it undoes all
    row = models.Consortium.objects.get()
    held = Record.model_validate(row.data)
    assert "big-lake" in scoping.known_for(Role.FACILITY)
    others = tuple(one for one in held.organizations if one.kind != "facility")
    row.data = held.model_copy(update={"organizations": others}).plain()
    row.save()
    assert scoping.known_for(Role.FACILITY) == frozenset()
    assert scoping.looked_up(Role.FACILITY, "OLCF") == "olcf"
    assert "big-lake" not in scoping.known_for(Role.LIAISON)
