"""Answers that were worked out before: kept by each process, for as long as the store is the same.

1. An answer is known by the store's mark, this build of the portal, the address and what of the
   request decides it. A change of the store is seen by the next request, in every process.
2. A browser that has the newest is told so (304), and nothing is worked out.
3. Only a plain 200 is kept; within `ROOM` bytes, the longest unused one goes first.
4. Inside somebody's transaction nothing is kept: what it sees may never be so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags

import peso
from peso.base.digest import canonical_json, sha256_bytes
from peso.portal.store.generation import current

A = TypeVar("A", bound=HttpResponseBase)
ROOM: Final = 64 << 20
"""Bytes of answers that one process keeps."""
_LARGEST: Final = 4 << 20
_HERE: Final = Path(__file__).parent
_OK: Final = 200
_ASKS: Final = ("HX-Request", "HX-History-Restore-Request")
"""Headers of a request that decide an answer, beside how it is packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An answer."""

    body: bytes
    headers: tuple[tuple[str, str], ...]

    def answer(self) -> HttpResponse:
        """Return it as an answer of its own."""
        answer = HttpResponse(self.body)
        del answer.headers["Content-Type"]
        for name, value in self.headers:
            answer.headers[name] = value
        return answer


class Shelf:
    """Answers of one state of the store; safe to use from several threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._lock = Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._mark, self._bytes = "", 0

    def find(self, mark: str, key: str) -> Held | None:
        """Return an answer that was kept under this mark."""
        with self._lock:
            if mark != self._mark or key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def keep(self, mark: str, key: str, held: Held) -> None:
        """Keep an answer; all of another mark go."""
        with self._lock:
            if mark != self._mark:
                self._held.clear()
                self._mark, self._bytes = mark, 0
            before = self._held.pop(key, None)
            self._bytes += len(held.body) - (len(before.body) if before else 0)
            self._held[key] = held
            while self._bytes > self._room:
                _, oldest = self._held.popitem(last=False)
                self._bytes -= len(oldest.body)


class Answers:
    """The middleware: stands before all that works an answer out, packing included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response
        self._shelf = Shelf()
        self._build = build_mark()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, from what is kept where that can be."""
        if request.method not in {"GET", "HEAD"} or connection.in_atomic_block:
            return self._next(request)
        generation = current()
        if generation is None:
            return self._next(request)
        mark, key = generation.mark, self._key(request)
        tag = f'W/"{sha256_bytes(f"{self._build} {mark} {key}".encode())[:32]}"'
        fresh = {"ETag": tag, "Last-Modified": http_date(int(generation.at.timestamp()))}
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return _with(HttpResponseNotModified(), fresh)
        held = self._shelf.find(mark, key)
        if held is not None:
            return held.answer()
        answer = self._next(request)
        if not isinstance(answer, HttpResponse) or answer.status_code != _OK or answer.cookies:
            return answer
        # The mark was read before anything else, so an answer is never older than its mark; where
        # the store changed meanwhile, nobody will ask for this mark again.
        _with(answer, fresh)
        if len(answer.content) <= _LARGEST:
            headers = tuple((name, value) for name, value in answer.items())
            self._shelf.keep(mark, key, Held(body=answer.content, headers=headers))
        return answer

    def _key(self, request: HttpRequest) -> str:
        """Return what decides an answer, beside the state of the store."""
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        where = request.build_absolute_uri()
        asks = [request.headers.get(name, "") for name in _ASKS]
        return sha256_bytes(canonical_json([where, packed, *asks]))


def build_mark() -> str:
    """Return a mark of this build: another program or template gives another answer."""
    files = sorted(
        one for one in _HERE.rglob("*") if one.suffix in {".py", ".html", ".xml", ".css"}
    )
    said = [sha256_bytes(one.read_bytes()) for one in files]
    return sha256_bytes(canonical_json([peso.__version__, *said]))


def _with(answer: A, fresh: dict[str, str]) -> A:
    for name, value in fresh.items():
        answer.headers[name] = value
    answer.headers.setdefault("Cache-Control", "public, no-cache")
    patch_vary_headers(answer, ("Accept-Encoding", "HX-Request"))
    return answer
