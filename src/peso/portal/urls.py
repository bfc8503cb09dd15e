"""Every address of the portal, in one table."""

from __future__ import annotations

from django.urls import path

from peso.portal.api.routes import api
from peso.portal.pages import (
    about,
    compare,
    feeds,
    front,
    impact,
    logs,
    matrix,
    product,
    products,
    recipes,
    releases,
    stacks,
    status,
)

_RELEASE = "releases/<str:channel>/<str:stack>/<str:version>"

urlpatterns = [
    path("", front.front, name="front"),
    path("products/", products.products, name="products"),
    path("products/<slug:slug>/", product.product, name="product"),
    path("products/<slug:slug>/schema.jsonld", feeds.schema_org, name="schema-org"),
    path("products/<slug:slug>/codemeta.json", feeds.code_meta, name="codemeta"),
    path("releases/", releases.releases, name="releases"),
    path(f"{_RELEASE}/", releases.release, name="release"),
    path(f"{_RELEASE}/units/", releases.units, name="units"),
    path(f"{_RELEASE}/units/<str:hash_>/", releases.unit, name="unit"),
    path(f"{_RELEASE}/tests/", releases.tests, name="tests"),
    path("logs/<str:sha256>/", logs.log, name="log"),
    path("compare/", compare.compare, name="compare"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("stacks/", stacks.stacks, name="stacks"),
    path("stacks/<str:name>/", stacks.stack, name="stack"),
    path("recipes/", recipes.recipes, name="recipes"),
    path("recipes/<str:name>/", recipes.recipe, name="recipe"),
    path("impact/<str:name>/", impact.impact, name="impact"),
    path("status/", status.status, name="status"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/releases.atom", feeds.ReleaseFeed(), name="release-feed"),
    path("feeds/findings.atom", feeds.FindingFeed(), name="finding-feed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", feeds.section, name="sitemap-section"),
    path("api/", about.api, name="api-page"),
    path("api/v1/", api.urls),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/conformance/", about.report, name="conformance"),
]
handler400 = "peso.portal.pages.errors.bad_request"
handler403 = "peso.portal.pages.errors.forbidden"
handler404 = "peso.portal.pages.errors.not_found"
handler500 = "peso.portal.pages.errors.fault"
