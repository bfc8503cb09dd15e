"""Words of the table of identities: what a person reads of entries, checks and candidates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.identity import Identified, IdentityChecked, Proposal
    from peso.base.finding import Unknown
    from peso.services.assurance.identity.entry import Entry

_FIELDS = ("upstream", "cpe", "pypi", "osv", "vendor", "oss_fuzz", "tags")


def _entry(one: Entry) -> str:
    spaces = ", ".join(dict.fromkeys(key.space for key in one.keys))
    return f"{one.name:<24} {one.scheme:<8} {one.upstream or '-':<56} {spaces}"


def _field(entry: Entry, field: str) -> str:
    said: Any = entry.said(field)
    known = isinstance(said, tuple)
    return f"  {field:<10} {', '.join(said) if known else f'unknown: {said.unknown}'}"


def _identified(one: Identified) -> str:
    entry = one.entry
    lines = [entry.name, *(_field(entry, field) for field in _FIELDS)]
    lines.append(f"  {'scheme':<10} {entry.scheme}")
    lines += [f"  {'shared':<10} with {pair.name}: {pair.value}" for pair in entry.shared]
    lines += [f"  {'never':<10} {pair.name}: {pair.value}" for pair in entry.never]
    lines += [f"  {'note':<10} {entry.note}"] if entry.note else []
    lines += ["looked up as", *(f"  {key}  ({key.scheme})" for key in one.keys)]
    lines += ["package URLs", *(f"  {purl}" for purl in one.purls)] if one.purls else []
    lines += [f"reviewed {entry.reviewed} by {entry.by}", *(f"  {see}" for see in entry.evidence)]
    return "\n".join(lines)


def _checked(done: IdentityChecked) -> str:
    lines = [f"{done.table}: {done.entries} entries"]
    lines += [f"  {fault}" for fault in done.faults]
    lines += [
        f"  {one.where}: {one.level}: {one.message} [{one.rule}] (hint: {one.hint})"
        for one in done.findings
    ]
    lines += [f"  not compared: {what}" for what in done.not_compared]
    wrong = len(done.faults) + sum(one.level in {"medium", "high"} for one in done.findings)
    return "\n".join([*lines, f"wrong: {wrong}" if wrong else "nothing is wrong"])


def _proposal(made: Proposal) -> str:
    if not made.written:
        return made.text.rstrip("\n")
    found = sum(len(one.proposed) for one in made.candidates)
    lists = f"{made.claims} names of the lists, {made.unread} records of them could not be read"
    return "\n".join(
        [
            f"{made.written}: {len(made.candidates)} packages, {found} names; nothing was applied",
            f"  {made.recipes} recipes, {lists}",
        ]
    )


def _unknown(one: Unknown) -> str:
    return f"unknown: {one.unknown}"


IDENTITY_WORDS: dict[str, Callable[[Any], str]] = {
    "Entry": _entry,
    "Identified": _identified,
    "IdentityChecked": _checked,
    "Proposal": _proposal,
    "Unknown": _unknown,
}
