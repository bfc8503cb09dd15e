"""Who is asked whether something helped: every endorsing organization, until it has said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from peso.partnerships.needs import events
from peso.partnerships.needs.asked import asked, check_due, checks_due
from peso.partnerships.needs.brief import brief
from peso.partnerships.needs.events import Body, event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import (
    Helped,
    Kind,
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)

AT = datetime(2026, 11, 30, tzinfo=UTC)
DUE = date(2027, 2, 28)
STEPS = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS, Status.DELIVERED)
ONE, TWIN = "n-0000000001", "n-0000000002"


def _who(slug: str) -> Speaker:
    return Speaker(slug=slug, kind=OrganizationKind.MEMBER)


def _raised(need: str, *endorsers: str) -> list[Body]:
    said = Need(
        id=need, statement=need, visibility="public", source=Source(kind="test"), kind=Kind.DOCS
    )
    return [
        events.Raised(need=said),
        *(
            events.Endorsed(about=need, organization=_who(one), level=Level.USEFUL)
            for one in endorsers
        ),
    ]


def _delivered(need: str) -> list[Body]:
    return [
        events.Linked(about=need, kind=LinkKind.PAGE, where="https://example.org"),
        *(events.Decided(about=need, status=one) for one in STEPS),
    ]


def _register(*several: Body) -> Register:
    told = [
        event(one, time=AT + timedelta(microseconds=at), actor="x")
        for at, one in enumerate(several)
    ]
    register = fold(told)
    assert register.not_taken == ()
    return register


def _said(slug: str) -> events.Checked:
    return events.Checked(about=ONE, organization=_who(slug), helped=Helped.YES)


def test_three_months_later_is_a_day_that_there_is() -> None:
    held = _register(*_raised(ONE, "pond"), *_delivered(ONE)).get(ONE)
    assert check_due(held) == DUE


def test_each_that_endorsed_is_asked_until_it_has_said_itself() -> None:
    done = (*_raised(ONE, "pond", "lake"), *_delivered(ONE))
    assert asked(_register(*done), DUE - timedelta(days=1)) == ()
    assert [it.organization for it in asked(_register(*done), DUE)] == ["lake", "pond"]
    half = _register(*done, _said("pond"))
    assert [it.organization for it in asked(half, DUE)] == ["lake"]
    assert [it.id for it in checks_due(half, DUE)] == [ONE]
    whole = _register(*done, _said("pond"), _said("lake"))
    assert asked(whole, DUE) == ()
    assert checks_due(whole, DUE) == ()


def test_who_has_said_is_not_asked_in_its_brief_and_the_other_is() -> None:
    half = _register(*_raised(ONE, "pond", "lake"), *_delivered(ONE), _said("pond"))
    asks = {
        slug: brief(half, {}, DUE, slug).partition("## Did it help?")[2]
        for slug in ("pond", "lake")
    }
    assert ONE not in asks["pond"]
    assert ONE in asks["lake"]


def test_what_is_merged_is_asked_about_where_it_stands() -> None:
    merged = events.Merged(about=TWIN, into=ONE)
    register = _register(
        *_raised(ONE, "pond"), *_raised(TWIN, "moss", "pond"), *_delivered(ONE), merged
    )
    assert [(it.held.id, it.organization) for it in asked(register, DUE)] == [
        (ONE, "moss"),
        (ONE, "pond"),
    ]


def test_a_need_of_nobody_is_asked_about_until_anybody_has_said() -> None:
    assert [it.id for it in checks_due(_register(*_raised(ONE), *_delivered(ONE)), DUE)] == [ONE]
    assert checks_due(_register(*_raised(ONE), *_delivered(ONE), _said("moss")), DUE) == ()
    assert checks_due(_register(*_raised(ONE)), DUE) == ()
