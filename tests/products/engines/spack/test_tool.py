"""The Spack of this machine: found, named, refused, without starting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.finding import Unknown
from peso.errors import Outside
from peso.products.engines.spack.tool import find_spack

COMMIT = "5817ab9613f211442a2747b304960c556797c40f"


def write_spack(root: Path, version: str = "1.1.0", *, commit: str = "") -> Path:
    """Write a tree that looks like a Spack's; its program cannot be started."""
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "spack").write_text("this is not to be started\n")
    (root / "bin" / "spack").chmod(0o755)
    (root / "lib" / "spack" / "spack").mkdir(parents=True)
    (root / "lib" / "spack" / "spack" / "__init__.py").write_text(
        f'#: the version\n__version__ = "{version}"\nspack_version = __version__\n'
    )
    if commit:
        (root / ".git").mkdir()
        (root / ".git" / "HEAD").write_text(f"{commit}\n")
    return root


def test_the_workspace_comes_first_then_the_variable_then_path(tmp_path: Path) -> None:
    one, two, three = (write_spack(tmp_path / name) for name in ("one", "two", "three"))
    environment = {"PESO_SPACK": str(two), "PATH": f"/nowhere:{three / 'bin'}"}

    assert find_spack(one, environment).root == one
    assert find_spack(None, environment).root == two
    del environment["PESO_SPACK"]
    assert find_spack(None, environment).root == three


def test_the_variable_may_name_the_program(tmp_path: Path) -> None:
    root = write_spack(tmp_path / "spack", "1.3.0.dev0", commit=COMMIT)

    found = find_spack(None, {"PESO_SPACK": str(root / "bin" / "spack")})

    assert (found.root, found.version, found.commit) == (root, "1.3.0.dev0", COMMIT)
    assert (found.label, found.program) == ("spack 1.3.0.dev0", root / "bin" / "spack")


def test_a_link_on_path_leads_to_the_tree(tmp_path: Path) -> None:
    root = write_spack(tmp_path / "spack")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "spack").symlink_to(root / "bin" / "spack")

    assert find_spack(None, {"PATH": str(tmp_path / "bin")}).root == root


def test_a_tree_that_is_no_checkout_has_no_commit(tmp_path: Path) -> None:
    found = find_spack(write_spack(tmp_path / "spack"), {})

    assert isinstance(found.commit, Unknown)
    assert "no git checkout" in found.commit.unknown


def test_no_spack_says_how_to_get_one() -> None:
    with pytest.raises(Outside, match="no Spack on this machine") as caught:
        find_spack(None, {"PATH": "/nowhere"})

    hint = str(caught.value.hint)
    assert all(words in hint for words in ("peso spack get", "PESO_SPACK", "peso.yaml"))


def test_what_is_named_and_is_none_is_an_error_and_path_is_not_tried(tmp_path: Path) -> None:
    on_path = write_spack(tmp_path / "good") / "bin"
    (tmp_path / "empty").mkdir()
    for place, why in ((tmp_path / "empty", "is no Spack"), (tmp_path / "gone", "is not there")):
        with pytest.raises(Outside, match=why):
            find_spack(None, {"PESO_SPACK": str(place), "PATH": str(on_path)})
        with pytest.raises(Outside, match=r"peso\.yaml names"):
            find_spack(place, {"PATH": str(on_path)})


@pytest.mark.parametrize("version", ["0.23.1", "1.0.4", "1.0"])
def test_an_old_spack_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(Outside, match=rf"Spack {version}; PESO needs 1\.1 or newer"):
        find_spack(write_spack(tmp_path / "spack", version), {})


def test_a_spack_without_a_version_is_refused(tmp_path: Path) -> None:
    root = write_spack(tmp_path / "spack")
    (root / "lib" / "spack" / "spack" / "__init__.py").write_text("version = 1\n")

    with pytest.raises(Outside, match="does not say its version"):
        find_spack(root, {})
