"""`peso spack get` and its one line of Python, from a repository that stands in for upstream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.products.engines.spack.test_head import git
from tests.products.engines.spack.test_tool import write_spack

import peso
from peso.cli.app import run
from peso.products.engines.spack.getting import RELEASE


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    root = write_spack(tmp_path / "upstream", RELEASE.removeprefix("v"))
    git(root, "init", "--quiet")
    git(root, "add", "--force", ".")
    git(root, "commit", "--quiet", "-m", "one")
    git(root, "tag", RELEASE)
    return root


def test_the_line_of_python(upstream: Path, tmp_path: Path) -> None:
    got = peso.get_spack(tmp_path / "spack", source=upstream.as_uri())

    assert (got.root, got.release) == (str(tmp_path / "spack"), RELEASE)


def test_the_command_says_what_next(
    upstream: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["spack", "get", str(tmp_path / "spack"), "--from", upstream.as_uri()]

    assert run(words) == 0
    said = capsys.readouterr().out
    assert f"export PESO_SPACK={tmp_path / 'spack'}" in said
    assert "clingo" in said

    assert run([*words[:2], str(tmp_path / "again"), *words[3:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["release"] == RELEASE


def test_a_folder_that_is_taken_is_a_bad_input(
    upstream: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["spack", "get", str(upstream), "--from", upstream.as_uri()]) == 2
    assert "something here already" in capsys.readouterr().err
    assert not (tmp_path / "spack").exists()
