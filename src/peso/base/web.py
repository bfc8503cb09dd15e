"""One question over HTTP(S): ask for a URL, or send to it; hand over the answer as it comes.

The client library stays behind this door; it takes a while to import, so `net.py` opens it only
when something is fetched. Limits, redirects and second tries are decided there, not here. Rules:

1. The bytes handed over are those sent: no content encoding is asked for, none is undone.
2. What breaks on the way is a ConnectionError or a TimeoutError, as a socket would raise, with a
   message that holds no credentials.
3. Proxies, certificates and netrc are those of the environment; a URL's own credentials go first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from netrc import NetrcParseError
from pathlib import Path

import httpx

from peso.errors import BadInput

_CREDENTIALS = re.compile(r"//[^/\s]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server says, before its body was read."""

    status: int
    reason: str
    length: int | None
    """How many bytes it says will come."""
    encoding: str
    location: str | None
    """Where it sends us, as an absolute URL if it is one."""
    pieces: Iterator[bytes]


class Web:
    """An HTTP client that threads may share; connections are kept and used again."""

    def __init__(self) -> None:
        self._netrc = _netrc()
        try:
            self._client = httpx.Client(
                headers={"Accept-Encoding": "identity", "User-Agent": "peso"},
                follow_redirects=False,
                trust_env=True,
            )
        except OSError as error:
            hint = "check SSL_CERT_FILE and SSL_CERT_DIR in the environment"
            raise BadInput(f"cannot read the certificates: {error}", hint=hint) from None
        except (httpx.InvalidURL, ValueError, ImportError):  # the message may hold a password
            hint = "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY in the environment"
            raise BadInput("cannot use the proxy that is set", hint=hint) from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def takes(self, url: str) -> bool:
        """Say whether this is a URL that `get` can ask for."""
        try:
            _parsed(url)
        except BadInput:
            return False
        return True

    @contextmanager
    def get(self, url: str, *, timeout: float) -> Iterator[Answer]:
        """Ask for a URL; `timeout` is for the connection and for every read, in seconds.

        Raises:
            BadInput: Not an http or https URL.
            ConnectionError, TimeoutError: What broke, also while the pieces are read.
        """
        at = _parsed(url)
        auth = httpx.BasicAuth(at.username, at.password) if at.userinfo else self._netrc
        with _broken(), self._client.stream("GET", at, auth=auth, timeout=timeout) as response:
            length = response.headers.get("content-length")
            to = response.headers["location"] if response.has_redirect_location else None
            yield Answer(
                status=response.status_code,
                reason=response.reason_phrase,
                length=int(length) if length else None,
                encoding=response.headers.get("content-encoding", "identity"),
                location=str(at.join(to)) if to else None,
                pieces=_pieces(response),
            )

    @contextmanager
    def post(self, url: str, body: bytes, *, kind: str, timeout: float) -> Iterator[Answer]:
        """Send bytes to a URL, as media type `kind`; raises as `get` does."""
        at = _parsed(url)
        headers = {"Content-Type": kind}
        with (
            _broken(),
            self._client.stream(
                "POST", at, content=body, headers=headers, timeout=timeout
            ) as response,
        ):
            yield Answer(
                status=response.status_code,
                reason=response.reason_phrase,
                length=None,
                encoding=response.headers.get("content-encoding", "identity"),
                location=None,
                pieces=_pieces(response),
            )


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    with _broken():  # here too: the reader of the pieces may have borders of its own
        yield from response.iter_raw()


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:  # its message may hold a part of a password
        raise BadInput("not a URL", where=re.sub("//.*@", "//", url)) from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise BadInput("not a URL that can be fetched", hint="use https, http or file")
    return parsed


def _netrc() -> httpx.Auth | None:
    """Read the user's netrc file, where there is one (the NETRC variable, else ~/.netrc)."""
    try:
        return httpx.NetRCAuth(os.environ.get("NETRC") or str(Path("~/.netrc").expanduser()))
    except (OSError, RuntimeError):  # no such file, or no home folder
        return None
    except NetrcParseError as error:
        raise BadInput(
            f"the netrc file cannot be read: {error.msg}", where=error.filename
        ) from None


@contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise TimeoutError("no answer in time") from error
    except httpx.HTTPError as error:
        said = _CREDENTIALS.sub("//", str(error)) or type(error).__name__
        what = "cannot connect" if isinstance(error, httpx.ConnectError) else "the connection broke"
        raise ConnectionError(f"{what}: {said}") from error
