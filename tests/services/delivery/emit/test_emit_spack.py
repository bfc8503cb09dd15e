"""A real Spack builds on top of an installed release, and rebuilds nothing of it.

One Spack installs a small stack into a prefix: lz4 with Spack's own recipe, an MPI and a solver
with recipes made here. Another, whose scope has recipes and sources only, gets what PESO emits, and
concretizes and builds a program over it. Needs PESO_SPACK, a compiler and the sources of lz4 and of
Spack's compiler wrapper.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.services.delivery.emit.prefixes import lock_file, write_receipt
from tests.spack_at_hand import spack_program

import peso
from peso.services.delivery.emit.emitting import ExternalsEmitted

pytestmark = [pytest.mark.spack, pytest.mark.timeout(1200)]
MPI = '''\
from spack.package import *
from spack_repo.builtin.build_systems.generic import Package


class SmallMpi(Package):
    """An MPI for tests, of one function."""

    has_code = False
    version("4.1")
    version("5.0")
    provides("mpi")
    depends_on("c", type="build")

    def install(self, spec, prefix):
        mkdirp(prefix.lib, prefix.include)
        with open("mpi.c", "w") as out:
            out.write("int mpi_answer(void) { return 40; }")
        Executable(spack_cc)("-shared", "-fPIC", "mpi.c", "-o", prefix.lib.join("libsmallmpi.so"))
'''
SOLVER = '''\
from spack.package import *
from spack_repo.builtin.build_systems.generic import Package


class SmallSolver(Package):
    """A solver for tests."""

    has_code = False
    version("2.0")
    version("3.0")
    variant("fast", default=True, description="be fast")
    variant("kinds", default="one", values=("one", "two", "three"), multi=True, description="kinds")
    depends_on("c", type="build")
    depends_on("mpi")
    depends_on("lz4")

    def install(self, spec, prefix):
        mkdirp(prefix.lib, prefix.bin)
        with open("s.c", "w") as out:
            out.write("#include <lz4.h>\\nint mpi_answer(void);"
                      "int solve(void) { return mpi_answer() + (LZ4_versionNumber() > 0); }")
        with open("m.c", "w") as out:
            out.write("#include <stdio.h>\\nint solve(void);"
                      "int main(void) { printf(\\"solved %d\\\\n\\", solve()); return 0; }")
        cc, library = Executable(spack_cc), prefix.lib.join("libsolver.so")
        cc("-shared", "-fPIC", "s.c", "-o", library, "-lsmallmpi", "-llz4")
        cc("m.c", "-o", prefix.bin.solve, "-L" + prefix.lib, "-lsolver")
'''
APP = '''\
from spack.package import *
from spack_repo.builtin.build_systems.generic import Package


class SmallApp(Package):
    """What a facility builds on top."""

    has_code = False
    version("1.0")
    depends_on("c", type="build")
    depends_on("mpi")
    depends_on("lz4")
    depends_on("small-solver")

    def install(self, spec, prefix):
        mkdirp(prefix.bin)
        with open("a.c", "w") as out:
            out.write("#include <stdio.h>\\n#include <lz4.h>\\n"
                      "int solve(void); int mpi_answer(void);"
                      "int main(void) { printf(\\"%d %d %s\\\\n\\", solve(), mpi_answer(),"
                      "LZ4_versionString()); return 0; }")
        Executable(spack_cc)("a.c", "-o", prefix.bin.app, "-lsolver", "-lsmallmpi", "-llz4")
'''
ROOTS = ("small-solver@2.0~fast kinds=one,three cflags=-g", "small-mpi@4.1", "lz4@1.9.4")


@dataclass(frozen=True, slots=True)
class Spack:
    """A Spack with a scope of its own."""

    home: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [spack_program(), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.environment},
            cwd=self.home,
        )
        if done.returncode and "fetch" in done.stderr.lower():
            pytest.skip(f"NOT BUILT: a source cannot be had: {done.stderr[-500:]}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def own_spack(home: Path, store: Path, small: Path) -> Spack:
    """Return a Spack whose scope has recipes, sources and where it writes, and no packages."""
    scope = home / "scope"
    scope.mkdir(parents=True)
    caller = Spack(home, {})
    for section in ("repos", "mirrors"):
        said = yaml.safe_load(caller.run("config", "get", section)) or {}
        if section == "repos":
            said = {"repos:": {"small": str(small), **said["repos"]}}
        (scope / f"{section}.yaml").write_text(json.dumps(said))
    config = {
        "install_tree": {"root": str(store), "projections": {"all": "{name}-{version}-{hash}"}},
        "build_stage": [str(home / "stage")],
        "source_cache": str(home / "sources"),
        "misc_cache": str(home / "misc"),
        "build_jobs": 2,
    }
    (scope / "config.yaml").write_text(json.dumps({"config": config}))
    return Spack(home, {"SPACK_USER_CONFIG_PATH": str(scope)})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe repository of three packages."""
    if not spack_program():
        pytest.skip("no Spack on this machine: PESO_SPACK names none")
    if missing := [one for one in ("gcc", "make") if not shutil.which(one)]:
        pytest.skip(f"NOT BUILT: this machine has no {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("recipes") / "spack_repo" / "small"
    for name, text in (("small_mpi", MPI), ("small_solver", SOLVER), ("small_app", APP)):
        (folder / "packages" / name).mkdir(parents=True)
        (folder / "packages" / name / "package.py").write_text(text)
    (folder / "repo.yaml").write_text("repo: {namespace: small, api: v2.2}\n")
    return folder


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Path:
    """A release as installed: units in the prefix, the lock and the receipt beside them."""
    home = tmp_path_factory.mktemp("first")
    prefix = home / "prefix"
    spack = own_spack(home, prefix, small)
    spack.run("external", "find", "gmake")
    environment = {
        "specs": list(ROOTS),
        "view": False,
        "concretizer": {"unify": True, "reuse": False},
        "packages": {"gmake": {"buildable": False}, "mpi": {"require": "small-mpi"}},
    }
    (home / "env").mkdir()
    (home / "env" / "spack.yaml").write_text(json.dumps({"spack": environment}))
    spack.run("-e", str(home / "env"), "install", "--no-check-signature")
    data = (home / "env" / "spack.lock").read_bytes()
    share = prefix / "share/peso/mini/native"
    share.mkdir(parents=True)
    (share / "spack.lock").write_bytes(data)
    write_receipt(prefix, parts=(".",), files=(lock_file(data),))
    return prefix


@dataclass(frozen=True, slots=True)
class OnTop:
    """What the second Spack made of it."""

    emitted: ExternalsEmitted
    nodes: Mapping[str, dict[str, Any]]
    """What was concretized, by name; of several the one that is external."""
    installed: tuple[str, ...]
    store: Path


@pytest.fixture(scope="module")
def on_top(tmp_path_factory: pytest.TempPathFactory, prefix: Path, small: Path) -> OnTop:
    """Concretize and build one more package with the emitted file."""
    home = tmp_path_factory.mktemp("second")
    spack = own_spack(home, home / "store", small)
    environment = home / "env"
    environment.mkdir()
    emitted = peso.emit_externals(prefix, out=environment / "packages.yaml", not_buildable=("all",))
    said = {"specs": ["small-app"], "view": False, "include": ["packages.yaml"]}
    (environment / "spack.yaml").write_text(json.dumps({"spack": said}))
    spack.run("-e", str(environment), "install", "--no-check-signature")
    specs = json.loads((environment / "spack.lock").read_text())["concrete_specs"].values()
    nodes = {one["name"]: one for one in sorted(specs, key=lambda one: "external" in one)}
    return OnTop(
        emitted=emitted,
        nodes=nodes,
        installed=tuple(sorted(one.name for one in (home / "store").glob("small-*"))),
        store=home / "store",
    )


def test_what_was_delivered_is_used_and_not_rebuilt(on_top: OnTop, prefix: Path) -> None:
    for name in ("small-solver", "small-mpi", "lz4"):
        (place,) = prefix.glob(f"{name}-*")
        assert on_top.nodes[name]["external"]["path"] == str(place)
    assert [one.partition("-1.0")[0] for one in on_top.installed] == ["small-app"]


def test_the_program_on_top_runs(on_top: OnTop) -> None:
    (program,) = on_top.store.glob("small-app-*/bin/app")
    done = subprocess.run([program], capture_output=True, text=True, check=True)

    assert done.stdout == "41 40 1.9.4\n"


def test_spack_sees_each_unit_as_it_was_delivered(on_top: OnTop, prefix: Path) -> None:
    lock = json.loads((prefix / "share/peso/mini/native/spack.lock").read_text())
    delivered = {one["name"]: one for one in lock["concrete_specs"].values()}
    for name in ("small-solver", "small-mpi", "lz4", "gcc"):
        mine, theirs = delivered[name], on_top.nodes[name]
        for key in ("version", "arch", "parameters"):
            assert theirs[key] == mine[key], (name, key)
        kept = [
            (one["name"], one["parameters"])
            for one in mine.get("dependencies", ())
            if one["name"] not in {"compiler-wrapper", "gmake"}  # only building needed these
        ]
        seen = [(one["name"], one["parameters"]) for one in theirs.get("dependencies", ())]
        assert seen == kept, name


def test_the_mpi_of_the_release_is_the_mpi(on_top: OnTop) -> None:
    edges = {one["name"]: one["parameters"] for one in on_top.nodes["small-app"]["dependencies"]}

    assert edges["small-mpi"]["virtuals"] == ["mpi"]
    assert on_top.nodes["small-mpi"]["version"] == "4.1"  # 5.0 would be newer


def test_what_the_file_needs_is_said(on_top: OnTop) -> None:
    rules = {one.rule for one in on_top.emitted.findings}

    assert rules == {"recipes-needed", "build-dependencies-not-said"}


def test_real_units_need_no_library_path(prefix: Path, tmp_path: Path) -> None:
    done = peso.emit_modules(prefix, out=tmp_path)

    assert [one.name for one in done.modules] == ["lz4/1.9.4", "small-mpi/4.1", "small-solver/2.0"]
    solver = (tmp_path / "small-solver" / "2.0.lua").read_text()
    assert "LD_LIBRARY_PATH is not set: 2 programs and libraries find" in solver
    assert 'whatis("Description: A solver for tests.")' in solver
    assert 'family("mpi")' in (tmp_path / "small-mpi" / "4.1.lua").read_text()
    assert 'depends_on("lz4/1.9.4")\ndepends_on("small-mpi/4.1")' in solver
    assert {one.rule for one in done.findings} == set()
