"""Pages of a list: how many rows there are on one, and links that keep what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE: Final = 50


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    per_page: int = PER_PAGE,
    count: int | None = None,
) -> dict[str, Any]:
    """Return the page that was asked for, and what its links keep.

    `count` is how many rows there are, where that is known without counting them.
    """
    paginator: Paginator[Any] = Paginator(rows, per_page)
    if count is not None:
        paginator.__dict__["count"] = count  # what it would work out once, and remember
    page: Page[Any] = paginator.get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    kept = asked.urlencode()
    return {"page": page, "kept": f"{kept}&" if kept else ""}
