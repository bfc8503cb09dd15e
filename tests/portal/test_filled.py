"""The small ecosystem is in the portal: what every other test here stands on."""

from __future__ import annotations

from django.test import Client
from tests.portal.standing import Portal

from peso.portal.store.models import Cell, Product, Recipe, Release, ReleaseUnit, Stack


def test_nothing_was_refused(portal: Portal) -> None:
    assert [one for one in portal.done.taken if one.state == "refused"] == []


def test_what_is_in_it(portal: Portal) -> None:
    assert portal.done.ok
    assert set(Product.objects.values_list("slug", flat=True)) == {
        "alpha",
        "heron",
        "hypre",
        "stork",
    }
    assert Recipe.objects.count() == 8
    assert set(Stack.objects.values_list("name", flat=True)) == {"tiny", "faulty"}
    said = Release.objects.values_list("version", "published", "verdict")
    assert sorted(said) == [("1.0", True, "pass"), ("1.1", True, "pass"), ("1.2", False, "fail")]
    cells = {cell.release.version: cell.state for cell in Cell.objects.select_related("release")}
    assert cells == {"1.0": "pass", "1.1": "pass", "1.2": "fail"}
    failed = ReleaseUnit.objects.get(outcome="failed")
    assert (failed.name, failed.error_line) == ("zlib-ng", 3)


def test_the_front_page(reader: Client) -> None:
    assert reader.get("/").status_code == 200
