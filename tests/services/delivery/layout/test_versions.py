from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peso.services.delivery.layout.versions import ascending, newest

START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("versions", "highest"),
    [
        (["26.11"], 0),
        (["26.9", "26.11", "26.10"], 1),
        (["1.0", "1.0rc1"], 0),
        (["1.0", "1.0.0"], 0),
        (["2026-summer-9", "2026-summer-10"], 1),
        (["2026-summer-10", "26.11"], 0),
    ],
)
def test_the_newest(versions: list[str], highest: int) -> None:
    assert newest(versions, [START] * len(versions)) == highest


def test_of_versions_made_of_a_lock_the_one_made_last_is_newest() -> None:
    versions = ["0+ffffffffffff", "0+aaaaaaaaaaaa", "0+999999999999"]
    made = [START, START + timedelta(days=2), START + timedelta(days=1)]
    assert newest(versions, made) == 1


def test_any_other_version_is_above_one_made_of_a_lock() -> None:
    made = [START + timedelta(days=9), START]
    assert newest(["0+ffffffffffff", "26.11"], made) == 1
    assert newest(["0+ffffffffffff", "2026-summer"], made) == 1


def test_ascending_ends_with_the_newest() -> None:
    when = datetime(2026, 11, 26, tzinfo=UTC)
    several = ["1.2", "1.10", "0+0123456789ab", "1.0", "1.10", "0+ba9876543210"]
    made = [when + timedelta(days=day) for day in range(len(several))]
    order = ascending(several, made)
    assert [several[at] for at in order] == [*several[2::3], "1.0", "1.2", "1.10", "1.10"]
    assert order[-1] == newest(several, made)
