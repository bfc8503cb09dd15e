"""The configuration of one run: what it overrules, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

from peso.products.engines.spack.isolated import Isolated
from peso.products.engines.spack.tool import SpackTool


def isolated(tmp_path: Path, *, root: str = "spack") -> Isolated:
    recipes = tmp_path / "recipes"
    recipes.mkdir(exist_ok=True)
    (recipes / "repo.yaml").write_text("repo: {namespace: mine}\n")
    return Isolated(
        spack=SpackTool(root=tmp_path / root, version="1.3.0", commit="c0ffee"),
        work=tmp_path / "work",
        tree=tmp_path / "prefix",
        mirror=tmp_path / "mirror",
        recipes=(recipes,),
        indices=tmp_path / "indices",
    )


def test_one_mirror_one_tree_and_nothing_of_other_scopes(tmp_path: Path) -> None:
    one = isolated(tmp_path)
    argv = one.commands().bring_back(["a" * 32])
    scope = Path(argv[argv.index("-C") + 1])
    said = {file.stem: json.loads(file.read_text()) for file in scope.iterdir()}
    assert argv[argv.index("-C") + 2 :] == (
        *("install", "--cache-only", "--no-check-signature"),
        "/" + "a" * 32,
    )
    mirrors = {"peso": {"url": (tmp_path / "mirror").as_uri(), "signed": False}}
    assert said["mirrors"] == {"mirrors:": mirrors}
    assert said["upstreams"] == {"upstreams:": {}}
    assert said["packages"] == {"packages:": {}}
    assert said["repos"] == {"repos:": {"mine": str(tmp_path / "recipes")}}
    assert said["bootstrap"]["bootstrap:"]["sources"] == []
    config = said["config"]["config"]
    assert config["install_tree:"]["root"] == str(tmp_path / "prefix")
    inside = {config["build_stage:"][0], config["source_cache"], config["test_stage"]}
    assert all(Path(path).is_relative_to(tmp_path / "work") for path in inside)


def test_the_users_configuration_is_neither_read_nor_written(tmp_path: Path) -> None:
    caller = {
        "PATH": "/usr/bin",
        "HOME": "/home/somebody",
        "SPACK_PYTHON": "/usr/bin/python3",
        "SPACK_USER_CONFIG_PATH": "/home/somebody/.spack",
        "SPACK_ENV": "/home/somebody/env",
    }
    said = isolated(tmp_path).environment(caller)
    assert said == {
        "PATH": "/usr/bin",
        "HOME": "/home/somebody",
        "SPACK_PYTHON": "/usr/bin/python3",
        "SPACK_DISABLE_LOCAL_CONFIG": "1",
        "SPACK_USER_CONFIG_PATH": str(tmp_path / "work/user"),
        "SPACK_USER_CACHE_PATH": str(tmp_path / "work/user-cache"),
    }


def test_indices_are_kept_for_exactly_these_recipes_and_this_spack(tmp_path: Path) -> None:
    def kept(one: Isolated) -> str:
        one.commands()
        said = json.loads((tmp_path / "work/scope/config.yaml").read_text())
        return str(said["config"]["misc_cache"])

    first = kept(isolated(tmp_path))
    assert Path(first).parent == tmp_path / "indices"
    assert kept(isolated(tmp_path)) == first
    assert kept(isolated(tmp_path, root="other")) != first


def test_its_folders_are_the_users_alone(tmp_path: Path) -> None:
    isolated(tmp_path).commands()
    for name in ("scope", "user", "user-cache"):
        assert (tmp_path / "work" / name).stat().st_mode & 0o077 == 0
        if name != "scope":
            assert [*(tmp_path / "work" / name).iterdir()] == []
