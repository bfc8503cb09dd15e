"""The only network of our own: fetch over HTTP(S) or from `file:`, or send bytes, within limits.

It gets bytes and counts them; what they mean, and whether to trust them, is for others. The rules:

1. Nothing is longer than the caller allows: a declared length above the limit is refused before
   reading, an undeclared one while reading. The whole fetch has a time limit, each read another.
2. The bytes are those of the file: an answer with a content encoding is refused.
3. A file gets its name when it is complete and its digest is right.
4. Broken connections and a server's own faults are tried three times; a plain no is not.
5. Redirects are followed ten times, and only to http and https. Credentials reach no message.
6. What is sent is sent once: nobody but the caller knows whether twice does harm.
7. `offline` means that no socket is made; `file:` still works.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import unquote, urlsplit

from peso.base.digest import PIECE
from peso.base.files import disk, make_folder, sweep, temporary
from peso.errors import BadInput, Outside, Reason, Refused

if TYPE_CHECKING:
    from peso.base.web import Answer, Web

T = TypeVar("T")

_TRIES = 3
_REDIRECTS = 10
_OK = 200
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 410})
_CREDENTIALS = re.compile(r"//[^/\s]*@")


class NotFound(Outside):
    """The server, or the folder, answers that it has no such file."""


class Net:
    """A client that may be shared by threads; connections are kept and used again.

    Args:
        offline: Refuse every fetch from a network, at once.
        timeout: How long to wait for a connection or for the next bytes, in seconds.
        total: How long one fetch may take with all its tries, in seconds.
        sleep: Waits between two tries.
        clock: Counts seconds; only differences are used.
    """

    def __init__(
        self,
        *,
        offline: bool = False,
        timeout: float = 60.0,
        total: float = 3600.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.offline = offline
        self._timeout, self._total = timeout, total
        self._sleep, self._clock = sleep, clock
        self._making = threading.Lock()
        self._stopped = threading.Event()
        self._web: Web | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the next fetch would open new ones."""
        with self._making:
            web, self._web = self._web, None
        if web:
            web.close()

    def stop(self) -> None:
        """Break off the fetches of other threads at their next bytes, and begin no more."""
        self._stopped.set()

    def fetch(self, url: str, *, limit: int) -> bytes:
        """Return the bytes at `url`, at most `limit`.

        Raises:
            NotFound: There is no such file.
            Refused: It is longer than `limit` (`too-large`).
            Outside: The network, the server or the disk failed.
            BadInput: Not an http, https or file URL.
        """
        return self._get(url, limit, b"".join)

    def fetch_to(
        self, url: str, target: Path, *, limit: int, sha256: str | None = None
    ) -> tuple[str, int]:
        """Fetch `url` into the file `target`; returns (sha256, length), hashed on the way.

        `target` is replaced when all bytes are there and, if `sha256` is given, are the right
        ones; another digest is refused (`changed`). Raises as `fetch` does.
        """
        make_folder(target.parent)
        sweep(target.parent)
        unfinished = temporary(target.parent)
        try:
            found = self._get(url, limit, lambda pieces: _write(pieces, unfinished, target))
            if sha256 not in {None, found[0]}:
                raise Refused(
                    f"its sha256 is {found[0]} instead of {sha256}",
                    where=shown(url),
                    hint="the file was changed where it is kept; do not use it",
                    reason=Reason.CHANGED,
                )
            with disk(target, "write"):
                unfinished.replace(target)
        finally:
            with suppress(OSError):
                unfinished.unlink()
        return found

    def send(self, url: str, body: bytes, *, kind: str, limit: int) -> tuple[int, bytes]:
        """Send bytes to `url`, once; returns (status, what was answered), at most `limit` bytes.

        What is sent may have been taken although no answer came: whether to send again is the
        caller's to decide. No redirect is followed, and the netrc's credentials are not sent.

        Raises:
            Refused: The answer is longer than `limit` (`too-large`).
            Outside: The network failed, or is switched off.
            BadInput: Not an http or https URL.
        """
        if self.offline:
            raise Outside("the network is switched off", where=shown(url), hint="no --offline here")
        self._go_on(url)
        deadline = self._clock() + self._total
        try:
            with self._connected().post(url, body, kind=kind, timeout=self._timeout) as answer:
                pieces = self._until(deadline, answer.pieces, url)
                return answer.status, b"".join(_counted(pieces, url, limit))
        except (ConnectionError, TimeoutError) as error:
            raise Outside(
                str(error), where=shown(url), hint="check the network, then try again"
            ) from error

    def _get(self, url: str, limit: int, use: Callable[[Iterator[bytes]], T]) -> T:
        if url.partition(":")[0].lower() == "file":
            with _local(url) as pieces:
                return use(_counted(pieces, url, limit))
        if self.offline:
            raise Outside(
                "the network is switched off",
                where=shown(url),
                hint="run without --offline, or carry the file here",
            )
        deadline = self._clock() + self._total
        for number in range(1, _TRIES + 1):
            self._go_on(url)
            try:
                with self._open(url, deadline) as answer:
                    if answer.length is not None and answer.length > limit:
                        raise _too_large(url, limit)
                    pieces = self._until(deadline, answer.pieces, url)
                    return use(_counted(pieces, url, limit))
            except (ConnectionError, TimeoutError) as error:
                if number == _TRIES:
                    raise Outside(
                        f"{error} ({_TRIES} tries)",
                        where=shown(url),
                        hint="check the network and the proxy settings, then try again",
                    ) from error
            self._sleep(0.5 * 4 ** (number - 1))
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def _open(self, url: str, deadline: float) -> Iterator[Answer]:
        """Ask for a URL, follow redirects, and give the answer whose body is the file."""
        web, at = self._connected(), url
        for _ in range(_REDIRECTS + 1):
            left = deadline - self._clock()
            if left <= 0:
                raise self._too_slow(url)
            with web.get(at, timeout=min(self._timeout, left)) as answer:
                if answer.location is None:
                    _judge(answer, url)
                    yield answer
                    return
                at = answer.location
            if not web.takes(at):
                raise Outside(f"redirected to {shown(at)!r}", where=shown(url))
        raise Outside(f"redirected more than {_REDIRECTS} times", where=shown(url))

    def _until(self, deadline: float, pieces: Iterator[bytes], url: str) -> Iterator[bytes]:
        for piece in pieces:
            self._go_on(url)
            if self._clock() > deadline:
                raise self._too_slow(url)
            yield piece

    def _go_on(self, url: str) -> None:
        if self._stopped.is_set():
            raise Outside("broken off, for another fetch failed", where=shown(url))

    def _too_slow(self, url: str) -> Outside:
        return Outside(
            f"the fetch took longer than {self._total:g} s",
            where=shown(url),
            hint="the server or the network is too slow; try again later",
        )

    def _connected(self) -> Web:
        from peso.base.web import Web  # noqa: PLC0415 - 0.4 s that a run without fetches saves

        with self._making:
            if self._web is None:
                self._web = Web()
            return self._web


