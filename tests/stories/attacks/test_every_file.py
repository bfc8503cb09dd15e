"""Every file of a publication: each byte that is tried, each file removed, added or replaced."""

from __future__ import annotations

import pytest
from tests.facility import files_of
from tests.stories.attacks.conftest import TIMESTAMP, Scene
from tuf.api.metadata import Metadata, Targets

from peso.errors import Reason, Refused
from peso.services.delivery.facility.report import NotProven
from peso.services.delivery.layout.places import target_path

# Every file


def test_every_byte_that_is_tried_counts(carried: Scene) -> None:
    """The first, middle and last byte of every published file; the file is named each time."""
    tried = 0
    for place, data in files_of(carried.folder).items():
        for index in sorted({0, len(data) // 2, len(data) - 1}) if data else ():
            wrong = bytearray(data)
            wrong[index] ^= 0x20 if index % 2 else 1
            carried.replace(place, bytes(wrong))
            with pytest.raises(Refused) as told:
                carried.facility.verify(carried.where)
            assert place in str(told.value), place
            tried += 1
        carried.replace(place, data)
    assert tried > 100
    carried.facility.verify(carried.where)


def test_a_changed_manifest_is_named_before_all_that_only_it_names(carried: Scene) -> None:
    place = carried.manifest("1.1")
    data = carried.read(place)
    carried.replace(place, data[:-1] + b"?")

    with pytest.raises(NotProven) as told:
        carried.facility.verify(carried.where)

    assert (told.value.reason, told.value.where) == (Reason.CHANGED, place)
    assert {one.reason for one in told.value.doubts[1:]} == {Reason.ADDITIONAL}
    assert "remove" not in (told.value.hint or "")


def test_every_current_file_is_missed(carried: Scene) -> None:
    """Each in turn; what is superseded may go, and then what only it named is additional."""
    superseded = {"metadata/1.snapshot.json", "metadata/1.testing.json", "metadata/1.pages.json"}
    (old_pages,) = (
        target_path(name, target)
        for name, target in Metadata[Targets]
        .from_bytes(carried.read("metadata/1.pages.json"))
        .signed.targets.items()
    )
    for place, data in files_of(carried.folder).items():
        if place not in {*superseded, old_pages}:
            (carried.folder / place).unlink()
            carried.facility.refuses(carried.where, Reason.MISSING, place)
            carried.replace(place, data)
    (carried.folder / "metadata/1.pages.json").unlink()
    carried.facility.refuses(carried.where, Reason.ADDITIONAL, old_pages)


def test_a_file_too_many_in_every_folder(carried: Scene) -> None:
    folders = [carried.folder, *(one for one in carried.folder.rglob("*") if one.is_dir())]
    for folder in folders:
        extra = folder / "extra.json"
        extra.write_bytes(b"{}")
        place = str(extra.relative_to(carried.folder))
        carried.facility.refuses(carried.where, Reason.ADDITIONAL, place)
        extra.unlink()
    (carried.folder / "empty" / "folders").mkdir(parents=True)
    carried.facility.verify(carried.where)


def test_every_file_replaced_by_one_of_another_kind(carried: Scene) -> None:
    """Every file by one of two kinds in turn, and one file of each kind by one of every other."""
    files = files_of(carried.folder)
    kinds = [
        "index.html",
        TIMESTAMP,
        "metadata/1.root.json",
        "metadata/1.snapshot.json",
        carried.thief.path("testing"),
        carried.manifest("1.1"),
        carried.blob("wheels/alpha-1.0-py3-none-any.whl"),
    ]
    pairs = {(one, other) for one in kinds for other in kinds}
    for number, place in enumerate(files):
        pairs |= {(place, kinds[(number + step) % len(kinds)]) for step in (0, 3)}
    for place, kind in sorted(pairs):
        if files[kind] != files[place]:
            carried.replace(place, files[kind])
            with pytest.raises(Refused) as told:
                carried.facility.verify(carried.where)
            assert place in str(told.value), (place, kind)
            carried.replace(place, files[place])


def test_all_doubts_are_told(carried: Scene) -> None:
    for place in ("index.html", carried.blob("tests/ring.py")):
        carried.replace(place, b"x")
    (carried.folder / "extra").write_bytes(b"")
    told = carried.facility.refuses(carried.where, Reason.CHANGED, "index.html")
    assert "extra" in str(told)
    assert carried.blob("tests/ring.py") in str(told)
