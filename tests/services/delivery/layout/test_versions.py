from __future__ import annotations

import pytest

from peso.services.delivery.layout.versions import newest


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
    assert newest(versions) == highest
