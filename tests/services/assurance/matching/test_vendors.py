"""The projects' own lists: nothing they call fixed is found, and we read them as they are."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.services.assurance.matching.osv_reference import openssl
from tests.services.assurance.matching.stores import NOW

from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.store import records_for
from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.identity.table import load_identity
from peso.services.assurance.matching.evaluate import evaluate
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.subjects import Asked, Subject

ALL = ("openssl-cve5.zip", "hdf5-cve-list.yml", "oss-fuzz-osv.zip")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the projects' lists, and of others that speak of the same."""
    folder = Path(__file__).parents[5] / "shared" / "data" / "advisories"
    if not folder.is_dir():
        pytest.skip(f"the real advisories are not at {folder}")
    made = tmp_path_factory.mktemp("vendors")
    for name in ALL:
        import_advisories(folder / name, made, name=name.partition(".")[0], now=NOW)
    return made


def scanned(store: Path, name: str, versions: set[str]) -> Scan:
    """Scan versions of one product of the identity table."""
    entry = load_identity().of(name)
    subjects = [
        Subject(
            purl=f"pkg:generic/{name}@{version}",
            name=f"{name}@{version}",
            asked=tuple(Asked(key=key, version=version) for key in entry.keys),  # type: ignore[union-attr]
        )
        for version in sorted(versions)
    ]
    return match(subjects, store, about="0" * 64, now=NOW)


def openssl_lines(archive: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each line of versions that the project says is affected, with the CVE."""
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            record = json.loads(opened.read(name)) if name.endswith(".json") else {}
            for entry in record.get("containers", {}).get("cna", {}).get("affected", ()):
                for line in entry.get("versions", ()):
                    if line["status"] == "affected" and "lessThan" in line:
                        yield record["cveMetadata"]["cveId"], line


def hdf5_fixes(path: Path) -> Iterator[tuple[str, str]]:
    for section in yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader):  # noqa: S506
        for issue in section["issues"]:
            for release in issue.get("fix_releases") or ():
                if re.fullmatch(r"[0-9.-]+", release):
                    yield issue["id"], release


def found(seen: Scan) -> set[tuple[str, str]]:
    return {
        (id_, one.subject.rpartition("@")[2])
        for one in seen.findings
        for id_ in (one.rule, *one.aliases)
    }


@pytest.mark.shared_data
def test_no_version_that_openssl_calls_fixed_has_the_finding(
    store: Path, shared_data: Path
) -> None:
    lines = list(openssl_lines(shared_data / "advisories" / "openssl-cve5.zip"))
    fixed = {(cve, line["lessThan"]) for cve, line in lines}
    seen = scanned(store, "openssl", {version for _, version in fixed if version[0].isdigit()})
    assert len(fixed) > 500
    assert found(seen) & fixed == set()
    assert len(found(seen)) > 1000


@pytest.mark.shared_data
def test_no_version_that_the_hdf_group_calls_fixed_has_the_finding(
    store: Path, shared_data: Path
) -> None:
    fixed = set(hdf5_fixes(shared_data / "advisories" / "hdf5-cve-list.yml"))
    seen = scanned(store, "hdf5", {version for _, version in fixed})
    assert len(fixed) > 100
    assert found(seen) & fixed == set()
    assert len(found(seen)) > 100


@pytest.mark.shared_data
def test_openssl_s_lines_are_read_as_a_plain_reading_of_them(
    store: Path, shared_data: Path
) -> None:
    """CVEs with every bound of every CVE: the lines are compared by another library."""
    said: dict[str, list[dict[str, Any]]] = {}
    for cve, line in openssl_lines(shared_data / "advisories" / "openssl-cve5.zip"):
        said.setdefault(cve, []).append(line)
    plain = re.compile(r"\d+\.\d+\.\d+[a-z]{0,2}")
    usable = {
        cve: lines
        for cve, lines in said.items()
        if all(plain.fullmatch(one[end]) for one in lines for end in ("version", "lessThan"))
    }
    bounds = {
        one[end] for lines in usable.values() for one in lines for end in ("version", "lessThan")
    }
    key = SubjectKey("VENDOR", "openssl", "openssl")
    records = {
        one.id: one for _, one in records_for(store, [(key.space, key.name)])["VENDOR", "openssl"]
    }
    apart, cases = [], 0
    for cve, lines in list(usable.items())[::10]:
        for version in sorted(bounds):
            hit = any(
                openssl(one["version"], version) <= 0 < openssl(one["lessThan"], version)
                for one in lines
            )
            ours = evaluate(records[cve].of(("VENDOR", "openssl")), version, "openssl").answer
            cases += 1
            if ours != ("affected" if hit else "not affected"):
                apart.append((cve, version, ours))
    assert cases > 2000
    assert apart == []
