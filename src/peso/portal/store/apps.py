"""The store as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """All tables of the portal's first room."""

    name = "peso.portal.store"
    label = "store"
