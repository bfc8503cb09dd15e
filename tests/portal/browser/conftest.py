"""The portal in a real browser: served from this process, looked at once for all tests here."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from tests.browsers import Tools
from tests.portal.addresses import kinds
from tests.portal.small import served
from tests.portal.standing import Portal

from peso.base.files import locked

ERRORS = {
    "error: not there": "/nothing/",
    "error: no such release": "/releases/testing/tiny/9/",
    "error: no such comparison": "/compare/?a=nothing&b=nothing",
}
FEW = ("front", "product with tests", "release", "matrix", "compare", "recipe")
"""What is looked at where the tests run once more, on PostgreSQL (`test_on_postgres.py`)."""
EMPTY = {
    "empty: front": "/",
    "empty: products": "/products/",
    "empty: releases": "/releases/",
    "empty: compare": "/compare/",
    "empty: matrix": "/matrix/",
    "empty: stacks": "/stacks/",
    "empty: recipes": "/recipes/",
    "empty: consortium": "/consortium/",
    "empty: due": "/consortium/due/",
    "empty: people": "/consortium/people/",
    "empty: groups": "/groups/",
    "empty: status": "/status/",
}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture(scope="session")
def base(portal: Portal) -> Iterator[str]:
    """Serve the portal of this process on loopback."""
    assert portal.done.ok
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def played(tools: Tools, script: str, **asked: object) -> dict[str, Any]:
    """Let a script of this folder use the browser; returns what it says."""
    browser, node, modules = tools
    ended = subprocess.run(
        [node, str(Path(__file__).with_name(script))],
        input=json.dumps({"browser": browser, **asked}),
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def look(tools: Tools, base: str, pages: dict[str, str], *, walk: bool) -> dict[str, Any]:
    """Look at some pages; returns what `look.cjs` says."""
    briefly = [kind for kind in pages if _briefly(kind, pages)]
    told = played(tools, "look.cjs", base=base, pages=pages, briefly=briefly, walk=walk)
    if kept := os.environ.get("PESO_BROWSER_TOLD"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        (Path(kept) / f"{'walk' if walk else 'empty'}.json").write_text(json.dumps(told))
    return told


def _briefly(kind: str, pages: dict[str, str]) -> bool:
    """Say whether a page is another one of a kind that is looked at whole."""
    kind_of, comma, _ = kind.partition(",")
    return bool(comma and kind_of in pages) or kind in EMPTY


def once(
    name: str, factory: pytest.TempPathFactory, see: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what was seen; of several workers one looks, which takes minutes, and all are told."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    kept = shared / f"looked-{name}.json"
    with locked(shared / f"looked-{name}.lock", who="the tests in a browser", wait=True):
        if not kept.exists():
            kept.write_text(json.dumps(see()))
        told: dict[str, Any] = json.loads(kept.read_text())
    return told


@pytest.fixture(scope="session")
def looked(tools: Tools, base: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is to be seen of every kind of page, errors too, and of the walk."""
    asked = kinds() | ERRORS
    if "PESO_BROWSER_FEW" in os.environ:
        asked = {kind: asked[kind] for kind in FEW}
    pages = {kind: f"{base}{path}" for kind, path in asked.items()}
    return once("all", tmp_path_factory, lambda: look(tools, base, pages, walk=True))


@pytest.fixture(scope="session")
def looked_empty(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same of a portal with nothing in it."""

    def see() -> dict[str, Any]:
        with served(tmp_path_factory.mktemp("empty") / "eco", code="empty") as live:
            pages = {kind: f"{live.url}{path}" for kind, path in EMPTY.items()}
            return look(tools, live.url, pages, walk=False)

    return once("empty", tmp_path_factory, see)


@pytest.fixture(scope="session")
def pages(looked: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """Every page that was looked at."""
    if "PESO_BROWSER_FEW" in os.environ:
        several: dict[str, Any] = looked["pages"]
        return several
    return {**looked["pages"], **request.getfixturevalue("looked_empty")["pages"]}
