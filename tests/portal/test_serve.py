"""The portal as a program: it ends when it is told to, whoever is connected."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.portal.small import served


def test_a_request_that_never_comes_holds_up_no_stop(tmp_path: Path) -> None:
    with served(tmp_path / "eco", code="empty") as live:
        at = urlsplit(live.url)
        slow = socket.create_connection((at.hostname or "", at.port or 0))
        slow.sendall(b"GET / HT")
        time.sleep(0.5)  # until a worker has begun to read it
        began = time.monotonic()
    with slow:
        assert time.monotonic() - began < 20  # gunicorn's own patience is 30 s
