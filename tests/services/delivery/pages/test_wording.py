"""Numbers, sizes, times and tags in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from peso.products.engines.port import Requires
from peso.services.delivery.pages import wording


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_600, "1 MB"),
        (21_410_137, "21.4 MB"),
        (270_000_000_000, "270 GB"),
        (4_000_000_000_000, "4 TB"),
    ],
)
def test_size(length: int, said: str) -> None:
    assert wording.size(length) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.8412, "0.841 s"), (12.34, "12.3 s"), (119.9, "120 s"), (125, "2 min 5 s")],
)
def test_seconds(value: float, said: str) -> None:
    assert wording.seconds(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (67108864.0, "67108864"),
        (3.1825123e-13, "3.18251e-13"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_number(value: float, said: str) -> None:
    assert wording.number(value) == said


def test_moments_are_utc() -> None:
    when = datetime(2026, 11, 23, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert wording.moment(when) == "2026-11-24 04:30 UTC"
    assert wording.day(when) == "2026-11-24"
    assert wording.day(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02"


@pytest.mark.parametrize(
    ("python", "implementation", "tags", "said"),
    [
        (
            "==3.11.*",
            "cpython",
            ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_28_x86_64"),
            "CPython 3.11 on Linux x86_64 with glibc 2.28 or newer",
        ),
        (
            "==3.12.*",
            "cpython",
            ("musllinux_1_2_aarch64",),
            "CPython 3.12 on Linux aarch64 with musl 1.2 or newer",
        ),
        (">=3.11", "pypy", (), "PyPy >=3.11 on any platform"),
        ("==3.11.*", "graalpy", ("macosx_14_0_arm64",), "graalpy 3.11 on macosx_14_0_arm64"),
    ],
)
def test_runs_on(python: str, implementation: str, tags: tuple[str, ...], said: str) -> None:
    requires = Requires(python=python, implementation=implementation, platforms=tags)
    assert wording.runs_on(requires) == said
