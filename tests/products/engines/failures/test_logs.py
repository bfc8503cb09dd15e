"""The recorded logs of real failing builds say what was read in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from peso.products.engines.failures.first_error import first_error, first_error_in

LOGS = sorted((Path(__file__).parent / "logs").glob("*/*.log"))
IDS = [f"{path.parent.name}/{path.name}" for path in LOGS]
FAULTS = {path.parent for path in LOGS}
ACCURACY = Path(__file__).parents[4] / "docs/accuracy/first-error.md"


def expected(log: Path) -> dict[str, Any]:
    name = "expected.json" if log.name == "build.log" else "expected-test.json"
    told: dict[str, Any] = json.loads(log.with_name(name).read_text())
    return told


@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_the_first_error_is_what_was_read(log: Path) -> None:
    told = expected(log)
    found = first_error_in(log, ended=told.pop("ended", "exit"))
    assert found is not None
    assert found.model_dump() == told


@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_carriage_returns_and_colours_change_nothing(log: Path) -> None:
    told = expected(log)
    ended = told.pop("ended", "exit")
    text = re.sub(r"(error|Error|FAIL)", "\x1b[1;31m\\1\x1b[0m", log.read_text())
    found = first_error(text.replace("\n", "\r\n"), ended=ended)
    assert found is not None
    assert (found.line, found.text, found.kind) == (told["line"], told["text"], told["kind"])


@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_nothing_is_found_before_the_first_error(log: Path) -> None:
    """What every log has before its error is real noise: probes, warnings, commands."""
    told = expected(log)
    lines = log.read_text().split("\n")[: told["line"] - 1]
    assert first_error("\n".join(lines[: _traceback(lines)])) is None


def _traceback(lines: list[str]) -> int:
    """Where a traceback begins that ends with the error; the number of lines if there is none."""
    begins = [at for at, line in enumerate(lines) if line.startswith("Traceback")]
    return begins[-1] if begins else len(lines)


def test_there_is_a_log_of_every_fault() -> None:
    folders = {path.parent for path in (Path(__file__).parent / "logs").glob("*/package.py")}
    assert folders == FAULTS
    assert len(FAULTS) >= 14


def test_no_log_has_a_path_of_the_machine_it_was_recorded_on() -> None:
    allowed = re.compile(rb"(?:^|[\s='\":(])/(?:usr|home/builder|tmp|bin|opt/\w+-of-last-year)\b")
    somewhere = re.compile(rb"(?:^|[\s='\":(])/(?:opt|work|root|srv|data|scratch|home)/[\w.-]+")
    for log in LOGS:
        for found in somewhere.finditer(log.read_bytes()):
            assert allowed.match(found.group()), (log, found.group())


def test_the_page_of_accuracy_has_every_log() -> None:
    page = ACCURACY.read_text()
    for log in LOGS:
        told = expected(log)
        name = log.parent.name + ("" if log.name == "build.log" else ", tests")
        assert f"| {name} | {told['kind']} | {told['line']} |" in page
