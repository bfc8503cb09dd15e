"""Getting a Spack: a local repository stands in for upstream."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.products.engines.spack.test_head import git
from tests.products.engines.spack.test_tool import write_spack

from peso.errors import BadInput, Outside
from peso.products.engines.spack.getting import RELEASE, get_spack


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A repository with three releases: today's, an old one, and one that is no Spack."""
    root = write_spack(tmp_path / "upstream", RELEASE.removeprefix("v"))
    git(root, "init", "--quiet", "--initial-branch=develop")
    init = root / "lib" / "spack" / "spack" / "__init__.py"
    for tag, text in ((RELEASE, init.read_text()), ("v0.23.0", '__version__ = "0.23.0"\n')):
        init.write_text(text)
        git(root, "add", "--force", ".")
        git(root, "commit", "--quiet", "--allow-empty", "-m", tag)
        git(root, "tag", tag)
    git(root, "rm", "--quiet", "-r", "lib")
    git(root, "commit", "--quiet", "-m", "nothing")
    git(root, "tag", "v9.9.9")
    return root


def test_the_pinned_release_is_cloned(upstream: Path, tmp_path: Path) -> None:
    got = get_spack(tmp_path / "a" / "spack", os.environ, source=upstream.as_uri())

    assert (got.version, got.release) == (RELEASE.removeprefix("v"), RELEASE)
    assert got.commit == git(upstream, "rev-parse", f"{RELEASE}^{{commit}}")
    assert (tmp_path / "a" / "spack" / "bin" / "spack").is_file()
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["spack"]


@pytest.mark.parametrize(
    ("release", "said"),
    [("v0.23.0", "PESO needs"), ("v9.9.9", "is no Spack"), ("v3", "cannot clone Spack v3")],
)
def test_what_will_not_do_leaves_nothing_behind(
    upstream: Path, tmp_path: Path, release: str, said: str
) -> None:
    with pytest.raises(Outside, match=said):
        get_spack(tmp_path / "b" / "spack", os.environ, source=upstream.as_uri(), release=release)

    assert list((tmp_path / "b").iterdir()) == []


def test_a_repository_that_cannot_be_reached_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="cannot clone Spack") as caught:
        get_spack(tmp_path / "spack", os.environ, source=(tmp_path / "gone").as_uri())

    assert "PESO_SPACK=DIR" in str(caught.value.hint)


def test_what_is_there_is_left_alone(upstream: Path, tmp_path: Path) -> None:
    (tmp_path / "spack").mkdir()
    (tmp_path / "spack" / "mine").touch()

    with pytest.raises(BadInput, match="something here already"):
        get_spack(tmp_path / "spack", os.environ, source=upstream.as_uri())


def test_a_source_is_no_option(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="cannot clone"):
        get_spack(tmp_path / "spack", os.environ, source="--upload-pack=touch /tmp/no")
