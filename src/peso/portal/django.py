"""Django, set up once for this process: the door by which all but a web server comes in.

`begin` names the settings and makes Django ready; it is called by `serve.py`, `export.py` and
`ingest/`, never at import. A web server of one's own starts with `wsgi.py` instead.
"""

from __future__ import annotations

import os

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from peso.errors import PesoError
from peso.portal.config import PortalConfig

SETTINGS = "peso.portal.settings"


def begin(how: PortalConfig) -> None:
    """Make Django ready for a portal, once per process.

    Raises:
        PesoError: this process is another portal already: Django has its settings once.
    """
    if apps.ready and how != settings.CONFIG:
        raise PesoError(
            "one process is one portal, and this one has another", where=str(how.folder)
        )
    os.environ.update({**how.environment(), "DJANGO_SETTINGS_MODULE": SETTINGS})
    django.setup()


def migrate() -> None:
    """Bring the database to the newest form; makes it where there is none."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def collect() -> None:
    """Lay the static files out, with their digests in their names."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
