"""What people get wrong in a table: each fault with its place, and what to do."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from tests.services.assurance.identity.made import SAID, table

from peso.services.assurance.identity.entry import FIELDS, Entry
from peso.services.assurance.identity.table import load_identity, table_files, table_folder
from peso.services.assurance.identity.written import (
    WrittenEntry,
    identity_schema,
    places,
    read_written,
)

TABLES = Path(__file__).parent / "tables"
FAULTS = {
    "cpe-in-capitals": "birds.yaml:5:11: it is not vendor:product of a CPE",
    "cpe-with-version": "birds.yaml:5:11: it is not vendor:product of a CPE",
    "evidence-missing": "birds.yaml:4:5: it has no evidence",
    "evidence-not-public": "birds.yaml:6:16: it is no public address",
    "field-given-and-missing": "birds.yaml:4:5: cpe is given, and said to be missing",
    "field-unsaid": "birds.yaml:4:5: nothing is said of cpe",
    "key-misspelt": "birds.yaml:6:5: unknown key 'vender'",
    "name-in-two-files": "b.yaml:3:3: heron is there twice",
    "name-no-name": "birds.yaml:3:3: 'Heron Bird' is no name",
    "name-out-of-order": "birds.yaml:9:3: heron comes before stork",
    "never-no-key": "it is no key: a space, then a name",
    "none-and-unknown": "birds.yaml:4:5: cpe is both none and unknown",
    "purl-of-no-ecosystem": "birds.yaml:6:13: it is a package URL that no advisory",
    "reason-too-short": "birds.yaml:5:20: entries.heron.unknown.cpe",
    "reviewed-no-day": "birds.yaml:7:15: it is no day",
    "reviewer-missing": "by",
    "scheme-unknown": "birds.yaml:6:13: there is no version scheme 'roman'",
    "tags-no-pattern": "birds.yaml:6:12: the tag pattern 'v{verison}' cannot be used",
    "upstream-no-repository": "birds.yaml:4:15: it is no address of a repository",
    "upstream-no-address": "birds.yaml:4:15: it is no address of a repository",
}


def test_every_faulty_table_is_tested() -> None:
    assert {one.name for one in TABLES.iterdir()} == set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place(name: str) -> None:
    _, faults = read_written(TABLES / name)

    assert len(faults) == 1
    assert FAULTS[name] in str(faults[0])


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    table(tmp_path, {"heron": {**SAID, "scheme": "roman", "tags": ["latest"]}}, "a.yaml")
    table(tmp_path, {"stork": {**SAID, "by": ""}}, "b.yaml")

    _, faults = read_written(tmp_path)

    assert [Path(one.where.split(":")[0]).name for one in faults] == ["a.yaml", "a.yaml", "b.yaml"]


def test_a_table_without_fault(tmp_path: Path) -> None:
    folder = table(tmp_path, {"heron": SAID, "stork": SAID})

    positions, faults = read_written(folder)
    where = places(positions)

    assert faults == ()
    assert where("stork", "").endswith("birds.yaml:11:3")
    assert where("stork", "cpe").endswith("birds.yaml:13:5")
    assert where("ibis", "cpe") == "ibis"


def test_the_tables_of_peso_are_without_fault_and_meet_their_schema() -> None:
    _, faults = read_written(table_folder())
    check = jsonschema_rs.validator_for(identity_schema())

    assert faults == ()
    for path in table_files(table_folder()):
        data = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
        assert [str(error) for error in check.iter_errors(data)] == []


def test_both_readers_read_the_same() -> None:
    fast = {one.name: one for one in load_identity()}
    for path in table_files(table_folder()):
        data = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
        for name, said in data["entries"].items():
            strict = WrittenEntry.model_validate(said)
            entry = fast.pop(name)
            assert _told(entry) == _written(strict)
    assert fast == {}


def _told(entry: Entry) -> dict[str, object]:
    gaps: dict[str, dict[str, str]] = {"none": {}, "unknown": {}}
    for gap in entry.gaps:
        gaps[gap.kind][gap.field] = gap.reason
    osv: dict[str, tuple[str, ...]] = {}
    for pair in entry.osv:
        osv[pair.name] = (*osv.get(pair.name, ()), pair.value)
    return {
        **{one: getattr(entry, one) for one in FIELDS if one not in {"osv", "pypi"}},
        **{one: getattr(entry, one) for one in ("also", "scheme", "evidence", "reviewed", "by")},
        "note": entry.note,
        "purls": entry.more_purls,
        "osv": osv,
        "shared": {one.name: one.value for one in entry.shared},
        "never": {one.name: one.value for one in entry.never},
        **gaps,
    }


def _written(entry: WrittenEntry) -> dict[str, object]:
    plain = {name: getattr(entry, name) for name in WrittenEntry.model_fields if name != "pypi"}
    return {name: "" if value is None else value for name, value in plain.items()}
