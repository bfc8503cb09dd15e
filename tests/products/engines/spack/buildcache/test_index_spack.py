"""A real Spack, with nothing of its user's, takes units by their hash from an index of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.products.recipes.repositories import write_repository
from tests.spack_at_hand import needs_spack, spack_program
from tests.spack_cache_files import BASE, CACHES, TOP, spec_of

from peso.products.engines.spack.buildcache.index import write_index

pytestmark = [
    pytest.mark.spack,
    needs_spack,
]
RECIPE = """\
from spack.package import *


class {name}(PackageBase):
    build_system("generic")
    version("1.1")
"""


def _cache(folder: Path) -> Path:
    """Return a cache of Spack's files, with an index of ours and none of Spack's."""
    cache = folder / "mirror"
    for kind in ("v3/manifests/spec", "blobs"):
        shutil.copytree(CACHES / "unsigned" / kind, cache / kind)
    write_index([spec_of("unsigned", name) for name in ("tiny-base", "tiny-top")], cache)
    return cache


def _scope(folder: Path, cache: Path) -> Path:
    recipes = {
        one.replace("-", "_"): RECIPE.format(name=one.title().replace("-", ""))
        for one in ("tiny-base", "tiny-top", "tiny-ext")
    }
    repository = write_repository(folder / "recipes", recipes, namespace="tiny")
    scope = folder / "scope"
    scope.mkdir()
    (scope / "repos.yaml").write_text(f"repos::\n  tiny: {repository}\n")
    (scope / "mirrors.yaml").write_text(f"mirrors::\n  only: {cache.as_uri()}\n")
    (scope / "config.yaml").write_text(
        f"config:\n  install_tree: {{root: {folder / 'store'}}}\n"
        f"  build_stage:: [{folder / 'stage'}]\n  misc_cache: {folder / 'misc'}\n"
    )
    return scope


def _spack(folder: Path, scope: Path, *arguments: str) -> str:
    done = subprocess.run(
        [spack_program(), "-C", str(scope), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ
        | {
            "SPACK_USER_CONFIG_PATH": str(folder / "no-user"),
            "SPACK_USER_CACHE_PATH": str(folder / "user-cache"),
            "SPACK_DISABLE_LOCAL_CONFIG": "1",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_spack_installs_by_hash_from_an_index_of_ours(tmp_path: Path) -> None:
    scope = _scope(tmp_path, _cache(tmp_path))
    listed = _spack(tmp_path, scope, "buildcache", "list", "-L", "--allarch")
    assert BASE in listed
    assert TOP in listed
    by_hash = ("install", "--cache-only", "--no-check-signature", f"/{TOP}")
    _spack(tmp_path, scope, *by_hash)
    (said,) = (tmp_path / "store").glob(f"*/tiny-top-1.1-{TOP}/share/tiny_top.txt")
    assert str(tmp_path / "store") in said.read_text()
    assert [*(tmp_path / "store").glob(f"*/tiny-base-1.1-{BASE}")]
