"""Reach on the pages of a need: the number, and every name, that the recipes give.

What is expected is worked out here from the recipes as the catalog reads them, one after the other.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.portal.addresses import Page
from tests.portal.standing import Portal

import peso
from peso.partnerships.needs import events
from peso.partnerships.needs.events import need_id
from peso.partnerships.needs.record import Need, Source
from peso.portal.ingest.recipes import take_recipes
from peso.portal.needs.ledger import add
from peso.portal.store.models import Recipe, Workspace
from peso.products.recipes.record import Recipe as Read

RECIPES = os.environ.get("PESO_RECIPES", "")
TEN = ("zlib", "hdf5", "hypre", "petsc", "kokkos", "adios2", "mpich", "openblas", "trilinos", "sz")
_TAG = re.compile(r'<a class="tag" href="/recipes/[^"]+/">([^<]+)</a>')
Dependents = dict[str, set[str]]


def _raised(*products: str) -> str:
    statement = f"As a user I need {' and '.join(products)} to be quick"
    source = Source(kind="test")
    identity = need_id(statement, time=timezone.now(), actor="x", source=source)
    need = Need(
        id=identity,
        statement=statement,
        visibility="public",
        source=source,
        products=products,
    )
    add(lambda _register: (events.Raised(need=need),), by=None)
    return identity


def _dependents(catalog: peso.Catalog) -> Dependents:
    """Return for each recipe all that need it to link or run, by any chain; each by a walk."""
    needed_by, stands_for = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for name in catalog.names():
        read = catalog.find(name, of_many=True)
        if not isinstance(read, Read):
            continue
        for one in read.dependencies:
            if {"link", "run"} & set(one.types):
                needed_by[one.name].add(name)
        for gift in read.provided:
            stands_for[name] |= {*gift.names} - {name}
    found: Dependents = {}
    for name in catalog.names():
        seen, waiting, needs = {name}, [name], set[str]()
        while waiting:
            at = waiting.pop()
            needs |= needed_by[at]
            new = (needed_by[at] | stands_for[at]) - seen
            seen |= new
            waiting += new
        found[name] = needs - {name}
    return found


def _number(page: str, need: str) -> int:
    """Return the number that a need's page gives, which leads to the names."""
    said = re.search(rf'<a href="/needs/{need}/reach/">([\d,]+) recipes?</a>', page)
    assert said, Page(page).said[300:]
    return int(said[1].replace(",", ""))


def _names(client: Client, need: str) -> list[str]:
    """Return the names on all pages of a need's reach."""
    found: list[str] = []
    at = f"/needs/{need}/reach/"
    while at:
        page = client.get(at).content.decode()
        found += _TAG.findall(page[page.index('id="names"') :])
        following = re.search(r'rel="next" href="([^"]+)"', page)
        at = f"/needs/{need}/reach/{following[1]}" if following else ""
    return found


def _of_each(client: Client, need: str) -> dict[str, int]:
    """Return how many need each product by itself, as the page says."""
    page = client.get(f"/needs/{need}/").content.decode()
    rows = re.findall(r"<li><strong>([^<]+)</strong>.*? ([\d,]+) recipes? needs? it</li>", page)
    return {name: int(count.replace(",", "")) for name, count in rows}


def test_a_need_shows_who_needs_its_products(written: Portal) -> None:
    expected = _dependents(peso.open_catalog(folder=written.eco))
    client = written.client()
    assert expected["hypre"] == {"heron", "stork"}
    assert expected["openmpi"] == {"hypre", "heron", "stork"}
    assert expected["zlib-ng"] == {"hypre", "heron", "stork", "openmpi"}
    for name in ("hypre", "zlib-ng", "py-beta", "openmpi", "heron", "broken"):
        need = _raised(name)
        page = client.get(f"/needs/{need}/").content.decode()
        assert _number(page, need) == len(expected[name])
        assert _names(client, need) == sorted(expected[name])
        terms = re.search(r'scope="row">reach</th><td data-label="Figure">(\d+)', page)
        assert terms
        assert int(terms[1]) == len(expected[name])


def test_several_products_are_counted_once_together(written: Portal) -> None:
    client, need = written.client(), _raised("Hypre", "py-beta", "py-alpha")

    assert _of_each(client, need) == {"Hypre": 2, "py-alpha": 2, "py-beta": 3}
    page = client.get(f"/needs/{need}/").content.decode()
    assert _number(page, need) == 3
    assert _names(client, need) == ["heron", "py-alpha", "stork"]
    assert "href=/recipes/hypre/" in page.replace('"', "")


def test_a_product_without_a_recipe_has_no_number(written: Portal) -> None:
    client, need = written.client(), _raised("hypre", "nosuch")

    for tail in ("", "reach/"):
        said = Page(client.get(f"/needs/{need}/{tail}").content.decode()).said
        assert "no recipe is known for nosuch" in said
    assert _of_each(client, need) == {"hypre": 2}


def test_a_need_without_products_says_so(written: Portal) -> None:
    client, need = written.client(), _raised()

    assert "Who needs its products" not in client.get(f"/needs/{need}/").content.decode()
    said = Page(client.get(f"/needs/{need}/reach/").content.decode()).said
    assert "It names no product." in said


@pytest.mark.recipes
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not RECIPES, reason="PESO_RECIPES names no repository of Spack's recipes")
def test_for_ten_products_the_page_shows_the_dependents_that_spacks_recipes_give(
    written: Portal, tmp_path: Path
) -> None:
    catalog = peso.open_catalog(RECIPES, folder=tmp_path)
    Recipe.objects.all().delete()
    Workspace.objects.all().delete()
    take_recipes(catalog, "spack")
    expected = _dependents(catalog)
    client = written.client()
    for name in TEN:
        need = _raised(name)
        page = client.get(f"/needs/{need}/").content.decode()
        assert _number(page, need) == len(expected[name]) > 0, name
        assert set(_names(client, need)) == expected[name], name
    whole = _raised(*TEN)
    assert _of_each(client, whole) == {name: len(expected[name]) for name in TEN}
    page = client.get(f"/needs/{whole}/").content.decode()
    assert _number(page, whole) == len(set[str]().union(*(expected[name] for name in TEN)))
