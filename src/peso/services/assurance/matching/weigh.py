"""Weigh: who of those that speak of a vulnerability stands against a component, and how it is told.

Pure over what was heard. The rules are those of `scan.py`: the worst answer counts, but for the
project's own; who cannot tell counts where nobody surer has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peso.base.finding import Level, Unknown
from peso.services.assurance.matching.confidence import rank
from peso.services.assurance.matching.fold import Heard, same, set_aside
from peso.services.assurance.matching.record import Vulnerability, Witness
from peso.services.assurance.matching.subjects import Subject
from peso.services.assurance.severity import rate

_FIRST = ("PYSEC", "GHSA", "CVE")
"""Whose id a finding gets, where several witnesses have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A vulnerability, and what its witnesses say of a component."""

    group: tuple[Heard, ...]
    """Everyone, the surest first."""
    against: tuple[Heard, ...]
    unsure: tuple[Heard, ...]
    clear: tuple[Heard, ...]
    """The project's own witnesses that set the others aside."""

    ids: frozenset[str]
    """Every id the vulnerability is known by."""


def cleared(group: Sequence[Heard]) -> bool:
    """Say whether everybody says that a component is not affected, as most do."""
    return all(one.said.answer == "not affected" for one in group)


def weighed(group: Sequence[Heard]) -> Found:
    """Say who of a group stands against a component, and who cannot tell."""
    ordered = tuple(sorted(group, key=_rank))
    against = tuple(one for one in ordered if one.said.answer == "affected")
    decided = [rank(one.confidence) for one in ordered if one.said.answer != "unknown"]
    clear = set_aside(ordered)
    unsure = tuple(
        one
        for one in ordered
        if one.said.answer == "unknown"
        and not clear
        and (not decided or rank(one.confidence) <= min(decided))
    )
    ids = {id_ for one in ordered for id_ in (one.record.id, *same(one.record))}
    return Found(
        group=ordered,
        against=against,
        unsure=unsure,
        clear=clear,
        ids=frozenset(ids),
    )


def _rank(heard: Heard) -> int:
    return rank(heard.confidence)


def vulnerability(
    subject: Subject, found: Found, exploited: frozenset[str] | None
) -> Vulnerability:
    """Return what is reported of a vulnerability in a component."""
    heard = found.against or found.unsure
    rule = min((one.record.id for one in heard), key=_first)
    level, note = rate(
        (one for witness in found.group for one in witness.severity),
        (one.record.rating for one in found.group if one.record.rating),
    )
    fixed = tuple(dict.fromkeys(one.said.fixed for one in found.against if one.said.fixed))
    published = [one.record.published for one in found.group if one.record.published]
    looked = "not known" if exploited is not None else "not looked up"
    return Vulnerability(
        rule=rule,
        level=level if found.against else Level.UNKNOWN,
        subject=subject.purl,
        message=_message(found, note),
        hint=f"fixed in {fixed[0]}" if fixed else None,
        aliases=tuple(sorted(found.ids - {rule})),
        confidence=heard[0].confidence,
        witnesses=tuple(_witness(one) for one in found.group),
        fixed=fixed,
        exploited="known" if exploited and exploited & found.ids else looked,
        published=min(published) if published else Unknown(unknown="no record says when"),
    )


def _first(id_: str) -> tuple[int, str]:
    prefix = id_.partition("-")[0]
    return (_FIRST.index(prefix) if prefix in _FIRST else len(_FIRST)), id_


def _witness(heard: Heard) -> Witness:
    return Witness(
        source=heard.source,
        record=heard.record.id,
        key=str(heard.key),
        version=heard.version,
        confidence=heard.confidence,
        answer=heard.said.answer,
        reason=heard.said.reason,
        fixed=heard.said.fixed or "",
    )


def _message(found: Found, note: str) -> str:
    group = sorted(found.group, key=lambda one: (one.source, one.record.id))
    version = group[0].version
    summary = next((one.record.summary for one in group if one.record.summary), "no summary")
    against = [one for one in group if one.said.answer == "affected"]
    said = [summary.rstrip("."), f"said by {_names(against)}" if against else ""]
    said.extend(
        f"{one} cannot be decided for {version}: {one.said.reason}"
        for one in group
        if one.said.answer == "unknown"
    )
    others = [one for one in group if one.said.answer == "not affected"]
    said.append(f"{_names(others)} says that {version} is not affected" if others else "")
    if found.clear:
        said.append("the project's own word counts")
    return "; ".join(part for part in [*said, note] if part)


def _names(witnesses: Iterable[Heard]) -> str:
    return ", ".join(str(one) for one in witnesses)
