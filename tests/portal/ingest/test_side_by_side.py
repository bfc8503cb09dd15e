"""Several workspaces live side by side: what one no longer has takes nothing from another."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portal.standing import Portal
from tests.products.recipes.repositories import write_repository

import peso
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Ingested
from peso.portal.store.models import Product, Recipe, Source, Stack, Upstream

PRODUCT = "schema: peso.product/1\nname: {name}\nspack: [{spack}]\ndescription: {said}\n"
RECIPE = (
    'from spack.package import *\n\n\nclass {name}(Package):\n    """{said}"""\n    version("1")\n'
)
UPSTREAM = """\
schema: peso.upstream/1
by: whoever looked
as_of: {day}
versions: {{heron-x: "{version}"}}
"""


def _workspace(folder: Path, *products: str) -> Path:
    peso.init(folder)
    for name in products:
        _list(folder, name)
    return folder


def _list(folder: Path, name: str) -> None:
    text = PRODUCT.format(name=name.title(), spack=name, said=f"as {folder.name} says")
    (folder / "products" / f"{name}.yaml").write_text(text)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    return (
        _workspace(tmp_path / "aaa", "heron-x", "egret-x"),
        _workspace(tmp_path / "zzz", "heron-x", "stilt-x"),
    )


def _take(portal: Portal, *places: Path) -> Ingested:
    return ingest(places, portal.ways(places[0].parent / "trust"))


def _curated() -> set[str]:
    return set(
        Product.objects.filter(curated=True, slug__endswith="-x").values_list("slug", flat=True)
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_lists_are_there_whichever_came_first(
    written: Portal, two: tuple[Path, Path], order: tuple[int, int]
) -> None:
    before = Product.objects.filter(curated=True).count()
    for number in order:
        assert _take(written, two[number]).ok

    assert _curated() == {"heron-x", "egret-x", "stilt-x"}
    assert Product.objects.filter(curated=True).count() == before + 3
    heron = Product.objects.get(slug="heron-x")
    assert (heron.listed, heron.description) == (["aaa", "zzz"], "as aaa says")


def test_who_drops_a_product_drops_only_its_own(written: Portal, two: tuple[Path, Path]) -> None:
    _take(written, *two)
    for name in ("heron-x", "egret-x"):
        (two[0] / "products" / f"{name}.yaml").unlink()

    _take(written, two[0])

    assert _curated() == {"heron-x", "stilt-x"}
    heron = Product.objects.get(slug="heron-x")
    assert (heron.listed, heron.description) == (["zzz"], "as zzz says")
    _take(written, two[1])
    assert _curated() == {"heron-x", "stilt-x"}


def test_a_file_that_cannot_be_read_takes_nothing_away(
    written: Portal, two: tuple[Path, Path]
) -> None:
    _take(written, *two)
    (two[0] / "products" / "egret-x.yaml").write_text("name: [")

    done = _take(written, two[0])

    assert [one.place for one in done.taken if one.state == "refused"] == ["products/egret-x.yaml"]
    assert "egret-x" in _curated()


def test_the_same_again_changes_nothing(written: Portal, two: tuple[Path, Path]) -> None:
    _take(written, *two)
    again = _take(written, *two)

    assert {one.state for one in again.taken} <= {"unchanged"}
    assert Source.objects.filter(kind="products", place__in=("aaa", "zzz")).count() == 2


def test_stacks_of_one_name_live_side_by_side(written: Portal, two: tuple[Path, Path]) -> None:
    for one in two:
        stack = one / "stacks" / "pond-x" / "spack.yaml"
        stack.parent.mkdir(parents=True)
        stack.write_text("spack:\n  specs: [zlib]\n")
    before = Stack.objects.count()
    _take(written, *two)

    assert Stack.objects.count() == before + 2
    whose = dict(Stack.objects.filter(name__endswith="pond-x").values_list("name", "workspace"))
    assert whose == {"pond-x": "aaa", "zzz-pond-x": "zzz"}
    (two[0] / "stacks" / "pond-x" / "spack.yaml").unlink()
    _take(written, two[0])
    assert set(Stack.objects.filter(name__endswith="pond-x")) == set(
        Stack.objects.filter(workspace="zzz")
    )


def test_recipes_of_one_name_are_handed_over(
    written: Portal, two: tuple[Path, Path], tmp_path: Path
) -> None:
    before = Recipe.objects.count()
    for one in two:
        _index(one, tmp_path, "heronx", f"only{one.name}")
        assert _take(written, one).ok
    assert Recipe.objects.count() == before + 3
    assert Recipe.objects.get(name="heronx").workspace == "aaa"

    (tmp_path / "recipes-aaa-2").mkdir()
    peso.index_catalog(
        write_repository(
            tmp_path / "recipes-aaa-2", {"onlyaaa": _recipe("Onlyaaa", "aaa")}, bases={}
        ),
        folder=two[0],
    )
    _take(written, two[0])

    assert Recipe.objects.get(name="heronx").workspace == "zzz"
    _take(written, two[1])
    assert Recipe.objects.get(name="heronx").description == "as zzz says"
    assert Recipe.objects.count() == before + 3


def _recipe(name: str, whose: str) -> str:
    return RECIPE.format(name=name, said=f"as {whose} says")


def _index(workspace: Path, folder: Path, *names: str) -> None:
    several = {name: _recipe(name.title(), workspace.name) for name in names}
    place = folder / f"recipes-{workspace.name}"
    place.mkdir()
    peso.index_catalog(write_repository(place, several, bases={}), folder=workspace)


def test_of_several_files_on_upstream_the_newest_counts(
    written: Portal, two: tuple[Path, Path], tmp_path: Path
) -> None:
    (two[0] / "upstream.yaml").write_text(UPSTREAM.format(day="2026-11-20", version="4"))
    alone = tmp_path / "older.yaml"
    alone.write_text(UPSTREAM.format(day="2026-10-01", version="3"))

    assert _take(written, two[0], alone).ok
    assert [one.version for one in Upstream.objects.filter(name="heron-x")] == ["4", "3"]
    assert "4 as of 20 November 2026" in _said(written, "/products/heron-x/")
    (two[0] / "upstream.yaml").unlink()
    _take(written, two[0], alone)
    assert [one.version for one in Upstream.objects.filter(name="heron-x")] == ["3"]


def _said(portal: Portal, path: str) -> str:
    from tests.portal.addresses import visit  # noqa: PLC0415 - Django is ready now

    return visit(portal.client(), path).page.said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("schema: peso.upstream/1\nby: me\nas_of: soon\nversions: {a: b}\n", "as_of"),
        ("schema: peso.upstream/1\nby: me\nas_of: 2026-01-01\nversions: {}\n", "versions"),
        ("schema: peso.product/1\nname: a\n", "2:1: unknown key 'name'"),
        ("[", "fault"),
    ],
)
def test_a_file_on_upstream_that_does_not_fit_is_refused_with_the_reason(
    written: Portal, tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "upstream.yaml"
    file.write_text(text)

    done = _take(written, file)

    assert [one.state for one in done.taken] == ["refused"]
    assert reason in done.taken[0].reason
    assert str(tmp_path) not in done.taken[0].reason
    assert not Upstream.objects.filter(place="upstream.yaml").exists()
