"""Days, months and years after a day: leap days and ends of months included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from peso.partnerships.consortium.calendar import Interval

DAYS = st.dates(date(1900, 1, 1), date(2900, 1, 1))


@pytest.mark.parametrize(
    ("start", "interval", "due"),
    [
        ("2024-02-29", {"years": 1}, "2025-02-28"),
        ("2024-02-29", {"years": 4}, "2028-02-29"),
        ("2096-02-29", {"years": 4}, "2100-02-28"),
        ("2023-10-14", {"days": 365}, "2024-10-13"),
        ("2025-10-14", {"days": 365}, "2026-10-14"),
        ("2023-10-14", {"years": 1}, "2024-10-14"),
        ("2025-08-31", {"months": 6}, "2026-02-28"),
        ("2027-08-31", {"months": 6}, "2028-02-29"),
        ("2026-01-31", {"months": 1}, "2026-02-28"),
        ("2026-12-31", {"months": 2}, "2027-02-28"),
        ("2026-01-31", {"months": 1, "days": 1}, "2026-03-01"),
        ("2025-06-10", {"days": 182}, "2025-12-09"),
    ],
)
def test_known_days(start: str, interval: dict[str, int], due: str) -> None:
    assert Interval(**interval).after(date.fromisoformat(start)).isoformat() == due


@given(day=DAYS, days=st.integers(1, 36_525))
def test_days_are_counted_as_they_are(day: date, days: int) -> None:
    """As the consortium's own site counts: seconds of a day, so many times."""
    assert Interval(days=days).after(day) == day + timedelta(days=days)


@given(day=DAYS, years=st.integers(0, 90), months=st.integers(0, 90))
def test_months_end_on_the_same_day_or_on_the_last(day: date, years: int, months: int) -> None:
    if not years + months:
        return
    after = Interval(years=years, months=months).after(day)

    assert (after.year - day.year) * 12 + after.month - day.month == years * 12 + months
    assert after.day == day.day or (
        after.day < day.day and (after + timedelta(days=1)).month != after.month
    )


@given(first=DAYS, second=DAYS, months=st.integers(1, 60))
def test_who_begins_later_is_never_due_earlier(first: date, second: date, months: int) -> None:
    early, late = sorted((first, second))

    assert Interval(months=months).after(early) <= Interval(months=months).after(late)


@given(day=DAYS)
def test_a_year_is_twelve_months_and_at_least_365_days(day: date) -> None:
    year = Interval(years=1).after(day)

    assert year == Interval(months=12).after(day)
    assert (year - day).days in {365, 366}


def test_no_time_is_refused_and_the_calendar_has_an_end() -> None:
    with pytest.raises(ValidationError, match="no time at all"):
        Interval()
    with pytest.raises(OverflowError):
        Interval(years=1).after(date(9999, 6, 1))
    with pytest.raises(OverflowError):
        Interval(days=365).after(date(9999, 6, 1))


def test_it_is_said_in_words() -> None:
    assert str(Interval(years=1)) == "1 year"
    assert str(Interval(months=6, days=1)) == "6 months and 1 day"
