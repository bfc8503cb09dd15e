"""What is at hand to read a lock with: recipes where there are some, a reason where not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.products.engines.spack.locks import lock, node
from tests.products.engines.spack.sites import PretendingSpack

from peso.base.finding import Unknown
from peso.products.engines.spack.at_hand import facts_at_hand
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.scope import Recipes
from peso.products.engines.spack.site import Site

RECIPE = """\
from spack.package import *


class Good(PackageBase):
    has_code = False
    version("1.0")
    license("MIT")
"""


def write_recipes(folder: Path) -> Path:
    root = folder / "spack_repo" / "small"
    place = root / "packages" / "good"
    place.mkdir(parents=True)
    (root / "repo.yaml").write_text("repo:\n  namespace: small\n  api: v2.0\n")
    (place / "package.py").write_text(RECIPE)
    return root


def license_and_sources(site: Site, folder: Path) -> tuple[object, object]:
    with facts_at_hand(site, folder / "index") as recipes:
        (unit,) = read_lock(
            lock(node("good", namespace="small")),
            where="x",
            recipes=recipes,
            packages=NoDistribution("a test"),
        ).units
    return unit.license, unit.sources


def test_the_recipes_in_force_are_read(tmp_path: Path) -> None:
    site = PretendingSpack(tmp_path / "spack", tmp_path / "home").site
    folder = write_recipes(tmp_path)
    site = replace(site, recipes=(Recipes(namespace="small", folder=folder),))

    license_, sources = license_and_sources(site, tmp_path)

    assert license_ == "MIT"
    assert sources == ()  # its recipe says that it has no code


def test_a_clone_of_spacks_own_is_found(tmp_path: Path) -> None:
    spack = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    clone = tmp_path / "home" / ".spack" / "package_repos" / "abcdefg"
    write_recipes(clone / "repos")
    file = spack.root / "etc" / "spack" / "defaults" / "repos.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("repos: {builtin: {git: 'https://example.org/recipes.git'}}\n")

    assert license_and_sources(spack.site, tmp_path)[1] == ()


def test_without_recipes_nothing_is_known_and_nothing_stops(tmp_path: Path) -> None:
    site = PretendingSpack(tmp_path / "spack", tmp_path / "home").site

    license_, sources = license_and_sources(site, tmp_path)

    assert isinstance(license_, Unknown)
    assert isinstance(sources, Unknown)
    assert "no recipes are at hand" in sources.unknown
