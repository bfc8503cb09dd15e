"""Archives into a longer and a shorter folder, with a program that installs as Spack does."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import bench_in
from tests.products.engines.spack.tiny import tiny_build, tiny_lock
from tests.spack_cache_files import BASE, TOP

from peso.base.finding import Level, Outcome, Unknown, Verdict
from peso.errors import Outside
from peso.products.engines.native import NativeBuild, NativeLock
from peso.products.engines.port import Workbench
from peso.products.engines.relocation import Relocation
from peso.products.engines.spack.relocation.moving import LONGER, Moving
from peso.products.engines.spack.site import Site
from peso.products.engines.spack.tool import SpackTool
from peso.services.integration.build import lay_release

PASSED = Verdict(outcome=Outcome.PASS)
INSTALLS = """\
#!{python}
import json, os, pathlib, signal, sys
said = json.loads({said!r})
scope = pathlib.Path(sys.argv[sys.argv.index("-C") + 1])
config = json.loads((scope / "config.yaml").read_text())["config"]
tree = pathlib.Path(config["install_tree:"]["root"])
mirror = json.loads((scope / "mirrors.yaml").read_text())["mirrors:"]["peso"]["url"]
with open(said["log"], "a") as log:
    log.write(json.dumps([str(tree), sys.argv[1:]]) + "\\n")
for hash_, files in said["installs"].items():
    if len(str(tree)) > said["longest"].get(hash_, 10000):
        sys.stderr.write(f"==> Error: {{hash_[:7]}}: cannot replace {{said['store']}} in place\\n")
        continue
    for name, text in files.items():
        path = tree / hash_ / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
there = {{one: {{"path": str(tree / one), "installed": True}} for one in said["installs"]}}
index = tree / ".spack-db" / "index.json"
index.parent.mkdir(parents=True, exist_ok=True)
index.write_text(json.dumps({{"database": {{"installs": there}}}}))
if said["dies"]:
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(1)
"""


class Workshop:
    """A machine that built two tiny units, and a program in the place of Spack."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.log, self.root = folder, folder / "asked", folder / "spack"
        self.bench: Workbench = replace(bench_in(folder), work=folder / "w" / "relocate")
        self.lock: NativeLock = tiny_lock(self.bench.blobs)
        build = tiny_build(self.lock, self.bench.blobs)
        self.store = folder / "cache" / "spack" / "store"
        self.build: NativeBuild = build.model_copy(
            update={"built_in": len(str(self.store)), "recipes": None}
        )
        programs = folder / "programs"
        programs.mkdir()
        (programs / "patchelf").write_text("#!/bin/sh\n")
        (programs / "patchelf").chmod(0o755)
        monkeypatch.setenv("HOME", str(folder / "home"))
        self.environment = {**os.environ, "PATH": f"{programs}:/usr/bin:/bin"}
        self.says()

    def says(
        self,
        *,
        installs: dict[str, dict[str, str]] | None = None,
        longest: dict[str, int] | None = None,
        dies: bool = False,
    ) -> None:
        """Install these files from now on, each unit into a folder of at most so many letters."""
        usual = {one: {"lib/x": "clean"} for one in (TOP, BASE)}
        said = {
            "installs": usual if installs is None else installs,
            "longest": longest or {},
            "dies": dies,
            "log": str(self.log),
            "store": str(self.store),
        }
        program = self.root / "bin" / "spack"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(INSTALLS.format(python=sys.executable, said=json.dumps(said)))
        program.chmod(0o755)

    def prove(self, *hashes: str) -> dict[str, Relocation]:
        tool = SpackTool(root=self.root, version="1.3.0.dev0", commit="c0ffee")
        release = self.folder / "release"
        lay_release((self.build.document, *self.build.shipped), self.bench.blobs, release)
        moving = Moving(
            lock=self.lock,
            build=self.build,
            release=release,
            site=Site(spack=tool, environment=self.environment),
            bench=self.bench,
        )
        found = moving.prove(hashes or (TOP, BASE))
        assert [one.hash for one in found] == list(hashes or (TOP, BASE))
        return {one.hash: one for one in found}

    @property
    def trees(self) -> list[Path]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [Path(json.loads(line)[0]) for line in lines]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return Workshop(tmp_path, monkeypatch)


