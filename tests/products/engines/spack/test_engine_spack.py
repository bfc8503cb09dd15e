"""The engine with a real Spack: plans, places, and what it says where something is missing.

Needs a Spack whose configuration knows the builtin recipes and has a compiler to find.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import bench_in
from tests.products.engines.spack.small_recipes import write_recipes

from peso.errors import BadInput, Outside
from peso.products.bare_stack import bare_stack
from peso.products.engines.native import NativeLock
from peso.products.engines.port import Workbench
from peso.products.engines.spack.engine import SpackEngine
from peso.products.engines.spack.scope import Recipes
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import VARIABLE, find_spack
from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment
from peso.products.stack import Stack

pytestmark = [
    pytest.mark.spack,
    pytest.mark.skipif(
        not os.environ.get(VARIABLE), reason=f"no Spack on this machine: {VARIABLE} names none"
    ),
]


class Counted:
    """A real Spack behind a program that counts how often it is started."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        real = find_spack(None, os.environ)
        self.log = folder / "starts.txt"
        root = folder / "counted"
        (root / "bin").mkdir(parents=True)
        for name in ("lib", "etc", ".git"):
            if (real.root / name).exists():
                (root / name).symlink_to(real.root / name)
        program = root / "bin" / "spack"
        text = f'#!/bin/sh\necho "$*" >> "{self.log}"\nexec "{real.program}" "$@"\n'
        program.write_text(text)
        program.chmod(0o755)
        recipes = Recipes(namespace="small", folder=write_recipes(folder))
        self.site = Site(
            spack=find_spack(root, {}), environment=for_spack(environment), recipes=(recipes,)
        )

    @property
    def starts(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all of these tests: Spack indexes all its recipes in a new cache."""
    return tmp_path_factory.mktemp("spack")


@pytest.fixture(scope="module")
def counted(shared: Path) -> Counted:
    return Counted(shared, os.environ)


@pytest.fixture
def bench(shared: Path) -> Workbench:
    return bench_in(shared)


def stack(folder: Path, specs: str) -> Stack:
    folder.mkdir(exist_ok=True)
    file = folder / "spack.yaml"
    file.write_text(f"spack: {{specs: [{specs}], view: false}}\n")
    return bare_stack(read_environment(file, Facts()))


def plan(site: Site, stack: Stack, bench: Workbench, index: Path) -> NativeLock:
    engine = SpackEngine(site=site, index=index)
    return engine.plan(stack, "native", bench, upgrade=False)


def test_a_second_plan_starts_no_spack(counted: Counted, bench: Workbench, tmp_path: Path) -> None:
    asked = stack(tmp_path / "mine", "slow")
    first = plan(counted.site, asked, bench, tmp_path / "index")
    starts = counted.starts
    again = plan(counted.site, asked, bench, tmp_path / "index")
    other = plan(counted.site, stack(tmp_path / "other", "slow"), bench, tmp_path / "index")

    assert starts > 0
    assert counted.starts == starts
    assert again == first
    assert other.document == first.document
    assert {"slow", "good"} <= {unit.name for unit in first.units}
    assert [one.name for one in first.checkouts][:2] == ["spack", "small"]


def test_a_changed_recipe_is_solved_anew(
    counted: Counted, bench: Workbench, tmp_path: Path
) -> None:
    asked = stack(tmp_path / "mine", "good")
    plan(counted.site, asked, bench, tmp_path / "index")
    starts = counted.starts
    recipe = counted.site.recipes[0].folder / "packages" / "good" / "package.py"
    before = recipe.read_text()
    recipe.write_text(before.replace('version("1.0")', 'version("1.1")'))

    made = plan(counted.site, asked, bench, tmp_path / "index")
    recipe.write_text(before)

    assert counted.starts > starts
    assert next(unit.version for unit in made.units if unit.name == "good") == "1.1"


def test_what_is_built_can_be_used(counted: Counted, bench: Workbench, tmp_path: Path) -> None:
    engine = SpackEngine(site=counted.site, index=tmp_path / "index")
    made = engine.plan(stack(tmp_path / "mine", "good"), "native", bench, upgrade=False)
    build = engine.build(made, bench)
    bench.blobs.lay(build.document.sha256, tmp_path / "release" / build.document.path)

    place = engine.place(build, tmp_path / "release", tmp_path / "prefix", ("good",), bench)

    prefix = place.environment["GOOD_ROOT"]
    assert (Path(prefix) / "bin" / "good").exists()
    assert place.programs == (Path(prefix) / "bin",)
    assert place.environment["PATH"].split(":") == [f"{prefix}/bin"]
    assert engine.lost(build) is None


def test_what_is_built_comes_back_with_the_recipes_it_was_built_with(
    counted: Counted, bench: Workbench, tmp_path: Path
) -> None:
    """No compiler, no source: recipes of our own, packed and brought into another prefix."""
    engine = SpackEngine(site=counted.site, index=tmp_path / "index")
    made = engine.plan(stack(tmp_path / "mine", "good"), "native", bench, upgrade=False)
    build = engine.build(made, bench)
    assert [(one.name, one.version) for one in build.cache] == [("good", "1.0")]
    assert build.recipes is not None
    for file in (*build.shipped, build.document):
        bench.blobs.lay(file.sha256, tmp_path / "release" / file.path)
    bare = {one: value for one, value in os.environ.items() if not one.startswith("SPACK_U")}
    site = replace(counted.site, environment=for_spack(bare), recipes=())
    facility, prefix = SpackEngine(site=site, index=tmp_path / "facility"), tmp_path / "prefix"
    scratch = replace(bench, work=tmp_path / "scratch", offline=True)

    facility.install(tmp_path / "release/native/spack.lock", prefix, scratch)

    (hash_,) = facility.there(prefix)
    assert hash_ == build.cache[0].hash
    assert (prefix / f"good-1.0-{hash_}" / "bin" / "good").exists()


def test_a_name_nobody_knows_is_one_clear_error(
    counted: Counted, bench: Workbench, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="'goood' does not exist") as caught:
        plan(counted.site, stack(tmp_path / "mine", "goood"), bench, tmp_path / "index")

    assert caught.value.where == str(tmp_path / "mine" / "spack.yaml")
    assert "peso stack lint" in str(caught.value.hint)


def test_without_clingo_it_says_how_to_get_it(
    counted: Counted, bench: Workbench, tmp_path: Path
) -> None:
    # A Python without site-packages has no clingo; bootstrapping it is switched off.
    config = tmp_path / "config"
    config.mkdir()
    (config / "bootstrap.yaml").write_text("bootstrap: {enable: false}\n")
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec "{os.path.realpath(sys.executable)}" -S "$@"\n')
    python.chmod(0o755)
    environment = {**counted.site.environment, "SPACK_PYTHON": str(python)}
    site = replace(counted.site, environment=environment, config=(config,))

    with pytest.raises(Outside, match="no solver") as caught:
        plan(site, stack(tmp_path / "mine", "good"), bench, tmp_path / "index")

    assert "-m pip install clingo" in str(caught.value.hint)
