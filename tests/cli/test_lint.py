"""`peso stack lint`: what it prints, in each form, and its exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.cli.test_app import _imported
from tests.products.lint.conftest import BUILTIN, HERE

from peso.base.yaml_nodes import Place
from peso.cli.app import run
from peso.cli.lint_words import caret
from peso.products.lint.record import LintFinding, Severity

BAD = str(HERE / "data" / "unknown_package")
GOOD = str(HERE / "data" / "good_plain")
REPO = ("--repo", str(BUILTIN))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PESO_SPACK", raising=False)


def test_a_fault_is_shown_with_its_line_and_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["stack", "lint", BAD, *REPO])

    out = capsys.readouterr().out
    assert code == 1
    assert f"{BAD}/spack.yaml:3:5: error[unknown-package]: no recipe repository has" in out
    assert "  3 |   - zlbi@1.3" in out
    assert "    |     ^^^^\n" in out
    assert "  hint: did you mean zlib?" in out
    assert f"recipes: {BUILTIN} (builtin; --repo)" in out
    assert out.rstrip().endswith("1 file: 1 error, 0 warnings, 0 hints")


def test_a_good_one_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", GOOD, *REPO]) == 0
    assert "1 file: 0 errors" in capsys.readouterr().out


def test_without_recipes_it_says_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", BAD]) == 0
    assert "not checked: packages were not looked up: no recipe repository; give --repo" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("words", "key"),
    [(["--json"], "findings"), (["--format", "sarif"], "runs"), (["--format", "json"], "findings")],
)
def test_one_json_document(words: list[str], key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", BAD, *REPO, *words]) == 1
    assert json.loads(capsys.readouterr().out)[key]


def test_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", BAD, *REPO, "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=")
    assert run(["stack", "lint", BAD, *REPO, "--format", "gitlab"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["check_name"] == "unknown-package"


@pytest.mark.parametrize("words", [["nosuch.yaml"], [BAD, "--repo", "nosuch"], []])
def test_wrong_use_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", *words]) == 2
    capsys.readouterr()


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "lint", BAD, *REPO, "--quiet"]) == 1
    assert not capsys.readouterr().out


def test_nothing_heavy_is_imported_for_one_environment() -> None:
    file = str(HERE / "data" / "good_groups")
    run(["stack", "lint", file, *REPO, "--quiet"])  # so that the facts are kept

    modules = _imported("stack", "lint", file, *REPO, "--quiet")

    heavy = {"pydantic", "ruamel.yaml", "httpx", "peso.workspace", "rich", "packaging"}
    assert not heavy & modules
    assert "peso.products.recipes.catalog" not in modules
    assert sys.version_info >= (3, 11)


def _finding(line: str, first: int, last: int) -> LintFinding:
    place = Place("a", 1, first, 1, last)
    return LintFinding(
        rule="a", severity=Severity.ERROR, place=place, message="a", hint="", lines=(line,)
    )


def test_a_caret_stands_below_what_it_is_about_behind_tabs_too() -> None:
    shown, below = caret("\t- zlbi", _finding("\t- zlbi", 4, 8))

    assert shown == "  1 | \t- zlbi"
    assert below == "    | \t  ^^^^"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "- " + "a" * 300 + " +nosuch " + "b" * 300
    start = line.index("+nosuch") + 1

    shown, below = caret(line, _finding(line, start, start + 7))

    assert len(shown) < 130
    assert shown[below.index("^") : below.rindex("^") + 1] == "+nosuch"
