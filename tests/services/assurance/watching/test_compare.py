from __future__ import annotations

from dataclasses import dataclass

from peso.base.finding import Level
from peso.services.assurance.watching.compare import apart, news
from peso.services.assurance.watching.record import News, Sighting


def seen(
    name: str = "CVE-1", *, level: Level = Level.HIGH, subject: str = "pkg:x/a@1", **more: object
) -> Sighting:
    return Sighting(
        vulnerability=name,
        subject=subject,
        name="a@1",
        level=level,
        **more,
    )


@dataclass(frozen=True)
class Two:
    before: tuple[Sighting, ...]
    after: tuple[Sighting, ...]

    def changes(self) -> list[str]:
        return [one.change for one in apart(self.before, self.after)]


def test_the_same_is_no_news() -> None:
    assert Two((seen(),), (seen(),)).changes() == []


def test_another_id_of_the_same_is_no_news() -> None:
    renamed = seen("PYSEC-1", aliases=("CVE-1",))
    assert Two((seen(),), (renamed,)).changes() == []
    assert Two((renamed,), (seen("CVE-9", aliases=("PYSEC-1",)),)).changes() == []


def test_the_same_id_in_another_component_is_news() -> None:
    assert Two((seen(),), (seen(), seen(subject="pkg:x/b@1"))).changes() == ["new"]


def test_one_thing_may_be_several_news() -> None:
    worse = seen(level=Level.CRITICAL, exploited="known")
    assert Two((seen(),), (worse,)).changes() == ["level", "exploited"]


def test_that_a_catalog_is_no_longer_asked_is_no_news() -> None:
    known = seen(exploited="known")
    assert Two((known,), (seen(exploited="not looked up"),)).changes() == []


def test_a_finding_with_two_ids_that_is_gone_is_gone_once() -> None:
    assert Two((seen(aliases=("X-1", "Y-1")),), ()).changes() == ["gone"]


def one_news(before: Sighting | None, after: Sighting) -> News:
    found = apart((before,) if before else (), (after,))
    [made] = news({("stable/s-1", "stable"): list(found)})
    return made


def test_a_level_that_fell_is_not_urgent() -> None:
    fell = one_news(seen(level=Level.CRITICAL), seen(level=Level.HIGH))
    rose = one_news(seen(level=Level.MEDIUM), seen(level=Level.HIGH))
    assert (fell.urgent(Level.HIGH), rose.urgent(Level.HIGH)) == (False, True)


def test_an_unknown_level_is_urgent_whatever_is_asked() -> None:
    assert one_news(None, seen(level=Level.UNKNOWN)).urgent(Level.CRITICAL)


def test_settled_and_only_to_build_are_not_urgent() -> None:
    assert not one_news(None, seen(settled="by the team")).urgent(Level.LOW)
    assert not one_news(None, seen(building=True)).urgent(Level.LOW)


def test_the_gravest_come_first() -> None:
    several = (seen("A", level=Level.LOW), seen("B", level=Level.CRITICAL), seen("C"))
    made = news({("s", "c"): list(apart((), several))})
    assert [one.sighting.vulnerability for one in made] == ["B", "C", "A"]
