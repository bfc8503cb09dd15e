"""Words of the register of needs: needs, rankings, what was chosen, what moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.needs import NeedsImported
    from peso.api.needs_read import NeedsFrozen, NeedShown, NeedsListed, NeedsText
    from peso.partnerships.needs.compare import Compared
    from peso.partnerships.needs.ranked import Ranked, Ranking
    from peso.partnerships.needs.record import Held
    from peso.partnerships.needs.shares import Bought, Chosen
    from peso.partnerships.needs.similar import Alike
    from peso.partnerships.needs.snapshot import Export, Recomputed


def _held(held: Held) -> str:
    need = held.need
    merged = f", merged into {held.merged_into}" if held.merged_into else ""
    said = [one.organization.slug for one in held.endorsements]
    by = f"; endorsed by {', '.join(said)}" if said else ""
    head = f"{need.id}  {held.status}{merged}  [{need.kind}, {need.visibility}]{by}"
    return f"{head}\n  {need.statement}"


def _listed(told: NeedsListed) -> str:
    lines = [_held(one) for one in told.needs]
    lines += [_alike(one) for one in told.alike]
    lines += [f"refused: {one.what}: {one.reason}" for one in told.not_taken]
    count = len(told.needs)
    aside = f"; {told.aside} set aside as they came" if told.aside else ""
    return "\n".join(
        [*lines, f"{count} need{'' if count == 1 else 's'}, as {told.audience}{aside}"]
    )


def _alike(one: Alike) -> str:
    shared = ", ".join((*one.products, *one.words))
    return f"perhaps the same: {one.one} and {one.other} ({one.likeness / 10:.0f} %: {shared})"


def _shown(told: NeedShown) -> str:
    held = told.held
    lines = [_held(held)]
    lines += [f"  {held.need.detail}"] if held.need.detail else []
    lines += [f"  has in it {one.id}: {one.need.statement}" for one in told.merged]
    lines += [
        f"  {one.level}: {one.organization.slug} ({one.organization.kind}) {one.note}".rstrip()
        for one in told.supporters
    ]
    lines += [f"  offers {one.days} days: {one.organization.slug}" for one in held.offers]
    lines += [f"  {one.on:%Y-%m-%d} {one.status}: {one.reason}" for one in held.decisions]
    lines += [f"  {one.kind}: {one.where}" for one in held.links]
    lines += [f"  answered {', '.join(one.to)}: {one.text}" for one in held.answers]
    lines += [f"  did it help? {one.organization.slug}: {one.helped}" for one in held.checks]
    return "\n".join([*lines, *(f"  {_alike(one)}" for one in told.alike)])


def _imported(done: NeedsImported) -> str:
    lines = [f"{one.where}: {one.message}" for one in done.not_understood]
    lines += [f"{one.where}: skipped: {one.message}" for one in done.skipped]
    counts = f"{len(done.added)} new, {len(done.known)} known already, {len(done.skipped)} skipped"
    return "\n".join([*lines, f"{done.source}: {counts}, {done.aside} set aside as they came"])


def _ranking(ranking: Ranking) -> str:
    weights = ", ".join(f"{name} {value}" for name, value in ranking.weights.plain().items())
    lines = [line for one in ranking.needs for line in _ranked(one)]
    return "\n".join(
        [*lines, f"{len(ranking.needs)} open needs on {ranking.on}; weights: {weights}"]
    )


def _ranked(one: Ranked) -> Iterator[str]:
    from peso.partnerships.needs.brief import score, spans  # noqa: PLC0415 - only for a ranking

    total = sum(part.weight for part in one.parts)
    tied = f" (with {one.tied - 1} more)" if one.tied > 1 else ""
    lane = f"  [{one.lane}{': ' if one.why_lane else ''}{one.why_lane}]"
    yield f"{one.rank}{tied}  {one.id}  score {score(one.low, one.high, total)}{lane}"
    yield f"  {one.statement}"
    yield f"  ranks {spans(one)}"
    for part in one.parts:
        adds = score(part.low, part.high, total)
        why = f"  unknown: {part.term.unknown}" if part.term.unknown else ""
        yield f"    {part.term.name:<10} {part.term.raw:<28} weight {part.weight}  adds {adds}{why}"


def _frozen(done: NeedsFrozen) -> str:
    return "\n".join(
        [
            f"{done.snapshot}: {done.needs} needs as of {done.on}, for {done.audience}",
            f"  sha256 {done.snapshot_sha256}",
            f"{done.export}: what it was made of",
            f"  sha256 {done.export_sha256}",
            f"anybody can say: peso need rank --snapshot {done.snapshot} --check {done.export}",
        ]
    )


def _recomputed(done: Recomputed) -> str:
    answer = "yes: the same, bit for bit" if done.equal else "no: it is another"
    return "\n".join([answer, *(f"  {one}" for one in done.differences)])


def _compared(done: Compared) -> str:
    from peso.partnerships.needs.brief import why  # noqa: PLC0415 - as above

    lines = [f"weight of {one.what}: {one.before}, now {one.now}" for one in done.weights]
    for one in done.moved:
        lines.append(f"{one.before} -> {one.now}  {one.id}  {one.statement}")
        lines += [f"    {why(it)}" for it in one.why]
    lines += [f"new at {one.now}  {one.id}  {one.statement}" for one in done.came]
    lines += [f"no more ranked  {one.id}  {one.statement}" for one in done.went]
    return "\n".join([*lines, f"{done.same} needs stand where they stood on {done.before}"])


def _chosen(done: Chosen) -> str:
    lines = [line for one in done.bought for line in _bought(one)]
    lines += [f"not chosen: {one.id}: {one.reason}" for one in done.left]
    lines += [
        f"{one.organization}: share {one.share}, left {one.left}, got {len(one.got)} of its needs"
        for one in done.voices
    ]
    return "\n".join([*lines, f"{done.cost} of {done.budget} person-days"])


def _bought(one: Bought) -> Iterator[str]:
    yield f"{one.round}. {one.id}  {one.cost} days  {one.statement}"
    if one.paid:
        yield f"    paid by {', '.join(f'{it.organization} {it.days}' for it in one.paid)}"
    else:
        yield f"    from what was left; endorsed by {', '.join(one.supporters)}"


def _export(told: Export) -> str:
    return f"{len(told.needs)} needs, for {told.audience}; with --json all of it"


def _written(told: NeedsText) -> str:
    return told.text.rstrip("\n")


NEED_WORDS: dict[str, Callable[[Any], str]] = {
    "Held": _held,
    "NeedsListed": _listed,
    "NeedShown": _shown,
    "NeedsImported": _imported,
    "Ranking": _ranking,
    "NeedsFrozen": _frozen,
    "Recomputed": _recomputed,
    "Compared": _compared,
    "Chosen": _chosen,
    "Export": _export,
    "NeedsText": _written,
}
