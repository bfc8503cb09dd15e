"""How a portal is run: its folder, its database, who may ask for it, and its secret.

1. All of it comes from the environment, so that the server, its workers and `manage.py` agree:
   `PESO_PORTAL` (the folder), `PESO_PORTAL_DATABASE`, `PESO_PORTAL_HOSTS`, `PESO_PORTAL_URL`.
2. The folder holds what must survive (the secret) and what can be rebuilt (the database, logs by
   digest). Nothing is made before it is needed.
3. The secret is made at first start, mode 0600, and never shown.
4. Closed by default: only this machine's own names are answered, unless others are named.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from peso.base.files import make_folder, write_atomic
from peso.errors import BadInput

FOLDER: Final = "PESO_PORTAL"
DATABASE: Final = "PESO_PORTAL_DATABASE"
HOSTS: Final = "PESO_PORTAL_HOSTS"
URL: Final = "PESO_PORTAL_URL"
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
_SECRET_BYTES: Final = 64
_POSTGRES: Final = frozenset({"postgres", "postgresql"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalConfig:
    """How one portal is run."""

    folder: Path
    database: str = ""
    """`postgresql://user:password@host:port/name`; empty: SQLite in the folder."""
    hosts: tuple[str, ...] = _LOCAL
    """The names the portal answers to."""
    url: str = "http://127.0.0.1:8000"
    """Where readers find it, without a slash at the end: what feeds and the sitemap say."""

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
    url = environment.get(URL, "http://127.0.0.1:8000").rstrip("/")
    named = tuple(one.strip() for one in said.split(",") if one.strip())
    own = urlsplit(url).hostname
    return PortalConfig(
        folder=Path(folder),
        database=environment.get(DATABASE, ""),
        hosts=tuple(dict.fromkeys((*named, *_LOCAL, *((own,) if own else ())))),
        url=url,
    )


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
