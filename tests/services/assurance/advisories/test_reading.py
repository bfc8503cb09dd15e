from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.services.assurance.advisory_files import advisory, folder_of

from peso.services.assurance.advisories.formats import Format, named
from peso.services.assurance.advisories.places import files_in
from peso.services.assurance.advisories.reading import Gave, format_of, read_all
from peso.services.assurance.advisories.record import Read


def read(folder: Path, form: str = "osv") -> list[Gave]:
    found = named(form)
    assert found is not None
    return list(read_all(files_in(folder), found))


def test_the_format_is_told_without_links_and_what_nobody_knows(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ours", advisory("X-1"))
    for number in range(3):
        (folder / f"a{number}.json").write_text('{"package": "of npm"}')
    (folder / "link.json").symlink_to("/dev/zero")
    assert format_of(files_in(folder)) is named("osv")
    assert format_of(()) is None


def test_many_files_are_read_in_order_by_all_cores(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ours", *(advisory(f"X-{n:03}") for n in range(250)))
    (folder / "X-100.json").write_bytes(b"\x00")
    gave = read(folder)
    assert [row.id for one in gave for row in one.rows] == [
        f"X-{n:03}" for n in range(250) if n != 100
    ]
    assert [one.findings[0].subject for one in gave if one.findings] == ["X-100.json"]


def test_a_record_without_a_product_is_a_finding_and_kept(tmp_path: Path) -> None:
    gone = advisory("X-2", affected=[], withdrawn="2026-01-01T00:00:00Z")
    [first, second] = read(folder_of(tmp_path, advisory("X-1", affected=[]), gone))
    assert [one.rule for one in first.findings] == ["advisory-without-product"]
    assert len(first.rows) == 1
    assert (second.findings, second.rows[0].withdrawn) == ((), True)


def test_a_range_without_a_version_is_a_finding(tmp_path: Path) -> None:
    wrong = advisory("X-1")
    wrong["affected"][0]["ranges"][0]["events"] = [{"introduced": "3.1.1"}, {"fixed": "3.1.1"}]
    [gave] = read(folder_of(tmp_path, wrong))
    assert [(one.rule, one.message) for one in gave.findings] == [
        ("advisory-empty-range", "X-1 has a range without a version: from 3.1.1 to before 3.1.1")
    ]
    assert len(gave.rows) == 1


def test_a_file_that_ends_its_reader_takes_no_other_with_it(tmp_path: Path) -> None:
    def read_or_die(name: str, data: bytes) -> Read:
        if name == "050.json":
            os.kill(os.getpid(), signal.SIGKILL)
        assert data
        return Read(records=())

    mine = named("osv")
    assert mine is not None
    deadly = Format(
        name="x", title="", suffixes=mine.suffixes, known_by=mine.known_by, read=read_or_die
    )
    for number in range(205):
        (tmp_path / f"{number:03}.json").write_text(json.dumps(number))
    parent = os.getpid()
    gave = list(read_all(files_in(tmp_path), deadly)) if os.cpu_count() != 1 else []
    assert os.getpid() == parent
    assert [(n, one.findings[0].subject) for n, one in enumerate(gave) if one.findings] == (
        [(50, "050.json")] if gave else []
    )
