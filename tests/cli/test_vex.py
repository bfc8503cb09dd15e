from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.test_advisories import say
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of

from peso.cli.app import run

SOON = f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"
ADD = (
    "--product", "pkg:pypi/heron@1.0", "--status", "not_affected",
    "--justification", "vulnerable_code_not_in_execute_path",
    "--reason", "the parser is never called", "--role", "security team", "--expires", SOON,
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    assert run(["init", str(folder), "--quiet"]) == 0
    return folder


def test_add_list_and_check(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nobody states anything" in say(capsys, "vex", "list", workspace)
    said = say(capsys, "vex", "add", "CVE-2026-1", *ADD, "--in", workspace)
    assert "vex/CVE-2026-1.security-team.openvex.json: CVE-2026-1: not affected" in said
    listed = say(capsys, "vex", "list", workspace)
    assert "says house (security team), until" in listed
    assert "the parser is never called" in listed
    assert "1 statement" in listed
    as_json = json.loads(say(capsys, "vex", "list", workspace, "--json"))
    assert as_json["statements"][0]["expires"].startswith(SOON)
    file = workspace / "vex" / "CVE-2026-1.security-team.openvex.json"
    assert "vex/CVE-2026-1.security-team.openvex.json" in say(capsys, "check", workspace, "--json")
    file.write_text("{")
    assert f"{file.relative_to(workspace)}:1:2" in say(capsys, "check", workspace, code=1)
    assert "there are statements that cannot be read" in say(
        capsys, "vex", "list", workspace, code=2
    )


def test_add_refuses_with_everything_that_is_wrong(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("--product", "pkg:pypi/heron", "--status", "not_affected")
    said = say(capsys, "vex", "add", "CVE-2026-1", *few, "--in", workspace, code=2)
    for part in ("no exact product", "no reason", "nobody answers", "no expiry", "justification"):
        assert part in said
    wrong = ("--product", "pkg:pypi/heron@1.0", "--status", "fine", "--in", workspace)
    assert "there is no status 'fine'" in say(capsys, "vex", "add", "X", *wrong, code=2)
    assert not (workspace / "vex").exists()


def test_a_statement_decides_a_scan_and_hides_nothing(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = advisory("PYSEC-1", "heron", fixed="2.0", vector=V3_CRITICAL, aliases=("CVE-2026-1",))
    folder = folder_of(tmp_path / "ours", record)
    say(capsys, "advisories", "import", folder, "--in", workspace)
    (workspace / "policies" / "ours.yaml").write_text(
        "schema: peso.policy/1\nname: ours\nrules:\n  findings: {below: high}\n  vex: {}\n"
    )
    sbom = workspace / "sbom.cdx.json"
    component = {
        "type": "library", "name": "heron", "version": "1.0", "purl": "pkg:pypi/heron@1.0"
    }  # fmt: skip
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    sbom.write_text(json.dumps({**document, "components": [component]}))
    ask = ("scan", sbom, "--gate", "ours", "--in", workspace)
    assert "gate policy ours: fail" in say(capsys, *ask, code=1)
    say(capsys, "vex", "add", "CVE-2026-1", *ADD, "--in", workspace)
    said = say(capsys, *ask)
    assert "gate policy ours: pass" in said
    assert "PYSEC-1" in said
    assert "stated: not affected (vulnerable code not in execute path)" in said
