"""The forms of a report: plain, SARIF, annotations; each says all of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.products.lint.conftest import HERE, Lint

from peso.base.finding import Level
from peso.products.lint.annotations import github, gitlab
from peso.products.lint.levels import as_findings
from peso.products.lint.record import LintReport, Severity
from peso.products.lint.reference import rules
from peso.products.lint.sarif import sarif

_URI = re.compile(r"([a-z]+:)?[\w%./~+-]*")


@pytest.fixture
def report(lint: Lint) -> LintReport:
    names = ("unknown_package", "duplicate_root", "moving_version", "include_git", "good_plain")
    return lint(*(HERE / "data" / name for name in names))


def test_the_plain_form_says_all(report: LintReport) -> None:
    plain: Any = json.loads(json.dumps(report.plain()))

    assert plain["ok"] is False
    assert plain["counts"] == {"error": 1, "warning": 2, "hint": 1}
    assert len(plain["findings"]) == 4
    assert len(plain["files"]) == 5
    assert plain["recipes"][0]["why"] == "--repo"
    first = next(one for one in plain["findings"] if one["rule"] == "unknown-package")
    assert (first["line"], first["column"], first["end_column"]) == (3, 5, 9)
    assert first["text"].startswith("  - zlbi")
    assert any("git repository" in one["reason"] for one in plain["unchecked"])


def test_sarif_is_a_log_of_the_standard(report: LintReport) -> None:
    log: Any = json.loads(json.dumps(sarif(report)))

    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["semanticVersion"])
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert isinstance(run["invocations"][0]["executionSuccessful"], bool)
    for note in run["invocations"][0]["toolExecutionNotifications"]:
        assert note["message"]["text"]
        assert note["level"] == "note"


def test_sarif_has_every_rule_once_with_help(report: LintReport) -> None:
    log: Any = sarif(report)
    said = log["runs"][0]["tool"]["driver"]["rules"]

    assert max(Counter(one["id"] for one in said).values()) == 1
    assert [one["id"] for one in said] == [one.id for one in rules()]
    for one in said:
        assert one["shortDescription"]["text"].endswith(".")
        assert one["fullDescription"]["text"]
        assert one["help"]["text"]
        assert one["help"]["markdown"]
        assert one["defaultConfiguration"]["level"] in {"error", "warning", "note"}


def test_sarif_results_have_rule_place_and_fingerprint(report: LintReport) -> None:
    log: Any = sarif(report)
    (run,) = log["runs"]
    assert len(run["results"]) == len(report.findings)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["pesoLint/v1"])
        (location,) = result["locations"]
        _right_place(location["physicalLocation"])
        for other in result.get("relatedLocations", ()):
            assert isinstance(other["id"], int)
            _right_place(other["physicalLocation"])


def _right_place(place: Any) -> None:  # noqa: ANN401 - plain JSON
    uri = place["artifactLocation"]["uri"]
    assert _URI.fullmatch(uri), uri
    assert Path(unquote(uri.removeprefix("file://"))).is_file()
    region = place["region"]
    assert all(isinstance(value, int) and value >= 1 for value in region.values() if value != region.get("snippet"))
    assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])


def test_a_fingerprint_does_not_depend_on_the_line(lint: Lint, tmp_path: Path) -> None:
    file = tmp_path / "spack.yaml"
    prints = []
    for before in ("", "  # a comment\n"):
        file.write_text(f"spack:\n{before}  specs:\n  - zlbi\n")
        log: Any = sarif(lint(file))
        prints.append(log["runs"][0]["results"][0]["partialFingerprints"])

    assert prints[0] == prints[1]


def test_github_gets_a_command_for_each_finding(report: LintReport) -> None:
    lines = github(report)

    assert len(lines) == len(report.findings) + len(report.unchecked)
    assert all(re.match(r"::(error|warning|notice) [^:]*::\S", line) for line in lines)
    assert not any("\n" in line for line in lines)
    error = next(line for line in lines if line.startswith("::error"))
    assert ",line=3," in error
    assert ",col=5,endColumn=9::" in error
    assert "title=unknown-package" in error
    assert error.endswith("%0Adid you mean zlib?")


def test_gitlab_gets_a_code_quality_report(report: LintReport) -> None:
    found: Any = json.loads(json.dumps(gitlab(report)))

    assert len(found) == len(report.findings)
    assert len({one["fingerprint"] for one in found}) == len(found)
    for one in found:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert one["location"]["lines"]["begin"] >= 1
        assert not one["location"]["path"].startswith("./")


def test_findings_are_the_houses_findings_too(report: LintReport) -> None:
    levels = Counter(one.level for one in as_findings(report))

    assert levels == {Level.HIGH: 1, Level.MEDIUM: 2, Level.NOTE: 1}


def test_a_severity_knows_its_rank() -> None:
    assert [one.rank for one in Severity] == [0, 1, 2]
