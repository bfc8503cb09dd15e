"""Reach is what the recipes give: for ten named products the dependents `explain impact` tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import peso
from peso.api.needs_reach import CatalogReach, reach_at_hand
from peso.base.finding import Unknown
from peso.services.integration.impact.record import Kind

RECIPES = os.environ.get("PESO_RECIPES", "")
TEN = ("zlib", "hdf5", "hypre", "petsc", "kokkos", "adios2", "mpich", "openblas", "trilinos", "sz")


def _recipe(folder: Path, name: str, *lines: str) -> None:
    place = folder / "packages" / name.replace("-", "_")
    place.mkdir(parents=True)
    title = name.title().replace("-", "")
    body = "\n".join(f"    {one}" for one in ('version("1.0", sha256="' + "0" * 64 + '")', *lines))
    text = "from spack.package import *\n\n\nclass {}(Package):\n{}\n"
    (place / "package.py").write_text(text.format(title, body))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "repo.yaml").write_text("repo:\n  namespace: toy\n  api: v2.0\n")
    _recipe(folder, "base")
    _recipe(folder, "middle", 'depends_on("base")')
    _recipe(folder, "top", 'depends_on("middle", when="@2:")')
    _recipe(folder, "giver", 'provides("thing")')
    _recipe(folder, "taker", 'depends_on("thing", type="test")')
    return folder


def test_reach_is_that_of_impact_each_dependent_once(repository: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    peso.init(house)
    (house / "products" / "foundation.yaml").write_text("name: Foundation\nspack: [base, giver]\n")
    reach = reach_at_hand((repository,), house)

    for name in ("base", "middle", "top", "giver"):
        impact = peso.explain_impact(name, repos=(repository,), folder=house)
        stays = {one.name for one in impact.recipes if one.kind in {Kind.LINK, Kind.RUN}}
        assert reach.of((name,)) == len(stays)
    assert reach.of(("base", "middle")) == 2
    assert reach.of(("Foundation",)) == 2
    assert reach.of(("base", "nobody")) == Unknown(unknown="no recipe is known for nobody")


def test_without_recipes_reach_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    assert isinstance(reach_at_hand((), tmp_path).of(("base",)), Unknown)


@pytest.mark.recipes
@pytest.mark.skipif(not RECIPES, reason="PESO_RECIPES names no repository of Spack's recipes")
def test_for_ten_products_reach_is_what_spacks_recipes_give(tmp_path: Path) -> None:
    reach = reach_at_hand((RECIPES,), tmp_path)
    assert isinstance(reach, CatalogReach)
    every = set[str]()
    for name in TEN:
        impact = peso.explain_impact(name, repos=(RECIPES,), folder=tmp_path)
        stays = {one.name for one in impact.recipes if one.kind in {Kind.LINK, Kind.RUN}}
        assert reach.dependents.names([name]) == stays
        assert reach.of((name,)) == len(stays) > 0
        every |= stays
    assert reach.of(TEN) == len(every)
