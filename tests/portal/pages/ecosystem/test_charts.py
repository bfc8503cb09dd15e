"""A chart's places are inside it, its axis reaches around all of them, nothing is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.portal.pages.ecosystem.charts import HEIGHT, WIDTH, Run, chart_of, series_of, ticks_for

BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
NUMBERS = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).map(lambda one: round(one, 6))


def _run(day: int, *, test: str = "ring", **figures: object) -> Run:
    return Run(
        test=test,
        ranks=2,
        platform="here",
        figures=figures,
        label=f"26.{day}",
        link=f"/releases/{day}/",
        at=BEGAN + timedelta(days=day),
        outcome="pass",
    )


def test_a_figure_is_followed_from_the_oldest_run_on() -> None:
    several = series_of([_run(3, speed=3.0), _run(1, speed=1.0, errors=0), _run(2, speed=2)])

    assert [(one.figure, len(one.points)) for one in several] == [("speed", 3), ("errors", 1)]
    assert [one.value for one in several[0].points] == [1.0, 2.0, 3.0]
    assert not several[0].still
    assert several[1].still


def test_what_is_no_number_is_no_figure() -> None:
    assert series_of([_run(1, word="fast", none=None, worst=float("inf"))]) == ()


def test_tests_of_one_name_on_other_ranks_are_other_series() -> None:
    assert len(series_of([_run(1, speed=1), _run(1, test="other", speed=1)])) == 2


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((240.0, 325.0), (225.0, 250.0, 275.0, 300.0, 325.0)),
        ((1.0, 100.0), (0.0, 25.0, 50.0, 75.0, 100.0)),
        ((0.0,), (-1.0, -0.5, 0.0, 0.5, 1.0)),
        ((5.0, 5.0), (0.0, 2.0, 4.0, 6.0)),
    ],
)
def test_the_axis_has_round_numbers(values: tuple[float, ...], ticks: tuple[float, ...]) -> None:
    assert ticks_for(values) == pytest.approx(ticks)


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_everything_is_inside(values: list[float]) -> None:
    series = series_of(_run(day, speed=value) for day, value in enumerate(values))[0]
    chart = chart_of(series)

    assert len(chart.dots) == len(values)
    assert len(chart.line.split()) == len(values)
    assert all(chart.left <= one.x <= WIDTH for one in chart.dots)
    assert all(0 <= one.y <= HEIGHT for one in chart.dots)
    assert 2 <= len(chart.rows) <= 8
    assert 1 <= len(chart.columns) <= 5
    assert all(0 <= one.at <= chart.foot + 1 for one in chart.rows)