def shown(url: str) -> str:
    """Return a URL as it may be shown: without credentials, query and fragment."""
    plain = re.split(r"[?#]", url, maxsplit=1)
    return _CREDENTIALS.sub("//", plain[0]) + ("?…" if len(plain) > 1 else "")


def _write(pieces: Iterator[bytes], unfinished: Path, target: Path) -> tuple[str, int]:
    """Write what comes, hashing on the way; a second try starts the file again."""
    digest, length = hashlib.sha256(), 0
    with disk(target, "write"):
        stream = unfinished.open("wb", buffering=0)
    with stream:
        for piece in pieces:  # not inside of `disk`: the network's errors are not the disk's
            digest.update(piece)
            length += len(piece)
            rest = memoryview(piece)
            with disk(target, "write"):
                while rest:
                    rest = rest[stream.write(rest) :]
    return digest.hexdigest(), length


def _judge(answer: Answer, url: str) -> None:
    """Say why an answer is not the file that was asked for."""
    status = answer.status
    said = f"the server answered {status} {answer.reason}".rstrip()
    if status in _GONE:
        raise NotFound(f"not found ({status})", where=shown(url), hint="check the address")
    if status in _AGAIN:
        raise ConnectionError(said)
    if status in {401, 403, 407}:
        hint = "put credentials for this machine into ~/.netrc, or other ones"
        raise Outside(said, where=shown(url), hint=hint)
    if status != _OK:
        raise Outside(said, where=shown(url))
    if answer.encoding.lower() != "identity":
        raise Outside(
            f"the server sent the file encoded ({answer.encoding}), though asked not to",
            where=shown(url),
            hint="serve files as they are, without content encoding",
        )


def _counted(pieces: Iterator[bytes], url: str, limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise _too_large(url, limit)
        yield piece


def _too_large(url: str, limit: int) -> Refused:
    return Refused(
        f"longer than the {limit} bytes allowed", where=shown(url), reason=Reason.TOO_LARGE
    )


@contextmanager
def _local(url: str) -> Iterator[Iterator[bytes]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadInput("not a URL", where=shown(url)) from None
    if parts.netloc not in {"", "localhost"}:
        raise BadInput("a file URL of another machine", where=shown(url), hint="use file:///path")
    path = Path(unquote(parts.path))
    if not path.exists():
        raise NotFound("there is no such file", where=shown(url), hint="check the address")
    if not path.is_file():
        raise BadInput("not a file", where=shown(url))
    with disk(path, "read"), path.open("rb", buffering=0) as stream:
        yield iter(lambda: stream.read(PIECE), b"")
