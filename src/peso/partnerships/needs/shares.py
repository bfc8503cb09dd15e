"""A set of needs under a budget, so that small members are served: the Method of Equal Shares.

Peters, Skowron, "Proportionality and the Limits of Welfarism" (EC 2020); Peters, Pierczyński,
Skowron, "Proportional Participatory Budgeting with Additive Utilities" (NeurIPS 2021), whose rule
for utilities is used. The rules, in order:

1. The budget, in person-days, is shared equally among the organizations that have a voice.
2. A need costs the high end of its effort. Who endorsed it wants it by level: useful 1, important
   2, blocking 3. A need of unknown effort cannot be bought, and is named with its reason.
3. Again and again the need is bought that asks the least for each unit of wanting (rho): its
   supporters pay in proportion to how much they want it, and who cannot pay that much pays all that
   is left. Ties: more supporters, then the lower cost, then the smaller id.
4. When no more can be paid by its supporters, what is left in all purses is put together, and needs
   are bought from it by wanting for each day, highest first (completion); ties as before. Those are
   marked: nobody in particular paid for them.
5. Fractions, exact; nothing is rounded. What an organization pays is shown.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.needs.record import Endorsement
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import OrganizationKind


class Paid(Record):
    """What one organization pays for a need, in person-days as an exact fraction."""

    organization: str
    days: str


class Bought(Record):
    """A need that was chosen."""

    id: str
    statement: str
    cost: int
    round: int
    supporters: tuple[str, ...]
    rho: str
    """What was asked for each unit of wanting; empty: it was bought from what was left."""
    paid: tuple[Paid, ...]


class Left(Record):
    """A need that was not chosen, and why."""

    id: str
    statement: str
    reason: str


class Voice(Record):
    """What an organization got for its share."""

    organization: str
    share: str
    left: str
    got: tuple[str, ...]
    """The chosen needs it endorsed."""


class Chosen(Record):
    """A set of needs under a budget, and who paid what."""

    budget: int
    cost: int
    bought: tuple[Bought, ...]
    left: tuple[Left, ...]
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """A need that can be bought."""

    id: str
    statement: str
    cost: int
    wanted: dict[str, int]

    @property
    def units(self) -> int:
        """How much it is wanted by all who want it."""
        return sum(self.wanted.values())

    @property
    def ties(self) -> tuple[int, int, str]:
        return -len(self.wanted), self.cost, self.id


def choose(
    register: Register,
    budget: int,
    voices: frozenset[OrganizationKind] = frozenset((OrganizationKind.MEMBER,)),
    organizations: Iterable[str] = (),
) -> Chosen:
    """Choose needs under a budget in person-days.

    Args:
        register: the needs, as whoever asks sees them.
        budget: person-days.
        voices: the kinds of organizations that have a share.
        organizations: slugs that have a share though they endorsed nothing.
    """
    offered, left = _offers(register, voices)
    names = sorted({*organizations, *(slug for one in offered for slug in one.wanted)})
    share = Fraction(budget, len(names)) if names else Fraction(0)
    purses = dict.fromkeys(names, share)
    bought = _by_shares(offered, purses)
    spent = sum(one.cost for one in bought)
    paid = {one.id for one in bought}
    rest = [one for one in offered if one.id not in paid]
    bought += _completed(rest, budget - spent, len(bought))
    taken = {one.id for one in bought}
    left += [
        Left(
            id=one.id,
            statement=one.statement,
            reason=f"it costs {one.cost} days; not enough is left",
        )
        for one in rest
        if one.id not in taken
    ]
    return Chosen(
        budget=budget,
        cost=sum(one.cost for one in bought),
        bought=tuple(bought),
        left=tuple(sorted(left, key=lambda it: it.id)),
        voices=tuple(
            Voice(
                organization=name,
                share=str(share),
                left=str(purses[name]),
                got=tuple(one.id for one in bought if name in one.supporters),
            )
            for name in names
        ),
    )


def _offers(
    register: Register, voices: frozenset[OrganizationKind]
) -> tuple[list[_Offered], list[Left]]:
    offered: list[_Offered] = []
    left: list[Left] = []
    for held in register.open():
        need = held.need
        wanted = _wanted(register.supporters(held.id), voices)
        if isinstance(need.effort, Unknown):
            why = f"its effort is unknown: {need.effort.unknown}"
            left.append(Left(id=need.id, statement=need.statement, reason=why))
        elif not wanted:
            why = "nobody with a share endorsed it"
            left.append(Left(id=need.id, statement=need.statement, reason=why))
        else:
            offered.append(
                _Offered(id=need.id, statement=need.statement, cost=need.effort.high, wanted=wanted)
            )
    return offered, left


def _wanted(
    supporters: Iterable[Endorsement], voices: frozenset[OrganizationKind]
) -> dict[str, int]:
    return {
        one.organization.slug: one.level.grade
        for one in supporters
        if one.organization.kind in voices
    }


def _by_shares(offered: list[_Offered], purses: dict[str, Fraction]) -> list[Bought]:
    """Buy by equal shares; what is paid is taken out of the purses.

    The rho of a need is at least its cost for each unit, and purses only get emptier, so it only
    grows. What waits is in the order of the least its rho can be, and is asked for it when that may
    be the least of all; what was asked is asked again before it is bought.
    """
    bought: list[Bought] = []
    waiting = sorted(offered, key=lambda one: (_order(one.cost, one.units), one.ties), reverse=True)
    asked: list[tuple[Fraction, tuple[int, int, str], _Offered]] = []
    while waiting or asked:
        if waiting and (not asked or _least(waiting[-1]) <= asked[0][:2]):
            one = waiting.pop()
            before, ties = Fraction(-1), one.ties
        else:
            before, ties, one = heapq.heappop(asked)
        rho = rho_of(one.cost, one.wanted, purses)
        if rho is None:
            continue
        if rho > before:
            heapq.heappush(asked, (rho, ties, one))
            continue
        paid = []
        for name in sorted(one.wanted):
            days = min(purses[name], rho * one.wanted[name])
            purses[name] -= days
            paid.append(Paid(organization=name, days=str(days)))
        bought.append(
            Bought(
                id=one.id,
                statement=one.statement,
                cost=one.cost,
                round=len(bought) + 1,
                supporters=tuple(sorted(one.wanted)),
                rho=str(rho),
                paid=tuple(paid),
            )
        )
    return bought


def _least(one: _Offered) -> tuple[Fraction, tuple[int, int, str]]:
    return Fraction(one.cost, one.units), one.ties


def _order(part: int, whole: int) -> int:
    """Return a whole number that is in the order of fractions: exact for wholes below 2 ** 32."""
    return (part << 64) // whole


def rho_of(cost: int, wanted: dict[str, int], purses: dict[str, Fraction]) -> Fraction | None:
    """Return the least rho with which supporters can pay a cost; None: they cannot."""
    if sum(purses[name] for name in wanted) < cost:
        return None
    ordered = sorted(wanted, key=lambda name: purses[name] / wanted[name])
    rest, units = Fraction(cost), sum(wanted.values())
    for name in ordered:
        rho = rest / units
        if purses[name] >= rho * wanted[name]:
            return rho
        rest -= purses[name]
        units -= wanted[name]
    return None


def _completed(rest: list[_Offered], budget: int, rounds: int) -> list[Bought]:
    near = (one for one in rest if one.cost <= budget)
    ordered = sorted(near, key=lambda one: (-_order(one.units, one.cost), *one.ties))
    bought: list[Bought] = []
    for one in ordered:
        if one.cost <= budget:
            budget -= one.cost
            bought.append(
                Bought(
                    id=one.id,
                    statement=one.statement,
                    cost=one.cost,
                    round=rounds + len(bought) + 1,
                    supporters=tuple(sorted(one.wanted)),
                    rho="",
                    paid=(),
                )
            )
    return bought
