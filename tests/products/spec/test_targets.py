"""Ranges of microarchitectures."""

from __future__ import annotations

import pytest

from peso.products.spec.targets import targets_in_both


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("zen2", "zen2", "zen2"),
        ("zen2", "zen3", ""),
        ("zen2", "x86_64_v3:", "zen2"),
        ("zen2", ":zen3", "zen2"),
        ("zen2", "x86_64_v4:", ""),
        ("x86_64:zen3", "zen:", "zen:zen3"),
        ("zen3:", ":zen2", ""),
        ("zen:zen2", "zen2:zen3", "zen2"),
        ("skylake:", "zen:", ""),
        (":skylake", ":zen", ""),
        ("zen2,aarch64:", "x86_64:,neoverse_n1", "zen2,neoverse_n1"),
        ("nowhere", "nowhere:", "nowhere"),
        ("nowhere", "x86_64:", ""),
    ],
)
def test_both(one: str, other: str, both: str) -> None:
    assert targets_in_both(one, other) == both
    assert set(targets_in_both(other, one).split(",")) == set(both.split(","))
