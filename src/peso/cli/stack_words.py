"""Words for stacks before any build: what a person reads of `peso stack show` and `diff`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from peso.cli.lock_words import lock_words

if TYPE_CHECKING:
    from peso.api.shown import StackShown
    from peso.api.stack import RootDifference, SettingDifference, StackDifference

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _shown(shown: StackShown) -> str:
    if shown.form == "lock":
        return lock_words(shown)
    version = f" {shown.version}" if shown.version else ""
    lines = [f"{shown.name}{version}: {_count(shown)}"]
    if shown.products:
        lines.append("products")
    for product in shown.products:
        extras = f"[{', '.join(product.extras)}]" if product.extras else ""
        lines.append(f"  {product.name}{extras} {product.require}".rstrip() + f"  ({product.part})")
    for group in shown.groups:
        if group.name == "default" and not group.roots:
            continue
        part = f"{group.part}, " if group.part else ""
        needs = f", needs {', '.join(group.needs)}" if group.needs else ""
        lines.append(f"{part}group {group.name}: {group.roots} roots{needs}")
        lines += (
            f"  {root.spec}{'  (not certain)' if root.doubts else ''}"
            for root in shown.roots
            if (root.group, root.part) == (group.name, group.part)
        )
    lines += (f"finding [{one.rule}] {one.where}: {one.message}" for one in shown.findings)
    return "\n".join([*lines, *_doubts(shown.doubts)])


def _count(shown: StackShown) -> str:
    read = sum(one.reached == "read" for one in shown.includes)
    counts = (
        (len(shown.products), "products"),
        (len(shown.roots), "roots"),
        (read, "includes read"),
        (len(shown.findings), "findings"),
        (len(shown.doubts), "doubts"),
    )
    return ", ".join(f"{number} {what}" for number, what in counts if number) or "nothing"


def _difference(found: StackDifference) -> str:
    if found.same:
        lines = [f"{found.after} asks for the same as {found.before}"]
        return "\n".join([*lines, *_doubts(found.doubts)])
    counts = f"{len(found.products)} products, {len(found.roots)} roots"
    lines = [
        f"from {found.before} to {found.after}: {counts}, {len(found.settings)} settings differ"
    ]
    if found.products:
        lines.append("products")
        lines += (
            f"  {_SIGNS[one.change]} {one.name}: {_from_to(one.before, one.after)}"
            for one in found.products
        )
    lines += _roots(found.roots)
    lines += _settings(found.settings)
    return "\n".join([*lines, *_doubts(found.doubts)])


def _roots(roots: Iterable[RootDifference]) -> Iterator[str]:
    for number, one in enumerate(roots):
        if not number:
            yield "roots"
        what = f"  ({', '.join(one.what)})" if one.what else ""
        yield f"  {_SIGNS[one.change]} {_from_to(one.before, one.after)}{what}"


def _settings(settings: Iterable[SettingDifference]) -> Iterator[str]:
    for number, one in enumerate(settings):
        if not number:
            yield "configuration"
        yield f"  {_SIGNS[one.change]} {one.path}: {_from_to(one.before, one.after)}"


def _from_to(before: str, after: str) -> str:
    return f"{before} -> {after}" if before and after and before != after else after or before


def _doubts(doubts: Iterable[str]) -> list[str]:
    return [f"not certain: {doubt}" for doubt in doubts]


WORDS: dict[str, Callable[[Any], str]] = {
    "StackShown": _shown,
    "StackDifference": _difference,
}
