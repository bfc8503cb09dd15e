"""Products are listed, and found by any of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.products.catalogs.importing import import_catalog
from peso.products.catalogs.portfolio import find_product, list_products


@pytest.fixture
def imported(ponds: Path, workspace: Path) -> Path:
    import_catalog(workspace, "cass", ponds)
    return workspace


def test_a_list_has_what_one_asks_first(imported: Path) -> None:
    heron, stork = list_products(imported)

    assert (heron.slug, heron.members, heron.license) == ("heron", ("POND",), "BSD-3-Clause")
    assert (heron.badge, stork.spack) == ("passing", ("stork", "stork-tools"))


@pytest.mark.parametrize("name", ["stork", "STORK", "stork-tools"])
def test_a_product_is_found_by_any_name(imported: Path, name: str) -> None:
    assert find_product(imported, name).name == "Stork"


def test_no_product_names_what_is_near(imported: Path) -> None:
    with pytest.raises(BadInput) as caught:
        find_product(imported, "storck")

    assert caught.value.hint == "did you mean stork?"


def test_more_than_one_product_is_said(imported: Path) -> None:
    (imported / "products/tool.yaml").write_text(
        "schema: peso.product/1\nname: Tool\nspack: [stork-tools]\n"
    )
    with pytest.raises(BadInput) as caught:
        find_product(imported, "stork-tools")

    assert caught.value.hint == "name one of stork, tool"


def test_an_empty_workspace_has_none(workspace: Path) -> None:
    assert list_products(workspace) == ()
