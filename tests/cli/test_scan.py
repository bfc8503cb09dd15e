"""`peso scan` as a whole process: exit codes, words, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.services.assurance.foreign.made import cyclonedx

import peso
from peso.base.finding import Level, Unknown
from peso.cli.scan_words import scanned_words
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.record import Vulnerability, Witness

POLICY = "schema: peso.policy/1\nname: ours\nrules:\n  findings: {below: high}\n"


def _peso(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "scan", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd / "xdg"), "HOME": str(cwd)},
    )


def _sbom(folder: Path, *names: str) -> None:
    components = (
        {"bom-ref": one, "name": one, "version": "1.0", "purl": f"pkg:pypi/{one}@1.0"}
        for one in names
    )
    bare = {"bom-ref": "bare", "name": "bare", "version": "1"}
    (folder / "sbom.json").write_text(json.dumps(cyclonedx(*components, bare)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record = advisory("PYSEC-1", "heron", vector=V3_CRITICAL, aliases=("CVE-1",))
    peso.import_advisories(folder_of(tmp_path / "records", record), name="ours", folder=tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ours.yaml").write_text(POLICY)
    return tmp_path


def test_findings_and_coverage_are_said_loudly_and_the_answer_is_no(folder: Path) -> None:
    _sbom(folder, "heron", "egret")
    done = _peso("sbom.json", "--gate", "ours", "--in", ".", cwd=folder)
    assert done.returncode == 1
    assert "findings: 1 critical" in done.stdout
    assert "critical  heron@1.0: PYSEC-1 (CVE-1); ecosystem; fixed in 2.0" in done.stdout
    assert "- ours PYSEC-1 by PyPI heron: affected (ecosystem)" in done.stdout
    assert "NOT COVERED: 2 of 3 components" in done.stdout
    assert "1  it has no purl and no CPE" in done.stdout
    assert "gate policy ours: fail: not met: findings" in done.stdout


def test_all_names_every_component_that_nobody_knows(folder: Path) -> None:
    _sbom(folder, "egret")
    done = _peso("sbom.json", "--gate", "ours", "--all", "--in", ".", cwd=folder)
    assert "not covered: egret@1.0: no source has a record of it" in done.stdout
    assert "not covered: bare@1: it has no purl and no CPE" in done.stdout


def test_a_yes_is_0(folder: Path) -> None:
    _sbom(folder, "egret")
    done = _peso("sbom.json", "--gate", "ours", "--in", ".", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "findings: none where a source knows the component" in done.stdout


def test_json_is_one_document(folder: Path) -> None:
    _sbom(folder, "heron")
    done = _peso("sbom.json", "--gate", "ours", "--json", "--in", ".", cwd=folder)
    said = json.loads(done.stdout)
    assert (done.returncode, said["verdict"]["verdict"]["outcome"]) == (1, "fail")
    assert said["scan"]["findings"][0]["witnesses"][0]["key"] == "PyPI heron"


def test_what_is_no_sbom_is_wrong_use(folder: Path) -> None:
    (folder / "sbom.json").write_text("{}")
    done = _peso("sbom.json", "--in", ".", cwd=folder)
    assert done.returncode == 2
    assert "no SBOM that PESO knows" in done.stderr


def test_units_of_one_name_and_version_are_said_once(folder: Path) -> None:
    _sbom(folder, "heron")
    seen = peso.scan(folder / "sbom.json", folder=folder)
    [coverage, *_] = [one for one in seen.scan.coverage if one.name == "heron@1.0"]
    twin = coverage.model_copy(update={"purl": "pkg:pypi/heron@1.0#2"})
    finding = _vulnerability("pkg:pypi/heron@1.0")
    scan = seen.scan.model_copy(
        update={
            "coverage": (coverage, twin),
            "findings": (finding, finding.model_copy(update={"subject": twin.purl})),
        }
    )
    words = scanned_words(seen.model_copy(update={"scan": scan}))
    assert words.count("unknown   heron@1.0 (2 units): OSV-1; git; known to be exploited") == 1
    assert "coverage: every component is known to a source (2)" in words


def _vulnerability(subject: str) -> Vulnerability:
    witness = Witness(
        source="ours",
        record="OSV-1",
        key="GIT example.org/heron",
        version="1.0",
        confidence=Confidence.GIT,
        answer="unknown",
        reason="no tags",
    )
    return Vulnerability(
        rule="OSV-1",
        level=Level.UNKNOWN,
        subject=subject,
        message="said",
        confidence=Confidence.GIT,
        witnesses=(witness,),
        exploited="known",
        published=Unknown(unknown="no date") if subject == "" else datetime(2026, 1, 1, tzinfo=UTC),
    )
