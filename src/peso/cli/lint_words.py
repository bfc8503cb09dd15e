"""Words of the linter: each finding with its line and a caret, and a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.products.lint.record import LintFinding, LintReport


class Form(StrEnum):
    """The forms a lint report is printed in."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"

    @property
    def is_json(self) -> bool:
        """Whether it is one JSON document."""
        return self in {Form.JSON, Form.SARIF, Form.GITLAB}


@dataclass(frozen=True, slots=True)
class Lines:
    """Text that is printed as it is."""

    lines: tuple[str, ...]


def formed(report: LintReport, form: Form) -> object:
    """Return a report in one of the forms, to be shown."""
    if form is Form.SARIF:
        from peso.products.lint.sarif import sarif  # noqa: PLC0415 - where it is asked for

        return sarif(report)
    if form in {Form.GITHUB, Form.GITLAB}:
        from peso.products.lint import annotations  # noqa: PLC0415

        return (
            Lines(annotations.github(report)) if form is Form.GITHUB else annotations.gitlab(report)
        )
    return report


def _report(report: LintReport) -> str:
    lines = [line for one in report.findings for line in _finding(one)]
    lines += [f"not checked: {one}" for one in report.unchecked]
    lines += [f"recipes: {one.repository} ({one.namespace}; {one.why})" for one in report.recipes]
    counts = {"error": 0, "warning": 0, "hint": 0}
    for one in report.findings:
        counts[one.severity] += 1
    said = ", ".join(_many(number, word) for word, number in counts.items())
    return "\n".join([*lines, f"{_many(len(report.files), 'file')}: {said}"])


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _finding(one: LintFinding) -> Iterator[str]:
    yield f"{one.place}: {one.severity}[{one.rule}]: {one.message}"
    if one.lines and one.lines[0].strip():
        yield from caret(one.lines[0], one)
    if one.hint:
        yield f"  hint: {one.hint}"


_WIDEST = 110


def caret(line: str, one: LintFinding) -> Iterator[str]:
    """Yield the line a finding is in, and carets below what it is about; a long line is cut."""
    place = one.place
    first = place.column - 1
    last = place.end_column - 1 if place.end_line == place.line else len(line)
    last = max(first + 1, min(last, len(line)))
    start = max(0, first - _WIDEST // 2) if len(line) > _WIDEST else 0
    end = min(len(line), start + _WIDEST)
    shown = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    before = ("…" if start else "") + line[start:first]
    pad = "".join(sign if sign == "\t" else " " for sign in before)
    number = str(place.line)
    yield f"  {number} | {shown}"
    yield f"  {' ' * len(number)} | {pad}{'^' * (min(last, end) - first)}"


WORDS: dict[str, Callable[[Any], str]] = {
    "LintReport": _report,
    "Lines": lambda shown: "\n".join(shown.lines),
}
