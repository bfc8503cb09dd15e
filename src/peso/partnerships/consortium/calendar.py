"""Calendar: the day that is so many days, months or years after another.

Days are counted as they are, leap days too. A month or a year ends on the same day of the month;
where there is none (31 April, 29 February), on the last one before it.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Self

from pydantic import Field, model_validator

from peso.base.record import Record

_MONTHS = 12


class Interval(Record, use_attribute_docstrings=True):
    """A time on the calendar."""

    years: int = Field(default=0, ge=0, le=100)
    months: int = Field(default=0, ge=0, le=1200)
    days: int = Field(default=0, ge=0, le=36_525)

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if not (self.years or self.months or self.days):
            raise ValueError("it is no time at all: name years, months or days")
        return self

    def after(self, day: date) -> date:
        """Return the day that is this long after another; months first, then days.

        Raises:
            OverflowError: It is after the year 9999.
        """
        year, month = divmod(
            day.year * _MONTHS + day.month - 1 + self.years * _MONTHS + self.months, _MONTHS
        )
        if year > date.max.year:
            raise OverflowError("the calendar ends with the year 9999")
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    def __str__(self) -> str:
        """Say it: `1 year`, `6 months`, `365 days`."""
        parts = (("year", self.years), ("month", self.months), ("day", self.days))
        return " and ".join(f"{n} {name}{'s' if n != 1 else ''}" for name, n in parts if n)
