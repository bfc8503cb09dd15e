"""Histories of a register: a short way to write one, and random ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from peso.base.finding import Unknown
from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body, Event, event, need_id
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Ranked, Ranking, Weights
from peso.partnerships.needs.reach import TableReach
from peso.partnerships.needs.record import (
    Effort,
    Evidence,
    Need,
    Raiser,
    Source,
    Speaker,
)
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import (
    Grade,
    Kind,
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)

BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
ON = date(2026, 11, 26)
SHA = "ab" * 32
REACH = TableReach(
    {
        "zlib": frozenset(f"p{at}" for at in range(900)),
        "hdf5": frozenset(f"p{at}" for at in range(850, 1000)),
        "hypre": frozenset(f"p{at}" for at in range(25)),
        "leaf": frozenset(),
    }
)
MEMBERS = ("alpine", "beech", "cedar", "dune", "elm")
FACILITIES = ("north", "south", "west")
ORGANIZATIONS = tuple(
    [Speaker(slug=one, kind=OrganizationKind.MEMBER) for one in MEMBERS]
    + [Speaker(slug=one, kind=OrganizationKind.FACILITY) for one in FACILITIES]
    + [Speaker(slug="campus", kind=OrganizationKind.OTHER)]
)
BY = {one.slug: one for one in ORGANIZATIONS}


def need(statement: str, **more: Any) -> Need:  # noqa: ANN401 - any field
    source = Source(kind="test", where=statement)
    identity = need_id(statement, time=BEGAN, actor="tester", source=source)
    more.setdefault("visibility", "public")
    return Need(id=identity, statement=statement, source=source, **more)


def history(*bodies: Body) -> tuple[Event, ...]:
    """Return events, one a minute."""
    return tuple(
        event(one, time=BEGAN + timedelta(minutes=at), actor="tester")
        for at, one in enumerate(bodies)
    )


def register(*bodies: Body) -> Register:
    return fold(history(*bodies))


def endorsed(about: Need, slug: str, level: Level = Level.IMPORTANT) -> events.Endorsed:
    return events.Endorsed(about=about.id, organization=BY[slug], level=level)


def decided(about: Need, status: Status, reason: str = "") -> events.Decided:
    return events.Decided(about=about.id, status=status, reason=reason)


def ranked(several: Register, weights: Weights | None = None) -> Ranking:
    return rank(several, weights or Weights(), REACH, ON)


def ranks_of(ranking: Ranking) -> dict[str, int]:
    return {one.id: one.rank for one in ranking.needs}


def of(ranking: Ranking, one: Need) -> Ranked:
    return next(it for it in ranking.needs if it.id == one.id)


def organizations() -> st.SearchStrategy[Speaker]:
    return st.sampled_from(ORGANIZATIONS)


@st.composite
def needs(draw: st.DrawFn, at: int) -> Need:
    low = draw(st.integers(1, 60))
    unknown = Unknown(unknown="nobody looked")
    return need(
        f"need number {at} " + " ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=4))),
        kind=draw(st.sampled_from(Kind)),
        products=tuple(draw(st.lists(st.sampled_from([*REACH.dependents, "odd"]), max_size=2))),
        visibility=draw(st.sampled_from(("public", "federation", "member:elm", "member:cedar"))),
        severity=draw(st.sampled_from((*Level, unknown))),
        places=draw(st.sampled_from((1, 2, 7, unknown))),
        effort=draw(
            st.sampled_from((unknown, Effort(low=low, high=3 * low, estimated_by="liaison")))
        ),
        evidence=tuple(
            Evidence(grade=one, text="seen")
            for one in draw(st.lists(st.sampled_from(Grade), max_size=2))
        ),
        needed_by=draw(st.sampled_from((None, ON, date(2027, 12, 1)))),
        raised_by=Raiser(organization=draw(st.sampled_from((None, *ORGANIZATIONS))), person="p-1"),
    )


_WORDS = ("faster", "install", "gpu", "docs", "portable", "solver", "input", "restart")


@st.composite
def bodies(draw: st.DrawFn, several: tuple[Need, ...]) -> Body:
    """Something that may happen to one of some needs, allowed or not."""
    about = draw(st.sampled_from(several)).id
    other = draw(st.sampled_from(several)).id
    who = draw(organizations())
    some: list[Body] = [
        events.Endorsed(about=about, organization=who, level=draw(st.sampled_from(Level))),
        events.EndorsementWithdrawn(about=about, organization=who.slug),
        events.Merged(about=about, into=other),
        events.Unmerged(about=about),
        events.Offered(about=about, organization=who, days=draw(st.integers(1, 9))),
        events.Followed(about=about, person="p-secret", follows=draw(st.booleans())),
        events.Decided(
            about=about,
            status=draw(st.sampled_from(Status)),
            reason=draw(st.sampled_from(("", "because"))),
        ),
        events.Linked(about=about, kind=LinkKind.RELEASE, where="rel", sha256=SHA),
        events.Answered(about=about, text="so it is", to=(who.slug,)),
    ]
    # Endorsements are what most histories are made of.
    return draw(st.sampled_from([*some, *some[:1] * 6, *some[2:3] * 2]))


@st.composite
def histories(draw: st.DrawFn, most: int = 6) -> tuple[tuple[Need, ...], tuple[Event, ...]]:
    """Needs, and what happened to them."""
    several = tuple(draw(needs(at)) for at in range(draw(st.integers(1, most))))
    raised: list[Body] = [events.Raised(need=one) for one in several]
    happened = draw(st.lists(bodies(several), max_size=30))
    return several, history(*raised, *happened)


def without(several: Iterable[Event], hidden: Iterable[str]) -> tuple[Event, ...]:
    """Return events without all that has to do with some needs."""
    names = set(hidden)
    return tuple(
        one
        for one in several
        if one.body.about not in names and getattr(one.body, "into", "") not in names
    )
