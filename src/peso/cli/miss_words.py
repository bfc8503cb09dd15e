"""Words of `explain cache`: hits and misses, why, what would bring most, what could run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from peso.cli.change_words import cause_words, changes_words, rows

if TYPE_CHECKING:
    from peso.services.integration.cache_misses import CacheExplained, Miss, MissCause
    from peso.services.integration.gains import Gain
    from peso.services.integration.host_fit import HostFit


def cache_words(found: CacheExplained, *, everything: bool = False) -> str:
    """Return the answer in words; `everything` lists every miss and cause."""
    lines = _head(found)
    if found.misses:
        lines += rows(
            "why (a miss may have several causes)",
            list(map(_cause, found.causes)),
            everything=everything,
        )
        lines += _gains(found, everything=everything)
        order = sorted(found.misses, key=lambda one: (not one.root, not one.needed))
        causes = {one.number: one for one in found.causes}
        lines += rows(
            "missing, and the nearest that is held (roots first)",
            [_miss(one, causes) for one in order],
            everything=everything,
        )
    if found.host is not None:
        lines += _host(found.host, everything=everything)
    return "\n".join(lines)


def _head(found: CacheExplained) -> list[str]:
    built = found.units - found.externals
    lines = [
        f"{found.stack}: {found.hits} of {built} units are cached, {len(found.misses)} are not"
    ]
    if found.externals:
        lines[0] += f" ({found.externals} externals need no cache)"
    for one in found.caches:
        lines.append(
            f"  {one.where}: holds {one.held} units, {one.of_these_names} of these names; "
            f"{one.hits} hits"
        )
        lines += [f"    not read: {each}" for each in one.unread]
    if found.misses:
        lines.append(
            f"  of the misses {found.only_below} differ only below, of "
            f"{found.none_of_the_name} nothing of the name is held; {found.not_needed} only build "
            "what is held and are not needed"
        )
    return lines


def _cause(one: MissCause) -> str:
    return f"{cause_words(one)}: {one.misses} misses; {one.alone} for this alone"


def _gains(found: CacheExplained, *, everything: bool) -> list[str]:
    told = found.gains
    lines = rows("what would gain most hits, one after the other", _ways(told.way), everything=True)
    lines += rows("each by itself", [_gain(one) for one in told.gains], everything=everything)
    as_it_is = (
        f"a new solve that reuses may take {told.as_it_is} with nothing changed; for {told.never} "
        "no such change helps"
    )
    return [*lines, "", as_it_is, *(f"note: {one}" for one in found.notes)]


def _ways(way: Iterable[Gain]) -> list[str]:
    lines, sum_ = [], 0
    for number, one in enumerate(way, start=1):
        sum_ += one.units
        lines.append(f"{number}. {_gain(one)}, {sum_} in all")
        lines += [f"   {each.setting}" for each in one.choices if each.setting]
    return lines


def _gain(one: Gain) -> str:
    chosen = " and ".join(
        f"{each.name} {each.value}"
        if each.kind in {"version", "variant", "provider"}
        else each.value
        if each.kind == "external"
        else f"{each.kind} {each.value}"
        for each in one.choices
    )
    roots = f", {one.roots} of them roots" if one.roots else ""
    return f"{chosen}: {one.units} more hits{roots}"


def _miss(one: Miss, causes: dict[int, MissCause]) -> str:
    said = one.unit.label + (" (a root)" if one.root else "")
    if not one.needed:
        said += " (not needed)"
    if one.nearest is None:
        return f"{said}: nothing of its name is held"
    near = one.nearest
    if near.own:
        why = changes_words(near.own, 4)
    else:
        first = "; ".join(cause_words(causes[at]) for at in near.causes[:2])
        more = f" and {len(near.causes) - 2} more" if len(near.causes) > 2 else ""  # noqa: PLR2004
        why = f"the same by itself, below it: {first}{more}"
    cannot = " (the host cannot run it)" if near.runs == "no" else ""
    return (
        f"{said}: nearest {near.unit.label}{cannot} of {one.held}, distance {near.distance}: {why}"
    )


def _host(host: HostFit, *, everything: bool) -> list[str]:
    what = ", ".join(filter(None, [host.platform, host.system, host.target, host.libc]))
    said = (
        f"on {host.host} ({what}) could run {host.could} of the {host.units} that are held of "
        f"these names; {host.cannot} cannot, of {host.unknown} it is not known"
    )
    lines = ["", said]
    cannot = [f"{one.reason}: {one.units} units" for one in host.obstacles]
    doubts = [f"{one.reason}: {one.units} units" for one in host.doubts]
    lines += rows("cannot", cannot, everything=everything)
    return lines + rows("not known", doubts, everything=everything)
