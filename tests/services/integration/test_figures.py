from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.products.figures import NAME, OPERATORS, parse_comparison
from peso.services.integration.figures import KEPT, Figure, printed, read_figures

finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.from_regex(NAME, fullmatch=True)


@given(st.sampled_from(sorted(OPERATORS)), finite, finite)
def test_a_comparison_is_what_its_operator_says(sign: str, number: float, value: float) -> None:
    comparison = parse_comparison(f"{sign} {number!r}")
    assert comparison.met(value) == OPERATORS[sign](value, number)
    assert parse_comparison(f" {sign}{number!r} ").terms == comparison.terms


@given(st.sampled_from(sorted(OPERATORS)), finite)
def test_what_is_not_finite_meets_nothing(sign: str, number: float) -> None:
    comparison = parse_comparison(f"{sign} {number!r}")
    assert not any(map(comparison.met, (math.nan, math.inf, -math.inf)))


@given(finite, finite, finite)
def test_a_range_has_both_ends_in_it(one: float, two: float, value: float) -> None:
    low, high = sorted((one, two))
    comparison = parse_comparison(f"{low!r} .. {high!r}")
    assert comparison.met(low)
    assert comparison.met(high)
    assert comparison.met(value) == (low <= value <= high)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a comparison"),
        ("3", "not a comparison"),
        ("about 3", "not a comparison"),
        ("< 1 2", "not a comparison"),
        ("= 3", "none of"),
        ("=< 3", "none of"),
        ("~ 3", "none of"),
        ("< three", "not a number"),
        ("<", "not a comparison"),
        ("< inf", "not finite"),
        ("== nan", "not finite"),
        ("1 .. b", "not a number"),
        ("2 .. 1", "empty"),
        ("1 .. inf", "not finite"),
    ],
)
def test_what_is_no_comparison_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_comparison(text)


@given(st.text())
def test_any_text_is_a_comparison_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert parse_comparison(text).terms


@given(st.lists(st.tuples(names, st.floats())))
def test_every_figure_is_read_in_order(figures: list[tuple[str, float]]) -> None:
    text = "".join(f"{name}={value!r}\nfor people\n" for name, value in figures)
    assert repr(list(printed(text))) == repr(figures)


@given(st.text(), st.dictionaries(names, st.just("== 0"), max_size=3))
def test_any_output_can_be_read(text: str, expect: dict[str, str]) -> None:
    read = read_figures(text, expect)
    seen = {figure.name for figure in read.figures if figure.met}
    assert read.faults or set(expect) <= seen


@pytest.mark.parametrize(
    "line",
    [
        " a=1",
        "a =1",
        "a= 1",
        "a=1 ",
        "a=1 MB/s",
        "a:1",
        "a=",
        "=1",
        "1a=1",
        "a b=1",
        "a=one",
        "a=1=1",
        "a==1",
        "é=1",
        "rank 0: a=1",
    ],
)
def test_what_is_not_exactly_a_figure_is_for_people(line: str) -> None:
    assert list(printed(f"{line}\n")) == []


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("a=1", ("a", 1.0)),
        ("a.b-c_d=-1.5e-10", ("a.b-c_d", -1.5e-10)),
        ("_x=+2E3\r", ("_x", 2000.0)),
        ("a=.5", ("a", 0.5)),
        ("a=inf", ("a", math.inf)),
        ("a=1e999", ("a", math.inf)),
    ],
)
def test_what_is_a_figure(line: str, figure: tuple[str, float]) -> None:
    assert list(printed(f"text\n{line}\ntext")) == [figure]


def test_all_that_is_wrong_is_said_at_once() -> None:
    read = read_figures(
        "good=0\ntwice=1\ntwice=1\nnan=nan\nhigh=2\nmore=7\nmore=8\n",
        {
            "good": "== 0",
            "twice": "== 1",
            "nan": "< 1",
            "high": "< 1",
            "gone": "> 0",
        },
    )
    assert read.faults == (
        "twice was printed 2 times",
        "nan is nan, which is not finite",
        "high is 2.0, expected < 1",
        "gone was not printed",
    )
    met = [(figure.name, figure.met, figure.expect) for figure in read.figures]
    assert met == [
        ("good", True, "== 0"),
        ("twice", True, "== 1"),
        ("twice", True, "== 1"),
        ("nan", False, "< 1"),
        ("high", False, "< 1"),
        ("more", None, None),
        ("more", None, None),
    ]


def test_a_figure_that_nothing_expects_may_be_anything() -> None:
    read = read_figures("a=nan\na=1\n", {})
    assert read.faults == ()
    assert [figure.met for figure in read.figures] == [None, None]


def test_figures_without_end_are_a_fault() -> None:
    read = read_figures("a=1\nb=1\n" * (KEPT + 1), {"a": "== 1"})
    assert len(read.figures) == 2 * KEPT
    assert len(read.faults) == 2


def test_an_expectation_that_is_no_comparison_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a comparison"):
        read_figures("a=1", {"a": "1"})


@given(st.floats())
def test_a_figure_survives_json(value: float) -> None:
    figure = Figure(name="a", value=value, expect=None, met=None)
    assert repr(Figure.parse(figure.canonical())) == repr(figure)
