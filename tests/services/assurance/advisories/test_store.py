from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.services.assurance.releases import NOW

from peso.errors import Outside
from peso.services.assurance.advisories.record import Advisory, Affected, Exploited
from peso.services.assurance.advisories.source import ShownSource, Source
from peso.services.assurance.advisories.store import (
    FILE,
    known_exploited,
    records_for,
    replacing,
    row_of,
    sources,
)

A, B = ("PyPI", "a"), ("CPE", "b:b")
THEN = datetime(2024, 1, 1, tzinfo=UTC)


def record(id_: str, *keys: tuple[str, str], modified: datetime | None = THEN) -> Advisory:
    return Advisory(id=id_, modified=modified, affected=(Affected(keys=keys or (A,)),))


def source(name: str, **more: object) -> Source:
    plain = {"name": name, "records": 1, "newest": None, "imported": NOW, "sha256": "0" * 64}
    return Source.model_validate({**plain, **more})


def put(
    store: Path, name: str, *records: Advisory, at_last: Callable[[], object] = lambda: None
) -> None:
    with replacing(store, name) as writing:
        for one in records:
            writing.add(row_of(one))
        writing.finish(source(name))
        at_last()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "advisories"


@pytest.fixture
def filled(store: Path) -> Path:
    many = (record(f"M-{number}", ("npm", f"product-{number}")) for number in range(300))
    put(store, "one", record("X-1", A, B), *many)
    put(store, "two", record("X-1", A, B), record("Y-1"))
    return store


def test_records_are_found_by_each_of_their_keys_in_order(filled: Path) -> None:
    first = ("one", record("X-1", A, B))
    second = ("two", record("X-1", A, B))
    assert records_for(filled, [A, B, ("PyPI", "nobody"), A]) == {
        A: (first, second, ("two", record("Y-1"))),
        B: (first, second),
        ("PyPI", "nobody"): (),
    }


def test_a_record_of_two_sources_is_kept_once_and_until_both_are_gone(filled: Path) -> None:
    def kept() -> int:
        with sqlite3.connect(filled / FILE) as database:
            [count] = database.execute(
                "SELECT count(*) FROM record WHERE CAST(body AS TEXT) LIKE '%X-1%'"
            )
        return int(count[0])

    assert kept() == 1
    put(filled, "one", record("Z-1"))
    assert kept() == 1
    put(filled, "two", record("Z-1"))
    assert kept() == 0


def test_a_record_is_named_by_the_digest_of_its_canonical_form() -> None:
    row = row_of(record("X-1"))
    assert row.digest == hashlib.sha256(row.body).digest()
    assert row == row_of(record("X-1"))
    assert row.body.startswith(b'{"affected":[{"keys":[["PyPI","a"]]')


def test_of_two_records_with_one_id_the_one_changed_last_counts(store: Path) -> None:
    later = record("X-1", B, modified=NOW)
    with replacing(store, "s") as writing:
        said = [writing.add(row_of(one)) for one in (record("X-1"), later, record("X-1"))]
        assert [row.keys for row in writing.rows()] == [(B,)]
        writing.finish(source("s"))
    assert said == [True, False, False]
    assert records_for(store, [A, B]) == {A: (), B: (("s", later),)}


def test_a_fault_while_writing_leaves_the_store_as_it_was(filled: Path) -> None:
    before = (filled / FILE).read_bytes()
    with pytest.raises(ZeroDivisionError):
        put(filled, "one", record("Z-1"), at_last=lambda: 1 // 0)
    assert (filled / FILE).read_bytes() == before
    assert [path.name for path in filled.iterdir()] == [FILE]


def test_a_truncated_store_is_refused_wherever_it_was_cut(filled: Path) -> None:
    whole = (filled / FILE).read_bytes()
    for length in [*range(0, len(whole), 997), len(whole) - 1]:
        (filled / FILE).write_bytes(whole[:length])
        with pytest.raises(Outside) as error:
            records_for(filled, [A])
        assert error.value.where == str(filled / FILE)
        assert "import the sources again" in str(error.value.hint)
        with pytest.raises(Outside):
            put(filled, "three", record("Z-1"))
        assert (filled / FILE).read_bytes() == whole[:length]


def test_a_changed_record_is_refused(filled: Path) -> None:
    whole = (filled / FILE).read_bytes()
    (filled / FILE).write_bytes(whole.replace(b'"id":"Y-1"', b'"id":"Y-7"'))
    with pytest.raises(Outside, match="not what its digest says"):
        records_for(filled, [A])


def test_another_programs_file_is_no_store(store: Path) -> None:
    store.mkdir()
    with sqlite3.connect(store / FILE) as other:
        other.execute("CREATE TABLE source (number INTEGER, name TEXT, body TEXT)")
    for ask in (lambda: sources(store), lambda: put(store, "s", record("X-1"))):
        with pytest.raises(Outside, match="not a store of PESO's advisories"):
            ask()
    (store / FILE).unlink()
    (store / FILE).symlink_to(store / "nowhere")
    with pytest.raises(Outside):
        sources(store)


@pytest.mark.parametrize(("version", "age"), [(1, "an older"), (3, "a newer")])
def test_a_store_of_another_version_is_refused(filled: Path, version: int, age: str) -> None:
    with sqlite3.connect(filled / FILE) as database:
        database.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(Outside, match=f"{age} version of PESO"):
        sources(filled)


def test_a_table_that_is_missing_is_no_empty_store(filled: Path) -> None:
    with sqlite3.connect(filled / FILE) as database:
        database.execute("DROP TABLE subject")
    with pytest.raises(Outside, match="no such table"):
        records_for(filled, [A])


def test_what_is_known_to_be_exploited_is_asked_by_id(store: Path) -> None:
    mark = Exploited(added=date(2026, 1, 2), ransomware=True)
    entry = Advisory(id="CVE-1", affected=(Affected(keys=(("KEV", "CVE-1"),)),), exploited=mark)
    put(store, "kev", entry, record("CVE-2", ("KEV", "CVE-2")))
    assert known_exploited(store, ["CVE-1", "CVE-2", "CVE-3"]) == {"CVE-1": mark}


def test_a_source_that_an_older_ledger_holds_is_still_read() -> None:
    older = {"name": "s", "records": 1, "newest": None, "imported": NOW, "sha256": "0" * 64}
    assert Source.model_validate(older).format == "osv"


def test_the_age_of_a_source_is_from_its_newest_record() -> None:
    assert ShownSource.of(source("s", newest=THEN), THEN.replace(day=31)).age_days == 30
    assert ShownSource.of(source("s"), NOW).age_days is None
