"""The real sources beside the checkout: all of them are imported, and what they say is kept."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from tests.services.assurance.advisories.lines import said
from tests.services.assurance.releases import NOW

from peso.services.assurance.advisories.cve5 import read_cve5
from peso.services.assurance.advisories.hdf import read_hdf
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import known_exploited, records_for, sources

pytestmark = pytest.mark.shared_data
EXPECTED = {
    "bitnami-osv": ("osv", 7444, 177, 224),
    "hdf5-cve-list": ("hdf", 133, 1, 0),
    "kev": ("kev", 1404, 1404, 0),
    "openssl-cve5": ("cve5", 272, 1, 2),
    "oss-fuzz-osv": ("osv", 4021, 709, 5),
    "psf-osv": ("osv", 132, 1, 0),
    "pypa-osv": ("osv", 2661, 950, 0),
}
"""Format, records, products, findings: Bitnami's are ranges that hold no version."""


def test_every_source_is_told_and_imported(tmp_path: Path, shared_data: Path) -> None:
    store = tmp_path / "advisories"
    for path in sorted((shared_data / "advisories").iterdir()):
        import_advisories(path, store, name=None, now=NOW)
    made: dict[str, Source] = {one.name: one for one in sources(store)}
    counts = {
        name: (one.format, one.records, one.products, len(one.findings))
        for name, one in made.items()
    }
    assert {name: counts[name] for name in EXPECTED} == EXPECTED
    assert [one.subject for one in made["openssl-cve5"].findings] == [
        "secjson/CVE-2023-2650.json",
        "secjson/statements.json",
    ]
    keys = [
        ("PyPI", "numpy"),
        ("OSS-Fuzz", "hdf5"),
        ("GIT", "github.com/hdfgroup/hdf5"),
        ("GIT", "github.com/python/cpython"),
        ("Bitnami", "sqlite"),
        ("VENDOR", "openssl"),
        ("VENDOR", "hdf5"),
        ("npm", "numpy"),
    ]
    found = {key: len(several) for key, several in records_for(store, keys).items()}
    assert list(found.values()) == [8, 30, 30, found[keys[3]], found[keys[4]], 272, 133, 0]
    assert found["GIT", "github.com/python/cpython"] >= 132
    assert set(known_exploited(store, ["CVE-2014-0160", "CVE-1"])) == {"CVE-2014-0160"}


def test_no_release_that_the_hdf_group_calls_fixed_is_affected(shared_data: Path) -> None:
    data = (shared_data / "advisories" / "hdf5-cve-list.yml").read_bytes()
    records = {one.id: one for one in read_hdf("list.yml", data).records}
    checked = 0
    for issue in yaml.safe_load(data)[0]["issues"]:
        for text in issue["fix_releases"] or ():
            [release] = re.findall(r"[\d.]+\d", text)
            assert said(records[issue["id"]].affected, release) == "no", issue
            checked += 1
    assert checked > 200


def test_openssls_lines_mean_what_they_say(shared_data: Path) -> None:
    checked, wrong = 0, []
    with zipfile.ZipFile(shared_data / "advisories" / "openssl-cve5.zip") as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if b"cveMetadata" not in data:
                continue
            [record] = read_cve5(name, data).records
            assert record.keys == (("VENDOR", "openssl"),)
            [product] = json.loads(data)["containers"]["cna"]["affected"]
            for line in product["versions"]:
                answers = [said(record.affected, line["version"])]
                answers += [said(record.affected, line[end]) for end in line if "lessThan" in end]
                inclusive = "lessThanOrEqual" in line
                expected = ["yes", "yes" if inclusive else "no"]
                if answers == (expected if line["status"] == "affected" else ["no"]):
                    checked += 1
                else:
                    wrong.append(record.id)
    assert wrong == ["CVE-2023-2650"]  # its first line is from 3.1.1 to before 3.1.1
    assert checked == 687
