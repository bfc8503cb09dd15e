"""The table of identities through the API: shown, checked, and proposed for, never written to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.products.recipes.repositories import write_repository
from tests.services.assurance.identity.made import SAID, table

import peso
from peso.api.identity import Identified
from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.services.assurance.identity.table import table_folder

HERON = """
    from spack.package import *


    class Heron(Package):
        git = "https://forge.example/heron/heron"
        version("1.2", tag="v1.2", commit="0123456789012345678901234567890123456789")
"""
STORK = """
    from spack.package import *


    class Stork(Package):
        homepage = "https://github.com/birds/stork"
        version("2.0", sha256="a" * 64)
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    return write_repository(tmp_path, {"heron": HERON, "stork": STORK})


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Records that name the repositories of both birds."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name, repo in (("heron", "forge.example/heron/heron"), ("stork", "github.com/birds/stork")):
        package = {"ecosystem": "OSS-Fuzz", "name": name}
        ranges = [{"type": "GIT", "repo": f"https://{repo}.git"}]
        record = {"id": name, "affected": [{"package": package, "ranges": ranges}]}
        (folder / f"{name}.json").write_text(json.dumps(record))
    return folder


def test_an_entry_is_shown_with_its_keys() -> None:
    shown = peso.show_identity("openssl")

    assert isinstance(shown, Identified)
    assert "VENDOR openssl" in {str(key) for key in shown.keys}
    assert "pkg:github/openssl/openssl" in shown.purls
    assert isinstance(peso.show_identity("no-such-bird"), Unknown)
    assert {one.name for one in peso.list_identity()} >= {"openssl", "hdf5", "zlib"}


def test_a_table_is_checked_against_recipes(tmp_path: Path, repository: Path) -> None:
    place = table(tmp_path / "table", {"heron": SAID, "ibis": {**SAID, "cpe": ["ibis:ibis"]}})

    done = peso.check_identity(place, repositories=(repository,), folder=tmp_path)

    assert not done.ok
    assert {(one.rule, one.subject) for one in done.findings} == {
        ("identity-shared", "heron"),
        ("identity-unknown-package", "ibis"),
    }
    assert all(one.where and "birds.yaml:" in one.where for one in done.findings)
    assert done.not_compared == ()


def test_without_recipes_that_is_said(tmp_path: Path, repository: Path) -> None:
    place = table(tmp_path / "table", {"heron": SAID})

    done = peso.check_identity(place, folder=repository)

    assert done.ok
    assert done.not_compared == ("recipes: none are at hand; name a repository, or index one",)
    with pytest.raises(BadInput):
        peso.check_identity(place, repositories=(tmp_path / "nowhere",))


def test_a_faulty_table_is_told_and_compared_with_nothing(tmp_path: Path) -> None:
    place = table(tmp_path, {"heron": {**SAID, "scheme": "roman"}})

    done = peso.check_identity(place)

    assert not done.ok
    assert len(done.faults) == 1
    assert done.not_compared


def test_candidates_are_written_where_one_says(
    tmp_path: Path, repository: Path, records: Path
) -> None:
    to = tmp_path / "new.yaml"

    made = peso.propose_identity(records, repositories=(repository,), to=to, folder=tmp_path)

    assert [one.name for one in made.candidates] == ["heron", "stork"]
    assert (made.recipes, made.claims, made.unread) == (2, 2, 0)
    assert to.read_text() == made.text
    assert yaml.safe_load(made.text)["entries"]["heron"]["oss_fuzz"] == "heron"


def test_candidates_for_some_names(repository: Path, records: Path) -> None:
    made = peso.propose_identity(
        records, names=["stork"], repositories=(repository,), folder=repository
    )

    assert [one.name for one in made.candidates] == ["stork"]
    assert made.written == ""
    with pytest.raises(BadInput, match="no package 'ibis'"):
        peso.propose_identity(names=["ibis"], repositories=(repository,), folder=repository)


def test_candidates_never_go_into_the_table(
    tmp_path: Path, repository: Path, records: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(table_folder())
    before = sorted(one.name for one in table_folder().iterdir())

    for to in (
        table_folder() / "new.yaml",
        link / "new.yaml",
        tmp_path / "x" / ".." / "link" / "a",
    ):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(BadInput, match="never written into the table"):
            peso.propose_identity(records, repositories=(repository,), to=to)
    assert sorted(one.name for one in table_folder().iterdir()) == before


def test_no_file_is_overwritten(tmp_path: Path, repository: Path, records: Path) -> None:
    to = tmp_path / "mine.yaml"
    to.write_text("mine")

    with pytest.raises(BadInput, match="there is a file already"):
        peso.propose_identity(records, repositories=(repository,), to=to)
    assert to.read_text() == "mine"
