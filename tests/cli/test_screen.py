"""The screen: one JSON document, plain lines for a log, a live line for a terminal."""

from __future__ import annotations

import json
import sys
from io import StringIO

import pytest

from peso.cli import screen, words
from peso.errors import BadInput, Fault, Reason, Refused
from peso.products.engines.port import Progress
from peso.services.pipeline import Event


class Terminal(StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


EVENTS = (
    Event(step="build", number=2, of=8, did="started", why="plan changed"),
    Event(
        step="build",
        number=2,
        of=8,
        did="progress",
        progress=Progress(done=3, total=9, line="fetched numpy"),
    ),
    Event(step="build", number=2, of=8, did="ran", why="plan changed", result="9 files"),
    Event(step="test", number=3, of=8, did="ran", why="", result="1 of 2 passed", no=True),
)


def test_a_log_gets_a_plain_line_for_what_begins_and_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with screen.watched(as_json=False, quiet=False) as observer:
        for event in EVENTS:
            observer(event)

    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split()[:3] for line in said.err.splitlines()] == [
        [">", "[2/8]", "build"],
        ["+", "[2/8]", "build"],
        ["!", "[3/8]", "test"],
    ]
    assert "ran: 9 files" in said.err


def test_a_terminal_gets_a_live_line_with_units_and_the_last_line_of_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with screen.watched(as_json=False, quiet=False) as observer:
        for event in EVENTS:
            observer(event)

    said = terminal.getvalue()
    assert "[2/8]" in said
    assert "+ [2/8] build" in said


@pytest.mark.parametrize(
    "how", [{"as_json": True, "quiet": False}, {"as_json": False, "quiet": True}]
)
def test_json_and_quiet_show_no_progress(
    how: dict[str, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    with screen.watched(**how) as observer:
        observer(EVENTS[0])

    assert capsys.readouterr() == ("", "")


def test_an_error_is_words_or_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    error = Refused("changed", where="index.html", hint="again", reason=Reason.CHANGED)
    assert screen.fail(error, as_json=False) == 1
    assert capsys.readouterr().err == "peso: [changed] index.html: changed\n  hint: again\n"

    fault = Fault(where="stack.yaml:1:1", message="unknown key 'x'")
    assert screen.fail(BadInput("1 fault", faults=(fault,)), as_json=True) == 2
    said = json.loads(capsys.readouterr().out)["error"]
    assert said["faults"][0]["where"] == "stack.yaml:1:1"
    assert said["exit_code"] == 2


def test_nobody_at_the_terminal_is_told_about_the_passphrase_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO())

    with pytest.raises(BadInput) as refused:
        screen.ask_passphrase()
    assert "PESO_PASSPHRASE_FILE" in (refused.value.hint or "")


def test_nothing_is_said_as_none() -> None:
    assert words.in_words(()) == "none"
