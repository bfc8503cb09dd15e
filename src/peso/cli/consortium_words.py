"""Words of the consortium: what a person reads of organizations, people, groups and what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from peso.cli.product_words import counts_in_words, findings_in_words

if TYPE_CHECKING:
    from peso.api.consortium import ConsortiumChecked, DueList
    from peso.partnerships.consortium.due import Due
    from peso.partnerships.consortium.record import Dated
    from peso.partnerships.consortium.view import GroupView, OrganizationView, PersonView, Summary


def _summary(one: Summary) -> str:
    officers = (f"  {term.office:<12} {_text(term.person)}" for term in one.officers)
    rows = (
        ("organizations", _tally(one.organizations)),
        ("people", str(one.people)),
        ("seats", f"{one.seats}, {one.vacant} vacant"),
        ("working groups", _tally(one.groups)),
        ("liaisons", str(one.liaisons)),
        ("stewardships", str(one.stewardships)),
        ("due", _tally(one.due)),
    )
    return "\n".join([*(f"{name:<15} {value}" for name, value in rows), "officers", *officers])


def _organization(view: OrganizationView) -> str:
    one = view.organization
    rows = (
        ("name", _text(one.name)),
        ("is", one.kind),
        ("since", _text(one.since)),
        ("until", _text(one.until)),
        ("focus", one.focus or "not said"),
        ("website", one.website or "none named"),
    )
    lines = [one.short_name, *(f"  {name:<8} {value}" for name, value in rows)]
    lines += [f"  {role.role:<15} {role.person}" for role in view.people]
    lines += [f"  seat in the {seat.body}: {_text(seat.holder)}" for seat in view.seats]
    lines += [f"  delegated by {one.giver} to {one.to}{_span(one)}" for one in view.delegations]
    lines += [f"  liaison {one.person}: {one.organization} to {one.to}" for one in view.liaisons]
    named = ", ".join(one.name or one.product for one in view.stewardships) or "none named"
    return "\n".join([*lines, f"  stewards {len(view.stewardships)}: {named}", *_due(view.due)])


def _person(view: PersonView) -> str:
    works = (f"  {_text(one.organization)}{_span(one)}" for one in view.person.affiliations)
    roles = (f"  {role.role} ({role.title})" for role in view.roles)
    ties = (f"  liaison of {one.organization} to {one.to}" for one in view.liaisons)
    return "\n".join([view.person.name, *works, *roles, *ties, *_due(view.due)])


def _group(view: GroupView) -> str:
    charter = view.group.charter
    rows = (
        ("status", f"{_text(charter.status)}, {_text(charter.reviewed)}"),
        ("chairs", ", ".join(view.group.chairs) or "none named"),
        ("meets", view.group.meets or "not said"),
        ("lifetime", _text(charter.lifetime)),
        ("membership", _text(charter.membership)),
        ("reporting", _text(charter.reporting)),
    )
    lines = (f"  {name:<11} {' '.join(value.split())}" for name, value in rows)
    return "\n".join([view.group.name, *lines, "", _text(charter.purpose).strip(), *_due(view.due)])


def _due_list(found: DueList) -> str:
    head = f"as of {found.today}, by: {found.bylaws.name}"
    rules = (f"  {one.about}: {_text(one.says)}" for one in found.bylaws.stated)
    return "\n".join([head, *(_due(found.due) or ["  nothing"]), "the by-laws also say", *rules])


def _due(several: Iterable[Due]) -> list[str]:
    return [
        f"  {_when(one):<32} {one.title} ({_text(one.on)})"
        if one.kind == "record"
        else f"  {_when(one):<32} {one.title}: {one.do}{_who(one)}"
        for one in several
    ]


def _when(one: Due) -> str:
    days: Any = one.days
    if one.state == "overdue":
        return f"overdue  {one.on} ({-days} d ago)"
    if one.state in {"soon", "later"}:
        return f"{one.state:<8} {one.on} (in {days} d)"
    return str(one.state)


def _who(one: Due) -> str:
    return f" ({', '.join(one.who)})" if one.who else ""


def _checked(report: ConsortiumChecked) -> str:
    if not report.files:
        return f"{report.workspace}: no file of a consortium here, so nothing was checked"
    blocking = sum(one.level.reaches(report.level) for one in report.findings)
    verdict = f"{blocking} block" if blocking else "none blocks"
    return "\n".join(
        [
            f"{report.workspace}: {len(report.files)} files, as of {report.today}",
            *findings_in_words(report.findings),
            f"{counts_in_words(report.findings)}; {verdict} (from {report.level} on)",
        ]
    )


def _tally(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"


def _span(one: Dated) -> str:
    known = [
        f"{word} {day}" for word, day in (("from", one.since), ("to", one.until)) if _is_day(day)
    ]
    return f", {' '.join(known)}" if known else ""


def _is_day(day: object) -> bool:
    return not hasattr(day, "unknown")


def _text(value: Any) -> str:  # noqa: ANN401 - a value, or Unknown
    return f"unknown: {value.unknown}" if hasattr(value, "unknown") else str(value)


CONSORTIUM_WORDS: dict[str, Callable[[Any], str]] = {
    "Summary": _summary,
    "OrganizationView": _organization,
    "PersonView": _person,
    "GroupView": _group,
    "DueList": _due_list,
    "ConsortiumChecked": _checked,
}