def test_a_clean_unit_is_moved_both_ways(shop: Workshop) -> None:
    found = shop.prove()[TOP]
    assert (found.longer.verdict, found.shorter.verdict) == (PASSED, PASSED)
    longer, shorter = shop.trees
    assert found.longer.length == len(str(longer)) >= shop.build.built_in + LONGER
    assert found.shorter.length == len(str(shorter)) < shop.build.built_in
    assert (found.files, found.leaks, found.target) == (1, (), "x86_64")
    assert found.instructions == Unknown(unknown="the unit has no program and no shared library")


def test_nothing_stays_of_what_was_installed(shop: Workshop) -> None:
    shop.prove()
    assert [one for one in shop.trees if one.exists()] == []


def test_build_paths_are_found_and_named_by_what_they_are(shop: Workshop) -> None:
    text = f"one\nprefix={shop.store}/x\nlog in {shop.folder}/cache/spack/stage/y\n"
    shop.says(installs={TOP: {"lib/x.pc": text}, BASE: {}})
    found = shop.prove(TOP)[TOP]
    assert [(one.place, one.level, one.where, one.text) for one in found.leaks] == [
        ("store", Level.MEDIUM, "line 2", "prefix=<store>/x"),
        ("stage", Level.LOW, "line 3", "log in <stage>/y"),
    ]
    assert {one.into for one in found.leaks} == {("longer", "shorter")}
    assert str(shop.folder) not in found.canonical().decode()


def test_one_that_cannot_go_into_a_longer_folder_is_a_no_with_spacks_words(shop: Workshop) -> None:
    shop.says(longest={BASE: shop.build.built_in})
    found = shop.prove()
    base, top = found[BASE], found[TOP]
    assert base.longer.verdict.outcome is Outcome.FAIL
    assert "cannot replace <store> in place" in (base.longer.verdict.reason or "")
    assert base.shorter.verdict.ok
    assert not base.stands
    assert top.longer.verdict.ok, "the program above installed it all the same"


def test_what_needs_one_that_is_not_there_was_not_tried(shop: Workshop) -> None:
    shop.says(installs={BASE: {"x": ""}, TOP: {"x": ""}}, longest={BASE: 1, TOP: 1})
    found = shop.prove()
    assert found[BASE].shorter.verdict.outcome is Outcome.FAIL
    assert found[TOP].shorter.verdict.outcome is Outcome.UNKNOWN
    assert "tiny-base" in (found[TOP].shorter.verdict.reason or "")
    assert found[BASE].instructions == Unknown(unknown="it could be installed nowhere")


def test_what_it_needs_has_no_archive(shop: Workshop) -> None:
    only = tuple(one for one in shop.build.cache if one.hash == TOP)
    shop.build = shop.build.model_copy(update={"cache": only})
    found = shop.prove(TOP)[TOP]
    assert found.longer.verdict.outcome is Outcome.UNKNOWN
    assert "has no archive in the release: tiny-base" in (found.longer.verdict.reason or "")


def test_without_patchelf_a_longer_folder_is_not_tried(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "programs" / "patchelf").unlink()
    if shutil.which("patchelf", path="/usr/bin:/bin"):
        shop.environment["PATH"] = str(tmp_path / "programs")
    found = shop.prove()[TOP]
    assert found.longer.verdict.outcome is Outcome.UNKNOWN
    assert "no patchelf on PATH" in (found.longer.verdict.reason or "")
    assert (found.longer.length, found.shorter.verdict.ok) == (0, True)
    assert not found.stands


def test_where_it_is_not_known_how_long_the_folder_was(shop: Workshop) -> None:
    shop.build = shop.build.model_copy(update={"built_in": 0})
    found = shop.prove()[TOP]
    assert found.longer.verdict.outcome is found.shorter.verdict.outcome is Outcome.UNKNOWN
    assert shop.trees == []


def test_no_shorter_folder_is_at_hand(shop: Workshop) -> None:
    shop.build = shop.build.model_copy(update={"built_in": 4})
    found = shop.prove()[TOP]
    assert found.shorter.verdict.reason == "no folder shorter than 4 characters is at hand"
    assert found.longer.verdict.ok


def test_a_spack_that_is_ended_leaves_it_unknown(shop: Workshop) -> None:
    shop.says(installs={}, dies=True)
    found = shop.prove(BASE)[BASE]
    assert found.longer.verdict.outcome is Outcome.UNKNOWN
    assert "did not end by itself" in (found.longer.verdict.reason or "")


def test_a_disk_that_fails_is_no_finding(shop: Workshop) -> None:
    shop.bench.cache.write_text("a file where a folder has to be")
    with pytest.raises(Outside):
        shop.prove()
