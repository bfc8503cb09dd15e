"""Django's settings, from `PortalConfig`; production is the default and there is no debug mode.

A module of constants because Django asks for one: the only place of the portal that looks at the
environment when it is imported.
"""

from __future__ import annotations

import os
from pathlib import Path

from peso.portal.config import config_of

_HERE = Path(__file__).parent
CONFIG = config_of(os.environ)

DEBUG = False
SECRET_KEY = CONFIG.secret()
ALLOWED_HOSTS = list(CONFIG.hosts)
DATABASES = CONFIG.databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "peso.portal.store.apps.StoreConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "peso.portal.security.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peso.portal.caching.Answers",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "peso.portal.security.Visible",
]
ROOT_URLCONF = "peso.portal.urls"
WSGI_APPLICATION = "peso.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "peso.portal.pages.around.around",
            ],
            "builtins": ["django.contrib.humanize.templatetags.humanize", "peso.portal.pages.tags"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATIC_ROOT = CONFIG.folder / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = CONFIG.safe
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.safe else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.safe else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.safe
SECURE_HSTS_PRELOAD = CONFIG.safe
CSRF_COOKIE_SECURE = CONFIG.safe
SESSION_COOKIE_SECURE = CONFIG.safe
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
