"""An environment's files laid out elsewhere: places to each other, what stays, what is linked."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.products.engines.spack.layout import Layout, layout_of, read_bounded
from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment


def layout(file: Path) -> Layout:
    return layout_of(read_environment(file, Facts(home="/nowhere")))


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_includes_keep_their_places(tmp_path: Path) -> None:
    shared = write(tmp_path / "in" / "_config" / "packages.yaml", "packages: {all: {}}\n")
    write(tmp_path / "in" / "x86" / "cpu" / "more" / "config.yaml", "config: {}\n")
    file = write(
        tmp_path / "in" / "x86" / "cpu" / "spack.yaml",
        "spack:\n  include: [../../_config/packages.yaml, $env/more]\n  specs: [zlib]\n",
    )

    made = layout(file)
    folder = made.lay(tmp_path / "out")

    assert [str(one.path) for one in made.files] == [
        "x86/cpu/spack.yaml",
        "_config/packages.yaml",
        "x86/cpu/more/config.yaml",
    ]
    assert folder == tmp_path / "out" / "x86" / "cpu"
    assert (folder / "../../_config/packages.yaml").read_bytes() == shared.read_bytes()
    assert (folder / "spack.yaml").read_bytes() == file.read_bytes()


def test_the_copy_is_called_as_spack_wants_it(tmp_path: Path) -> None:
    file = write(tmp_path / "in" / "cpu.yaml", "spack: {specs: [zlib]}\n")

    assert [str(one.path) for one in layout(file).files] == ["spack.yaml"]


def test_what_is_included_by_its_whole_path_stays_there(tmp_path: Path) -> None:
    far = write(tmp_path / "far" / "packages.yaml", "packages: {}\ninclude: [near.yaml]\n")
    write(tmp_path / "far" / "near.yaml", "packages: {all: {}}\n")
    file = write(tmp_path / "in" / "spack.yaml", f"spack: {{include: [{far}], specs: [zlib]}}\n")

    made = layout(file)
    made.lay(tmp_path / "out")

    assert [one.moved for one in made.files] == [True, False, False]
    assert str(made.files[1].path) == f"elsewhere{far}"
    assert sorted(one.name for one in (tmp_path / "out").rglob("*")) == ["spack.yaml"]


def test_repositories_beside_it_are_linked(tmp_path: Path) -> None:
    write(tmp_path / "in" / "repo" / "repo.yaml", "repo: {namespace: mine}\n")
    (tmp_path / "in" / "sources").mkdir()
    file = write(
        tmp_path / "in" / "env" / "spack.yaml",
        "spack:\n  specs: [zlib]\n  repos: {mine: ../repo, builtin: {git: 'https://x.org/r.git'}}\n"
        "  mirrors: {here: ../sources, there: 'https://x.org/m', gone: ./gone}\n",
    )

    folder = layout(file).lay(tmp_path / "out")

    assert (folder / "../repo").resolve() == tmp_path / "in" / "repo"
    assert (folder / "../sources").is_symlink()
    assert not (folder / "gone").exists()


def test_nothing_is_written_into_the_original(tmp_path: Path) -> None:
    file = write(tmp_path / "in" / "spack.yaml", "spack: {specs: [zlib]}\n")
    folder = layout(file).lay(tmp_path / "out")
    (folder / "spack.yaml").write_text("changed\n")

    assert file.read_text() == "spack: {specs: [zlib]}\n"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "#" * (9 << 20))

    with pytest.raises(BadInput, match="larger than 8 MiB"):
        read_bounded(file)
