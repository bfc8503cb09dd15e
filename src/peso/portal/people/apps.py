"""People as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, grants, invitations and the audit."""

    name = "peso.portal.people"
    label = "people"

    def ready(self) -> None:
        """Listen to what people change of how they sign in."""
        from peso.portal.people.signing_in import listen  # noqa: PLC0415 - after its tables

        listen()
