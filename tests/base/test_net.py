"""Fetching has limits in bytes and time, tries again where that helps, and shows no credentials."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from peso.base.digest import sha256_bytes
from peso.base.files import TEMPORARY
from peso.base.net import Net, NotFound, shown
from peso.errors import BadInput, Outside, PesoError, Reason, Refused

DATA = os.urandom(700_000)
LIMIT = 1 << 20


class Handler(BaseHTTPRequestHandler):
    """Answers each path with one fault of real servers."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        name = self.path.split("?")[0].strip("/")
        answers: dict[str, Callable[[], None]] = {
            "data": lambda: self.answer(200, DATA),
            "gone": lambda: self.answer(410, b""),
            "secret": lambda: self.answer(401, b""),
            "empty": lambda: self.answer(200, b""),
            "endless": self.endless,
            "slow": self.slow,
            "silent": self.silent,
            "short": lambda: self.answer(200, DATA, length=len(DATA) + 1),
            "long": lambda: self.answer(200, DATA, length=len(DATA) - 1),
            "loop": lambda: self.sent_on("/loop"),
            "hop": lambda: self.sent_on("/data"),
            "to-file": lambda: self.sent_on("file:///etc/passwd"),
            "to-nowhere": lambda: self.sent_on("http://host:bad/"),
            "broken-once": lambda: self.first_then(500),
            "busy-once": lambda: self.first_then(503),
            "always-500": lambda: self.answer(500, b""),
            "gzip": lambda: self.answer(200, gzip.compress(DATA), encoding="gzip"),
            "cut-once": self.cut_once,
        }
        answers.get(name, lambda: self.answer(404, b"no such file"))()

    def answer(
        self, status: int, body: bytes, *, length: int | None = None, encoding: str | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = length is not None

    def sent_on(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.server.stop.is_set():
            self.chunk(bytes(65_536))
            self.server.sent += 65_536

    def slow(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.server.stop.wait(0.02):
            self.chunk(b"x")

    def silent(self) -> None:
        self.server.stop.wait(10)
        self.close_connection = True

    def first_then(self, status: int) -> None:
        first = [path for path, _ in self.server.asked].count(self.path) == 1
        self.answer(status if first else 200, b"" if first else DATA)

    def cut_once(self) -> None:
        first = [path for path, _ in self.server.asked].count(self.path) == 1
        self.answer(200, DATA[:1000] if first else DATA, length=len(DATA))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server on loopback that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stop = threading.Event()
        self.sent = 0

    def url(self, path: str, credentials: str = "") -> str:
        return f"http://{credentials}127.0.0.1:{self.server_port}/{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what is tested."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stop.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def net(waits: list[float]) -> Iterator[Net]:
    with Net(sleep=waits.append) as net:
        yield net


def nothing_unfinished(folder: Path) -> bool:
    return not [path for path in folder.rglob("*") if path.name.startswith(TEMPORARY)]


def test_bytes_come_as_they_are(server: Server, net: Net) -> None:
    assert net.fetch(server.url("data"), limit=len(DATA)) == DATA
    assert net.fetch(server.url("empty"), limit=0) == b""
    assert server.asked[0][1]["Accept-Encoding"] == "identity"


def test_a_file_is_hashed_on_the_way(server: Server, net: Net, tmp_path: Path) -> None:
    target = tmp_path / "new" / "data"
    expected = (sha256_bytes(DATA), len(DATA))
    assert net.fetch_to(server.url("data"), target, limit=LIMIT) == expected
    assert net.fetch_to(server.url("data"), target, limit=LIMIT, sha256=expected[0]) == expected
    assert target.read_bytes() == DATA
    assert [path.name for path in target.parent.iterdir()] == ["data"]


def test_a_wrong_digest_is_refused_and_nothing_is_kept(
    server: Server, net: Net, tmp_path: Path
) -> None:
    target = tmp_path / "data"
    with pytest.raises(Refused, match="instead of") as raised:
        net.fetch_to(server.url("data"), target, limit=LIMIT, sha256="0" * 64)
    assert raised.value.reason is Reason.CHANGED
    assert list(tmp_path.iterdir()) == []


def test_a_declared_length_above_the_limit_is_refused_unread(server: Server, net: Net) -> None:
    with pytest.raises(Refused) as raised:
        net.fetch(server.url("data"), limit=len(DATA) - 1)
    assert raised.value.reason is Reason.TOO_LARGE


def test_an_endless_body_is_cut_off(server: Server, net: Net, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="longer than the 1000000 bytes") as raised:
        net.fetch_to(server.url("endless"), tmp_path / "data", limit=1_000_000)
    assert raised.value.reason is Reason.TOO_LARGE
    assert server.sent < 64 << 20
    assert list(tmp_path.iterdir()) == []


def test_a_body_longer_than_declared_is_cut_off(server: Server, net: Net) -> None:
    assert net.fetch(server.url("long"), limit=LIMIT) == DATA[:-1]


def test_a_body_shorter_than_declared_is_a_broken_connection(
    server: Server, net: Net, waits: list[float], tmp_path: Path
) -> None:
    with pytest.raises(Outside, match="connection broke") as raised:
        net.fetch_to(server.url("short"), tmp_path / "data", limit=LIMIT)
    assert raised.value.where == server.url("short")
    assert waits == [0.5, 2.0]
    assert len(server.asked) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_second_try_starts_the_file_again(server: Server, net: Net, tmp_path: Path) -> None:
    found = net.fetch_to(server.url("cut-once"), tmp_path / "data", limit=LIMIT)
    assert found == (sha256_bytes(DATA), len(DATA))
    assert (tmp_path / "data").read_bytes() == DATA


def test_the_whole_fetch_has_a_time_limit(server: Server) -> None:
    started = time.monotonic()
    with Net(total=0.3) as net, pytest.raises(Outside, match=r"longer than 0\.3 s"):
        net.fetch(server.url("slow"), limit=LIMIT)
    assert time.monotonic() - started < 30


def test_every_read_has_a_time_limit(server: Server, waits: list[float]) -> None:
    with (
        Net(timeout=0.1, sleep=waits.append) as net,
        pytest.raises(Outside, match="no answer in time"),
    ):
        net.fetch(server.url("silent"), limit=LIMIT)
    assert len(waits) == 2


@pytest.mark.parametrize("path", ["broken-once", "busy-once"])
def test_a_fault_of_the_server_is_tried_again(
    server: Server, net: Net, waits: list[float], path: str
) -> None:
    assert net.fetch(server.url(path), limit=LIMIT) == DATA
    assert waits == [0.5]


def test_a_server_that_stays_broken_is_given_up(server: Server, net: Net) -> None:
    with pytest.raises(Outside, match=r"answered 500 .*3 tries"):
        net.fetch(server.url("always-500"), limit=LIMIT)
    assert len(server.asked) == 3


@pytest.mark.parametrize(("path", "kind"), [("none", NotFound), ("gone", NotFound)])
def test_what_is_not_there_is_asked_for_once(
    server: Server, net: Net, path: str, kind: type[PesoError]
) -> None:
    with pytest.raises(kind, match="not found"):
        net.fetch(server.url(path), limit=LIMIT)
    assert len(server.asked) == 1


def test_missing_credentials_get_a_hint(server: Server, net: Net) -> None:
    with pytest.raises(Outside, match="401") as raised:
        net.fetch(server.url("secret"), limit=LIMIT)
    assert "netrc" in (raised.value.hint or "")
    assert len(server.asked) == 1


def test_a_redirect_is_followed(server: Server, net: Net) -> None:
    assert net.fetch(server.url("hop"), limit=LIMIT) == DATA


def test_redirects_have_an_end(server: Server, net: Net) -> None:
    with pytest.raises(Outside, match="more than 10 times"):
        net.fetch(server.url("loop"), limit=LIMIT)
    assert len(server.asked) == 11


@pytest.mark.parametrize(
    ("path", "words"), [("to-file", "redirected to 'file:"), ("to-nowhere", "port")]
)
def test_a_redirect_leads_to_http_only(server: Server, net: Net, path: str, words: str) -> None:
    with pytest.raises(Outside, match=words):
        net.fetch(server.url(path), limit=LIMIT)


def test_an_encoded_body_is_not_the_file(server: Server, net: Net) -> None:
    with pytest.raises(Outside, match="gzip"):
        net.fetch(server.url("gzip"), limit=LIMIT)


def test_credentials_are_used_and_never_shown(server: Server, net: Net) -> None:
    assert net.fetch(server.url("data", "user:pa55@"), limit=LIMIT) == DATA
    expected = base64.b64encode(b"user:pa55").decode()
    assert server.asked[-1][1]["Authorization"] == f"Basic {expected}"
    for path in ("none?token=pa55", "always-500", "short", "loop", "to-file", "gzip"):
        with pytest.raises(Outside) as raised:
            net.fetch(server.url(path, "user:pa55@"), limit=LIMIT)
        assert "pa55" not in str(raised.value)
        assert "user" not in str(raised.value.where)


def test_credentials_come_from_netrc(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password pa55\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Net() as net:
        net.fetch(server.url("data"), limit=LIMIT)
    expected = base64.b64encode(b"me:pa55").decode()
    assert server.asked[-1][1]["Authorization"] == f"Basic {expected}"
    netrc.write_text("machine\n")
    with Net() as net, pytest.raises(BadInput, match="netrc") as raised:
        net.fetch(server.url("data"), limit=LIMIT)
    assert raised.value.where == str(netrc)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "ftp://me:pa55@host:1"),
        ("HTTPS_PROXY", "http://me:pa55@host:port"),
        ("SSL_CERT_FILE", "/absent/pa55.pem"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    server: Server, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with Net() as net, pytest.raises(BadInput) as raised:
        net.fetch(server.url("data"), limit=LIMIT)
    assert variable in (raised.value.hint or "")
    assert "pa55" not in str(raised.value)


def test_nobody_listening_is_said_so(server: Server, waits: list[float]) -> None:
    url = server.url("data")
    server.shutdown()
    server.server_close()
    with Net(sleep=waits.append) as net, pytest.raises(Outside, match="cannot connect"):
        net.fetch(url, limit=LIMIT)
    assert len(waits) == 2


def test_offline_asks_nobody(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"here")
    with Net(offline=True) as net:
        with pytest.raises(Outside, match="switched off") as raised:
            net.fetch_to(server.url("data"), tmp_path / "data", limit=LIMIT)
        assert raised.value.hint
        assert net.fetch((tmp_path / "file").as_uri(), limit=4) == b"here"
    assert server.asked == []
    assert nothing_unfinished(tmp_path)


def test_files_have_the_same_limits(net: Net, tmp_path: Path) -> None:
    path = tmp_path / "a file é"
    path.write_bytes(DATA)
    found = net.fetch_to(path.as_uri(), tmp_path / "copy", limit=len(DATA))
    assert found == (sha256_bytes(DATA), len(DATA))
    with pytest.raises(Refused) as raised:
        net.fetch(path.as_uri(), limit=len(DATA) - 1)
    assert raised.value.reason is Reason.TOO_LARGE
    with pytest.raises(NotFound):
        net.fetch((tmp_path / "absent").as_uri(), limit=1)
    with pytest.raises(BadInput, match="not a file"):
        net.fetch(tmp_path.as_uri(), limit=1)
    with pytest.raises(BadInput, match="another machine"):
        net.fetch("file://elsewhere/etc/passwd", limit=1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data",
        "ftp://host/x",
        "http://",
        "http://u:pa55/w@host:x/",
        "http://host:x",
        "file://[x",
    ],
)
def test_what_is_no_url_is_bad_input(net: Net, url: str) -> None:
    with pytest.raises(BadInput, match="not a URL") as raised:
        net.fetch(url, limit=1)
    assert "pa55" not in str(raised.value)


def test_a_disk_that_fails_is_not_the_network(server: Server, net: Net, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(Outside, match="cannot write"):
        net.fetch_to(server.url("data"), tmp_path / "here", limit=LIMIT)
    assert len(server.asked) == 1
    assert nothing_unfinished(tmp_path)


def test_threads_share_it(server: Server, net: Net, tmp_path: Path) -> None:
    def fetch(number: int) -> tuple[str, int]:
        return net.fetch_to(server.url("data"), tmp_path / str(number), limit=LIMIT)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fetch, range(24))) == {(sha256_bytes(DATA), len(DATA))}


def test_a_closed_net_opens_again(server: Server, net: Net) -> None:
    net.fetch(server.url("data"), limit=LIMIT)
    net.close()
    net.close()
    assert net.fetch(server.url("data"), limit=LIMIT) == DATA


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://host/a@b", "https://host/a@b"),
        ("https://u:p@host/a?token=x#y", "https://host/a?…"),
        ("https://u:p@w@host/a", "https://host/a"),
        ("file:///a/b", "file:///a/b"),
    ],
)
def test_a_url_is_shown_without_what_is_secret(url: str, plain: str) -> None:
    assert shown(url) == plain


def test_no_client_is_imported_before_it_is_needed() -> None:
    code = "import sys, peso.base.net; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
