from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.services.assurance.advisories.own_records import GOOD, spoilt

from peso.errors import BadInput
from peso.services.assurance.advisories.checking import OwnChecked, check_own

TODAY = date(2026, 11, 26)


def check(*paths: Path) -> OwnChecked:
    return check_own(paths, today=TODAY, knows=None)


def write(folder: Path, record: object, name: str = "PESO-2026-1.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(record))
    return path


def test_good_records_have_nothing_wrong(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, {**GOOD, "id": "PESO-2026-2"}, "PESO-2026-2.yaml")
    report = check(tmp_path)
    assert report.ok
    assert (report.files, report.names, report.findings) == (2, False, ())


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path / "a", GOOD)
    twice = write(tmp_path / "b", GOOD)
    write(tmp_path / "b", spoilt("references"), "PESO-2026-9.json")
    broken = tmp_path / "b" / "PESO-2026-3.yaml"
    broken.write_text("id: [")
    link = tmp_path / "b" / "PESO-2026-4.yaml"
    link.symlink_to(broken)
    report = check(tmp_path / "a", tmp_path / "b")
    assert not report.ok
    assert report.files == 5
    found = [(one.rule, Path(one.subject).name) for one in report.findings]
    assert found == [
        ("advisory-twice", twice.name),
        ("advisory-unreadable", broken.name),
        ("advisory-unreadable", link.name),
        ("advisory-own", "PESO-2026-9.json"),
        ("advisory-own", "PESO-2026-9.json"),
        ("advisory-twice", "PESO-2026-9.json"),
    ]
    assert all(str(tmp_path) in one.subject for one in report.findings)


def test_a_single_file_is_checked_and_named_once(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert check(path, tmp_path).ok


def test_nothing_to_check_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        check(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="no record to check"):
        check(tmp_path)
