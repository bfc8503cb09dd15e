"""For tests of verify and install: a facility, a web server on loopback, and a thief with keys."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

from securesystemslib.signer import CryptoSigner, Signer
from tuf.api.metadata import Metadata, Snapshot, TargetFile, Targets, Timestamp

from peso.base.net import Net
from peso.errors import Reason, Refused
from peso.services.delivery.facility.report import NotProven, VerifyReport
from peso.services.delivery.facility.verify import verify
from peso.services.delivery.layout.places import target_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.repository import meta_file
from peso.services.delivery.signing.serialize import T, metadata_bytes

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Keys(Protocol):
    """Who signs; `KeyFolder` in earnest."""

    def signer(self, role: str) -> CryptoSigner: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """Somebody who verifies, with a memory of its own."""

    state: Path
    root: Path | None

    def verify(
        self,
        where: Path | str,
        *,
        now: datetime = NOW,
        as_of: datetime | None = None,
        development: bool = True,
    ) -> VerifyReport:
        with Net(sleep=lambda _seconds: None) as net:
            return verify(
                where,
                root=self.root,
                state=self.state,
                unsafe_development_keys=development,
                unsafe_as_of=as_of,
                net=net,
                now=now,
            )

    def refuses(
        self,
        where: Path | str,
        reason: Reason,
        place: str,
        *,
        now: datetime = NOW,
        as_of: datetime | None = None,
    ) -> Refused:
        """Verify, expecting a no with this reason about this place."""
        try:
            report = self.verify(where, now=now, as_of=as_of)
        except Refused as error:
            told = [(error.reason, error.where)]
            if isinstance(error, NotProven):
                told += [(one.reason, one.where) for one in error.doubts]
            assert (reason, place) in told, f"{reason} {place} is not among {told}"
            return error
        raise AssertionError(f"{report.where} was accepted")


@dataclass(slots=True)
class Server:
    """A plain static web server on loopback, which may be told to misbehave."""

    url: str = ""
    endless: set[str] = field(default_factory=set)
    """Paths that never end."""
    cut: dict[str, int] = field(default_factory=dict)
    """Paths after how many of whose bytes it hangs up, having promised all."""
    hangs: dict[str, int] = field(default_factory=dict)
    """Paths after how many of whose bytes it says no more, and does not hang up either."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set where what hangs may end."""
    asked: list[str] = field(default_factory=list)
    """Every path that was asked for."""


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, told: Server, directory: str, **rest: object) -> None:
        self._told = told
        super().__init__(*args, directory=directory, **rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self._told.asked.append(path)
        if path in self._told.cut or path in self._told.hangs:
            self._part(path)
            return
        if path not in self._told.endless:
            super().do_GET()
            return
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            self.close_connection = True  # the reader has had enough

    def _part(self, path: str) -> None:
        """Promise a whole file and give a part of it."""
        data = Path(self.directory, path).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: self._told.cut.get(path, self._told.hangs.get(path, 0))])
        self.wfile.flush()
        if path in self._told.hangs:
            self._told.released.wait()
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Say nothing: tests read `asked`."""


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Serve a folder on loopback while the block runs."""
    told = Server()
    handler = partial(_Handler, told=told, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield told
        finally:
            told.released.set()
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thief:
    """Somebody who holds keys of a publication and rewrites it with them, in place."""

    folder: Path
    keys: Keys

    def path(self, role: str) -> str:
        """Return the place of a role's newest metadata."""
        if role == Timestamp.type:
            return "metadata/timestamp.json"
        found = (self.folder / "metadata").glob(f"*.{role}.json")
        newest = max(found, key=lambda one: int(one.name.partition(".")[0]))
        return f"metadata/{newest.name}"

    def edit(self, kind: type[T], role: str, change: Callable[[T], None], *by: Signer) -> None:
        """Change a role's newest metadata and sign it with its key, or with other ones."""
        path = self.folder / self.path(role)
        metadata = Metadata[T].from_bytes(path.read_bytes())
        assert isinstance(metadata.signed, kind)
        change(metadata.signed)
        metadata.signatures.clear()
        for signer in by or (self.keys.signer(role),):
            metadata.sign(signer, append=True)
        path.write_bytes(metadata_bytes(metadata))

    def bind(self) -> None:
        """Sign snapshot and timestamp over whatever lies there."""

        def everything(snapshot: Snapshot) -> None:
            for name in snapshot.meta:
                data = (self.folder / self.path(name.removesuffix(".json"))).read_bytes()
                snapshot.meta[name] = meta_file(Metadata[Targets].from_bytes(data))

        self.edit(Snapshot, "snapshot", everything)
        self.bind_snapshot()

    def bind_snapshot(self) -> None:
        """Sign the timestamp over the snapshot that lies there."""
        data = (self.folder / self.path("snapshot")).read_bytes()
        found = meta_file(Metadata[Snapshot].from_bytes(data))

        def this(timestamp: Timestamp) -> None:
            timestamp.snapshot_meta = found

        self.edit(Timestamp, "timestamp", this)

    def manifest(self, channel: str, change: Callable[[Manifest], Manifest]) -> str:
        """Replace a channel's newest manifest by a changed one, signed all the way up."""
        placed: list[str] = []

        def replace(targets: Targets) -> None:
            name, target = max(targets.targets.items())
            old = self.folder / target_path(name, target)
            data = change(Manifest.parse(old.read_bytes())).canonical()
            old.unlink()
            targets.targets[name] = TargetFile.from_data(name, data, ["sha256"])
            placed.append(target_path(name, targets.targets[name]))
            (self.folder / placed[0]).write_bytes(data)

        self.edit(Targets, channel, replace)
        self.bind()
        return placed[0]


def copy_of(folder: Path, target: Path) -> Path:
    """Return a copy of a publication that may be written into."""
    shutil.copytree(folder, target)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def files_of(folder: Path) -> Mapping[str, bytes]:
    """Return every file of a publication by its path inside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
