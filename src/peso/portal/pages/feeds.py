"""Feeds and what machines read: Atom, the sitemap, schema.org and CodeMeta, robots.txt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from peso.portal.ingest.facts import cut
from peso.portal.known import Found, scales, weighed
from peso.portal.pages.addresses import path_of
from peso.portal.pages.ecosystem.metadata import codemeta, structured
from peso.portal.settings import CONFIG
from peso.portal.store.consortium import kept
from peso.portal.store.models import (
    Product,
    Recipe,
    Release,
    ReleaseFinding,
    ReleaseProduct,
    Stack,
)
from peso.portal.visible import visible

_NEWEST = 50
_IN_A_SITEMAP: Final = 50_000
_NOT_FOR_CRAWLERS: Final = (
    *("/logs/", "/account/", "/changes/", "/edit/", "/invitation/", "/office/", "/proposals/"),
    *("/needs/bring/", "/needs/confirm/", "/needs/due/", "/needs/new/", "/runners/"),
)
_LD = "application/ld+json"
_LONGEST: Final = 1000
"""Letters of an entry's text."""


def _line(text: str) -> str:
    """Return a text as the title of an entry may be: XML has no control characters."""
    return visible(cut(text))


def _html(text: str) -> str:
    """Return a text as the summary of an entry may be, which readers take for HTML."""
    return escape(visible(cut(text, _LONGEST)))


class ReleaseFeed(Feed):  # type: ignore[type-arg]
    """The newest releases, whatever the gate said."""

    feed_type = Atom1Feed
    title = "Releases"
    subtitle = "What was built, tested and judged."
    link = f"{CONFIG.url}/releases/"
    feed_url = f"{CONFIG.url}/feeds/releases.atom"
    author_name = "PESO portal"

    def items(self) -> Any:  # noqa: ANN401 - a query
        """Return the newest."""
        return Release.objects.all()[:_NEWEST]

    def item_title(self, item: Release) -> str:
        """Name it, with the gate's answer."""
        return _line(f"{item.title} {item.version}: {item.verdict}")

    def item_description(self, item: Release) -> str:
        """Say where it was published, or why not."""
        return _html(item.reason or (f"published in {item.channel}" if item.published else ""))

    def item_link(self, item: Release) -> str:
        """Return its page."""
        return f"{CONFIG.url}{path_of(item)}"

    def item_updateddate(self, item: Release) -> datetime:
        """Return when it was made."""
        return item.created


