"""Markdown that people wrote, as HTML that can do nothing.

1. CommonMark without raw HTML; what comes out is cleaned once more by an allow-list of tags.
2. Links go to http and https only; no pictures, for a page asks no other site for anything.
3. It is bounded: longer than `LONGEST` is cut.
"""

from __future__ import annotations

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from peso.portal.visible import visible

LONGEST: Final = 20_000
_TAGS: Final = {
    *("p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"),
    *("h3", "h4", "h5", "h6"),
}
_READER: Final = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")


def as_html(text: str) -> SafeString:
    """Return a text as HTML."""
    made = nh3.clean(
        _READER.render(visible(text[:LONGEST])),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener nofollow",
    )
    return mark_safe(made)  # noqa: S308 - cleaned just now
