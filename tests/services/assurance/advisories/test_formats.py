from __future__ import annotations

import pytest

from peso.services.assurance.advisories.formats import FORMATS, most, named, told

OSV_JSON = b'{\n  "schema_version": "1.5.0",\n  "id": "X-1", "modified": "2024-01-01T00:00:00Z"}'


@pytest.mark.parametrize(
    ("suffix", "head", "name"),
    [
        (".json", OSV_JSON, "osv"),
        (".yaml", b"id: X-1\nmodified: 2024\n", "osv"),
        (".yml", b"aliases: []\nid: X-1\n", "osv"),
        (".yaml", b"id: PESO-2026-1\naffected:\n- package: {ecosystem: PESO, name: a}\n", "peso"),
        (".yaml", b"id: PESO-2026-1\naffected:\n- package:\n    ecosystem: 'PESO'\n", "peso"),
        (".json", b'{"id": "PESO-1", "affected": [{"package": {"ecosystem":"PESO"}}]}', "peso"),
        (".json", b'{"catalogVersion": "2025", "vulnerabilities": [', "kev"),
        (".json", b'{"resultsPerPage": 1, "format": "NVD_CVE", "vulnerabilities": [', "nvd"),
        (".json", b'{"_annotation": {"cve_id": "CVE-1"}, "cve": {}}', "nvd"),
        (".json", b'{"id": "CVE-1", "vulnStatus": "Analyzed"', "nvd"),
        (".json", b'{"dataType": "CVE_RECORD", "cveMetadata": {', "cve5"),
        (".json", b'[\n{ "schema_version": "1.5.0", "id": "CURL-CVE-2024-1",', "curl"),
        (".pm", b"# a table\n@vuln = (\n", "curl"),
        (".yml", b"---\n- title: x\n  issues:\n    - id: CVE-1\n      fix_releases:\n", "hdf"),
        (".json", b'{"identity": 3}', None),
        (".json", b"", None),
        (".txt", OSV_JSON, None),
        (".pm", OSV_JSON, None),
    ],
)
def test_a_format_is_told_by_what_only_it_has(suffix: str, head: bytes, name: str | None) -> None:
    found = told(suffix, head)
    assert (found.name if found else None) == name


def test_a_source_is_taken_for_what_most_of_its_files_are() -> None:
    osv, kev = named("osv"), named("kev")
    assert most([None, osv, kev, osv, None]) is osv
    assert most([None]) is most([]) is None


def test_each_format_is_found_by_its_name() -> None:
    assert [named(one.name) for one in FORMATS] == list(FORMATS)
    assert named("cobol") is None
