"""Addresses that more than one page makes."""

from __future__ import annotations

from peso.portal.store.models import Release


def path_of(one: Release) -> str:
    """Return the address of a release's page."""
    return f"/releases/{one.channel}/{one.stack}/{one.version}/"
