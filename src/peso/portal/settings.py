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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{one.name}" for one in CONFIG.providers),
    "allauth.usersessions",
    "peso.portal.store.apps.StoreConfig",
    "peso.portal.people.apps.PeopleConfig",
    "peso.portal.needs.apps.NeedsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "peso.portal.security.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peso.portal.caching.Answers",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "django.contrib.messages.context_processors.messages",
                "peso.portal.pages.around.around",
            ],
            "builtins": [
                "django.contrib.humanize.templatetags.humanize",
                "peso.portal.pages.tags",
                "peso.portal.pages.consortium.tags",
            ],
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
    # Limits on guessing are counted here: for all processes together, so in the database.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "peso_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_ADAPTER = "peso.portal.people.adapters.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if CONFIG.safe else "http"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[PESO portal] "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")  # a mailbox is no second look
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ALLAUTH_TRUSTED_PROXY_COUNT = NINJA_NUM_PROXIES = 1 if CONFIG.safe else 0
MFA_ADAPTER = "peso.portal.people.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is proven before there is an account
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp"]
MFA_TOTP_ISSUER = "PESO portal"
SOCIALACCOUNT_ADAPTER = "peso.portal.people.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    one.name: {"APPS": [{"client_id": one.client, "secret": one.secret}]}
    for one in CONFIG.providers
}
globals().update(CONFIG.mailing())
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = CONFIG.safe
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.safe else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.safe else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.safe
SECURE_HSTS_PRELOAD = CONFIG.safe
_PREFIX = "__Host-" if CONFIG.safe else ""  # bound to this host by the browser itself
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{_PREFIX}peso-csrf"
CSRF_COOKIE_SECURE = CONFIG.safe
CSRF_FAILURE_VIEW = "peso.portal.pages.errors.not_from_here"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = f"{_PREFIX}peso-session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.safe
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["peso.portal.uploading.Bounded"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
