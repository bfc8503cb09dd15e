"""The ledger: only added to, whole or not at all, and what is no event is kept."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.partnerships.needs.histories import BEGAN, decided, endorsed, need

from peso.errors import Refused
from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.journal import FILE, Journal
from peso.partnerships.needs.vocabulary import Status

ONE = need("one")
RAISED = events.Raised(need=ONE)


def _journal(folder: Path, *bodies: events.Body) -> Journal:
    journal = Journal(folder / "needs")
    journal.add("tester", BEGAN, lambda _: bodies)
    return journal


def test_what_was_added_is_read_and_is_its_owners_alone(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED, endorsed(ONE, "elm"))

    assert journal.register().get(ONE.id).endorsements[0].organization.slug == "elm"
    assert journal.path.stat().st_mode & 0o077 == 0
    assert [json.loads(line)["actor"] for line in journal.path.read_text().splitlines()] == [
        "tester"
    ] * 2


def test_a_new_event_is_later_than_all_before_whatever_the_clock_says(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED)
    [made] = journal.add(
        "tester", BEGAN - timedelta(days=9), lambda _: [decided(ONE, Status.ACKNOWLEDGED)]
    )

    assert made.time == BEGAN + timedelta(microseconds=1)
    assert journal.register().get(ONE.id).status is Status.ACKNOWLEDGED


def test_where_one_is_refused_none_is_written(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED)
    before = journal.path.read_bytes()
    with pytest.raises(Refused, match="needs a reason"):
        journal.add("x", BEGAN, lambda _: [endorsed(ONE, "elm"), decided(ONE, Status.REFUSED)])

    assert journal.path.read_bytes() == before


def test_lines_that_are_no_events_are_told_and_kept(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED)
    [line] = journal.path.read_text().splitlines()
    later = json.loads(line)
    later["body"] = {"did": "sung", "about": ONE.id}
    journal.path.write_text("\n".join([line, json.dumps(later), '{"torn']))
    journal.add("tester", BEGAN, lambda _: [endorsed(ONE, "elm")])
    found, others = journal.read()

    assert len(found) == 2
    assert [one.what for one in others] == ["line 2", "line 3"]
    assert others[0].reason == "nobody here knows what 'sung' does"
    assert others[1].text == '{"torn'
    assert [one.what for one in journal.register().not_taken] == ["line 2", "line 3"]
    assert '{"torn\n' in journal.path.read_text()


def test_a_line_that_was_changed_is_refused(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED, endorsed(ONE, "elm"))
    journal.path.write_text(journal.path.read_text().replace("important", "blocking"))
    held = journal.register()

    assert held.get(ONE.id).endorsements == ()
    assert "changed" in held.not_taken[0].reason


def test_the_same_line_twice_is_one(tmp_path: Path) -> None:
    journal = _journal(tmp_path, RAISED)
    before = journal.register()
    journal.path.write_bytes(journal.path.read_bytes() * 2)

    assert journal.register() == before


def test_an_event_comes_back_as_it_was(tmp_path: Path) -> None:
    [made] = _journal(tmp_path, RAISED).read()[0]

    assert Event.parse(made.canonical()) == made
    assert made.intact


def test_no_file_is_an_empty_register(tmp_path: Path) -> None:
    assert Journal(tmp_path / "none").register().needs == ()
    assert not (tmp_path / "none").exists()
    assert FILE == "events.jsonl"
