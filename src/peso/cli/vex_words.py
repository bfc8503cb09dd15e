"""Words of VEX: statements, what has expired, and what a person may want to state."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.vex import VexAdded, VexListed
    from peso.services.assurance.vex.record import Statement
    from peso.services.assurance.vex.suggest import Suggested, Suggestion

_UNREAD = 5
"""How many units without a recipe are named."""
_GROUNDS = {
    "patch": "mended by a patch that the lock names",
    "build-only": "only needed to build",
    "variant": "a variant that is off (a word in a sentence: read the advisory)",
}


def _listed(report: VexListed) -> str:
    if not report.statements:
        return f"{report.where}: nobody states anything (peso vex add writes a statement)"
    lines = [line for one in report.statements for line in _statement(one)]
    lines += [f"{one.rule}: {one.subject}: {one.message}" for one in report.findings]
    count = len(report.statements)
    said = f"{count} statement{'' if count == 1 else 's'}"
    out = f", {len(report.findings)} of no effect" if report.findings else ""
    return "\n".join([*lines, f"{report.where}: {said}{out}"])


def _statement(one: Statement) -> Iterator[str]:
    also = f" (also {', '.join(one.aliases)})" if one.aliases else ""
    yield f"{one.vulnerability}{also}: {one.short}"
    for product in one.products:
        named = [product.purl, f"sha256 {product.sha256}" if product.sha256 else ""]
        yield f"  {', '.join(name for name in named if name)}"
        yield from (f"    in {name}" for name in product.subcomponents)
    yield from (f"  {text}" for text in (one.reason, one.impact, one.action) if text)
    yield f"  {one.where}, stated {one.made:%Y-%m-%d}"


def _suggested(report: Suggested) -> str:
    counts = Counter[str](one.ground for one in report.suggestions)
    lines = []
    for ground, words in _GROUNDS.items():
        several = [one for one in report.suggestions if one.ground == ground]
        if several:
            lines.append(f"{words}: {counts[ground]}")
            lines += [line for one in several for line in _suggestion(one)]
    if report.unread:
        named = ", ".join(report.unread[:_UNREAD])
        more = " …" if len(report.unread) > _UNREAD else ""
        lines.append(f"not looked at: {len(report.unread)} units: {named}{more}")
    lines.append(
        f"{report.target}: {len(report.suggestions)} suggestions on {report.findings} findings in"
        f" {report.units} units; nothing was written: look at each, then sign it with peso vex add"
    )
    return "\n".join(lines)


def _suggestion(one: Suggestion) -> Iterator[str]:
    known = "" if one.found else " (no source speaks of it)"
    why = f" ({one.justification})" if one.justification else ""
    yield f"  {one.unit}: {one.vulnerability}: {one.status}{why}{known}"
    yield from (f"    {text}" for text in one.evidence)
    words = ["peso", "vex", "add", one.vulnerability, "--product", one.subject]
    words += ["--status", one.status]
    words += ["--justification", one.justification] if one.justification else []
    yield f"    {shlex.join(words)} --reason … --role … --expires …"


def _added(done: VexAdded) -> str:
    return f"{done.file}: {done.statement.vulnerability}: {done.statement.short}"


VEX_WORDS: dict[str, Callable[[Any], str]] = {
    "VexListed": _listed,
    "Suggested": _suggested,
    "VexAdded": _added,
}
