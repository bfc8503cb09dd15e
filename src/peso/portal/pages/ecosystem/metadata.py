"""Metadata: a product as machines read it: schema.org in its page, CodeMeta beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from peso.portal.ingest.facts import cut
from peso.portal.pages.addresses import web
from peso.portal.store.models import Product, ReleaseProduct

_ESCAPES: Final = {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"}
"""What could end the element the JSON stands in, or be taken for an entity."""

_DESCRIBED: Final = 1000
"""Letters of a description."""


def structured(one: Product, url: str, delivered: Iterable[ReleaseProduct] = ()) -> dict[str, Any]:
    """Return what a search engine reads of a product (schema.org, SoftwareSourceCode)."""
    links = _links(one)
    newest = next((row.version for row in delivered if row.version), "")
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode",
        "name": one.name,
        "description": cut(one.description, _DESCRIBED),
        "url": url,
        "license": _license(one.license),
        "version": newest,
        "codeRepository": links.get("Repository"),
        "keywords": [area.name for area in one.areas.all()],
        "sameAs": links.get("Website"),
        "maintainer": [
            {"@type": "Organization", "name": member.title or member.name}
            for member in one.members.all()
        ],
    }
    return {name: value for name, value in said.items() if value}


def codemeta(one: Product, url: str, delivered: Iterable[ReleaseProduct] = ()) -> dict[str, Any]:
    """Return what CodeMeta 3.0 says of a product (https://codemeta.github.io/terms/)."""
    links = _links(one)
    said = {
        **structured(one, url, delivered),
        "@context": "https://w3id.org/codemeta/3.0",
        "identifier": one.slug,
        "issueTracker": links.get("Issues"),
        "softwareHelp": links.get("Documentation"),
    }
    return {name: value for name, value in said.items() if value}


def embedded(said: dict[str, Any]) -> SafeString:
    """Return JSON as it may stand in a page: nothing in it can end its element."""
    text = json.dumps(said, ensure_ascii=False, indent=None)
    for letter, escaped in _ESCAPES.items():
        text = text.replace(letter, escaped)
    return mark_safe(text)  # noqa: S308 - no <, > or & is left


def _links(one: Product) -> dict[str, str]:
    """Return the first address of each label; what is not known, or no address, is left out."""
    found: dict[str, str] = {}
    for link in one.data.get("links", ()):
        label, url = link.get("label"), link.get("url")
        if isinstance(label, str) and web(url):
            found.setdefault(label, web(url))
    return found


def _license(expression: str) -> str:
    """Return a single license as the address SPDX has for it; an expression as it is."""
    plain = expression and not set(expression) & set(" ()")
    return f"https://spdx.org/licenses/{expression}" if plain else expression
