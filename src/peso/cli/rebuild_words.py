"""Words of `explain rebuild`: how many, what it takes, and the first causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peso.cli.change_words import cause_words, changes_words, duration, rows

if TYPE_CHECKING:
    from peso.services.integration.rebuild import Chain, Cost, FreshUnit, RebuildCause, Rebuilt

_HOW = {
    "only": "the only one of its name that is new, and that is gone",
    "role": "the same units or roots ask for it",
    "nearest": "the nearest of its name",
    "beside": "one more of its name; compared with the nearest",
}


def rebuild_words(found: Rebuilt, *, everything: bool = False) -> str:
    """Return the answer in words; `everything` lists every cause and unit."""
    notes = [f"note: {one}" for one in found.notes]
    if found.asked:
        blocks = [_unit(one, found) for one in found.fresh]
        return "\n\n".join("\n".join(lines) for lines in [*blocks, *([notes] if notes else [])])
    if not found.fresh and not found.removed:
        return f"{found.after} has the same {found.units} units as {found.before}"
    lines = _head(found)
    causes = [_cause(one) for one in found.causes]
    title = "because of (a unit may have several causes; `alone`: no other one)"
    lines += rows(title, causes, everything=everything)
    added = [_added(one) for one in found.fresh if one.how in {"added", "beside"}]
    lines += rows("added", added, everything=everything)
    lines += rows("removed", [one.label for one in found.removed], everything=everything)
    return "\n".join([*lines, *([""] if notes else []), *notes])


def _head(found: Rebuilt) -> list[str]:
    externals = sum(one.external for one in found.fresh)
    rebuilt = found.cost.units - found.added.units
    said = (
        f"  {len(found.fresh)} of {found.units} units are other ones, {found.kept} are kept: "
        f"{rebuilt} rebuilt, {found.added.units} added, {externals} external; "
        f"{len(found.removed)} removed"
    )
    return [f"{found.before} -> {found.after}", said, f"  to build: {_cost(found.cost)}"]


def _cost(cost: Cost) -> str:
    said = f"{cost.units} units"
    known = cost.measured + cost.as_before
    if not known:
        return f"{said}, no time known" if cost.units else said
    said += f", {duration(cost.seconds)} one after another"
    parts = [f"as before for {cost.as_before}"] if cost.as_before else []
    parts += [f"not known for {cost.not_known}"] if cost.not_known else []
    return f"{said} ({', '.join(parts)})" if parts else said


def _cause(one: RebuildCause) -> str:
    said = f"{cause_words(one)}: rebuilds {_cost(one.rebuilds)}; alone {one.alone.units}"
    only = f"; {one.only_built} only by what built them" if one.only_built else ""
    places = f"; in {len(one.places)} places" if len(one.places) > 1 else ""
    return f"{said}{only}{places}"


def _added(one: FreshUnit) -> str:
    if one.how == "beside" and one.before is not None:
        return f"{one.unit.label}: beside {one.before.label}: {_own(one)}"
    asked = ", ".join(each.label for each in one.askers[:3])
    more = f" and {len(one.askers) - 3} more" if len(one.askers) > 3 else ""  # noqa: PLR2004
    who = "a root" if one.root else ""
    said = "; ".join(filter(None, [who, f"asked for by {asked}{more}" if asked else ""]))
    return f"{one.unit.label}: {said or 'nobody asks for it'}"


def _own(one: FreshUnit) -> str:
    return changes_words(one.own, 4) or "the same by itself, another below"


def _unit(one: FreshUnit, found: Rebuilt) -> list[str]:
    if one.before is None:
        return [
            f"{one.unit.label} is new: no unit of {found.before} has its name",
            f"  {_added(one)}",
        ]
    lines = [
        f"{one.unit.label} instead of {one.before.label} ({_HOW[one.how]})",
        f"  in itself: {changes_words(one.own) or 'nothing'}",
    ]
    if one.external:
        lines.append("  an external: it is not built")
    elif one.seconds is not None:
        whose = "" if one.timed == "itself" else ", as its counterpart took"
        lines.append(f"  build time: {duration(one.seconds)}{whose}")
    else:
        lines.append("  build time: not known")
    causes = {each.number: each for each in found.causes}
    lines += [f"  {_way(chain, causes[chain.cause])}" for chain in one.chains if chain.steps]
    return lines


def _way(chain: Chain, cause: RebuildCause) -> str:
    below = "".join(
        f" -[{','.join(step.types)}]-> {step.units[0].label} and /{step.units[1].hash[:7]}"
        for step in chain.steps
    )
    return f"below:{below}: {cause_words(cause)}"
