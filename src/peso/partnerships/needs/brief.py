"""What those who decide, members and facilities read: Markdown out of a register and its ranking.

1. Each text is made of what its reader may see: it gets a view, not the register.
2. What is unknown is said. Nothing of it is decided here.
3. Text that people wrote is made plain: no line of it can become a heading, a link or a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from peso.partnerships.needs.asked import DONE as _DONE
from peso.partnerships.needs.asked import asked, checks_due, delivered_on
from peso.partnerships.needs.compare import Change, Compared, Moved
from peso.partnerships.needs.ranked import Ranked, Ranking
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.states import unanswered
from peso.partnerships.needs.terms import ONE
from peso.partnerships.needs.vocabulary import MEMBER, OPEN, PUBLIC, Status

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!])")
_ITEM = re.compile(r" |\d+\. ")
"""A line that is an item already, or below one."""
FIRST = 100
"""So many of a ranking are on an agenda."""


def agenda(view: Register, ranking: Ranking, changed: Compared | None = None) -> str:
    """Return what is to be decided: new needs, the ranking, what moved, who waits for an answer."""
    new = [one for one in view.open() if one.status in {Status.NEW, Status.REOPENED}]
    ended = [one for one in view.needs if one.status in (*_DONE, Status.REFUSED)]
    waiting = [(one, left) for one in ended if (left := _unanswered(one, view))]
    sections = (
        ("To acknowledge", [_line(one) for one in new]),
        ("Ranked", list(_first(view, ranking))),
        ("Moved since", list(_moved(changed)) if changed else []),
        ("To answer", [f"{_line(one)}: {', '.join(left)}" for one, left in waiting]),
        ("To ask whether it helped", [_line(one) for one in checks_due(view, ranking.on)]),
    )
    weights = ", ".join(f"{name} {value}" for name, value in ranking.weights.plain().items())
    head = [f"# Needs: agenda of {ranking.on}", "", f"Weights: {weights}."]
    return _text([*head, *_sections(sections)])


def brief(view: Register, ranks: Mapping[str, int], on: date, organization: str) -> str:
    """Return what concerns one organization: what it asked, endorsed, hosts; what became of it.

    Args:
        view: The register as the organization sees it.
        ranks: Of all that is ranked of it.
        on: The day.
        organization: Its slug.
    """
    mine = [one for one in view.needs if _concerns(one, organization)]
    # What was merged stands where that stands which it was merged into.
    ends = {one.id: view.root(one.id).status for one in mine}
    own = {one.held.id for one in asked(view, on) if one.organization == organization}
    no = (Status.REFUSED, Status.WITHDRAWN)
    sections = (
        ("Open", [_standing(one, ranks, view) for one in mine if ends[one.id] in OPEN]),
        ("Done", [_told(one, view) for one in mine if ends[one.id] in _DONE]),
        ("Not done, and why", [_told(one, view) for one in mine if ends[one.id] in no]),
        (
            "You offered",
            [
                f"{it.days} days for {_line(one)}"
                for one in mine
                for it in one.offers
                if it.organization.slug == organization
            ],
        ),
        (
            "Did it help?",
            [
                _line(one)
                for one in checks_due(view, on)
                if one.id in own or (one.id in ends and not view.supporters(one.id))
            ],
        ),
    )
    head = [f"# Needs of {organization}, {on}"]
    return _text([*head, *_sections(sections)])


def you_asked_we_did(view: Register) -> str:
    """Return every need that was delivered or refused: who asked, what was done, did it help."""
    done = [one for one in view.needs if one.status in _DONE]
    no = [one for one in view.needs if one.status is Status.REFUSED]
    done.sort(key=lambda it: (delivered_on(it) or date.min, it.id), reverse=True)
    sections = (
        ("Done", [line for one in done for line in _did(one, view)]),
        ("Not done, and why", [_refused(one) for one in no]),
    )
    return _text(["# You asked, we did", *_sections(sections)])


def _concerns(held: Held, organization: str) -> bool:
    need, raiser = held.need, held.need.raised_by.organization
    return (
        (raiser is not None and raiser.slug == organization)
        or organization in need.facilities
        or need.visibility == f"{MEMBER}{organization}"
        or any(one.organization.slug == organization for one in held.endorsements)
        or any(one.organization.slug == organization for one in held.offers)
    )


def _sections(sections: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for title, lines in sections:
        yield ""
        yield f"## {title}"
        yield ""
        yield from map(_item, lines) if lines else ("None.",)


def _item(line: str) -> str:
    return line if _ITEM.match(line) else f"- {line}"


def _text(lines: Iterable[str]) -> str:
    return "\n".join([*lines, ""])


def plain(text: str) -> str:
    """Return what somebody wrote as one line of Markdown that means what it says."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(held: Held) -> str:
    return f"{plain(held.need.statement)} (`{held.id}`, {held.status}{_seen_by(held)})"


