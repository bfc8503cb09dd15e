"""PESO's and Spack's answers for one small repository, where a Spack is at hand.

The comparison over all of spack-packages is `benchmarks/agree_recipes.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from msgspec import to_builtins
from tests.products.recipes.repositories import read, write_repository
from tests.spack_at_hand import needs_spack, spack_program

ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.spack,
    needs_spack,
]
MANY = """
    from spack_repo.small.build_systems.accelerator import AcceleratorPackage
    from spack_repo.small.build_systems.maker import MakerPackage

    from spack.package import *

    _versions = {"1.0": "a" * 64, "2.0": "b" * 64}


    def more(name, *conditions):
        for one in conditions:
            depends_on(f"{name} {one}", when=one)


    class Thing(MakerPackage, AcceleratorPackage):
        homepage = "https://x.test"
        maintainers("bob", "alice")
        for _version, _sum in _versions.items():
            version(_version, sha256=_sum, preferred=_version == "1.0")
        version("main", branch="main", git="https://x.test/x.git")
        variant("std", default="11", values=("11", conditional("17", when="@2:")), when="@1:")
        variant("sets", values=disjoint_sets(("a", "b"), ("c",)))
        with when("@1:"):
            with when("+accelerator"), default_args(type="run"):
                more("other", "+x", "~y")
                depends_on("zlib@1:", when="@:2")
                depends_on("zlib@:3", when="@:2", type="test")
        extends("python", when="std=17")
        provides("one", "two@2:", when="@2:")
        conflicts("%gcc@:4", when="@2:", msg="old")
        requires("+accelerator", "std=11", policy="any_of")
        license("MIT", when="@1")
        resource(name="data", url="https://x.test/d", sha256="c" * 64, destination="d")
        depends_on("patched", patches=patch("https://x.test/p", sha256="d" * 64))
        patch("https://x.test/q", sha256="e" * 64, level=0)

        def test_own(self):
            pass
"""


def test_spack_says_the_same(tmp_path: Path) -> None:
    root = write_repository(tmp_path, {"thing": MANY})
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    recipe = read(root, "thing")
    assert recipe.unread == ()
    ours.write_text(json.dumps(to_builtins(recipe)) + "\n")
    folder = tmp_path / "spack"
    folder.mkdir()
    (folder / "repos.yaml").write_text(f"repos:: {{small: {root}}}\n")
    side = ROOT / "benchmarks" / "agree_recipes_spack.py"

    subprocess.run(
        [spack_program(), "-C", folder, "python", side, ours, theirs],
        check=True,
        env={**os.environ, "SPACK_USER_CACHE_PATH": str(tmp_path / "cache")},
    )
    said = json.loads(theirs.read_text().splitlines()[0])

    assert said == {"name": "thing", "differences": [], "error": ""}
