"""With as much in it as a consortium has: no page asks the database often, and none is heavy."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.portal import crowd, standing
from tests.portal.addresses import MACHINES, kinds, visit
from tests.portal.crowd_needs import fill_needs
from tests.portal.standing import Portal

from peso.portal.needs.models import NeedSnapshot
from peso.portal.store.models import ReleaseUnit, TestResult

MOST = 15
"""Questions to the database for one page."""
HEAVIEST = 150_000
"""Bytes of a page on its way; its style sheet and script are counted with it."""
_PATH = "/releases/testing/crowd/2.0/"


NEEDS: dict[str, str] = {}
"""Some needs, by what became of them."""


@pytest.fixture(scope="module")
def many(portal: Portal) -> Iterator[Portal]:
    with standing.rolled_back():
        crowd.fill()
        NEEDS.update(fill_needs())
        yield portal


def _needs() -> dict[str, str]:
    older, newer = NeedSnapshot.objects.order_by("pk").values_list("pk", flat=True)
    return {
        "many needs": "/needs/",
        "needs, page 2": "/needs/?page=2",
        "needs, searched": "/needs/?q=solver&status=new&organization=o1",
        "a need": f"/needs/{NEEDS['open']}/",
        "a need, done": f"/needs/{NEEDS['done']}/",
        "a need, merged": f"/needs/{NEEDS['merged']}/",
        "who needs its products": f"/needs/{NEEDS['open']}/reach/",
        "ranking": "/needs/ranking/",
        "ranking, page 3": "/needs/ranking/?page=3",
        "a set under a budget": "/needs/ranking/?days=500",
        "you asked, we did": "/needs/done/",
        "frozen rankings": "/needs/snapshots/",
        "a frozen ranking": f"/needs/snapshots/{newer}/",
        "what moved": f"/needs/snapshots/{older}/compare/{newer}/",
    }


def _addresses() -> dict[str, str]:
    unit = ReleaseUnit.objects.filter(release__version="2.0", outcome="failed").first()
    run = TestResult.objects.filter(release__version="2.0", outcome="fail").first()
    assert unit
    assert run
    return {
        **kinds(),
        **_needs(),
        "a product in every release": "/products/p7/",
        "many products": "/products/?area=a1",
        "products, page 2": "/products/?page=2",
        "a large release": _PATH,
        "many units": f"{_PATH}units/",
        "failed units": f"{_PATH}units/?outcome=failed",
        "one unit": f"{_PATH}units/{unit.hash}/",
        "many tests": f"{_PATH}tests/",
        "tests of one product": f"{_PATH}tests/?product=p7",
        "log of a unit, not kept": f"/logs/{unit.log}/",
        "log of a test, not kept": f"/logs/{run.log}/",
        "a large matrix": "/matrix/?release=testing/crowd/2.0",
        "a large comparison": "/compare/?a=testing/crowd/1.0&b=testing/crowd/2.0",
        "a large stack": "/stacks/s2/",
        "the widest recipe": "/recipes/r0/",
        "the widest impact": "/impact/r0/",
        "the deepest impact": "/impact/r1/",
        "an organization with 40 products": "/consortium/organizations/o1/",
        "people, page 2": "/consortium/people/?page=2",
        "recipes by need": "/recipes/?order=dependents",
    }


MANY_MACHINES = (
    *MACHINES,
    "/needs/briefs/o1.md",
    "/api/v1/needs?limit=1000",
    "/api/v1/needs-ranking?limit=1000",
    "/api/v1/products?limit=1000",
    "/api/v1/products/p7",
    "/api/v1/releases/testing/crowd/2.0",
    "/api/v1/releases/testing/crowd/2.0/units?limit=1000",
    "/api/v1/releases/testing/crowd/2.0/tests?limit=1000",
    "/api/v1/recipes/r0/dependents?limit=1000",
    "/api/v1/stacks/s2",
    "/api/v1/consortium/people?limit=1000",
    "/api/v1/consortium/organizations/o1",
)


def test_no_page_asks_more_than_fifteen_times(many: Portal) -> None:
    asked = {}
    client = many.client()
    for kind, path in [*_addresses().items(), *((one, one) for one in MANY_MACHINES)]:
        with CaptureQueriesContext(connection) as said:
            one = visit(client, path)
        assert one.status == 200, path
        if len(said) > MOST:
            asked[kind] = len(said)

    assert asked == {}


def test_no_page_is_heavier_than_it_may_be(many: Portal) -> None:
    client = many.client()
    front = visit(client, "/").page
    assets = sum(
        len(gzip.compress(visit(client, said[name]).body))
        for _, said in front.tags
        for name in ("href", "src")
        if said.get(name, "").startswith("/static/")
    )
    heavy = {
        kind: size
        for kind, path in _addresses().items()
        if (size := len(gzip.compress(visit(client, path).body)) + assets) > HEAVIEST
    }

    assert 5_000 < assets < 40_000
    assert heavy == {}