def _seen_by(held: Held) -> str:
    """Say who alone may see a need: what is passed on says so."""
    return "" if held.need.visibility == PUBLIC else f", {plain(held.need.visibility)} only"


def _first(view: Register, ranking: Ranking) -> Iterator[str]:
    """Yield the first of a ranking, and say how many more there are."""
    for one in ranking.needs[:FIRST]:
        yield from _ranked(one, _seen_by(view.get(one.id)))
    more = sum(1 for _ in view.open()) - FIRST
    if more > 0:
        yield f"{more} more are ranked; the ranking shows them"


def _ranked(one: Ranked, seen_by: str) -> Iterator[str]:
    total = sum(part.weight for part in one.parts)
    tied = f", {one.tied} alike" if one.tied > 1 else ""
    yield f"{one.rank}. {plain(one.statement)} (`{one.id}`{tied}, {one.lane}{seen_by})"
    yield f"    - score {score(one.low, one.high, total)}; ranks {spans(one)}"
    parts = (f"{it.term.name} {plain(it.term.raw)}" for it in one.parts)
    yield f"    - {'; '.join(parts)}"


def spans(one: Ranked) -> str:
    """Say which ranks a need may have, and for what reason."""
    several = (
        ("by what is unknown", one.by_unknowns),
        ("with a weight a half less or more", one.by_half),
        ("with any weights tried", one.by_any),
    )
    return ", ".join(f"{span.best} to {span.worst} {why}" for why, span in several)


def score(low: int, high: int, total: int) -> str:
    """Return a score as people read it: from 0 to 100, with one digit; a range where it is one."""
    ends = [_hundredths(one, total) for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _hundredths(value: int, total: int) -> str:
    tenths = (value * 1000 + total * ONE // 2) // (total * ONE)
    return f"{tenths // 10}.{tenths % 10}"


def _moved(changed: Compared) -> Iterator[str]:
    for one in changed.weights:
        yield f"the weight of {one.what}: {one.before}, now {one.now}"
    for it in changed.moved:
        yield f"{it.before} → {it.now}: {plain(it.statement)} (`{it.id}`): {_why(it)}"
    yield from (f"new at {it.now}: {plain(it.statement)} (`{it.id}`)" for it in changed.came)
    yield from (f"no more ranked: {plain(it.statement)} (`{it.id}`)" for it in changed.went)


def _why(moved: Moved) -> str:
    return "; ".join(why(one) for one in moved.why)


def why(one: Change) -> str:
    """Say one reason why a need moved."""
    if one.what == "others":
        return one.now
    return f"{one.what}: {plain(one.before)}, now {plain(one.now)}"


def _unanswered(held: Held, view: Register) -> tuple[str, ...]:
    """Return who asked, here or in what was merged into it, and was not answered."""
    return tuple(sorted({slug for one in view.family(held.id) for slug in unanswered(one)}))


def _standing(held: Held, ranks: Mapping[str, int], view: Register) -> str:
    head = view.root(held.id)
    rank = f"rank {ranks[head.id]} of {len(ranks)}" if head.id in ranks else "not ranked"
    return f"{_line(held)}: {rank}{_with(held, head)}"


def _told(held: Held, view: Register) -> str:
    head = view.root(held.id)
    said = head.answers[-1].text if head.answers else head.decisions[-1].reason
    return f"{_line(held)}: {head.status}{_with(held, head)}{f': {plain(said)}' if said else ''}"


def _with(held: Held, head: Held) -> str:
    return f", with `{head.id}`" if head.id != held.id else ""


def _refused(held: Held) -> str:
    reason = held.decisions[-1].reason if held.decisions else ""
    return f"{_line(held)}: {plain(reason)}"


def _did(held: Held, view: Register) -> Iterator[str]:
    asked = {one.organization.slug for one in view.supporters(held.id)}
    raisers = (one.need.raised_by.organization for one in view.family(held.id))
    asked |= {one.slug for one in raisers if one}
    yield f"{_line(held)}, {delivered_on(held)}"
    yield f"    - asked by {', '.join(sorted(asked)) or 'somebody of no organization'}"
    for link in held.links:
        yield f"    - {link.kind}: {plain(link.where)}"
    for one in held.answers[-1:]:
        yield f"    - {plain(one.text)}"
    for check in held.checks:
        note = f": {plain(check.note)}" if check.note else ""
        yield f"    - did it help? {check.organization.slug}: {check.helped}{note}"
