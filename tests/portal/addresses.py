"""Every kind of address of the portal, and a walk over all that is linked from one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.http.response import HttpResponseBase
from django.test import Client

from peso.portal.store.models import Product, Recipe, Release, ReleaseUnit, Stack, TestResult


@dataclass(slots=True)
class Page(HTMLParser):
    """What a browser would make of a page, as far as tests look at it."""

    text: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def links(self) -> list[str]:
        """Everything that a reader or the browser would fetch."""
        named = ("href", "src", "action", "hx-get", "formaction", "data", "poster", "srcset")
        return [said[name] for _, said in self.tags for name in named if name in said]

    @property
    def leads(self) -> list[str]:
        """What a reader may follow: all links, without what a form sends to."""
        sent = {
            said.get("action", "")
            for tag, said in self.tags
            if tag == "form" and said.get("method", "").lower() == "post"
        }
        return [link for link in self.links if link not in sent]

    @property
    def said(self) -> str:
        """The text of the page."""
        return " ".join(" ".join(self.words).split())


def path_of(release: Release) -> str:
    """Return a release's address."""
    return f"/releases/{release.channel}/{release.stack}/{release.version}/"


def kinds() -> dict[str, str]:
    """Return an address of each kind that answers 200 where the small ecosystem is taken in."""
    newest = Release.objects.get(version="1.2")
    older = Release.objects.get(version="1.1")
    failed = ReleaseUnit.objects.get(release=newest, outcome="failed")
    run = TestResult.objects.get(release=newest, outcome="fail")
    product, stack = Product.objects.get(slug="hypre"), Stack.objects.get(name="faulty")
    pair = f"a=testing/tiny/{older.version}&b=testing/tiny/{newest.version}"
    return {
        "front": "/",
        "products": "/products/",
        "products, filtered": "/products/?q=solves&gpu=true&tested=&where=release",
        "products, none fits": "/products/?q=nothing+has+this",
        "products, not understood": "/products/?member=nobody&gpu=maybe",
        "product": f"/products/{product.slug}/",
        "product with tests": "/products/alpha/",
        "product, in no release": "/products/stork/",
        "releases": "/releases/",
        "release": path_of(older),
        "release, refused": path_of(newest),
        "units": f"{path_of(newest)}units/",
        "units, none fits": f"{path_of(newest)}units/?q=zzz",
        "unit": f"{path_of(newest)}units/{failed.hash}/",
        "findings": f"{path_of(Release.objects.get(stack='tiny', version='1.0'))}findings/",
        "findings, none": f"{path_of(newest)}findings/",
        "components": f"{path_of(older)}components/",
        "components, not covered": f"{path_of(older)}components/?covered=no",
        "tests": f"{path_of(newest)}tests/",
        "tests, failed": f"{path_of(newest)}tests/?outcome=fail&product=alpha",
        "tests, none fits": f"{path_of(newest)}tests/?outcome=skipped",
        "log of a unit": f"/logs/{failed.log}/",
        "log of a test": f"/logs/{run.log}/",
        "compare, nothing chosen": "/compare/",
        "compare": f"/compare/?{pair}",
        "matrix": "/matrix/",
        "matrix of one": "/matrix/?release=testing/tiny/1.0",
        "stacks": "/stacks/",
        "stack": f"/stacks/{stack.name}/",
        "recipes": "/recipes/",
        "recipes, none fits": "/recipes/?q=zzz",
        "recipe": "/recipes/hypre/",
        "recipe, unreadable": "/recipes/broken/",
        "impact": "/impact/hypre/",
        "consortium": "/consortium/",
        "what is due": "/consortium/due/",
        "member": "/consortium/organizations/pond/",
        "affiliate": "/consortium/organizations/moss/",
        "former member": "/consortium/organizations/puddle/",
        "facility": "/consortium/organizations/big-lake/",
        "people": "/consortium/people/",
        "person": "/consortium/people/ada-frog/",
        "person, not listed": "/consortium/people/cy-toad/",
        "groups": "/groups/",
        "group": "/groups/reeds/",
        "group, hardly known": "/groups/roots/",
        "needs, none": "/needs/",
        "ranking of needs, none": "/needs/ranking/?days=many",
        "frozen rankings, none": "/needs/snapshots/",
        "needs, nothing done": "/needs/done/",
        "raise a need": "/needs/new/",
        "status": "/status/",
        "feeds": "/feeds/",
        "API": "/api/",
        "accessibility": "/about/accessibility/",
        "conformance": "/about/conformance/",
    }


