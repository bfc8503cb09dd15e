"""Serve: the portal on this machine, with one command: database, contents, web server.

1. The database is brought to the newest form and filled from what the workspace holds.
2. gunicorn runs it: some processes, some threads each. A signal ends all of them, within seconds:
   nobody who opened a connection and says nothing can hold it up.
3. Behind a proxy that speaks TLS, `--url https://…` makes cookies and HSTS insist on it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from peso.base.record import Record
from peso.portal.config import FOLDER, HERE, URL, VARIABLES, PortalConfig, config_of
from peso.portal.django import begin, collect, migrate

THREADS = 4
"""Of one process: as many answers may wait for the database while one is worked out."""
_TIMEOUT = 60
_LEFT = 5
"""Seconds that what is being answered has, once it is to stop; also a request that never comes."""
_KEPT_OPEN = 75
"""Seconds a connection stays open unused: longer than browsers and proxies reuse one."""


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told what to do by arguments instead of files."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 - a WSGI application
        """Return the application, in a worker."""
        from peso.portal.wsgi import application  # noqa: PLC0415 - after the fork, as Django wants

        return application


class Served(Record):
    """Where a portal answers."""

    url: str
    set_up: str = ""
    """A link that makes the first administrator; empty where there is one."""


def config_in(workspace: Path, *, url: str = "", otherwise: str = "") -> PortalConfig:
    """Return how a workspace's portal is run: in `.peso/portal`, unless the environment says.

    Args:
        workspace: Its folder.
        url: Where readers find it; else as the environment says.
        otherwise: Where, if that says nothing.
    """
    said = {name: os.environ.get(name, "") for name in VARIABLES}
    folder = said[FOLDER] or str(workspace.absolute() / ".peso" / "portal")
    return config_of({**said, FOLDER: folder, URL: url or said[URL] or otherwise or HERE})


def prepare(how: PortalConfig) -> None:
    """Make the database and the static files ready."""
    begin(how)
    migrate()
    collect()


def run(*, host: str, port: int, workers: int) -> None:
    """Serve until a signal comes. `prepare` first."""
    _Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": _TIMEOUT,
            "graceful_timeout": _LEFT,
            "keepalive": _KEPT_OPEN,
            "proc_name": "peso-portal",
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "forwarded_allow_ips": "127.0.0.1",
        }
    ).run()
