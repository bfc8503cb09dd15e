"""A lint report in SARIF 2.1.0, for code scanning and editors.

Facts of the OASIS standard. Places count characters (`unicodeCodePoints`) from 1; what was not
looked at is a notification of the run, so that it is not lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import peso
from peso.base.yaml_nodes import Place
from peso.products.lint.record import LintFinding, LintReport, Severity, Unchecked
from peso.products.lint.reference import anchor, rules

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
Plain = dict[str, object]


def sarif(report: LintReport) -> Plain:
    """Return the report as a SARIF log."""
    index = {one.id: number for number, one in enumerate(rules())}
    run: Plain = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri(file)}} for file in report.files],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(one) for one in report.unchecked],
            }
        ],
        "results": [_result(one, index) for one in report.findings],
        "properties": {
            "recipes": [f"{one.repository} ({one.why})" for one in report.recipes],
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver() -> Plain:
    return {
        "name": "peso stack lint",
        "version": peso.__version__,
        "semanticVersion": peso.__version__,
        "rules": [
            {
                "id": one.id,
                "name": "".join(word.capitalize() for word in one.id.split("-")),
                "shortDescription": {"text": one.what},
                "fullDescription": {"text": f"{one.what} {one.why}"},
                "help": {
                    "text": f"{one.why} {one.fix}",
                    "markdown": f"**Why.** {one.why}\n\n**What to do.** {one.fix}",
                },
                "defaultConfiguration": {"level": _LEVELS[one.severity]},
                "properties": {"page": anchor(one.id)},
            }
            for one in rules()
        ],
    }


def _result(one: LintFinding, index: Mapping[str, int]) -> Plain:
    hint = f" ({one.hint})" if one.hint else ""
    result: Plain = {
        "ruleId": one.rule,
        "ruleIndex": index[one.rule],
        "level": _LEVELS[one.severity],
        "message": {"text": one.message + hint},
        "locations": [_location(one.place, one.lines)],
        "partialFingerprints": {"pesoLint/v1": fingerprint(one)},
    }
    if one.also:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": "see here"}, **_location(place, ())}
            for number, place in enumerate(one.also)
        ]
    return result


def _location(place: Place, lines: tuple[str, ...]) -> Plain:
    region: Plain = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    if lines and place.end_line == place.line:
        first, last = place.column - 1, place.end_column - 1
        region["snippet"] = {"text": lines[0][first:last] or lines[0]}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(place.file)}, "region": region}}


def _notification(one: Unchecked) -> Plain:
    found: Plain = {"level": "note", "message": {"text": f"not checked: {one.what}: {one.reason}"}}
    if one.place is not None:
        found["locations"] = [_location(one.place, ())]
    return found


def uri(file: str) -> str:
    """Return a file's name as a URI reference: relative where it is."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def fingerprint(one: LintFinding) -> str:
    """Return what stays the same of a finding when lines above it come and go."""
    text = one.lines[0].strip() if one.lines else ""
    said = "\0".join((one.rule, Path(one.place.file).as_posix(), text, one.message))
    return hashlib.sha256(said.encode()).hexdigest()
