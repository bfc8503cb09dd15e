"""Needs as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """Events of the register, frozen rankings, and what visitors sent and have to confirm."""

    name = "peso.portal.needs"
    label = "needs"
