"""The terms a need is ranked by: for each its raw value, and the same between 0 and 1.

A value is in millionths, whole numbers, so that every machine gets the same. `low` and `high`
differ where something is a range or unknown: it may be anything between, and `unknown` says why.

| term | raw | between 0 and 1 |
|---|---|---|
| members | members that endorse it | n / (n + 3) |
| facilities | facilities that endorse it | n / (n + 2) |
| others | other organizations that endorse it | n / (n + 5) |
| severity | 0 to 3 | n / 3 |
| reach | recipes that need its products to link or run | n / (n + 100) |
| leverage | organizations that endorse it, for each place where it must be done | x / (x + 2) |
| evidence | the best piece: 0 none, 1 said, 2 documented, 3 measured | n / 3 |
| effort | person-days, from and to | 20 / (20 + days) |

1. No term looks at other needs: so what happens to one never moves a value of another.
2. Each value grows, or stays, with every endorsement (effort, evidence and reach do not look at
   endorsements). So one more organization never lowers a rank.
3. Severity is the level that two organizations say at least; that of one alone counts one step
   lower. What the raiser says is one voice. Who says "blocking" alone cannot lift it to the top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.needs.reach import Reach, wanted
from peso.partnerships.needs.record import Effort, Held
from peso.partnerships.needs.register import Register, strongest
from peso.partnerships.needs.vocabulary import Level, OrganizationKind

ONE = 1_000_000
HALF = {"members": 3, "facilities": 2, "others": 5, "reach": 100, "leverage": 2, "effort": 20}
"""Where a value is one half."""
_TOP = Level.BLOCKING.grade
_KEPT = 10_000
"""How many terms are kept: most needs have one that others have too."""


class RankTerm(Record):
    """One term of one need."""

    name: str
    raw: str
    low: int
    high: int
    unknown: str = ""


NAMES = ("members", "facilities", "others", "severity", "reach", "leverage", "evidence", "effort")


def terms_of(register: Register, held: Held, reach: Reach) -> tuple[RankTerm, ...]:
    """Return the terms of a need, with all that was merged into it, in the order of `NAMES`."""
    family = register.family(held.id)
    supporters = strongest(family)
    counts = Counter(one.organization.kind for one in supporters)
    return (
        _count("members", counts[OrganizationKind.MEMBER]),
        _count("facilities", counts[OrganizationKind.FACILITY]),
        _count("others", counts[OrganizationKind.OTHER]),
        _severity(family, {it.organization.slug: it.level.grade for it in supporters}),
        _reach(held, reach),
        _leverage(len(supporters), held.need.places),
        _evidence(family),
        _effort(held.need.effort),
    )


def _count(name: str, count: int) -> RankTerm:
    return _exact(name, str(count), ONE * count // (count + HALF[name]))


@lru_cache(maxsize=_KEPT)
def _exact(name: str, raw: str, value: int) -> RankTerm:
    return RankTerm(name=name, raw=raw, low=value, high=value)


def _severity(family: tuple[Held, ...], levels: dict[str, int]) -> RankTerm:
    voices = dict(levels)
    unknown = ""
    for held in family:
        said, raiser = held.need.severity, held.need.raised_by.organization
        who = raiser.slug if raiser else f"the raiser of {held.id}"
        if isinstance(said, Unknown):
            if held is family[0]:
                unknown = said.unknown
        else:
            voices[who] = max(voices.get(who, 0), said.grade)
    low = _level_of(voices.values())
    if not unknown:
        return _exact("severity", str(low), ONE * low // _TOP)
    high = _level_of([*voices.values(), _TOP])
    if low == high:
        return _exact("severity", str(low), ONE * low // _TOP)
    why = f"how grave it is to who raised it: {unknown}"
    raw = f"{low} to {high}"
    return RankTerm(
        name="severity", raw=raw, low=ONE * low // _TOP, high=ONE * high // _TOP, unknown=why
    )


def _level_of(voices: Iterable[int]) -> int:
    first, second = [*sorted(voices, reverse=True), 0, 0][:2]
    return max(second, first - 1)


def _reach(held: Held, reach: Reach) -> RankTerm:
    if not held.need.products:
        return _exact("reach", "0: no product is named", 0)
    found = reach.of(wanted(held.need.products))
    if isinstance(found, Unknown):
        return RankTerm(name="reach", raw="unknown", low=0, high=ONE, unknown=found.unknown)
    return _exact("reach", str(found), ONE * found // (found + HALF["reach"]))


def _leverage(helped: int, places: int | Unknown) -> RankTerm:
    if isinstance(places, Unknown):
        high = ONE * helped // (helped + HALF["leverage"])
        why = f"in how many places it must be done: {places.unknown}"
        raw = f"{helped} / unknown"
        if not helped:
            return _exact("leverage", raw, 0)
        return RankTerm(name="leverage", raw=raw, low=0, high=high, unknown=why)
    value = ONE * helped // (helped + HALF["leverage"] * places)
    return _exact("leverage", f"{helped} / {places}", value)


def _evidence(family: tuple[Held, ...]) -> RankTerm:
    best = max((one.grade.grade for held in family for one in held.need.evidence), default=0)
    return _exact("evidence", str(best), ONE * best // 3)


def _effort(effort: Effort | Unknown) -> RankTerm:
    half = HALF["effort"]
    if isinstance(effort, Unknown):
        return RankTerm(name="effort", raw="unknown", low=0, high=ONE, unknown=effort.unknown)
    low, high = ONE * half // (half + effort.high), ONE * half // (half + effort.low)
    raw = f"{effort.low} to {effort.high} days ({effort.estimated_by})"
    return RankTerm(name="effort", raw=raw, low=low, high=high)
