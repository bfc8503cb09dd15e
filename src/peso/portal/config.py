"""How a portal is run: its folder, its database, who may ask for it, and its secret.

1. All of it comes from the environment, so that the server, its workers and `manage.py` agree:
   `PESO_PORTAL` (the folder), `PESO_PORTAL_DATABASE`, `PESO_PORTAL_HOSTS`, `PESO_PORTAL_URL`,
   `PESO_PORTAL_MAIL`, `PESO_PORTAL_ORCID`, `PESO_PORTAL_GITHUB`.
2. The folder holds what must survive (the secret; accounts and their audit in the database) and
   what can be rebuilt (all else in the database, logs by digest). Nothing is made before its time.
3. The secret is made at first start, mode 0600, and never shown.
4. Closed by default: only this machine's own names are answered, unless others are named.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from peso.base.files import make_folder, write_atomic
from peso.errors import BadInput

FOLDER: Final = "PESO_PORTAL"
DATABASE: Final = "PESO_PORTAL_DATABASE"
HOSTS: Final = "PESO_PORTAL_HOSTS"
URL: Final = "PESO_PORTAL_URL"
MAIL: Final = "PESO_PORTAL_MAIL"
ORCID: Final = "PESO_PORTAL_ORCID"
GITHUB: Final = "PESO_PORTAL_GITHUB"
HERE: Final = "http://127.0.0.1:8000"
"""Where the portal is, if nobody says."""
VARIABLES: Final = (FOLDER, DATABASE, HOSTS, URL, MAIL, ORCID, GITHUB)
_SIGN_IN: Final = {ORCID: "orcid", GITHUB: "github"}
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
_SECRET_BYTES: Final = 64
_POSTGRES: Final = frozenset({"postgres", "postgresql"})
_SMTP: Final = {
    "smtp": (25, False, False),
    "smtp+tls": (587, True, False),
    "smtps": (465, False, True),
}
"""Ways to send mail: port, TLS asked for (STARTTLS), TLS from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody else whom people may sign in with."""

    name: str
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalConfig:
    """How one portal is run."""

    folder: Path
    database: str = ""
    """`postgresql://user:password@host:port/name`; empty: SQLite in the folder."""
    hosts: tuple[str, ...] = _LOCAL
    """The names the portal answers to."""
    url: str = HERE
    """Where readers find it, without a slash at the end: what feeds and the sitemap say."""
    mail: str = field(default="", repr=False)
    """`smtp+tls://user:password@host:587?from=portal@example.org`; empty: files in the folder."""
    providers: tuple[Provider, ...] = ()
    """Whom people may sign in with, beside their password."""

    @property
    def sqlite(self) -> Path:
        """Where the database is, where it is SQLite."""
        return self.folder / "portal.sqlite3"

    @property
    def blobs(self) -> Path:
        """Where logs and other long texts are, by digest."""
        return self.folder / "blobs"

    @property
    def safe(self) -> bool:
        """Whether readers come over TLS, so that cookies and HSTS can insist on it."""
        return self.url.startswith("https://")

    def secret(self) -> str:
        """Return the secret that signs sessions and tokens; made at first start."""
        path = self.folder / "secret"
        if not path.exists():
            make_folder(self.folder)
            write_atomic(path, secrets.token_urlsafe(_SECRET_BYTES).encode(), mode=0o600)
        return path.read_text()

    def environment(self) -> dict[str, str]:
        """Return the variables that say all of this; an empty one says nothing."""
        said = {one.name: f"{one.client}:{one.secret}" for one in self.providers}
        return {
            FOLDER: str(self.folder),
            DATABASE: self.database,
            HOSTS: ",".join(self.hosts),
            URL: self.url,
            MAIL: self.mail,
            **{variable: said.get(name, "") for variable, name in _SIGN_IN.items()},
        }

    def mailing(self) -> dict[str, object]:
        """Return how mail is sent, as Django's settings have it. Raises `BadInput`."""
        if self.mail:
            return _mailing(self.mail)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(self.folder / "mail"),
            "DEFAULT_FROM_EMAIL": "portal@localhost",
        }

    def databases(self) -> dict[str, dict[str, object]]:
        """Return the database as Django's settings have it. Raises `BadInput`."""
        if not self.database:
            return {"default": _sqlite(self.sqlite)}
        return {"default": _postgres(self.database)}


def config_of(environment: Mapping[str, str]) -> PortalConfig:
    """Return how the portal is run, as the environment says. Raises `BadInput`."""
    folder = environment.get(FOLDER, "")
    if not folder:
        raise BadInput(
            f"{FOLDER} does not name the portal's folder",
            hint="`peso portal serve` sets it; beside it, say where the portal keeps its database",
        )
    said = environment.get(HOSTS, "")
    url = (environment.get(URL) or HERE).rstrip("/")
    named = tuple(one.strip() for one in said.split(",") if one.strip())
    own = urlsplit(url).hostname
    return PortalConfig(
        folder=Path(folder),
        database=environment.get(DATABASE, ""),
        hosts=tuple(dict.fromkeys((*named, *_LOCAL, *((own,) if own else ())))),
        url=url,
        mail=environment.get(MAIL, ""),
        providers=tuple(
            _provider(variable, environment[variable])
            for variable in _SIGN_IN
            if environment.get(variable)
        ),
    )


def _provider(variable: str, said: str) -> Provider:
    client, _, secret = said.partition(":")
    if not client or not secret:
        raise BadInput(
            "this names no client and its secret", where=variable, hint="write ID:SECRET"
        )
    return Provider(name=_SIGN_IN[variable], client=client, secret=secret)


def _mailing(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    sender = dict(parse_qsl(parts.query)).get("from", "")
    if parts.scheme not in _SMTP or not parts.hostname or not sender:
        raise BadInput(
            "this names no mail server and sender",
            where=MAIL,
            hint="write smtp+tls://user:password@host:587?from=portal@example.org",
        )
    port, later, first = _SMTP[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": later,
        "EMAIL_USE_SSL": first,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def _postgres(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        raise BadInput(
            "this names no PostgreSQL database",
            where=DATABASE,
            hint="write postgresql://user:password@host:5432/name, or leave it empty for SQLite",
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
