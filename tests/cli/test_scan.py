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
from peso.base.finding import Level
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
    assert "ecosystem, a record for this very package: 1 critical" in done.stdout
    assert "NOT COVERED: 2 of 3 components" in done.stdout
    assert "1  it has no purl and no CPE" in done.stdout
    assert "gate policy ours: fail: not met: findings" in done.stdout


def test_all_names_every_component_that_nobody_knows(folder: Path) -> None:
    _sbom(folder, "egret", "heron")
    done = _peso("sbom.json", "--gate", "ours", "--all", "--in", ".", cwd=folder)
    assert "- ours PYSEC-1 by PyPI heron: affected (ecosystem)" in done.stdout
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


def _told(folder: Path, *findings: Vulnerability, everything: bool = False) -> str:
    """Return what is said of findings in units that are all called `heron@1.0`."""
    _sbom(folder, "heron")
    seen = peso.scan(folder / "sbom.json", folder=folder)
    [coverage, *_] = [one for one in seen.scan.coverage if one.name == "heron@1.0"]
    purls = dict.fromkeys(one.subject for one in findings)
    scan = seen.scan.model_copy(
        update={
            "coverage": tuple(coverage.model_copy(update={"purl": one}) for one in purls),
            "findings": findings,
        }
    )
    return scanned_words(seen.model_copy(update={"scan": scan}), everything=everything)


def test_units_of_one_name_and_version_are_said_once(folder: Path) -> None:
    words = _told(folder, _by_commits(), _by_commits(subject="pkg:pypi/heron@1.0#2"))
    assert words.count("unknown   heron@1.0 (2 units): OSV-1; git; not decided") == 1
    assert "coverage: every component is known to a source (2)" in words


def test_what_is_exploited_and_what_is_sure_come_before_reports_on_commits(folder: Path) -> None:
    grave = [_by_commits(f"OSV-{number}", Level.CRITICAL) for number in range(9)]
    sure = _sure("CVE-7", Level.LOW)
    exploited = _by_commits("OSV-EXPLOITED").model_copy(update={"exploited": "known"})
    lines = _told(folder, *grave, sure, exploited).splitlines()
    start = lines.index("findings: 9 critical, 1 unknown, 1 low")
    assert [line for line in lines[start + 1 : start + 9] if "said" not in line] == [
        "known to be exploited: 1",
        "  unknown   heron@1.0: OSV-EXPLOITED; git; known to be exploited; not decided",
        "vendor exact, the project's own list: 1 low",
        "  low       heron@1.0: CVE-7; vendor exact",
        (
            "git, by commits and tags of the repository, mostly fuzzers' reports without a CVE:"
            " 9 critical"
        ),
        "  9 cannot be decided so; a clone can: --clone REPOSITORY=DIR",
    ]
    assert "  in heron@1.0 (9) (--all lists each)" in lines
    everything = _told(folder, *grave, sure, exploited, everything=True)
    assert all(f"heron@1.0: {one.rule}; git" in everything for one in grave)


def test_of_many_the_rest_is_counted_and_says_where_to_look(folder: Path) -> None:
    many = [_sure(f"CVE-{number}", Level.MEDIUM) for number in range(8)]
    words = _told(folder, *many)
    assert words.count("; vendor exact") == 5
    assert "  and 3 medium more, in heron@1.0 (3) (--all)" in words
    assert _told(folder, *many, everything=True).count("; vendor exact") == 8


def test_witnesses_that_disagree_are_all_shown(folder: Path) -> None:
    one = _sure("CVE-7", Level.HIGH)
    [witness] = one.witnesses
    other = witness.model_copy(update={"source": "theirs", "answer": "not affected"})
    words = _told(folder, one.model_copy(update={"witnesses": (witness, other)}))
    assert "- ours CVE-7 by VENDOR heron: affected (vendor exact)" in words
    assert "- theirs CVE-7 by VENDOR heron: not affected (vendor exact)" in words


def _sure(rule: str, level: Level) -> Vulnerability:
    finding = _by_commits(rule, level)
    [witness] = finding.witnesses
    said = {"confidence": Confidence.VENDOR, "answer": "affected", "key": "VENDOR heron"}
    return finding.model_copy(
        update={
            "confidence": Confidence.VENDOR,
            "witnesses": (witness.model_copy(update=said),),
        }
    )


def _by_commits(
    rule: str = "OSV-1", level: Level = Level.UNKNOWN, subject: str = "pkg:pypi/heron@1.0"
) -> Vulnerability:
    witness = Witness(
        source="ours",
        record=rule,
        key="GIT example.org/heron",
        version="1.0",
        confidence=Confidence.GIT,
        answer="unknown",
        reason="no tags",
    )
    return Vulnerability(
        rule=rule,
        level=level,
        subject=subject,
        message="said",
        confidence=Confidence.GIT,
        witnesses=(witness,),
        exploited="not known",
        published=datetime(2026, 1, 1, tzinfo=UTC),
    )
