"""Feeds and what machines read: Atom, the sitemap, schema.org and CodeMeta, robots.txt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from peso.portal.pages.metadata import codemeta, structured
from peso.portal.settings import CONFIG
from peso.portal.store.models import Product, Recipe, Release, ReleaseFinding, Stack
from peso.portal.visible import visible

_NEWEST = 50
_LD = "application/ld+json"


class ReleaseFeed(Feed):  # type: ignore[type-arg]
    """The newest releases, whatever the gate said."""

    feed_type = Atom1Feed
    title = "Releases"
    subtitle = "What was built, tested and judged."
    link = "/releases/"

    def items(self) -> Any:  # noqa: ANN401 - a query
        """Return the newest."""
        return Release.objects.all()[:_NEWEST]

    def item_title(self, item: Release) -> str:
        """Name it, with the gate's answer."""
        return visible(f"{item.title} {item.version}: {item.verdict}")

    def item_description(self, item: Release) -> str:
        """Say where it was published, or why not."""
        return visible(item.reason) or (f"published in {item.channel}" if item.published else "")

    def item_link(self, item: Release) -> str:
        """Return its page."""
        return f"/releases/{item.channel}/{item.stack}/{item.version}/"

    def item_updateddate(self, item: Release) -> datetime:
        """Return when it was made."""
        return item.created


class FindingFeed(Feed):  # type: ignore[type-arg]
    """Known vulnerabilities of the newest releases."""

    feed_type = Atom1Feed
    title = "Known vulnerabilities"
    subtitle = "What the scans of the newest releases name."
    link = "/releases/"

    def items(self) -> Any:  # noqa: ANN401 - a query
        """Return those of the newest releases."""
        rows = ReleaseFinding.objects.select_related("release")
        return rows.order_by("-release__created", "rule")[:_NEWEST]

    def item_title(self, item: ReleaseFinding) -> str:
        """Name it."""
        return visible(f"{item.rule} ({item.level}) in {item.release}")

    def item_description(self, item: ReleaseFinding) -> str:
        """Say it."""
        return visible(item.message)

    def item_link(self, item: ReleaseFinding) -> str:
        """Return the release's page."""
        one = item.release
        return f"/releases/{one.channel}/{one.stack}/{one.version}/#findings"

    def item_guid(self, item: ReleaseFinding) -> str:
        """Tell findings of one release apart."""
        return f"{CONFIG.url}{self.item_link(item)}-{item.rule}-{item.subject}"

    def item_updateddate(self, item: ReleaseFinding) -> datetime:
        """Return when its release was made."""
        return item.release.created


class _Pages(Sitemap):  # type: ignore[type-arg]
    """The pages of a table, by address."""

    protocol = "https" if CONFIG.safe else "http"

    def __init__(self, rows: Any, path: str, changed: str = "") -> None:  # noqa: ANN401 - a query
        self._rows, self._path, self._changed = rows, path, changed

    def items(self) -> Any:  # noqa: ANN401 - a query
        """Return the rows."""
        return self._rows.all()

    def location(self, item: Any) -> str:  # noqa: ANN401 - a row
        """Return the address of a row."""
        return self._path.format(item)

    def lastmod(self, item: Any) -> datetime | None:  # noqa: ANN401 - a row
        """Return when it changed, where that is known."""
        return getattr(item, self._changed) if self._changed else None


SITEMAPS = {
    "products": _Pages(Product.objects.only("slug", "sorted_as"), "/products/{0.slug}/"),
    "releases": _Pages(
        Release.objects.defer("data"), "/releases/{0.channel}/{0.stack}/{0.version}/", "created"
    ),
    "stacks": _Pages(Stack.objects.only("name"), "/stacks/{0.name}/"),
    "recipes": _Pages(Recipe.objects.only("name"), "/recipes/{0.name}/"),
}


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Show which feeds there are."""
    return render(request, "about/feeds.html")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Say where the sitemap is."""
    text = f"User-agent: *\nAllow: /\nDisallow: /logs/\nSitemap: {CONFIG.url}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain")


@require_safe
def schema_org(_request: HttpRequest, slug: str) -> HttpResponse:
    """Return a product as schema.org says it."""
    one = get_object_or_404(Product.objects.prefetch_related("members"), slug=slug)
    return JsonResponse(structured(one, f"{CONFIG.url}/products/{slug}/"), content_type=_LD)


@require_safe
def code_meta(_request: HttpRequest, slug: str) -> HttpResponse:
    """Return a product as CodeMeta says it."""
    one = get_object_or_404(Product.objects.prefetch_related("members", "areas"), slug=slug)
    return JsonResponse(codemeta(one, f"{CONFIG.url}/products/{slug}/"), content_type=_LD)
