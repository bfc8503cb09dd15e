"""Answers that were worked out before: kept by each process, for as long as the store is the same.

1. An answer is known by the store's mark, this build of the portal, the day (what is due depends on
   it), the address and what of the request decides it. A change of the store is seen by the next
   request, in every process.
2. A browser that has the newest is told so (304), and nothing is worked out.
3. Only a plain 200 is kept; within `ROOM` bytes, the longest unused one goes first.
4. Inside somebody's transaction nothing is kept: what it sees may never be so.
5. Who is signed in, or sends a form or a token, passes by: nothing is kept of what they see, here
   or in a browser, and nothing that was kept is shown to them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags

import peso
from peso.base.digest import canonical_json, sha256_bytes
from peso.portal.store.generation import everything, today
from peso.portal.store.models import Generation

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
        if _known(request):
            answer = self._next(request)
            answer.headers["Cache-Control"] = "private, no-store"
            return answer
        asks = request.method in {"GET", "HEAD"} and not connection.in_atomic_block
        generation = everything() if asks else None
        return self._next(request) if generation is None else self._public(request, generation)

    def _public(self, request: HttpRequest, generation: Generation) -> HttpResponseBase:
        """Answer what everybody may see of this state of the store."""
        # What people state holds until a day: an answer of yesterday may say too much.
        mark, key = f"{generation.mark} {timezone.now():%Y-%m-%d}", self._key(request)
        tag = f'W/"{sha256_bytes(f"{self._build} {mark} {key}".encode())[:32]}"'
        fresh = {"ETag": tag, "Last-Modified": http_date(int(generation.at.timestamp()))}
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return _with(HttpResponseNotModified(), fresh)
        held = self._shelf.find(mark, key)
        if held is not None:
            return held.answer()
        answer = self._next(request)
        if not isinstance(answer, HttpResponse) or not _for_all(answer):
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
        return sha256_bytes(canonical_json([where, packed, today().isoformat(), *asks]))


def _known(request: HttpRequest) -> bool:
    """Say whether a request carries what may tell who asks."""
    ours = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return "Authorization" in request.headers or not ours.isdisjoint(request.COOKIES)


def _for_all(answer: HttpResponse) -> bool:
    """Say whether everybody may have this answer."""
    private = "no-store" in answer.headers.get("Cache-Control", "")
    return answer.status_code == _OK and not answer.cookies and not private


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
    patch_vary_headers(answer, ("Accept-Encoding", "Cookie", "HX-Request"))
    return answer
