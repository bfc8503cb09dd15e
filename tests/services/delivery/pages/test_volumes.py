"""The list of all releases in pieces: where one ends, and what one more release changes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.delivery.pages.test_page import Outline, render
from tests.services.delivery.pages.test_rows import row

from peso.services.delivery.pages.rows import Row, newest_first
from peso.services.delivery.pages.volumes import SIZE, begun, divided


def rows(count: int) -> tuple[Row, ...]:
    return tuple(row(f"1.{day}", day=day) for day in range(count))


@pytest.mark.parametrize(
    ("count", "volumes", "front"),
    [(0, 0, 0), (49, 0, 49), (99, 0, 99), (100, 1, 50), (149, 1, 99), (150, 2, 50), (1003, 19, 53)],
)
def test_the_newest_stay_on_the_front_page(count: int, volumes: int, front: int) -> None:
    found = divided(rows(count))
    assert (len(found.volumes), len(found.front)) == (volumes, front)
    assert all(len(one.releases) == SIZE for one in found.volumes)
    everything = (*found.front, *(one for of in found.volumes[::-1] for one in of.releases))
    assert everything == newest_first(rows(count))


def test_each_names_its_neighbours() -> None:
    found = divided(rows(3 * SIZE)).volumes
    assert [one.path for one in found] == ["releases-1.html", "releases-2.html"]
    assert [one.older for one in found] == ["", "releases-1.html"]
    assert [one.newer for one in found] == ["releases-2.html", "index.html"]


def test_one_more_release_begins_at_most_one_and_tells_the_one_before() -> None:
    changed = [
        [one.number for one in begun(divided(before), divided(after))]
        for before, after in pairwise(rows(count) for count in range(2 * SIZE - 1, 3 * SIZE + 2))
    ]
    assert changed == [[1], *[[]] * (SIZE - 1), [1, 2], []]


@given(st.integers(0, 4 * SIZE), st.integers(-1, 4 * SIZE))
def test_what_is_not_begun_says_what_it_said(count: int, day: int) -> None:
    late = row("late", day=day)
    before, after = divided(rows(count)), divided((*rows(count), late))
    anew = {one.number for one in begun(before, after)}
    said = {one.number: (one.releases, one.newer, one.older) for one in before.volumes}
    for one in after.volumes:
        if one.number not in anew:
            assert said[one.number] == (one.releases, one.newer, one.older)


def test_all_are_on_a_page_and_a_keyboard_gets_to_each() -> None:
    made = render(beside=rows(3 * SIZE))
    links = {
        name: [said["href"] for tag, said in Outline(text).elements if tag == "a"]
        for name, text in made.items()
    }
    assert set(made) == {"index.html", "releases-1.html", "releases-2.html"}
    assert "releases-2.html" in links["index.html"]
    assert {"releases-1.html", "index.html"} <= set(links["releases-2.html"])
    assert {"releases-2.html", "index.html"} <= set(links["releases-1.html"])
    listed = [one for name in made for one in links[name] if one.startswith("releases/")]
    assert sorted(listed) == sorted(one.path for one in rows(3 * SIZE))
    assert "150 releases" in Outline(made["index.html"]).text
    assert "100 older releases" in Outline(made["index.html"]).text
