"""Words of `check`: what is wrong, then how much disagrees by rule, then the findings.

By default what blocks is listed whole, and of each other rule of some weight a few; notes are
counted only. `--all` lists everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.api.house import Checked
    from peso.base.finding import Finding

_SOME = 5


def checked_words(report: Checked, *, everything: bool = False) -> str:
    """Return the report in words; `everything` lists every finding."""
    if not report.files:
        return (
            f"{report.workspace}: no peso.yaml, stack.yaml, spack.yaml, policy or product here, "
            "so nothing was checked"
        )
    count = f"{len(report.files)} files, {len(report.faults)} faults"
    found = f", {len(report.findings)} findings, {len(report.blocking)} of them block"
    lines = [f"{report.workspace}: {count}{found if report.findings else ''}"]
    lines += [f"  {fault}" for fault in report.faults]
    lines += [f"  not compared: {said}" for said in report.not_compared]
    by_rule: dict[str, list[Finding]] = {}
    for one in report.findings:
        by_rule.setdefault(one.rule, []).append(one)
    if by_rule:
        lines += ["", *_summary(by_rule)]
    for rule, several in by_rule.items():
        lines += _details(rule, several, everything=everything)
    if everything and report.matches:
        lines += ["", "how products were matched:", *(f"  {said}" for said in report.matches)]
    return "\n".join(lines)


def _summary(by_rule: dict[str, list[Finding]]) -> Iterator[str]:
    from peso.products.reconcile.rules import RULES  # noqa: PLC0415 - only to print this

    yield "how many, by rule:"
    for rule, several in by_rule.items():
        title = f"  {RULES[rule].title}" if rule in RULES else ""
        yield f"  {several[0].level:<7}{len(several):>5}  {rule:<24}{title}".rstrip()


def _details(rule: str, several: list[Finding], *, everything: bool) -> list[str]:
    level = several[0].level
    blocks = level in {"high", "critical", "unknown"}
    shown = several if everything or blocks else several[: _SOME if level == "medium" else 0]
    if not shown:
        return []
    lines = ["", f"{level}: {rule}"]
    hints = {one.hint for one in several}
    for one in shown:
        hint = f" (hint: {one.hint})" if one.hint and len(hints) > 1 else ""
        lines.append(f"  {one.where or one.subject}: {one.message}{hint}")
    left = len(several) - len(shown)
    lines += [f"  and {left} more: --all"] if left else []
    lines += [f"  hint: {hint}" for hint in hints if hint and len(hints) == 1]
    return lines
