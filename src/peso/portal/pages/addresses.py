"""Addresses that more than one page makes."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from peso.portal.store.models import Release
from peso.portal.visible import hides

_NOT_IN_AN_ADDRESS: Final = frozenset("\"'<>\\^`{|} \t\r\n")


def path_of(one: Release) -> str:
    """Return the address of a release's page."""
    return f"/releases/{one.channel}/{one.stack}/{one.version}/"


def web(address: object) -> str:
    """Return an address that others gave if a reader may follow it: on the web, and as it looks.

    Anything else (a script, data, a name and password before the host, letters that no address has)
    gives an empty text, and is shown as text.
    """
    text = address if isinstance(address, str) else ""
    if hides(text) or _NOT_IN_AN_ADDRESS & set(text):
        return ""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    return text if fits else ""
