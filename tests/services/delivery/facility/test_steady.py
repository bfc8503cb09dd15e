"""A no is read again until it stays while the timestamp stays; a yes is read once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from peso.errors import BadInput, Outside, Reason, Refused
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.steady import AGAIN, steady


@pytest.fixture
def timestamp(tmp_path: Path) -> Path:
    path = tmp_path / "metadata" / "timestamp.json"
    path.parent.mkdir()
    path.write_bytes(b"1")
    return path


def reading(tmp_path: Path, *answers: Callable[[], str]) -> tuple[str | Exception, int]:
    """Return what came of it, and how often was read."""
    count = 0

    def read() -> str:
        nonlocal count
        count += 1
        return answers[min(count, len(answers)) - 1]()

    try:
        return steady(FolderSource(tmp_path), read), count
    except (Refused, BadInput, Outside) as error:
        return error, count


def no() -> str:
    raise Refused("gone", where="x", reason=Reason.MISSING)


def test_a_yes_is_read_once_and_asks_for_no_timestamp(tmp_path: Path) -> None:
    assert reading(tmp_path, lambda: "yes") == ("yes", 1)


@pytest.mark.usefixtures("timestamp")
def test_a_no_is_read_twice(tmp_path: Path) -> None:
    found, count = reading(tmp_path, no)
    assert (isinstance(found, Refused), count) == (True, 2)


@pytest.mark.usefixtures("timestamp")
def test_a_no_that_was_of_a_publishing_under_way_becomes_a_yes(tmp_path: Path) -> None:
    """What was swept, or a root that came in between, is there at the second look."""
    assert reading(tmp_path, no, lambda: "yes") == ("yes", 2)


def test_one_that_does_not_stay_still_is_a_no(tmp_path: Path, timestamp: Path) -> None:
    def published() -> str:
        timestamp.write_bytes(timestamp.read_bytes() + b"1")
        return no()

    found, count = reading(tmp_path, published)
    assert (isinstance(found, Refused), count) == (True, AGAIN)
    timestamp.write_bytes(b"1")
    assert reading(tmp_path, published, published, published, lambda: "yes") == ("yes", 4)


def test_without_a_timestamp_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    found, count = reading(tmp_path, no)
    assert (isinstance(found, Refused), count) == (True, 1)


@pytest.mark.usefixtures("timestamp")
@pytest.mark.parametrize("error", [BadInput("which one?"), Outside("the disk failed")])
def test_what_is_no_refusal_is_told_at_once(tmp_path: Path, error: Exception) -> None:
    def fails() -> str:
        raise error

    assert reading(tmp_path, fails) == (error, 1)
