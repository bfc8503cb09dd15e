"""PESO's own scope: what stands in it, and that it is written once."""

from __future__ import annotations

from pathlib import Path

import yaml

from peso.products.engines.spack.scope import Folders, Mirror, Recipes, write_scope, write_section


def test_all_that_spack_writes_is_below_one_folder(tmp_path: Path) -> None:
    folders = Folders(root=tmp_path / "spack")
    mirrors = (Mirror(name="site", place="https://mirror.example.org"),)
    recipes = (Recipes(namespace="builtin", folder=Path("/recipes/builtin")),)

    write_scope(folders, mirrors, recipes)

    said = {one.stem: yaml.safe_load(one.read_text()) for one in folders.scope.iterdir()}
    config = said["config"]["config"]
    assert config["install_tree:"]["root"] == str(folders.store)
    assert config["install_tree:"]["projections"] == {
        "all": "{architecture.platform}-{architecture.target}/{name}-{version}-{hash}"
    }
    assert config["build_stage:"] == [str(folders.stage)]
    assert {config["test_stage"], config["source_cache"], config["misc_cache"]} == {
        str(folders.tests),
        str(folders.sources),
        str(folders.misc),
    }
    assert said["mirrors"] == {"mirrors": {"site": "https://mirror.example.org"}}
    assert said["repos"] == {"repos": {"builtin": "/recipes/builtin"}}


def test_a_section_that_is_as_it_should_be_is_left_alone(tmp_path: Path) -> None:
    write_section(tmp_path, "mirrors", {"a": "b"})
    before = (tmp_path / "mirrors.yaml").stat().st_ino
    write_section(tmp_path, "mirrors", {"a": "b"})
    assert (tmp_path / "mirrors.yaml").stat().st_ino == before

    write_section(tmp_path, "mirrors", {})
    assert yaml.safe_load((tmp_path / "mirrors.yaml").read_text()) == {"mirrors": {}}
