"""A real package index on loopback, of tiny packages that it writes itself.

A double of the outside world, not of PESO: HTTP as PEP 503 and PEP 691 say, sha256, sizes and
PEP 658 metadata, byte for byte the same files each time. Knobs serve what a bad index would serve.

    index.add_wheel("beta", "2.0", license="BSD-3-Clause")
    index.add_wheel("alpha", "1.0", requires=["beta>=2"], files={"alpha.py": "ANSWER = 42\\n"})
    index.add_sdist("gamma", "0.3", build_requires=["buildtool"])
    index.serve_wrong("beta-2.0-py3-none-any.whl", "flipped")
    engine = PypiEngine(Path(sys.executable), {**os.environ, **index.environment})
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
import threading
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Fault = Literal["flipped", "longer", "shorter", "absent", "slow"]
"""One byte changed; more bytes than the index says; fewer; 404; ten bytes a second."""

_DATE = (2020, 1, 2, 3, 4, 6)
_SECONDS = 1577934246
_JSON = "application/vnd.pypi.simple.v1+json"
_BACKEND = '''\
"""A PEP 517 backend that zips its own folder; needs nothing but the standard library."""
import base64, hashlib, json, os, pathlib, time, zipfile
{imports}

HERE = pathlib.Path(__file__).parent
SAID = json.loads((HERE / "package.json").read_text())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = SAID["wheel"]
    date = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    record = []
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as out:
        for path, text in sorted(SAID["files"].items()):
            data = text.encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{{path}},sha256={{digest}},{{len(data)}}")
            out.writestr(zipfile.ZipInfo(path, date), data)
        path = SAID["record"]
        out.writestr(zipfile.ZipInfo(path, date), "\\n".join([*record, f"{{path}},,", ""]))
    return name
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One file of the index."""

    name: str
    version: str
    filename: str
    data: bytes
    metadata: bytes | None
    """What PEP 658 serves beside a wheel."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def metadata_text(
    name: str, version: str, requires: Iterable[str], license_: str | None, more: Iterable[str]
) -> str:
    """Write a METADATA file; a requirement may have a marker, extras are declared by themselves."""
    requires = list(requires)
    extras = sorted(
        {one.split("extra ==")[1].strip(" '\"") for one in requires if "extra ==" in one}
    )
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"License-Expression: {license_}"] if license_ else []
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {one}" for one in requires]
    return "\n".join([*lines, *more, ""])


def wheel_files(
    name: str, version: str, metadata: str, files: Mapping[str, str], tag: str
) -> dict[str, str]:
    """Return every member of a wheel but its RECORD."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    told = "".join(f"Tag: {one}\n" for one in _tags(tag))
    pure = "true" if tag.endswith("-any") else "false"
    wheel = f"Wheel-Version: 1.0\nGenerator: tiny 1\nRoot-Is-Purelib: {pure}\n{told}"
    own = files or {f"{module}.py": f'VERSION = "{version}"\n'}
    return {**own, f"{info}/METADATA": metadata, f"{info}/WHEEL": wheel}


def _tags(tag: str) -> list[str]:
    python, abi, platforms = tag.split("-")
    return [
        f"{one}-{abi}-{platform}" for one in python.split(".") for platform in platforms.split(".")
    ]


def zipped(files: Mapping[str, str | bytes], record: str) -> bytes:
    """Zip a wheel's members with a RECORD; the same bytes each time."""
    out, lines = io.BytesIO(), []
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in sorted(files.items()):
            data = content.encode() if isinstance(content, str) else content
            digest = urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{path},sha256={digest},{len(data)}\n")
            archive.writestr(_member(path), data)
        archive.writestr(_member(record), "".join(lines) + f"{record},,\n")
    return out.getvalue()


