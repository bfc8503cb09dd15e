"""The portal for any WSGI server: `gunicorn peso.portal.wsgi`; `PESO_PORTAL` names its folder.

A process is ready when it is begun: what takes seconds to work out is worked out by then.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peso.portal.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402 - it needs the settings first

from peso.portal.needs.worked import ready  # noqa: E402 - its tables need Django first

ready()
connection.close()  # the threads that answer have their own
