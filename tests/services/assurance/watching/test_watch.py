from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.services.assurance.advisory_files import V3_CRITICAL, V3_MEDIUM
from tests.services.assurance.watching.shelves import Piece, Shelf, advisory, day, told

from peso.base.finding import Finding, Level
from peso.services.assurance.watching.filed import WATCH, filed
from peso.services.assurance.watching.looking import WATCHED


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path).add("one", advisory("X-1"))


def test_what_the_own_scan_knew_is_no_news(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1", scan=shelf.scanned(Piece("a")))
    seen = shelf.watch(release, on=day(2))
    assert (seen.news, seen.matched) == ((), 1)
    assert [(one.of, one.made) for one in seen.baselines] == [("scan", day(1))]
    assert [one.found for one in seen.releases] == [1]


def test_what_became_known_since_is_told_with_all_releases(shelf: Shelf) -> None:
    own = shelf.scanned(Piece("a"))
    shelf.add("two", advisory("Y-2", vector=V3_CRITICAL))
    releases = [shelf.release(name, scan=own) for name in ("stable/s-1", "testing/s-2")]
    seen = shelf.watch(*releases, on=day(2))
    assert told(seen) == [("new", "Y-2", ("stable/s-1", "testing/s-2"))]
    assert {one.channel for one in seen.news[0].concerns} == {"stable", "testing"}
    assert len(seen.urgent_at(Level.HIGH)) == 1


def test_without_an_own_scan_everything_is_new(shelf: Shelf) -> None:
    seen = shelf.watch(shelf.release("stable/s-1"), on=day(2))
    assert told(seen) == [("new", "X-1", ("stable/s-1",))]
    assert [(one.of, one.made) for one in seen.baselines] == [("nothing", None)]


def test_the_same_day_tells_the_same_and_the_next_day_nothing(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    first = shelf.watch(release, on=day(2))
    again = shelf.watch(release, on=day(2, 18))
    assert (again.news, again.matched) == (first.news, 0)
    after = shelf.watch(release, on=day(3))
    assert (after.news, after.matched) == ((), 0)
    assert [one.of for one in after.baselines] == ["watch"]


def test_a_release_and_sources_that_did_not_change_are_not_matched_again(shelf: Shelf) -> None:
    one, two = shelf.release("stable/s-1"), shelf.release("stable/s-2", Piece("a", "1.5"))
    shelf.watch(one, on=day(2))
    shelf.read.clear()
    seen = shelf.watch(one, two, on=day(3))
    assert (shelf.read, seen.matched) == (["stable/s-2"], 1)
    shelf.add("one", advisory("X-1"), advisory("X-2"))
    assert shelf.watch(one, two, on=day(4)).matched == 2


def test_since_goes_back_behind_earlier_watches_and_is_not_filed(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1", scan=shelf.scanned(Piece("a")))
    shelf.watch(release, on=day(2))
    shelf.add("two", advisory("Y-2"))
    shelf.watch(release, on=day(5))
    shelf.add("two", advisory("Y-2"), advisory("Y-3"))
    shelf.watch(release, on=day(8))
    kept = shelf.ledger.list(WATCH)
    seen = shelf.watch(release, on=day(9), since=date(2026, 11, 5))
    assert told(seen) == [("new", name, ("stable/s-1",)) for name in ("Y-2", "Y-3")]
    since_six = shelf.watch(release, on=day(9), since=date(2026, 11, 6))
    assert [one[1] for one in told(since_six)] == ["Y-3"]
    assert shelf.ledger.list(WATCH) == kept


def test_changed_levels_and_what_is_gone(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    shelf.add("one", advisory("X-1", vector=V3_MEDIUM), advisory("X-2"))
    shelf.watch(release, on=day(2))
    shelf.add("one", advisory("X-1", vector=V3_CRITICAL))
    seen = shelf.watch(release, on=day(3))
    assert told(seen) == [("level", "X-1", ("stable/s-1",)), ("gone", "X-2", ("stable/s-1",))]
    assert (seen.news[0].before, seen.news[0].sighting.level) == (Level.MEDIUM, Level.CRITICAL)
    assert [one.change for one in seen.urgent_at("low")] == ["level"]


def test_a_statement_settles_and_the_release_is_looked_at_again(shelf: Shelf) -> None:
    def settle(one: Finding) -> str:
        return "not affected, says the security team" if one.rule == "X-1" else ""

    shelf.watch(shelf.release("stable/s-1"), on=day(2))
    said = shelf.release("stable/s-1", settle=settle, statements="1" * 64)
    seen = shelf.watch(said, on=day(3))
    assert told(seen) == [("settled", "X-1", ("stable/s-1",))]
    assert (seen.matched, seen.urgent_at("note")) == (1, ())
    back = shelf.watch(shelf.release("stable/s-1"), on=day(4))
    assert told(back) == [("new", "X-1", ("stable/s-1",))]


def test_a_file_of_the_ledger_that_is_gone_is_made_anew(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    seen = shelf.watch(release, on=day(2))
    shelf.ledger.blobs.path(seen.releases[0].sightings).unlink()
    assert shelf.watch(release, on=day(3)).matched == 1


def test_a_watch_is_filed_by_day_and_state_of_the_sources(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    shelf.watch(release, on=day(2))
    shelf.watch(release, on=day(2, 13))
    shelf.add("two", advisory("Y-2"))
    shelf.watch(release, on=day(2, 14))
    kept = list(filed(shelf.ledger))
    assert [one.made for one in kept] == [day(2, 14), day(2)]
    assert len(shelf.ledger.list(WATCHED)) == 2


def test_no_source_is_no_news_and_says_so(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    seen = shelf.watch(shelf.release("stable/s-1"), on=day(2))
    assert (seen.sources, seen.news) == ((), ())
    assert [(one.components, one.covered) for one in seen.releases] == [(1, 0)]


def test_two_things_of_one_purl_are_matched_apart(shelf: Shelf) -> None:
    """The same purl may have come from another place in another release."""
    one = shelf.release("stable/s-1")
    two = shelf.release("stable/s-2")
    seen = two.inventory()
    other = seen.model_copy(
        update={
            "components": tuple(
                part.model_copy(update={"also": ("pkg:pypi/b@1.0",)}) for part in seen.components
            )
        }
    )
    shelf.add("two", advisory("Y-2", "b"))
    from dataclasses import replace  # noqa: PLC0415

    both = shelf.watch(one, replace(two, inventory=lambda: other), on=day(2))
    assert [one.found for one in both.releases] == [1, 2]
