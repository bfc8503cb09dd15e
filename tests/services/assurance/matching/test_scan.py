from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.services.assurance.advisory_files import (
    V3_CRITICAL,
    V3_MEDIUM,
    advisory,
    folder_of,
)
from tests.services.assurance.releases import NOW, Piece, release_of

from peso.base.finding import Level
from peso.base.ledger import Blobs
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import Advisory, Affected, Key
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.evaluate import evaluate
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import scan

PURL = "pkg:pypi/a@1.0"


class Trial:
    """A store that is filled source by source, and scans of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "advisories"
        self.blobs = Blobs(folder / "blobs")

    def add(self, source: str, *records: dict[str, Any]) -> Trial:
        folder = folder_of(self.folder / "sources" / source, *records)
        import_advisories(folder, self.store, name=source, now=NOW)
        return self

    def inventory(self, *pieces: Piece) -> Inventory:
        return release_of(self.blobs, *(pieces or [Piece("a")])).quick_inventory()

    def scan(self, *pieces: Piece) -> Scan:
        return scan(self.inventory(*pieces), self.store, now=NOW)


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path)


def test_a_known_vulnerability_is_found(trial: Trial) -> None:
    record = advisory("PYSEC-1", aliases=("CVE-1",), vector=V3_CRITICAL)
    seen = trial.add("ours", record, advisory("PYSEC-2", "b"), advisory("X-3", fixed="1.0")).scan()
    [finding] = seen.findings
    assert (finding.rule, finding.level, finding.subject) == ("PYSEC-1", Level.CRITICAL, PURL)
    assert finding.aliases == ("CVE-1",)
    assert finding.message == "What PYSEC-1 is about; said by PYSEC-1 (ours)"
    assert finding.hint == "fixed in 2.0"
    assert seen.inventory == trial.inventory().cyclonedx.sha256
    assert [source.name for source in seen.sources] == ["ours"]


def test_no_source_covers_nothing(trial: Trial) -> None:
    seen = trial.scan()
    assert (seen.sources, seen.findings) == ((), ())
    assert [(one.purl, one.sources) for one in seen.coverage] == [(PURL, ())]


def test_a_component_that_no_source_speaks_of_is_not_covered(trial: Trial) -> None:
    trial.add("one", advisory("X-1", fixed="0.1")).add("two", advisory("Y-1", fixed="0.1"))
    seen = trial.scan(Piece("a"), Piece("never-heard-of"))
    assert {one.purl: one.sources for one in seen.coverage} == {
        PURL: ("one", "two"),
        "pkg:pypi/never-heard-of@1.0": (),
    }
    assert seen.findings == ()


def test_aliases_are_one_finding_with_several_witnesses(trial: Trial) -> None:
    trial.add("pypa", advisory("PYSEC-1", aliases=("CVE-1",), vector=V3_MEDIUM))
    trial.add(
        "github",
        advisory("GHSA-1", aliases=("CVE-1",), vector=V3_CRITICAL),
        advisory("GHSA-2", aliases=("GHSA-1",)),
        advisory("GHSA-3", aliases=("CVE-3",)),
    )
    first, second = trial.scan().findings
    assert (first.rule, second.rule) == ("GHSA-3", "PYSEC-1")
    assert second.level is Level.CRITICAL
    assert second.aliases == ("CVE-1", "GHSA-1", "GHSA-2")
    for witness in ("GHSA-1 (github)", "GHSA-2 (github)", "PYSEC-1 (pypa)"):
        assert witness in second.message


def test_the_same_record_in_two_sources_is_one_finding(trial: Trial) -> None:
    [finding] = trial.add("one", advisory("X-1")).add("two", advisory("X-1")).scan().findings
    assert "X-1 (one), X-1 (two)" in finding.message


def test_witnesses_that_differ_are_shown_and_the_worst_counts(trial: Trial) -> None:
    trial.add("one", advisory("X-1", fixed="0.5", aliases=("CVE-1",)))
    trial.add("two", advisory("Y-1", aliases=("CVE-1",), vector=V3_MEDIUM))
    [finding] = trial.scan().findings
    assert (finding.rule, finding.level) == ("Y-1", Level.MEDIUM)
    assert "X-1 (one) says that 1.0 is not affected" in finding.message


def test_what_cannot_be_decided_is_a_finding_of_unknown_level(trial: Trial) -> None:
    [finding] = trial.add("s", advisory("X-1", fixed="1.x", vector=V3_MEDIUM)).scan().findings
    assert finding.level is Level.UNKNOWN
    assert "X-1 (s) cannot be decided for 1.0: '1.x' is not a PEP 440 version" in finding.message


def test_a_component_without_an_order_of_versions_is_unknown(trial: Trial) -> None:
    [finding] = trial.add("s", advisory("X-1")).scan(Piece("a", version="final")).findings
    assert finding.level is Level.UNKNOWN


def test_an_unrated_finding_is_of_unknown_level_and_a_word_rates_with_a_note(trial: Trial) -> None:
    word = {"severity": "MODERATE"}
    trial.add("s", advisory("X-1"), advisory("X-2", database_specific=word))
    unrated, rated = trial.scan().findings
    assert (unrated.level, rated.level) == (Level.UNKNOWN, Level.MEDIUM)
    assert rated.message.endswith("rated by the database's own word")


def test_a_rating_of_the_product_stands_before_the_records(trial: Trial) -> None:
    record = advisory("X-1", vector=V3_CRITICAL)
    record["affected"][0]["severity"] = [{"type": "CVSS_V3", "score": V3_MEDIUM}]
    assert trial.add("s", record).scan().findings[0].level is Level.MEDIUM


def test_withdrawn_records_are_skipped_and_cover_nothing(trial: Trial) -> None:
    seen = trial.add("s", advisory("X-1", withdrawn="2026-01-01T00:00:00Z")).scan()
    assert (seen.findings, seen.coverage[0].sources) == ((), ())


def test_names_are_compared_as_pypi_does(trial: Trial) -> None:
    trial.add("s", advisory("X-1", "Some.Product_x"))
    assert len(trial.scan(Piece("some-product-x")).findings) == 1


def test_other_ecosystems_are_not_covered(trial: Trial) -> None:
    seen = trial.add("s", advisory("X-1"))
    inventory = trial.inventory()
    other = inventory.components[0].model_copy(update={"purl": "pkg:generic/a@1.0"})
    made = scan(inventory.model_copy(update={"components": (other,)}), seen.store, now=NOW)
    assert (made.findings, made.coverage[0].sources) == ((), ())


def test_the_same_scan_twice_is_the_same_record(trial: Trial) -> None:
    trial.add("s", *(advisory(f"X-{n}", aliases=(f"CVE-{n % 3}",)) for n in range(9)))
    assert trial.scan() == trial.scan()
    assert Scan.parse(trial.scan().canonical()) == trial.scan()


# The real thing: the Python advisories of 2024.


@pytest.fixture(scope="module")
def pypa(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    archive = Path(__file__).parents[5] / "shared" / "data" / "advisories" / "pypa-osv.zip"
    if not archive.is_file():
        pytest.skip(f"the real advisories are not at {archive}")
    made = Trial(tmp_path_factory.mktemp("pypa"))
    source = import_advisories(archive, made.store, name="pypa", now=NOW)
    assert (source.records, source.findings) == (2661, ())
    assert source.newest is not None
    assert f"{source.newest:%Y-%m-%d}" == "2024-10-10"
    return made


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("requests", "2.19.1", {"PYSEC-2018-28", "CVE-2018-18074"}),
        ("requests", "2.30.0", {"PYSEC-2023-74"}),
        ("urllib3", "1.24.1", {"PYSEC-2019-132", "PYSEC-2019-133"}),
        ("urllib3", "1.26.17", {"PYSEC-2023-212"}),
        ("numpy", "1.13.1", {"CVE-2017-12852", "CVE-2019-6446"}),
        ("numpy", "2.4.6", set()),
    ],
)
def test_known_facts(pypa: Trial, name: str, version: str, known: set[str]) -> None:
    seen = pypa.scan(Piece(name, version=version))
    ids = {id_ for one in seen.findings for id_ in (one.rule, *one.aliases)}
    assert known <= ids
    assert bool(ids) is bool(known)
    assert seen.coverage[0].sources == ("pypa",)


@pytest.mark.shared_data
def test_five_hundred_components_are_scanned_well_under_a_second(pypa: Trial) -> None:
    pieces = [Piece(name, version="1.0") for name in ("django", "numpy", "pillow", "tensorflow")]
    pieces += [Piece(f"other-{number}") for number in range(496)]
    inventory = pypa.inventory(*pieces)
    began = time.perf_counter()
    scan(inventory, pypa.store, now=NOW)
    assert time.perf_counter() - began < 1.0


@pytest.mark.shared_data
@pytest.mark.usefixtures("pypa")
def test_ranges_agree_with_the_lists_that_the_records_carry() -> None:
    """An independent check: most records also list what their ranges mean, made by other tools.

    Lists leave out pre-releases and what came after them; where a version is listed that a range
    does not have, the record contradicts itself (9 of 139,478 in all; 2 records in this sample).
    """
    archive = Path(__file__).parents[5] / "shared" / "data" / "advisories" / "pypa-osv.zip"
    contradictions, beyond, agreed = set(), 0, 0
    for record, entry, version, listed in _sample(archive):
        answer = evaluate([replace(entry, versions=())], version).answer
        if answer == "not affected" and listed:
            contradictions.add(record.id)
        elif answer == "affected" and not listed:
            beyond += 1
        else:
            agreed += answer != "unknown"
    assert contradictions <= {"PYSEC-2023-177", "PYSEC-2021-114", "PYSEC-2023-61"}
    assert agreed > 20_000
    assert beyond < agreed // 50


def _sample(archive: Path) -> list[tuple[Advisory, Affected, str, bool]]:
    """Return (record, entry, version, whether it is listed), evenly over a product's versions."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.endswith(".yaml")]
        records = [read_advisory(name, opened.read(name)) for name in names]
    usable: list[tuple[Advisory, Key, Affected]] = []
    for record in records:
        entries = [(key, one) for one in record.affected for key in one.keys if key[0] == "PyPI"]
        if record.withdrawn is None and len(entries) == 1:
            usable.append((record, *entries[0]))
    known: dict[Key, set[str]] = {}
    for _, key, entry in usable:
        known.setdefault(key, set()).update(entry.versions)
    sample = []
    for record, key, entry in usable:
        if entry.versions and any(one.type != "GIT" for one in entry.ranges):
            versions = sorted(known[key])
            step = max(1, len(versions) // 12)
            sample += [(record, entry, one, one in entry.versions) for one in versions[::step]]
    return sample
