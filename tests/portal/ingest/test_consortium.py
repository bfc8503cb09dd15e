"""A workspace's consortium becomes one record: taken in once, refused file by file."""

from __future__ import annotations

from pathlib import Path

from tests.partnerships.consortium.conftest import write_federation
from tests.portal.standing import Portal

import peso
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Taken
from peso.portal.store.consortium import kept
from peso.portal.store.models import Consortium, Member, Source


def _house(folder: Path) -> Path:
    peso.init(folder)
    return write_federation(folder)


def _of_it(taken: tuple[Taken, ...]) -> list[tuple[str, str]]:
    return [(one.place, one.state) for one in taken if one.kind == "consortium"]


def test_it_is_taken_in_whole_and_once(written: Portal, tmp_path: Path) -> None:
    house = _house(tmp_path / "house")
    ways = written.ways(tmp_path / "trust")
    first, again = ingest([house], ways), ingest([house], ways)
    held = kept()

    assert _of_it(first.taken) == [("consortium", "taken")]
    assert _of_it(again.taken) == []
    assert held
    assert len(held.consortium.organizations) == 6
    assert Consortium.objects.count() == 1
    assert Source.objects.filter(kind="consortium", state="taken").exists()


def test_a_change_is_seen_and_a_file_that_is_none_is_refused(
    written: Portal, tmp_path: Path
) -> None:
    house = _house(tmp_path / "house")
    ways = written.ways(tmp_path / "trust")
    ingest([house], ways)
    (house / "consortium" / "people" / "ada-frog.yaml").write_text("name: [ada@example.org]\n")
    done = ingest([house], ways)
    held = kept()

    assert _of_it(done.taken) == [
        ("consortium/people/ada-frog.yaml", "refused"),
        ("consortium", "taken"),
    ]
    assert held
    ada = held.consortium.person("ada-frog")
    assert ada
    assert "does not have this name" in str(ada.affiliations)
    assert not Source.objects.filter(reason__contains="@").exists()


def test_a_workspace_without_one_leaves_what_is_there(written: Portal, tmp_path: Path) -> None:
    peso.init(tmp_path / "bare")
    before, members = kept(), Member.objects.count()
    ingest([tmp_path / "bare"], written.ways(tmp_path / "trust"))

    assert kept() == before
    assert Member.objects.count() == members
