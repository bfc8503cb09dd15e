"""What runners pushed: copied as it was proven, accounts after what they name, and put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portal.made import Sizes, write_ledger

from peso.base.ledger import Ledger
from peso.portal.copies import CopiedItem
from peso.portal.ingest.pushed import FOLDER, held, ledger_of, ledgers, put_back

SIZES = Sizes(results=40, releases=2, platforms=1, products=4, units=8)
PLATFORM = "platform-00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_ledger(ledger_of(tmp_path / "one", PLATFORM), SIZES)
    return tmp_path / "one"


def test_it_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    before = dict(held(folder))
    assert {one.item.kind for one in before} == {"blob", "plan", "build", "test", "delivery"}
    other = tmp_path / "other"
    for _ in range(2):
        for one, data in before.items():
            put_back(other, one, data)
    assert dict(held(other)) == before
    assert ledgers(other) == [ledger_of(other, PLATFORM)]
    ledger = Ledger(ledger_of(other, PLATFORM))
    assert all(ledger.read("delivery", one.key) for one in ledger.list("delivery"))


def test_an_account_comes_after_all_it_names(folder: Path) -> None:
    kinds = [one.item.kind for one, _ in held(folder)]
    assert kinds == sorted(kinds, key=lambda kind: {"blob": 0, "delivery": 2}.get(kind, 1))


def test_an_account_that_comes_meanwhile_is_left_for_the_next_copy(folder: Path) -> None:
    late = Sizes(results=60, releases=3, platforms=1, products=4, units=8)
    seen: list[CopiedItem] = []
    for one, _ in held(folder):
        if not seen:
            write_ledger(ledger_of(folder, PLATFORM), late)
        seen.append(one)
    accounts = sum(one.item.kind == "delivery" for one in seen)
    assert accounts == SIZES.releases
    assert sum(one.item.kind == "delivery" for one, _ in held(folder)) == late.releases


def test_what_is_damaged_is_left_out_and_told(folder: Path) -> None:
    ledger = Ledger(ledger_of(folder, PLATFORM))
    whole = len([*held(folder)])
    log = next(iter((ledger.blobs.root / "sha256").glob("*/*")))
    log.write_bytes(b"another")
    record = next(iter((ledger.root / "test").glob("*.json")))
    record.write_bytes(record.read_bytes()[:-2])
    told: list[str] = []
    copied = [*held(folder, damaged=told.append)]
    assert sorted(told) == sorted([f"blob/{log.name}", f"test/{record.stem}"])
    assert len(copied) == whole - 2


def test_nothing_but_ledgers_is_copied(folder: Path) -> None:
    before = [*held(folder)]
    for name in (".lock", "notes", "0" * 31, f"{'0' * 32}x"):
        (folder / FOLDER / name / "delivery").mkdir(parents=True)
        (folder / FOLDER / name / "delivery" / "x.json").write_text("{}")
    (ledger_of(folder, PLATFORM) / ".incoming").mkdir(exist_ok=True)
    (ledger_of(folder, PLATFORM) / ".incoming" / "x").write_text("unfinished")
    assert [*held(folder)] == before
