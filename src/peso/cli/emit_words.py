"""Words for what was emitted: the file itself where it went nowhere, else what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

_SHOWN = 5

if TYPE_CHECKING:
    from peso.base.finding import Finding
    from peso.services.delivery.emit.emitting import ExternalsEmitted, ModulesEmitted


def _externals(done: ExternalsEmitted) -> str:
    if not done.file:
        return done.text.rstrip("\n")
    said = f"{done.file}: {done.did}, {len(done.externals)} externals"
    return "\n".join([said, *_from(done.release), *_findings(done.findings)])


def _modules(done: ModulesEmitted) -> str:
    lines = [f"{one.did:<9} {one.name}" for one in done.modules]
    use = f"to use them: module use {done.folder}"
    return "\n".join([*lines, *_from(done.release), *_findings(done.findings), use])


def _from(release: str) -> tuple[str, ...]:
    return (f"  of the release {release}",) if release else ()


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Say each; of a rule with many the first few, and how many more there are."""
    by_rule: dict[str, list[Finding]] = {}
    for one in findings:
        by_rule.setdefault(one.rule, []).append(one)
    for rule, several in by_rule.items():
        for one in several[:_SHOWN]:
            yield f"  {one.level}: {one.subject}: {one.message}"
            if one.hint:
                yield f"    {one.hint}"
        if len(several) > _SHOWN:
            yield f"  and {len(several) - _SHOWN} more ({rule}): --json has all"


EMIT_WORDS: dict[str, Callable[[Any], str]] = {
    "ExternalsEmitted": _externals,
    "ModulesEmitted": _modules,
}
"""How each record is said."""
