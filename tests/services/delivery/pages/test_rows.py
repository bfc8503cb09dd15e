"""Rows: which release comes next, and whose pages a new one changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.services.delivery.pages.test_page import render

from peso.base.finding import Outcome, Verdict
from peso.services.delivery.pages.rows import (
    Listed,
    Row,
    newest_first,
    next_of,
    row_of,
    touched,
    which,
)

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def row(version: str, *, stack: str = "a", channel: str = "testing", day: int = 0) -> Row:
    return Row(
        channel=channel,
        stack=stack,
        version=version,
        title=stack,
        created=NOW + timedelta(days=day),
        path=f"releases/{channel}/{stack}-{version}.html",
        verdict=Verdict(outcome=Outcome.PASS),
        passed=1,
        ran=1,
        findings=0,
        waived=0,
        scanned=True,
        count=1,
        size=1,
    )


LINE = tuple(row(version, day=day) for day, version in enumerate(("1.0", "1.2", "1.10", "2.0")))


def versions(rows: tuple[Listed, ...]) -> list[str]:
    return [one.version for one in rows]


def test_the_next_one_in_its_line_is_by_version() -> None:
    found = [getattr(next_of(one, LINE), "version", "") for one in LINE]
    assert found == ["1.2", "1.10", "2.0", ""]
    others = (row("3.0", stack="b"), row("4.0", channel="stable"))
    assert next_of(LINE[-1], (*LINE, *others)) is None


@pytest.mark.parametrize(("version", "changed"), [("3.0", ["2.0"]), ("1.5", ["1.2"]), ("0.1", [])])
def test_a_new_release_changes_the_page_of_the_one_before_it(
    version: str, changed: list[str]
) -> None:
    assert versions(touched(row(version, day=9), LINE)) == changed


def test_an_only_one_is_told_apart_once_there_is_a_second() -> None:
    assert versions(touched(row("1.0", stack="b"), LINE[:1])) == ["1.0"]
    assert touched(row("1.0", stack="b"), LINE[:2]) == ()
    assert which(LINE[0], LINE[:1]) == ()
    assert which(LINE[0], LINE) == ("--release", "a@1.0")


def test_one_of_the_same_name_in_another_channel() -> None:
    new = row("1.2", channel="stable")
    assert versions(touched(new, LINE)) == ["1.2"]
    assert which(new, (*LINE, new)) == ("--release", "a@1.2", "--channel", "stable")


def test_the_list_is_the_same_from_rows_as_from_evidence(release: Callable[..., Any]) -> None:
    several = [
        release(version=version, created=NOW + timedelta(days=day)).view()
        for day, version in enumerate(("1.0", "1.1", "1.2"))
    ]
    all_ = render(*several)
    kept = tuple(map(row_of, several[:2]))
    assert render(several[2], beside=kept)["index.html"] == all_["index.html"]
    assert render(several[2], beside=kept)[several[2].path] == all_[several[2].path]
    assert set(render(several[2], beside=kept)) == {"index.html", several[2].path}


def test_the_newest_comes_first() -> None:
    assert versions(newest_first(LINE)) == ["2.0", "1.10", "1.2", "1.0"]
