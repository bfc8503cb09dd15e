"""A lint report for the continuous integration of GitHub and GitLab.

GitHub takes workflow commands, a line for each; GitLab a Code Quality report, a JSON list. Facts of
their documentation.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from peso.products.lint.record import LintFinding, LintReport, Severity
from peso.products.lint.sarif import fingerprint

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_GRAVE = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.HINT: "info"}


def github(report: LintReport) -> tuple[str, ...]:
    """Return a line for each finding, and a notice for what was not checked."""
    lines = [_command(one) for one in report.findings]
    lines += [f"::notice title=not checked::{_escaped(str(one))}" for one in report.unchecked]
    return tuple(lines)


def _command(one: LintFinding) -> str:
    place = one.place
    properties = {
        "file": _relative(place.file),
        "line": str(place.line),
        "endLine": str(place.end_line),
        "title": f"{one.rule}",
    }
    if place.line == place.end_line:
        properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    hint = f"\n{one.hint}" if one.hint else ""
    return f"::{_COMMANDS[one.severity]} {said}::{_escaped(one.message + hint)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(report: LintReport) -> list[dict[str, object]]:
    """Return a Code Quality report; each fingerprint is there once."""
    seen: Counter[str] = Counter()
    found: list[dict[str, object]] = []
    for one in report.findings:
        mark = fingerprint(one)
        seen[mark] += 1
        found.append(
            {
                "description": one.message,
                "check_name": one.rule,
                "fingerprint": mark if seen[mark] == 1 else f"{mark}-{seen[mark]}",
                "severity": _GRAVE[one.severity],
                "location": {
                    "path": _relative(one.place.file),
                    "lines": {"begin": one.place.line, "end": one.place.end_line},
                },
            }
        )
    return found


def _relative(file: str) -> str:
    """Return a path as CI wants it: relative to where it runs, where it is below."""
    path = Path(file)
    if not path.is_absolute():
        return Path(os.path.normpath(path)).as_posix()
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()
