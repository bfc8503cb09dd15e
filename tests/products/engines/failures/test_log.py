"""A log as it is searched: places, lines, numbers, phases, stretches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peso.products.engines.failures.log import LONGEST, Log

PHASES = b"""==> x: Executing phase: 'configure'
==> [2026-01-01] ./configure
checking
==> x: Executing phase: 'build'
==> [2026-01-01] make
cc
==> [2026-01-01] make more
cc
"""


def test_stretches_are_the_last_command_its_phase_and_all_before() -> None:
    log = Log(PHASES)
    texts = [log.data[start:end] for start, end in log.stretches]
    assert texts == [
        b"==> [2026-01-01] make more\ncc\n",
        b"==> x: Executing phase: 'build'\n==> [2026-01-01] make\ncc\n",
        PHASES[: PHASES.index(b"==> x: Executing phase: 'build'")],
    ]


@given(st.lists(st.sampled_from([*PHASES.splitlines(keepends=True), b"", b"\n"])).map(b"".join))
def test_stretches_are_all_of_a_log(data: bytes) -> None:
    last, before, first = Log(data).stretches
    assert (first[0], last[1]) == (0, len(data))
    assert (first[1], before[1]) == (before[0], last[0])


def test_the_phase_of_a_place() -> None:
    log = Log(PHASES)
    assert log.phase(0) == ""
    assert log.phase(PHASES.index(b"checking")) == "configure"
    assert log.phase(len(PHASES)) == "build"


@given(st.binary())
def test_what_is_searched_is_as_long_as_the_log(data: bytes) -> None:
    assert len(Log(data).flat) == len(data)
    assert b"\0" not in Log(data).flat


def test_a_long_line_is_read_to_a_limit() -> None:
    log = Log(b"x" * (LONGEST + 5) + b"\ny")
    assert len(log.line(0)) == LONGEST
    assert log.line(log.end_of_line(0) + 1) == "y"


def test_numbers_count_what_was_left_out() -> None:
    log = Log(b"a\nb\nc\nd\n", skipped=100, skipped_at=4)
    assert [log.number(place) for place in (0, 2, 4, 6)] == [1, 2, 103, 104]