MACHINES = (
    "/feeds/releases.atom",
    "/feeds/findings.atom",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-products.xml",
    "/sitemap-releases.xml",
    "/sitemap-stacks.xml",
    "/sitemap-recipes.xml",
    "/products/hypre/schema.jsonld",
    "/products/hypre/codemeta.json",
    "/api/v1/openapi.json",
    "/api/v1/products",
    "/api/v1/products/hypre",
    "/api/v1/releases",
    "/api/v1/releases/testing/tiny/1.2",
    "/api/v1/releases/testing/tiny/1.2/units",
    "/api/v1/releases/testing/tiny/1.2/tests",
    "/api/v1/recipes",
    "/api/v1/recipes/hypre",
    "/api/v1/recipes/hypre/dependents",
    "/api/v1/stacks",
    "/api/v1/stacks/faulty",
    "/api/v1/sources",
    "/sitemap-consortium.xml",
    "/api/v1/consortium",
    "/api/v1/consortium/organizations",
    "/api/v1/consortium/organizations/pond",
    "/api/v1/consortium/people",
    "/api/v1/consortium/people/ada-frog",
    "/api/v1/consortium/due",
    "/feeds/needs.atom",
    "/needs/agenda.md",
    "/api/v1/needs",
    "/api/v1/needs-ranking",
    "/api/v1/groups",
    "/api/v1/groups/reeds",
)
"""What only programs read."""
MISSING = (
    "/nothing",
    "/products/nothing/",
    "/releases/testing/tiny/9/",
    "/releases/testing/tiny/1.2/units/nothing/",
    "/logs/abc/",
    f"/logs/{'0' * 64}/",
    "/compare/?a=nothing&b=testing/tiny/1.0",
    "/matrix/?release=testing/tiny/9",
    "/stacks/nothing/",
    "/recipes/nothing-of-that-name/",
    "/impact/nothing-of-that-name/",
    "/consortium/organizations/nothing/",
    "/consortium/people/nothing/",
    "/groups/nothing/",
    "/api/v1/nothing",
    "/api/v1/products/nothing",
    "/static/portal/nothing.css",
)
"""What answers 404."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One address that was asked for."""

    path: str
    linked_from: str
    status: int
    kind: str
    body: bytes
    answer: HttpResponseBase

    @property
    def page(self) -> Page:
        return Page(self.body.decode())

    @property
    def asks_who_you_are(self) -> bool:
        """Whether one signs in first, or gives the password again."""
        to = self.answer.headers.get("Location", "") if self.status == 302 else ""
        return to.startswith("/account/login/?next=") or "/reauthenticate/?" in to


def visit(client: Client, path: str, linked_from: str = "") -> Visit:
    """Ask for one address."""
    answer = client.get(path)
    body = b"".join(answer) if answer.streaming else answer.content
    for file in getattr(answer, "_resource_closers", ()):
        file()  # what a web server does after it sent a file
    return Visit(
        path=path,
        linked_from=linked_from,
        status=answer.status_code,
        kind=answer.headers.get("Content-Type", "").partition(";")[0],
        body=body,
        answer=answer,
    )


def walk(
    client: Client, first: Sequence[str], limit: int = 2000, within: tuple[str, ...] = ("",)
) -> Iterator[Visit]:
    """Ask for some addresses and for every address of the portal that is linked from there on.

    `within` says how the linked addresses begin that are followed.
    """
    waiting = deque((path, "") for path in first)
    seen = set(first)
    while waiting and limit:
        limit -= 1
        path, before = waiting.popleft()
        here = visit(client, path, before)
        yield here
        if here.kind != "text/html" or here.status != 200:
            continue
        for link in here.page.leads:
            parts = urlsplit(link)
            to = urldefrag(urljoin(path, link)).url
            if parts.scheme or parts.netloc or to in seen or to.startswith("//"):
                continue
            if not to.startswith(within):
                continue
            seen.add(to)
            waiting.append((to, path))


def recipes() -> list[str]:
    """Return the address of every recipe."""
    return [f"/recipes/{name}/" for name in Recipe.objects.values_list("name", flat=True)]
