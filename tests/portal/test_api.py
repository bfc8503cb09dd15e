"""The API: what it says, in pages; what it says no to; and that nothing is sent twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from peso.partnerships.consortium.due import Due
from peso.partnerships.consortium.record import Organization, Person, WorkingGroup
from peso.partnerships.consortium.view import GroupView, OrganizationView, PersonView, Summary
from peso.portal.api import shapes
from peso.portal.api.routes import api
from peso.portal.store.models import Product, Recipe

LISTS: Mapping[str, type[BaseModel]] = {
    "products": shapes.ProductShape,
    "releases": shapes.ReleaseShape,
    "releases/testing/tiny/1.2/units": shapes.UnitShape,
    "releases/testing/tiny/1.2/tests": shapes.ResultShape,
    "recipes": shapes.RecipeShape,
    "recipes/hypre/dependents": shapes.NeedShape,
    "stacks": shapes.StackShape,
    "sources": shapes.SourceShape,
    "consortium/organizations": Organization,
    "consortium/people": Person,
    "consortium/due": Due,
    "groups": WorkingGroup,
}
WHOLE: Mapping[str, type[BaseModel]] = {
    "products/alpha": shapes.WholeProduct,
    "releases/testing/tiny/1.2": shapes.WholeRelease,
    "recipes/hypre": shapes.WholeRecipe,
    "stacks/faulty": shapes.WholeStack,
    "consortium": Summary,
    "consortium/organizations/pond": OrganizationView,
    "consortium/people/ada-frog": PersonView,
    "groups/reeds": GroupView,
}


def _get(reader: Client, path: str, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = reader.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"].startswith("application/json")
    return json.loads(answer.content)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_page_of_one_shape(reader: Client, path: str) -> None:
    said = _get(reader, path)

    assert set(said) == {"count", "limit", "offset", "items"}
    assert said["count"] == len(said["items"]) > 0
    for item in said["items"]:
        LISTS[path].model_validate(item)
        assert set(item) == set(LISTS[path].model_fields)


@pytest.mark.parametrize("path", WHOLE)
def test_a_whole_thing_has_its_shape(reader: Client, path: str) -> None:
    said = _get(reader, path)

    WHOLE[path].model_validate(said)
    assert set(said) == set(WHOLE[path].model_fields)


@pytest.mark.parametrize("path", LISTS)
def test_pages_put_together_are_the_whole_list(reader: Client, path: str) -> None:
    whole = _get(reader, f"{path}?limit=1000")["items"]
    pages = [
        _get(reader, f"{path}?limit=2&offset={start}")["items"]
        for start in range(0, len(whole) + 2, 2)
    ]

    assert [item for page in pages for item in page] == whole
    assert pages[-1] == []


def test_filters_say_what_they_keep(reader: Client) -> None:
    by_words = _get(reader, "products?q=solves")["items"]
    assert [one["slug"] for one in by_words] == ["hypre"]
    assert _get(reader, "products?member=pond")["count"] == Product.objects.count()
    assert _get(reader, "products?member=nobody")["count"] == 0
    failed = _get(reader, "releases/testing/tiny/1.2/tests?outcome=fail")["items"]
    assert [one["test"] for one in failed] == ["edges"]
    assert "ValueError" in failed[0]["error_text"]
    assert _get(reader, "recipes?q=hypre")["count"] >= 1
    assert _get(reader, "recipes")["count"] == Recipe.objects.count()
    assert _get(reader, "releases?stack=tiny&channel=testing")["count"] == 3


def test_unknown_is_never_pass(reader: Client) -> None:
    said = _get(reader, "releases/testing/tiny/1.2")

    assert [one["state"] for one in said["cells"]] == ["fail"]
    assert said["verdict"] == "fail"
    assert not said["published"]


@pytest.mark.parametrize(
    "path",
    [
        "products/nothing",
        "releases/testing/tiny/9",
        "releases/testing/tiny/9/units",
        "recipes/nothing",
        "stacks/nothing",
        "consortium/organizations/nothing",
        "consortium/people/nothing",
        "groups/nothing",
        "products/a%00b",
        "recipes/a%00b",
    ],
)
def test_what_is_not_there_is_404(reader: Client, path: str) -> None:
    assert set(_get(reader, path, 404)) == {"detail"}


@pytest.mark.parametrize(
    "path",
    [
        "products?limit=0",
        "products?limit=1001",
        "products?limit=many",
        "products?offset=-1",
        "recipes?offset=99999999999",
        f"products?q={'x' * 201}",
    ],
)
def test_what_is_not_understood_is_422_with_every_fault(reader: Client, path: str) -> None:
    said = shapes.NotUnderstood.model_validate(_get(reader, path, 422))

    assert said.detail[0].loc[0] == "query"


@pytest.mark.parametrize("path", [*LISTS, *WHOLE, "openapi.json"])
def test_nothing_is_sent_twice(reader: Client, path: str) -> None:
    first = reader.get(f"/api/v1/{path}")
    again = reader.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["ETag"]})
    other = reader.get(f"/api/v1/{path}", headers={"If-None-Match": '"another"'})

    assert again.status_code == 304
    assert again.content == b""
    assert other.status_code == 200
    assert other.content == first.content


def test_every_answer_is_described() -> None:
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        for method, said in methods.items():
            assert method in {"get", "post"}, path
            # What anybody may read, or what a token or a signature is asked for.
            if "security" in said or path == "/api/v1/push":
                assert {200, 403, 429} <= set(said["responses"]), path
            else:
                assert (method, set(said["responses"])) == ("get", {200, 404, 422}), path
            assert said["description"], path
