"""Words of `explain impact`: counts first, then the lists, each with its chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from peso.services.integration.impact.record import (
        Impact,
        ProductTouched,
        RootTouched,
        StackTouched,
        Step,
        Touched,
    )

_SOME = 10
_KINDS = {
    "link": "linked into it",
    "run": "needed to run it",
    "build": "only to build it",
    "test": "only to test it",
}


def impact_words(impact: Impact, *, everything: bool = False) -> str:
    """Return the answer in words; `everything` lists every recipe and root."""
    most = None if everything else _SOME
    lines = [_head(impact), *_counts(impact)]
    lines += _stacks(impact.stacks, everything=everything)
    lines += _list("products", impact.products, most, _product)
    if impact.members:
        lines += ["", f"members: {', '.join(impact.members)}"]
    lines += _list("recipes", impact.recipes, most, _recipe)
    lines += _list(
        f"not with {impact.name}@{impact.version}",
        impact.excluded,
        most,
        lambda one: f"{one.name}: asks for {', '.join(one.asks)}",
    )
    lines += ["", *(f"unknown: {one}" for one in impact.unknown)] if impact.unknown else []
    lines += ["", *(f"note: {one}" for one in impact.notes)] if impact.notes else []
    return "\n".join(lines)


def _head(impact: Impact) -> str:
    version = f"@{impact.version}" if impact.version else ""
    gives = f", which provides {', '.join(impact.provides)}" if impact.provides else ""
    return f"a change of {impact.name}{version}{gives}, touches:"


def _counts(impact: Impact) -> list[str]:
    touched = [one for one in impact.stacks if one.touched]
    roots: Sequence[Any] = [root for one in touched for root in one.touched]
    direct = tuple(one for one in impact.recipes if one.direct)
    rows: list[tuple[str, Sequence[Any]]] = [("recipes", impact.recipes), ("  direct", direct)]
    if impact.stacks:
        rows.append(("roots", roots))
    if impact.products:
        rows.append(("products", impact.products))
    lines = [f"  {'':<10}{'all':>7}{'always':>8}{'link':>7}{'run':>7}{'build':>7}{'test':>7}"]
    for name, several in rows:
        kinds = Counter(str(one.kind) for one in several)
        always = sum(one.always for one in several)
        by_kind = "".join(f"{kinds[kind]:>7}" for kind in _KINDS)
        lines.append(f"  {name:<10}{len(several):>7}{always:>8}{by_kind}")
    lines.append(f"  of {impact.of} recipes; link, run, build, test: {'; '.join(_KINDS.values())}")
    if impact.stacks:
        lines.append(f"  {len(touched)} of {len(impact.stacks)} stacks")
    if impact.members:
        lines.append(f"  {len(impact.members)} members")
    return lines


def _stacks(stacks: Sequence[StackTouched], *, everything: bool) -> list[str]:
    lines = ["", "stacks:"] if stacks else []
    for one in stacks:
        kinds = Counter(str(root.kind) for root in one.touched)
        said = ", ".join(f"{kind} {kinds[kind]}" for kind in _KINDS if kinds[kind])
        more = f" ({said})" if said else f" ({one.note})" if one.note else ""
        lines.append(f"  {one.name}: {len(one.touched)} of {one.roots} roots{more}")
        if everything:
            lines += [f"    {_root(root)}" for root in one.touched]
    return lines


def _list(
    title: str, several: Sequence[Any], most: int | None, word: Callable[[Any], str]
) -> list[str]:
    if not several:
        return []
    shown = several[:most]
    lines = ["", f"{title}:", *(f"  {word(one)}" for one in shown)]
    left = len(several) - len(shown)
    return [*lines, f"  and {left} more: --all"] if left else lines


def _recipe(one: Touched) -> str:
    return f"{one.name} ({one.kind}, {_sure(one.always)}): {chain_words(one.chain)}"


def _root(one: RootTouched) -> str:
    return f"{one.spec} ({one.kind}, {_sure(one.always)}; {one.where}): {chain_words(one.chain)}"


def _product(one: ProductTouched) -> str:
    whose = f" of {', '.join(one.members)}" if one.members else ""
    how = f"{one.kind}, {_sure(one.always)}"
    return f"{one.name}{whose}, by {one.package} ({how}): {chain_words(one.chain)}"


def _sure(always: bool) -> str:
    return "always" if always else "may"


def chain_words(chain: Iterable[Step]) -> str:
    """Return a chain: who depends on whom, by which types, and under which condition."""
    parts: list[str] = []
    for step in chain:
        said = f"{step.name} -[{','.join(step.types)}"
        said += f"; when {step.when}" if step.when else ""
        said += f" or {step.others} other conditions" if step.others else ""
        said += "]-> "
        if step.provider:
            said += f"{step.on}, "
            said += "which may be " if step.choice else "which is "
            said += f"(when {step.provided_when}) " if step.provided_when else ""
        parts.append(said)
    last = [step.provider or step.on for step in chain][-1:] if parts else []
    return "".join([*parts, *last]) or "it is this recipe"