def _member(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def tarred(files: Mapping[str, str], folder: str) -> bytes:
    """Make a `.tar.gz` of text files below one folder; the same bytes each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, text in sorted(files.items()):
            info = tarfile.TarInfo(f"{folder}/{path}")
            info.size, info.mtime, info.mode = len(text.encode()), _SECONDS, 0o644
            archive.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=0)


@dataclass
class LoopbackIndex:
    """The index; use it as a context manager, or through the fixture `loopback_index`."""

    folder: Path
    """Where it may put its one file, an empty `uv.toml`."""
    json: bool = True
    """Serve PEP 691 JSON (with sizes) where it is asked for, else HTML (without)."""
    files: dict[str, Served] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    """A user name and password (HTTP Basic) that every request must bring."""
    asked: list[str] = field(default_factory=list)
    """Every path that was asked for, in order."""
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when the index is about to go."""
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"index": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.closing.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def origin(self) -> str:
        assert self._server, "the index is not being served"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """What an installer is told as its index."""
        return f"{self.origin}/simple/"

    @property
    def url_with_login(self) -> str:
        """The same with `login` in it."""
        assert self.login
        return self.url.replace("//", f"//{':'.join(self.login)}@")

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes uv use this index and no other, whatever this machine is set up for."""
        settings = self.folder / "uv.toml"
        settings.write_text("")
        return {"UV_DEFAULT_INDEX": self.url, "UV_CONFIG_FILE": str(settings)}

    def add_wheel(
        self,
        name: str,
        version: str,
        *,
        requires: Iterable[str] = (),
        files: Mapping[str, str] | None = None,
        license: str | None = "MIT",  # noqa: A002 - the word a test reads best
        tag: str = "py3-none-any",
        metadata: Iterable[str] = (),
    ) -> Served:
        """Serve a wheel.

        Args:
            name: The project's name.
            version: Its version.
            requires: `Requires-Dist` lines, e.g. `'gamma>=1; extra == "fast"'`.
            files: Path in the wheel to text; a module that states its version, where none is given.
            license: The license expression; None to state none.
            tag: The compatibility tag.
            metadata: More METADATA header lines.
        """
        said = metadata_text(name, version, requires, license, metadata)
        module = name.replace("-", "_")
        data = zipped(
            wheel_files(name, version, said, files or {}, tag),
            f"{module}-{version}.dist-info/RECORD",
        )
        return self._add(name, version, f"{module}-{version}-{tag}.whl", data, said.encode())

    def add_sdist(
        self,
        name: str,
        version: str,
        *,
        requires: Iterable[str] = (),
        build_requires: Iterable[str] = (),
        files: Mapping[str, str] | None = None,
        license: str | None = "MIT",  # noqa: A002
        more: Mapping[str, str] | None = None,
    ) -> Served:
        """Serve an sdist that builds itself by a backend in its own tree.

        What it needs to be built is imported by the backend, so a build without it fails. `more`
        are further files of the sdist, which may replace its own.
        """
        module, needed = name.replace("-", "_"), list(build_requires)
        said = metadata_text(name, version, requires, license, ())
        imports = "\n".join(f"import {one.split('=')[0].split('>')[0]}" for one in needed)
        package = {
            "wheel": f"{module}-{version}-py3-none-any.whl",
            "record": f"{module}-{version}.dist-info/RECORD",
            "files": wheel_files(name, version, said, files or {}, "py3-none-any"),
        }
        listed = ", ".join(f'"{one}"' for one in needed)
        project = (
            f'[build-system]\nrequires = [{listed}]\nbuild-backend = "backend"\n'
            f'backend-path = ["."]\n'
        )
        inside = {
            "pyproject.toml": project,
            "backend.py": _BACKEND.format(imports=imports),
            "package.json": json.dumps(package),
            "PKG-INFO": said,
            **(more or {}),
        }
        data = tarred(inside, f"{module}-{version}")
        return self._add(name, version, f"{module}-{version}.tar.gz", data, None)

    def add_file(self, name: str, version: str, filename: str, data: bytes) -> Served:
        """Serve any bytes under any file name."""
        return self._add(name, version, filename, data, None)

    def serve_wrong(self, filename: str, fault: Fault) -> None:
        """From now on serve a file wrongly; what the index says of it stays true."""
        self.faults[filename] = fault

    def times_asked(self, filename: str) -> int:
        """Say how often a file was asked for."""
        return self.asked.count(f"/files/{filename}")

    def _add(
        self, name: str, version: str, filename: str, data: bytes, metadata: bytes | None
    ) -> Served:
        served = Served(
            name=name.lower().replace("_", "-"),
            version=version,
            filename=filename,
            data=data,
            metadata=metadata,
        )
        self.files[filename] = served
        return served

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        """Return (status, media type, body) for a path."""
        self.asked.append(path)
        kind, _, rest = path.strip("/").partition("/")
        if kind == "simple":
            return self._project(rest, accept)
        served = self.files.get(rest.removesuffix(".metadata")) if kind == "files" else None
        fault = self.faults.get(rest)
        if not served or fault == "absent":
            return 404, "text/plain", b"not here"
        if rest.endswith(".metadata"):
            return 200, "text/plain", served.metadata or b""
        return 200, "application/octet-stream", _wrong(served.data, fault)

    def _project(self, name: str, accept: str) -> tuple[int, str, bytes]:
        found = [one for one in self.files.values() if one.name == name]
        if not found:
            return 404, "text/plain", b"not here"
        if self.json and _JSON in accept:
            files = [_listed(one) for one in found]
            said = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
            said["versions"] = sorted({one.version for one in found})
            return 200, _JSON, json.dumps(said).encode()
        page = f"<!DOCTYPE html><html><body>{''.join(map(_link, found))}</body></html>"
        return 200, "text/html", page.encode()


def _wrong(data: bytes, fault: Fault | None) -> bytes:
    if fault == "flipped":
        return data[:-1] + bytes([data[-1] ^ 1])
    if fault == "longer":
        return data + b"more than the index says"
    return data[:-1] if fault == "shorter" else data


def _link(served: Served) -> str:
    metadata = hashlib.sha256(served.metadata).hexdigest() if served.metadata else ""
    more = f' data-core-metadata="sha256={metadata}"' if metadata else ""
    return f'<a href="/files/{served.filename}#sha256={served.sha256}"{more}>{served.filename}</a>'


def _listed(served: Served) -> dict[str, object]:
    metadata = served.metadata
    return {
        "filename": served.filename,
        "url": f"/files/{served.filename}",
        "hashes": {"sha256": served.sha256},
        "size": len(served.data),
        "core-metadata": {"sha256": hashlib.sha256(metadata).hexdigest()} if metadata else False,
    }


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up; it is how a fetch is cut off."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    index: LoopbackIndex
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        accept = self.headers.get("Accept", "")
        login = self.index.login
        wanted = f"Basic {b64encode(':'.join(login).encode()).decode()}" if login else None
        if wanted and self.headers.get("Authorization") != wanted:
            status, kind, body = 401, "text/plain", b"who are you?"
        else:
            status, kind, body = self.index.answer(self.path.partition("?")[0], accept)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Basic")
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.index.faults.get(self.path.rpartition("/")[2]) != "slow":
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.index.closing.wait(0.1)

    do_HEAD = do_GET  # noqa: N815 - as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Stay quiet; `LoopbackIndex.asked` remembers."""
