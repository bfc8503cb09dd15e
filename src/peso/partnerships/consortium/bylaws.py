"""By-laws: what a consortium agreed, as rules that can be counted (`peso.bylaws/1`).

1. The rules are data: PESO's own file is one consortium's, and a workspace may have another.
2. A number of days that the consortium's catalog gives for a rule goes before the by-laws' words,
   for that is what its own calendar counts.
3. What the by-laws do not say is unknown, with the reason; nothing is made up for it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.base.yamls import parse_record
from peso.partnerships.consortium.calendar import Interval

FILE: Final = "consortium/bylaws.yaml"
"""Where a workspace has its own."""
Of = Literal[
    "office",
    "vacant-office",
    "working-group",
    "group-status",
    "chair",
    "seat",
    "delegation",
    "record",
]


class Rule(Record, use_attribute_docstrings=True):
    """One rule."""

    id: str
    of: Of
    """What it is about."""
    status: str = ""
    """Of which working groups: those with this status."""
    after: Interval | Unknown = Unknown(unknown="the rule names no time")
    """How long after its begin, or the last review, the thing is due."""
    soon: int = Field(default=30, ge=0, le=3660)
    """From how many days before on it is due soon: fewer than these."""
    do: str
    """What is to be done."""
    text: str
    """The rule in words."""
    missing: str = ""
    """What is not on record, so that the rule cannot be counted."""
    counted: str = ""
    """Where the time comes from, where not from the by-laws."""


class Seats(Record, use_attribute_docstrings=True):
    """Who has how many seats."""

    body: str
    each_member: int = Field(default=1, ge=0, le=100)
    affiliates_per_seat: int = Field(default=5, ge=1, le=1000)
    rounding: Literal["up", "down"] = "up"

    def of_affiliates(self, affiliates: int) -> int:
        """Return how many seats that many affiliates have together."""
        more = self.affiliates_per_seat - 1 if self.rounding == "up" else 0
        return (affiliates + more) // self.affiliates_per_seat


class Stated(Record, use_attribute_docstrings=True):
    """What the by-laws say of something that is not counted here."""

    about: str
    says: str | Unknown


class Bylaws(Record, use_attribute_docstrings=True):
    """The rules of a consortium."""

    schema_: Literal["peso.bylaws/1"] = Field(default="peso.bylaws/1", alias="schema")
    name: str
    source: str
    """Where they are written."""
    seats: Seats
    offices: tuple[str, ...] = ()
    """The offices there are, held or not."""
    rules: tuple[Rule, ...]
    stated: tuple[Stated, ...] = ()


def own_bylaws() -> Bylaws:
    """Return the rules PESO ships."""
    return parse_record(Bylaws, Path(str(files("peso"))) / "data" / "consortium" / "bylaws.yaml")


def read_bylaws(workspace: Path) -> Bylaws:
    """Return a workspace's rules; PESO's where it has none.

    Raises:
        BadInput: Its file is not what it should be.
    """
    file = workspace / FILE
    return parse_record(Bylaws, file) if file.is_file() else own_bylaws()


def counted(bylaws: Bylaws, officers: int | Unknown, groups: dict[str, Any]) -> Bylaws:
    """Return the rules with the days that the consortium's catalog gives.

    Args:
        bylaws: The rules.
        officers: Days of an officer's term.
        groups: Days until a working group is reviewed, by its status in small letters.
    """
    return bylaws.model_copy(
        update={"rules": tuple(_counted(one, officers, groups) for one in bylaws.rules)}
    )


def _counted(rule: Rule, officers: int | Unknown, groups: dict[str, Any]) -> Rule:
    days: object = None
    if rule.of == "office":
        days = officers
    elif rule.of == "working-group":
        days = groups.get(rule.status.casefold())
    if type(days) is not int or not 0 < days <= 36_525:  # noqa: PLR2004 - a hundred years
        return rule
    said = {"after": Interval(days=days), "counted": "the consortium's catalog"}
    return rule.model_copy(update=said)
