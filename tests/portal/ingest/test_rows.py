"""Rows as both databases take them: what others wrote is made to fit, and nothing is doubled."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.portal.standing import Portal

from peso.portal.ingest.facts import ResultFact
from peso.portal.ingest.keep import products_named
from peso.portal.ingest.rows import add_rows, count_cells, storable
from peso.portal.store.models import (
    Cell,
    Platform,
    Product,
    Release,
    ReleaseUnit,
    Source,
    TestResult,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
FACT = ResultFact(
    product="rowan",
    test="smoke",
    ranks=2,
    outcome="pass",
    reason="",
    seconds=1.5,
    at=NOW,
    figures={"rate": 2.5},
    log="",
    error=None,
    key="k1",
)


class _Place:
    """A release, a platform and a product to write runs of."""

    def __init__(self) -> None:
        self.release = Release.objects.create(
            channel="testing",
            stack="rows",
            version="1",
            title="rows",
            created=NOW,
            manifest="rows",
            verdict="pass",
        )
        self.platform = Platform.objects.create(name="rows")
        self.products = products_named({"rowan", "ash"})

    def add(self, *facts: ResultFact) -> int:
        ids = {name: one.pk for name, one in self.products.items()}
        return add_rows(self.release.pk, self.platform.pk, facts, ids)


@pytest.fixture
def place(written: Portal) -> _Place:
    assert written.done.taken
    return _Place()


def test_a_run_is_read_back_as_it_was_written(place: _Place) -> None:
    assert place.add(FACT) == 1
    row = TestResult.objects.get(key="k1")
    assert (row.test, row.ranks, row.outcome, row.seconds) == ("smoke", 2, "pass", 1.5)
    assert row.at == NOW
    assert row.figures == {"rate": 2.5}
    assert row.product == place.products["rowan"]


def test_a_run_that_is_there_is_not_written_again(place: _Place) -> None:
    assert place.add(FACT) == 1
    assert place.add(FACT, replace(FACT, key="k2")) == 1
    assert TestResult.objects.filter(release=place.release).count() == 2


def test_a_figure_that_is_not_finite_is_a_word(place: _Place) -> None:
    place.add(replace(FACT, figures={"up": math.inf, "none": math.nan, "down": -math.inf}))
    assert TestResult.objects.get(key="k1").figures == {"up": "inf", "none": "nan", "down": "-inf"}


def test_what_no_database_takes_is_made_to_fit(place: _Place) -> None:
    place.add(replace(FACT, test="a\0b", reason="\0", ranks=2**40, figures={"\0": 1.0}))
    row = TestResult.objects.get(key="k1")
    assert (row.test, row.reason, row.figures) == ("a\ufffdb", "\ufffd", {"\ufffd": 1.0})
    assert row.ranks == 2**31 - 1


def test_cells_are_what_runs_add_up_to(place: _Place) -> None:
    outcomes = ("pass", "pass", "fail", "unknown", "skipped")
    place.add(*(replace(FACT, outcome=one, key=f"k{n}") for n, one in enumerate(outcomes)))
    place.add(replace(FACT, product="ash", key="ash"))
    for _ in range(2):
        count_cells(place.release.pk, place.platform.pk)
    rowan = Cell.objects.get(release=place.release, product=place.products["rowan"])
    assert (rowan.passed, rowan.failed, rowan.unknown, rowan.skipped) == (2, 1, 1, 1)
    assert rowan.last == NOW
    assert rowan.state == "fail"
    assert Cell.objects.filter(release=place.release).count() == 2


def test_a_text_is_cut_to_its_column() -> None:
    unit = ReleaseUnit(name="n" * 300, version="v\0", hash="h", part="p", outcome="built")
    (row,) = storable((unit,))
    assert row.name == "n" * 199 + "…"
    assert row.version == "v\ufffd"


def test_a_tree_loses_its_nul_in_names_and_values() -> None:
    (row,) = storable((Product(slug="s", data={"a\0": ["\0", {"b": "c\0"}], "n": 1}),))
    assert row.data == {"a\ufffd": ["\ufffd", {"b": "c\ufffd"}], "n": 1}


def test_nothing_is_nothing() -> None:
    assert storable(iter(())) == []


def test_what_fits_is_not_touched() -> None:
    source = Source(kind="ledger", place="here", digest="", state="taken", seen=NOW)
    assert storable((source,))[0].place == "here"