class FindingFeed(Feed):  # type: ignore[type-arg]
    """Known vulnerabilities of the newest releases."""

    feed_type = Atom1Feed
    title = "Known vulnerabilities"
    subtitle = "What the scans of the newest releases name."
    link = f"{CONFIG.url}/releases/"
    feed_url = f"{CONFIG.url}/feeds/findings.atom"
    author_name = "PESO portal"

    def items(self) -> Any:  # noqa: ANN401 - a query
        """Return those of the newest releases."""
        rows = ReleaseFinding.objects.filter(source="scan").select_related("release")
        rows = rows.defer("release__data").order_by("-release__created", "rank", "rule", "subject")
        several = list(rows[:_NEWEST])
        kept = Release.objects.filter(pk__in={one.release_id for one in several})
        said = {pk: scales(data) for pk, data in kept.values_list("pk", "data")}
        return [row for one in several for row in weighed((one,), said[one.release_id])]

    def item_title(self, item: Found) -> str:
        """Name it."""
        row = item.row
        exploited = ", exploited" if row.exploited == "known" else ""
        return _line(f"{row.rule} ({row.level}{exploited}) in {row.release}")

    def item_description(self, item: Found) -> str:
        """Say it, how sure that is, and what people state of it."""
        sure = f"Confidence: {item.row.confidence}." if item.row.confidence else ""
        stated = f"Stated: {item.standing}." if item.status else ""
        return _html(" ".join(filter(None, (f"{item.row.message}.", sure, stated))))

    def item_link(self, item: Found) -> str:
        """Return the release's page."""
        return f"{CONFIG.url}{path_of(item.row.release)}#findings"

    def item_guid(self, item: Found) -> str:
        """Tell findings of one release apart."""
        return f"{self.item_link(item)}-{quote(item.row.rule)}-{quote(item.row.subject)}"

    def item_updateddate(self, item: Found) -> datetime:
        """Return when its release was made."""
        return item.row.release.created


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The pages of one table, by address."""

    rows: Callable[[], Iterable[tuple[str, datetime | None]]]
    """Address and, where it is known, when it changed."""


def _paths(model: Any, field: str, path: str) -> Section:  # noqa: ANN401 - a table
    def rows() -> Iterable[tuple[str, datetime | None]]:
        names = model.objects.order_by(field).values_list(field, flat=True)
        return ((path.format(quote(name)), None) for name in names[:_IN_A_SITEMAP])

    return Section(rows=rows)


def _releases() -> Iterable[tuple[str, datetime | None]]:
    return ((quote(path_of(one)), one.created) for one in Release.objects.defer("data"))


def _rooms() -> Iterable[tuple[str, datetime | None]]:
    fixed = ("/", "/products/", "/releases/", "/matrix/", "/stacks/", "/recipes/", "/status/")
    people = ("/consortium/", "/consortium/due/", "/consortium/people/", "/groups/")
    about = ("/feeds/", "/api/", "/about/accessibility/")
    return ((one, None) for one in (*fixed, *people, *about))


def _consortium() -> Iterable[tuple[str, datetime | None]]:
    held = kept()
    if held is None:
        return
    several = (
        ("/consortium/organizations/", held.consortium.organizations),
        ("/consortium/people/", held.consortium.people),
        ("/groups/", held.consortium.groups),
    )
    for path, rows in several:
        for one in rows:
            yield f"{path}{quote(one.slug, safe='')}/", held.taken


SITEMAPS: Final = {
    "pages": Section(rows=_rooms),
    "products": _paths(Product, "slug", "/products/{}/"),
    "releases": Section(rows=_releases),
    "stacks": _paths(Stack, "name", "/stacks/{}/"),
    "consortium": Section(rows=_consortium),
    "recipes": _paths(Recipe, "name", "/recipes/{}/"),
}


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return the index of sitemaps (https://www.sitemaps.org/protocol.html)."""
    return render(
        request,
        "feeds/sitemap_index.xml",
        {"url": CONFIG.url, "sections": tuple(SITEMAPS)},
        content_type="application/xml",
    )


@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    """Return one sitemap."""
    if section not in SITEMAPS:
        raise Http404("There is no such sitemap.")
    shown = {"url": CONFIG.url, "rows": SITEMAPS[section].rows()}
    return render(request, "feeds/sitemap.xml", shown, content_type="application/xml")


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Show which feeds there are."""
    return render(request, "about/feeds.html")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Say where the sitemap is."""
    closed = "".join(f"Disallow: {one}\n" for one in _NOT_FOR_CRAWLERS)
    text = f"User-agent: *\nAllow: /\n{closed}Sitemap: {CONFIG.url}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain")


@require_safe
def schema_org(_request: HttpRequest, slug: str) -> HttpResponse:
    """Return a product as schema.org says it."""
    one = get_object_or_404(Product.objects.prefetch_related("members", "areas"), slug=slug)
    said = structured(one, f"{CONFIG.url}/products/{slug}/", _delivered(one))
    return JsonResponse(said, content_type=_LD)


@require_safe
def code_meta(_request: HttpRequest, slug: str) -> HttpResponse:
    """Return a product as CodeMeta says it."""
    one = get_object_or_404(Product.objects.prefetch_related("members", "areas"), slug=slug)
    said = codemeta(one, f"{CONFIG.url}/products/{slug}/", _delivered(one))
    return JsonResponse(said, content_type=_LD)


def _delivered(one: Product) -> Iterable[ReleaseProduct]:
    return ReleaseProduct.objects.filter(product=one).order_by("-release__created")[:5]
