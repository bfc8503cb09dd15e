from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.services.assurance.advisory_files import advisory, archive_of, folder_of
from tests.services.assurance.releases import NOW

from peso.errors import BadInput, Outside, Reason, Refused
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import FILE, records_for, sources

KEY = ("PyPI", "a")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "advisories"


def ids(store: Path, name: str = "a") -> list[tuple[str, str]]:
    key = ("PyPI", name)
    return [(source, record.id) for source, record in records_for(store, [key])[key]]


def read_all(store: Path) -> None:
    assert sources(store)
    records_for(store, [KEY])


def test_an_empty_store_has_no_sources(store: Path) -> None:
    assert sources(store) == ()
    assert records_for(store, [KEY]) == {KEY: ()}
    assert not store.exists()


def test_a_folder_is_imported(store: Path, tmp_path: Path) -> None:
    newer = advisory("PYSEC-2", "A_b", modified="2026-11-01T00:00:00Z")
    folder = folder_of(tmp_path / "ours", advisory("PYSEC-1"), newer)
    made = import_advisories(folder, store, name=None, now=NOW)
    assert (made.name, made.records, made.imported) == ("ours", 2, NOW)
    assert made.newest == datetime(2026, 11, 1, tzinfo=UTC)
    assert made.findings == ()
    assert sources(store) == (made,)
    assert ids(store) == [("ours", "PYSEC-1")]
    assert ids(store, "a-b") == [("ours", "PYSEC-2")]


def test_a_folder_of_archives_is_refused_and_each_is_named(store: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "carried", advisory("PYSEC-1"))
    archive_of(folder / "pypa.zip", advisory("PYSEC-2"))
    with pytest.raises(BadInput, match="a source of its own") as no:
        import_advisories(folder, store, name=None, now=NOW)
    assert [one.where for one in no.value.faults] == [str(folder / "pypa.zip")]
    assert "peso advisories import" in (no.value.hint or "")
    assert sources(store) == ()


def test_an_archive_gives_the_same_as_its_folder(store: Path, tmp_path: Path) -> None:
    records = advisory("PYSEC-1"), advisory("PYSEC-2", "b")
    from_folder = import_advisories(folder_of(tmp_path / "x", *records), store, name="x", now=NOW)
    archive = archive_of(tmp_path / "x.zip", *reversed(records))
    assert import_advisories(archive, store, name=None, now=NOW) == from_folder
    assert sorted(path.name for path in store.iterdir()) == [".lock", FILE]


def test_importing_again_replaces_the_source(store: Path, tmp_path: Path) -> None:
    first = import_advisories(folder_of(tmp_path / "1", advisory("X-1")), store, name="s", now=NOW)
    later = NOW + timedelta(days=1)
    second = import_advisories(
        folder_of(tmp_path / "2", advisory("X-2")), store, name="s", now=later
    )
    assert ids(store) == [("s", "X-2")]
    assert sources(store) == (second,)
    assert first.sha256 != second.sha256


def test_the_digest_is_of_the_records_alone(store: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "1", advisory("X-1"))
    first = import_advisories(folder, store, name="one", now=NOW)
    second = import_advisories(folder, store, name="two", now=NOW + timedelta(days=3))
    assert first.sha256 == second.sha256


