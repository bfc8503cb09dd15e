"""Everybody can use every kind of page: axe-core, keyboard, narrow screens, no JavaScript.

Needs Chromium, Node and `npm install --prefix FOLDER axe-core playwright-core`, where FOLDER is
named by PESO_BROWSER_TOOLS or is `.browser` in the checkout.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
Looked = dict[str, Any]


@pytest.fixture(scope="session")
def whole(pages: Looked) -> Looked:
    """The pages that were gone through by keyboard too: at least one of each kind."""
    several = {kind: one for kind, one in pages.items() if "keyboard" in one}
    kinds = {kind.split(",")[0] for kind in pages if not kind.startswith("empty: ")}
    assert kinds == {kind.split(",")[0] for kind in several}
    return several


def test_every_kind_of_page_was_looked_at(pages: Looked) -> None:
    assert len(pages) > 40
    statuses = {kind: one["status"] for kind, one in pages.items()}
    assert {kind for kind, status in statuses.items() if status != 200} == {
        kind for kind in pages if kind.startswith("error:")
    }


def test_axe_finds_nothing_light_or_dark(pages: Looked) -> None:
    found = {
        f"{kind}, {look['scheme']}": look["violations"]
        for kind, one in pages.items()
        for look in one["looks"]
        if look["violations"]
    }

    assert found == {}
    for one in pages.values():
        light, dark = ({rule["id"] for rule in look["passed"]} for look in one["looks"])
        assert len(light) > 10
        assert "color-contrast" in dark


def test_axe_is_unsure_of_nothing_but_shapes(pages: Looked) -> None:
    """It does not judge the contrast of a single letter; ours stand beside their word."""
    unsure = {
        f"{kind}: {one}"
        for kind, page in pages.items()
        for look in page["looks"]
        for one in look["unsure"]
        if not re.fullmatch(r'color-contrast: <span aria-hidden="true"[^>]*>.</span>', one)
    }

    assert unsure == set()


def test_the_policy_blocks_nothing_a_page_needs(pages: Looked, looked: Looked) -> None:
    assert {kind: one["said"] for kind, one in pages.items() if one["said"]} == {}
    assert looked["walk"]["said"] == []
    assert looked["live"]["said"] == []


@pytest.mark.parametrize("width", ["wide", "narrow", "spaced"])
def test_no_page_scrolls_sideways(pages: Looked, width: str) -> None:
    over = {kind: one[width] for kind, one in pages.items() if one[width]["sideways"] > 0}

    assert over == {}


def test_what_scrolls_can_be_scrolled_by_keyboard(pages: Looked) -> None:
    assert {kind: one["unreachable"] for kind, one in pages.items() if one["unreachable"]} == {}


def test_the_first_stop_skips_to_the_content(whole: Looked) -> None:
    for kind, one in whole.items():
        assert one["keyboard"]["stops"][0]["text"] == "Skip to the content", kind
        assert one["keyboard"]["skipped"] == "main", kind


SCREENS = pytest.mark.parametrize("screen", ["keyboard", "phone"])
"""A desk's screen, and a phone's of 320 by 568."""
MOST = {"keyboard": 60, "phone": 30}
"""Stops that are looked at."""


@SCREENS
def test_the_focus_can_be_seen_at_every_stop(whole: Looked, screen: str) -> None:
    """It has an outline (2.4.7), is in sight, and nothing lies over it (2.4.11)."""
    for kind, one in whole.items():
        for stop in one[screen]["stops"]:
            assert stop["outline"], f"{kind}: {stop}"
            assert stop["inside"], f"{kind}: {stop}"
            assert stop["seen"], f"{kind}: {stop}"


@SCREENS
def test_the_focus_goes_in_the_order_of_the_page_and_is_not_trapped(
    whole: Looked, screen: str
) -> None:
    for kind, one in whole.items():
        order = [stop["order"] for stop in one[screen]["stops"]]
        assert order == sorted(order), kind
        assert one[screen]["ended"] or len(order) == MOST[screen], kind


def test_a_finger_hits_what_it_aims_at(pages: Looked) -> None:
    """Targets are 24 pixels, or have that room around them (2.5.8), wide and narrow."""
    assert {kind: one["cramped"] for kind, one in pages.items() if one["cramped"]} == {}


def test_nothing_moves_for_those_who_ask_for_it(whole: Looked) -> None:
    moving = {kind: one["media"]["moving"] for kind, one in whole.items()}

    assert {kind: several for kind, several in moving.items() if several} == {}


def test_with_forced_colours_states_keep_a_border_and_the_focus_an_outline(whole: Looked) -> None:
    for kind, one in whole.items():
        assert one["media"]["bare"] == [], kind
        assert one["media"]["outline"]["outline"], kind


def test_it_works_without_javascript_by_keyboard(looked: Looked) -> None:
    assert looked["without"]["found"] == ["Alpha"]
    assert "1.1" in looked["without"]["compared"]
    assert "1.2" in looked["without"]["compared"]


def test_with_javascript_the_list_follows_and_the_focus_stays(looked: Looked) -> None:
    assert looked["live"]["found"] == ["Alpha"]
    assert looked["live"]["status"].startswith("1 of 4")
    assert looked["live"]["kept"] == "id_q"


def test_the_walk_of_the_issue(looked: Looked) -> None:
    """From the front page to a product, its failing test's log, its dependents, a comparison."""
    front, product, log, dependents, comparison = looked["walk"]["steps"]

    assert front["path"] == "/"
    assert product["path"] == "/products/alpha/"
    assert log["path"].startswith("/logs/")
    assert log["hash"].startswith("#L")
    assert "ValueError: edge 2 of <alpha> & 'beta' is not there" in log["error"]
    assert log["seen"], "the first error is not in sight"
    assert dependents["path"] == "/impact/py-alpha/"
    assert "heron" in dependents["said"]
    assert comparison["path"] == "/compare/"
    assert "fail" in comparison["said"]


def test_a_red_cell_is_two_clicks_from_the_first_error(looked: Looked) -> None:
    red = looked["walk"]["red"]

    assert red["clicks"] == 2
    assert "ValueError" in red["error"]
