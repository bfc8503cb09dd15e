"""The client of a portal: what it knows, as typed records, page after page.

    from peso.client import Portal

    with Portal("https://portal.example.org") as portal:
        for product in portal.products(q="solver"):
            print(product.name, product.license or "license not known")

1. What is listed comes page by page: a list of a million runs is never in memory as a whole.
2. Records are frozen. A field that a newer portal adds is left out, so an older client goes on.
3. Nothing is kept between two questions; ask again and you have what is there now.
4. Errors are sentences: `BadInput` for what the portal does not have, `Outside` for what failed on
   the way. A portal that is offline, busy or behind a redirect is treated as `peso.base.net` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote, urlencode

from pydantic import TypeAdapter, ValidationError

from peso.base.net import Net, NotFound, shown
from peso.client_consortium import (
    Consortium,
    Due,
    GroupWhole,
    Organization,
    OrganizationWhole,
    Person,
    PersonWhole,
    WorkingGroup,
)
from peso.client_needs import NeedHeld, NeedRanked
from peso.client_records import (
    Asked,
    Cell,
    Component,
    Finding,
    Known,
    License,
    Need,
    Needed,
    Product,
    ProductWhole,
    Recipe,
    RecipeWhole,
    Release,
    ReleaseWhole,
    Run,
    Said,
    Source,
    Stack,
    StackFinding,
    StackWhole,
    Stated,
    Unit,
    Upstream,
)
from peso.errors import BadInput, Outside

__all__ = [
    "Asked",
    "Cell",
    "Component",
    "Consortium",
    "Due",
    "Finding",
    "GroupWhole",
    "Known",
    "License",
    "Need",
    "Needed",
    "Organization",
    "OrganizationWhole",
    "Person",
    "PersonWhole",
    "Portal",
    "Product",
    "ProductWhole",
    "Recipe",
    "RecipeWhole",
    "Release",
    "ReleaseWhole",
    "Run",
    "Source",
    "Stack",
    "StackFinding",
    "StackWhole",
    "Stated",
    "Unit",
    "Upstream",
    "WorkingGroup",
]

_PAGE: Final = 500
_LIMIT: Final = 256 << 20
"""Bytes of one answer."""


class _Page(Said):
    count: int
    items: tuple[dict[str, Any], ...]


T = TypeVar("T", bound=Said)


class Portal:
    """A portal that can be asked.

    Args:
        url: Its address, with or without a slash at the end.
        net: What fetches; a new `peso.base.net.Net` by default, closed with the portal.
        page: How many things are asked for at once, 1000 at most.

    Every method raises `BadInput` where the portal does not have what was named, and `Outside`
    where the network failed or what answers is no portal.
    """

    def __init__(self, url: str, *, net: Net | None = None, page: int = _PAGE) -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._net, self._own = net or Net(), net is None
        self._page = page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._own:
            self._net.close()

    def products(self, *, q: str = "", member: str = "", area: str = "") -> Iterator[Product]:
        """Yield products, by words, member (slug) or area (slug)."""
        return self._many(Product, "/products", q=q, member=member, area=area)

    def product(self, slug: str) -> ProductWhole:
        """Return one product."""
        return self._one(ProductWhole, _path("products", slug))

    def releases(self, *, stack: str = "", channel: str = "") -> Iterator[Release]:
        """Yield releases, the newest first."""
        return self._many(Release, "/releases", stack=stack, channel=channel)

    def release(self, channel: str, stack: str, version: str) -> ReleaseWhole:
        """Return one release."""
        return self._one(ReleaseWhole, _path("releases", channel, stack, version))

    def units(self, channel: str, stack: str, version: str, *, outcome: str = "") -> Iterator[Unit]:
        """Yield the units of a release."""
        path = _path("releases", channel, stack, version)
        return self._many(Unit, f"{path}/units", outcome=outcome)

    def runs(self, channel: str, stack: str, version: str, *, outcome: str = "") -> Iterator[Run]:
        """Yield the runs of tests of a release."""
        path = _path("releases", channel, stack, version)
        return self._many(Run, f"{path}/tests", outcome=outcome)

    def recipes(self, *, q: str = "") -> Iterator[Recipe]:
        """Yield recipes, by words."""
        return self._many(Recipe, "/recipes", q=q)

    def recipe(self, name: str) -> RecipeWhole:
        """Return one recipe."""
        return self._one(RecipeWhole, _path("recipes", name))

    def dependents(self, name: str) -> Iterator[Need]:
        """Yield who may need a package, or a virtual package."""
        return self._many(Need, f"{_path('recipes', name)}/dependents")

    def stacks(self) -> Iterator[Stack]:
        """Yield stacks."""
        return self._many(Stack, "/stacks")

    def stack(self, name: str) -> StackWhole:
        """Return one stack."""
        return self._one(StackWhole, _path("stacks", name))

    def sources(self) -> Iterator[Source]:
        """Yield what was taken in, and what was refused and why."""
        return self._many(Source, "/sources")

    def consortium(self) -> Consortium:
        """Return the consortium in numbers."""
        return self._one(Consortium, "/consortium")

    def organizations(self, *, kind: str = "") -> Iterator[Organization]:
        """Yield organizations, or those of one kind."""
        return self._many(Organization, "/consortium/organizations", kind=kind)

    def organization(self, slug: str) -> OrganizationWhole:
        """Return one organization."""
        return self._one(OrganizationWhole, _path("consortium", "organizations", slug))

    def people(self) -> Iterator[Person]:
        """Yield people, by public name."""
        return self._many(Person, "/consortium/people")

    def person(self, slug: str) -> PersonWhole:
        """Return one person."""
        return self._one(PersonWhole, _path("consortium", "people", slug))

    def due(self, *, state: str = "") -> Iterator[Due]:
        """Yield what the by-laws ask for, the most urgent first, or what is in one state."""
        return self._many(Due, "/consortium/due", state=state)

    def groups(self) -> Iterator[WorkingGroup]:
        """Yield working groups."""
        return self._many(WorkingGroup, "/groups")

    def group(self, slug: str) -> GroupWhole:
        """Return one working group."""
        return self._one(GroupWhole, _path("groups", slug))

    def needs(self, *, q: str = "", status: str = "", kind: str = "") -> Iterator[NeedHeld]:
        """Yield public needs, by words, status or kind."""
        return self._many(NeedHeld, "/needs", q=q, status=status, kind=kind)

    def need(self, need: str) -> NeedHeld:
        """Return one public need."""
        return self._one(NeedHeld, _path("needs", need))

    def ranking(self) -> Iterator[NeedRanked]:
        """Yield the open public needs, the first at first."""
        return self._many(NeedRanked, "/needs-ranking")

    def _many(self, shape: type[T], path: str, **asked: str) -> Iterator[T]:
        plain = {name: value for name, value in asked.items() if value}
        offset = 0
        while True:
            query = urlencode({**plain, "limit": self._page, "offset": offset})
            page = self._said(_Page, f"{path}?{query}")
            yield from (self._read(shape, item, path) for item in page.items)
            offset += len(page.items)
            if not page.items or offset >= page.count:
                return

    def _one(self, shape: type[T], path: str) -> T:
        return self._said(shape, path)

    def _said(self, shape: type[T], path: str) -> T:
        url = f"{self._base}{path}"
        try:
            data = self._net.fetch(url, limit=_LIMIT)
        except NotFound:
            raise BadInput(
                "the portal does not have it",
                where=shown(url),
                hint="list what there is: products(), releases(), recipes(), stacks(), groups() …",
            ) from None
        try:
            return TypeAdapter(shape).validate_json(data)
        except ValidationError as error:
            raise _no_portal(url, error) from None

    def _read(self, shape: type[T], item: dict[str, Any], path: str) -> T:
        try:
            return shape.model_validate(item)
        except ValidationError as error:
            raise _no_portal(f"{self._base}{path}", error) from None


def _path(*names: str) -> str:
    return "".join(f"/{quote(name, safe='')}" for name in names)


def _no_portal(url: str, error: ValidationError) -> Outside:
    first = error.errors(include_url=False, include_input=False)[0]
    at = ".".join(str(one) for one in first["loc"]) or "the answer"
    return Outside(
        f"what answers is no portal that this client knows: {at}: {first['msg']}",
        where=shown(url),
        hint="check the address; a portal answers at /api/v1/, and says its version there",
    )
