from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.services.assurance.advisories.own_records import GOOD, spoilt
from tests.services.assurance.advisory_files import advisory, folder_of

from peso.cli.app import run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert run(["init", str(tmp_path / "house"), "--quiet"]) == 0
    return tmp_path / "house"


def say(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    capsys.readouterr()
    assert run([str(one) for one in arguments]) == code
    said = capsys.readouterr()
    return said.out or said.err


def test_import_says_what_it_took_the_source_for(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "ours", advisory("X-1"), advisory("X-2", "b"))
    (folder / "broken.json").write_text("{")
    said = say(capsys, "advisories", "import", folder, "--in", workspace)
    assert "ours: 2 records of 2 products" in said
    assert "taken for osv, newest of 2026-10-01" in said
    assert "broken.json: not JSON" in said
    shown = say(capsys, "advisories", "show", "--in", workspace)
    assert "ours: 2 records of 2 products (osv), newest of 2026-10-01, " in shown
    assert "1 advisory-unreadable" in shown
    [as_json] = json.loads(say(capsys, "advisories", "show", "--json", "--in", workspace))
    assert as_json["name"] == "ours"
    assert as_json["age_days"] == (datetime.now(UTC) - datetime(2026, 10, 1, tzinfo=UTC)).days


def test_a_list_without_dates_is_told_as_such(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "hdf5.yml"
    listed.write_text("- issues:\n    - id: CVE-2020-1\n      fix_releases: [1.2.3]\n")
    place = ("--in", workspace)
    assert "as of when nobody says" in say(capsys, "advisories", "import", listed, *place)
    dated = say(capsys, "advisories", "import", listed, "--as-of", "2026-01-02", *place)
    assert "taken for hdf, newest of 2026-01-02" in dated
    shown = say(capsys, "advisories", "show", *place)
    assert "hdf5: 1 records of 1 products (hdf), newest of 2026-01-02, " in shown
    wrong = say(capsys, "advisories", "import", listed, "--format", "kev", *place, code=2)
    assert "no kev record in it" in wrong


def recipes_of(folder: Path, name: str) -> Path:
    recipe = folder / "packages" / name / "package.py"
    recipe.parent.mkdir(parents=True)
    recipe.write_text(
        f"from spack.package import *\n\n\nclass {name.title()}(Package):\n    pass\n"
    )
    (folder / "repo.yaml").write_text("repo:\n  namespace: tiny\n  api: v2.2\n")
    return folder


def test_check_says_yes_or_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    place = ("--in", tmp_path, "--repo", recipes_of(tmp_path / "repo", "libthing"))
    for folder in (good, bad):
        folder.mkdir()
    far = {**GOOD, "database_specific": {"review_by": "2099-01-01"}}
    (good / "PESO-2026-1.json").write_text(json.dumps(far))
    (bad / "PESO-2026-1.json").write_text(json.dumps(spoilt("references")))
    said = say(capsys, "advisories", "check", good, *place)
    assert "1 files: nothing is wrong" in said
    told = say(capsys, "advisories", "check", bad, *place, code=1)
    assert "PESO-2026-1.json: it has no reference" in told
    report = json.loads(say(capsys, "advisories", "check", bad, "--json", *place, code=1))
    assert {one["rule"] for one in report["findings"]} >= {"advisory-own"}


def test_check_looks_names_up_in_recipes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipes = recipes_of(tmp_path / "repo", "libother")
    (tmp_path / "PESO-2026-1.json").write_text(json.dumps(GOOD))
    file = tmp_path / "PESO-2026-1.json"
    told = say(capsys, "advisories", "check", file, "--repo", recipes, "--in", tmp_path, code=1)
    assert "no recipe at hand is called 'libthing'" in told
    assert "not looked up" not in told


def test_check_without_recipes_says_that_names_were_not_looked_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    far = {**GOOD, "database_specific": {"review_by": "2099-01-01"}}
    (tmp_path / "PESO-2026-1.json").write_text(json.dumps(far))
    said = say(capsys, "advisories", "check", tmp_path / "PESO-2026-1.json", "--in", tmp_path)
    assert "names were not looked up" in said


def test_update_of_no_ecosystem_is_wrong_use(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no ecosystem of OSV" in say(
        capsys, "advisories", "update", "../x", "--in", workspace, code=2
    )
