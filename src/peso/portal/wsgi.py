"""The portal for any WSGI server: `gunicorn peso.portal.wsgi`; `PESO_PORTAL` names its folder."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peso.portal.settings")
application = get_wsgi_application()
