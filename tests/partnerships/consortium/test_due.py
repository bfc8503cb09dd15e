"""What is due, by a given day: the dates agree with the consortium's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.partnerships.consortium.conftest import TODAY

from peso.base.finding import Unknown
from peso.partnerships.consortium.bylaws import counted, own_bylaws
from peso.partnerships.consortium.calendar import Interval
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.due import Due, due, pressing
from peso.partnerships.consortium.record import Charter, Day, Office, Term, WorkingGroup

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
CALENDAR = {"provisional": 182, "active": 365}


def _by(several: tuple[Due, ...]) -> dict[tuple[str, str], Due]:
    return {(one.rule, one.title): one for one in several}


def _group(status: str | Unknown, reviewed: Day, *chairs: str) -> WorkingGroup:
    charter = Charter(status=status, reviewed=reviewed)
    return WorkingGroup(slug="g", name="G", chairs=chairs or ("Ada",), charter=charter)


def _only(consortium: Consortium, today: date, rule: str) -> Due:
    (one,) = [one for one in due(consortium, today) if one.rule == rule]
    return one


def test_everything_of_the_federation_that_is_due(consortium: Consortium) -> None:
    found = [(one.state, one.title, str(one.on)) for one in due(consortium, TODAY)]

    assert found[:4] == [
        ("overdue", "Chair", "2026-10-14"),
        (
            "soon",
            "Ada Frog's seat in the Steering Committee, delegated to Bo Newt",
            "2026-12-01",
        ),
        ("soon", "Reeds", "2026-12-10"),
        ("open", "REED: seat in the Steering Committee", "unknown='since when is not on record'"),
    ]
    states = [state for state, _, _ in found]
    assert states == sorted(states, key=["overdue", "soon", "open", "unknown", "later"].index)
    by = _by(due(consortium, TODAY))
    assert by["office-vacant", "Secretary"].state == "open"
    assert by["chair-vacant", "Roots"].state == "open"
    assert by["wg-status", "Roots"].state == "unknown"
    assert {one.state for one in due(consortium, TODAY) if one.kind == "record"} == {"unknown"}
    assert all(one.state in {"overdue", "soon", "open"} for one in pressing(due(consortium, TODAY)))


@given(elected=DAYS, today=DAYS)
def test_a_term_is_due_when_the_consortiums_calendar_says(elected: date, today: date) -> None:
    """Its site: elected + 365 days; red below zero days left, blue below thirty."""
    term = Term(office="Chair", person="Ada", since=elected)
    office = Office(slug="chair", name="Chair", terms=(term,))
    rules = counted(own_bylaws(), 365, CALENDAR)
    found = due(Consortium(bylaws=rules, offices=(office,)), today)
    if elected > today:
        assert [one.rule for one in found if one.kind == "office"] == ["office-vacant"]
        return
    one = next(one for one in found if one.rule == "officer-term")

    left = (elected + timedelta(days=365) - today).days
    assert one.on == elected + timedelta(days=365)
    assert one.days == left
    assert one.state == ("overdue" if left < 0 else "soon" if left < 30 else "later")
    assert one.who == ("Ada",)


@given(reviewed=DAYS, today=DAYS, status=st.sampled_from(["Provisional", "Active", "Retired"]))
def test_a_review_is_due_when_the_consortiums_calendar_says(
    reviewed: date, today: date, status: str
) -> None:
    rules = counted(own_bylaws(), 365, CALENDAR)
    group = _group(status, reviewed)
    found = due(Consortium(bylaws=rules, groups=(group,)), today)
    mine = [one for one in found if one.kind == "working-group"]
    if status == "Retired":
        assert mine == []
        return
    (one,) = mine

    assert one.on == reviewed + timedelta(days=CALENDAR[status.lower()])
    assert one.days == (reviewed - today).days + CALENDAR[status.lower()]


@pytest.mark.parametrize(
    ("since", "on"),
    [("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28"), ("2023-03-01", "2024-03-01")],
)
def test_without_days_of_the_catalog_the_by_laws_year_counts(since: str, on: str) -> None:
    term = Term(office="Chair", person="Ada", since=date.fromisoformat(since))
    office = Office(slug="chair", name="Chair", terms=(term,))
    one = _only(Consortium(bylaws=own_bylaws(), offices=(office,)), TODAY, "officer-term")

    assert one.on == date.fromisoformat(on)


def test_the_day_itself_is_not_overdue() -> None:
    group = _group("Active", date(2025, 11, 26))
    consortium = Consortium(bylaws=own_bylaws(), groups=(group,))

    assert _only(consortium, TODAY, "wg-review-active").state == "soon"
    assert _only(consortium, TODAY + timedelta(days=1), "wg-review-active").state == "overdue"
    assert _only(consortium, TODAY - timedelta(days=29), "wg-review-active").state == "soon"
    assert _only(consortium, TODAY - timedelta(days=30), "wg-review-active").state == "later"


def test_an_unknown_day_is_due_at_an_unknown_day() -> None:
    why = Unknown(unknown="the page is torn")
    consortium = Consortium(bylaws=own_bylaws(), groups=(_group("Active", why),))
    one = _only(consortium, TODAY, "wg-review-active")

    assert (one.state, one.on) == ("unknown", why)
    assert isinstance(one.days, Unknown)


def test_a_status_no_rule_speaks_of_is_unknown_and_not_dropped() -> None:
    consortium = Consortium(bylaws=own_bylaws(), groups=(_group("Asleep", TODAY),))
    one = _only(consortium, TODAY, "wg-status")

    assert one.state == "unknown"
    assert one.on == Unknown(unknown="no rule speaks of the status 'Asleep'")


def test_a_term_with_an_end_is_due_at_its_end() -> None:
    term = Term(office="Chair", person="Ada", since=date(2026, 1, 1), until=date(2026, 12, 31))
    office = Office(slug="chair", name="Chair", terms=(term,))
    consortium = Consortium(bylaws=own_bylaws(), offices=(office,))

    assert _only(consortium, TODAY, "officer-term").on == date(2026, 12, 31)
    assert _only(consortium, date(2027, 1, 1), "office-vacant").state == "open"


def test_a_delegation_that_names_no_end_is_open(consortium: Consortium) -> None:
    endless = consortium.delegations[0].model_copy(
        update={"until": Unknown(unknown="no end is on record")}
    )
    both = consortium.model_copy(update={"delegations": (endless,)})

    assert _only(both, TODAY, "delegation-ends").state == "open"
    over = [one.rule for one in due(consortium, date(2026, 12, 2))]
    assert "delegation-ends" not in over


def test_days_of_the_catalog_that_are_none_change_no_rule() -> None:
    rules = own_bylaws()

    assert counted(rules, Unknown(unknown="no"), {"active": "a year", "provisional": True}) == rules
    assert counted(rules, 0, {}) == rules
    assert counted(rules, -5, {"active": 10**9}) == rules


def test_a_calendar_that_ends_is_unknown_and_no_fault() -> None:
    consortium = Consortium(bylaws=own_bylaws(), groups=(_group("Active", date(9999, 6, 1)),))
    one = _only(consortium, TODAY, "wg-review-active")

    assert one.on == Unknown(unknown="the calendar ends with the year 9999")


def test_own_rules_name_no_quorum() -> None:
    stated = {one.about: one.says for one in own_bylaws().stated}

    assert isinstance(stated["Quorum"], Unknown)
    assert all(isinstance(one.after, Interval) for one in own_bylaws().rules if one.of == "office")