def test_bad_files_are_findings_with_their_names(store: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mixed", advisory("X-1"), advisory("X-9", affected=[]))
    (folder / "broken.json").write_bytes(b"{")
    (folder / "broken.yaml").write_bytes(b"a: [")
    (folder / "twice.json").write_text(
        json.dumps(advisory("X-1", modified="2026-11-20T00:00:00Z", summary="the newer one"))
    )
    (folder / "link.json").symlink_to(folder / "X-1.json")
    (folder / "README.md").write_text("not looked at")
    (folder / ".hidden.json").write_text("not looked at")
    (folder / ".git").mkdir()
    (folder / ".git" / "config.json").write_text("not looked at")
    made = import_advisories(folder, store, name=None, now=NOW)
    assert made.records == 2
    assert [(one.rule, one.subject) for one in made.findings] == [
        ("advisory-without-product", "X-9.json"),
        ("advisory-unreadable", "broken.json"),
        ("advisory-unreadable", "broken.yaml"),
        ("advisory-unreadable", "link.json"),
        ("advisory-twice", "twice.json"),
    ]
    assert records_for(store, [KEY])[KEY][0][1].summary == "the newer one"
    assert Source.parse(made.canonical()) == made


def test_withdrawn_records_are_counted_and_not_found(store: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "w", advisory("X-1", withdrawn="2026-01-01T00:00:00Z"))
    assert import_advisories(folder, store, name=None, now=NOW).records == 1
    assert ids(store) == []


def test_no_record_at_all_is_bad_input_and_changes_nothing(store: Path, tmp_path: Path) -> None:
    kept = import_advisories(folder_of(tmp_path / "1", advisory("X-1")), store, name="s", now=NOW)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no advisory in it"):
        import_advisories(tmp_path / "empty", store, name="s", now=NOW)
    with pytest.raises(BadInput, match="no such file"):
        import_advisories(tmp_path / "nowhere", store, name="s", now=NOW)
    text = tmp_path / "text.zip"
    text.write_text("no archive")
    with pytest.raises(BadInput):
        import_advisories(text, store, name="s", now=NOW)
    assert sources(store) == (kept,)


@pytest.mark.parametrize("name", ["../out", "a/b", "-x", ".hidden", "x" * 101])
def test_a_name_cannot_leave_the_store(store: Path, tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path / "1", advisory("X-1"))
    with pytest.raises(BadInput, match="cannot name a source"):
        import_advisories(folder, store, name=name, now=NOW)
    assert not store.exists()


def test_an_unsafe_archive_is_refused_and_leaves_nothing(store: Path, tmp_path: Path) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as bad:
        bad.writestr("X-1.json", json.dumps(advisory("X-1")))
        bad.writestr("../escaped.json", "{}")
    with pytest.raises(Refused) as refused:
        import_advisories(archive, store, name=None, now=NOW)
    assert refused.value.reason is Reason.UNSAFE_PATH
    assert sources(store) == ()
    assert [path.name for path in store.iterdir()] == [".lock"]
    assert not (tmp_path / "escaped.json").exists()


def test_a_damaged_index_says_what_to_do(store: Path, tmp_path: Path) -> None:
    import_advisories(folder_of(tmp_path / "1", advisory("X-1")), store, name="s", now=NOW)
    index = store / FILE
    whole = index.read_bytes()
    for damaged in (b"", b"garbage" * 1000, whole[:5000], whole.replace(b"X-1", b"X-7")):
        index.write_bytes(damaged)
        with pytest.raises(Outside) as error:
            read_all(store)
        assert error.value.where == str(index)
        assert "import the sources again" in str(error.value.hint)


def test_the_format_is_told_by_the_content_and_kept(store: Path, tmp_path: Path) -> None:
    made = import_advisories(
        folder_of(tmp_path / "ours", advisory("X-1"), advisory("X-2", "b")),
        store,
        name=None,
        now=NOW,
    )
    assert (made.format, made.products, made.withdrawn) == ("osv", 2, 0)


def test_a_format_that_is_named_is_taken(store: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ours", advisory("X-1"))
    with pytest.raises(BadInput, match=r"no kev record in it .*vulnerabilities"):
        import_advisories(folder, store, name=None, now=NOW, form="kev")
    with pytest.raises(BadInput, match="'cobol' is no format") as error:
        import_advisories(folder, store, name=None, now=NOW, form="cobol")
    assert "osv" in str(error.value.hint)


def test_a_list_without_dates_speaks_as_of_when_a_person_says(store: Path, tmp_path: Path) -> None:
    listed = tmp_path / "hdf5.yml"
    listed.write_text("- issues:\n    - id: CVE-2020-1\n      fix_releases: [1.2.3]\n")
    assert import_advisories(listed, store, name=None, now=NOW).newest is None
    as_of = NOW - timedelta(days=30)
    made = import_advisories(listed, store, name=None, now=NOW, as_of=as_of)
    assert (made.name, made.format, made.newest) == ("hdf5", "hdf", as_of)


def test_a_source_of_many_wrong_files_tells_some_and_counts_the_rest(
    store: Path, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "mixed", advisory("X-1"))
    for number in range(1010):
        (folder / f"y{number:04}.json").write_bytes(b"{")
    found = import_advisories(folder, store, name=None, now=NOW).findings
    assert len(found) == 1001
    assert (found[-1].rule, found[-1].message) == (
        "advisory-unreadable",
        "10 more, which are not listed",
    )


def test_one_source_is_replaced_and_the_others_stay(store: Path, tmp_path: Path) -> None:
    same = advisory("X-1")
    one = import_advisories(folder_of(tmp_path / "1", same), store, name="one", now=NOW)
    import_advisories(folder_of(tmp_path / "2", same), store, name="two", now=NOW)
    assert ids(store) == [("one", "X-1"), ("two", "X-1")]
    made = import_advisories(folder_of(tmp_path / "3", advisory("Y-1")), store, name="two", now=NOW)
    assert ids(store) == [("one", "X-1"), ("two", "Y-1")]
    assert sources(store) == (one, made)


def test_what_an_older_peso_kept_is_refused_until_it_is_imported_again(
    store: Path, tmp_path: Path
) -> None:
    store.mkdir()
    (store / "pypa.sqlite").write_bytes(b"of the first version")
    with pytest.raises(Outside, match=r"pypa\.sqlite are of an older PESO") as error:
        sources(store)
    assert "--name pypa" in str(error.value.hint)
    with pytest.raises(Outside):
        records_for(store, [KEY])
    folder = folder_of(tmp_path / "1", advisory("X-1"))
    import_advisories(folder, store, name="pypa", now=NOW)
    assert ids(store) == [("pypa", "X-1")]
    assert sorted(path.name for path in store.iterdir()) == [".lock", FILE]


def test_files_no_format_knows_are_findings_where_later_ones_are_records(
    store: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "late.zip"
    with zipfile.ZipFile(archive, "w") as late:
        for number in range(2000):
            late.writestr(f"a/{number}.json", "{}")
        late.writestr("z.json", json.dumps(advisory("X-1")))
    made = import_advisories(archive, store, name=None, now=NOW)
    assert (made.records, made.format) == (1, "osv")
    assert made.findings[0].message == "no format of advisories knows it"
    assert made.findings[-1].message == "1000 more, which are not listed"


def test_a_bomb_is_refused_and_leaves_nothing(store: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("X-1.json", json.dumps(advisory("X-1")))
        archive.writestr("X-2.json", b"[" * (9 << 20))
        archive.writestr("X-3.yaml", b"- a\n" * (2 << 20))
    made = import_advisories(bomb, store, name=None, now=NOW)
    assert [(one.subject, one.message) for one in made.findings] == [
        ("X-2.json", "it is longer than 8 MiB"),
        ("X-3.yaml", "it has more than 1500000 values"),
    ]
    assert made.records == 1
