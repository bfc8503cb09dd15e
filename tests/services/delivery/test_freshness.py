from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from peso.services.delivery.freshness import Freshness

NOW = datetime(2026, 11, 23, 12, 0, 0, 123, tzinfo=UTC)


def test_each_role_has_its_life_and_channels_share_one() -> None:
    lives = Freshness(timestamp=1, snapshot=2, channel=3, root=4)
    days = {role: lives.life(role).days for role in ("timestamp", "snapshot", "root")}
    assert days == {"timestamp": 1, "snapshot": 2, "root": 4}
    assert {lives.life(role).days for role in ("targets", "pages", "testing")} == {3}


def test_expiry_is_a_whole_second() -> None:
    assert Freshness().expires("timestamp", NOW) == datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_due_when_more_than_half_is_gone() -> None:
    lives = Freshness(timestamp=10)
    expires = lives.expires("timestamp", NOW)
    assert not lives.due("timestamp", expires, NOW + timedelta(days=4, hours=23))
    assert lives.due("timestamp", expires, NOW + timedelta(days=5, seconds=1))
    assert lives.due("timestamp", expires, NOW + timedelta(days=20))


def test_a_life_is_at_least_a_day() -> None:
    with pytest.raises(ValidationError):
        Freshness(timestamp=0)
