"""For the threats of the trust chapter: a publication in an attacker's hands.

It is small and real (real keys, TUF metadata and attestations, two releases), carried to the
facility as a folder or served to it on loopback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.facility import Facility, Server, Thief, copy_of, serve
from tests.services.delivery.conftest import (
    MakePublication,
    Publication,
    make_publication,  # noqa: F401 - a fixture
)

from peso.products.engines.port import Artifact
from peso.services.delivery.layout.places import blob_path

TIMESTAMP = "metadata/timestamp.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A publication in the attacker's hands, and the facility it is carried to or served for."""

    folder: Path
    published: Publication
    facility: Facility
    where: Path | str
    server: Server | None

    @property
    def thief(self) -> Thief:
        return Thief(folder=self.folder, keys=self.published.keys)

    def blob(self, path: str, version: str = "1.0") -> str:
        return blob_path(self.named(path, version).sha256)

    def named(self, path: str, version: str = "1.0") -> Artifact:
        manifest = next(one for one in self.published.manifests if one.version == version)
        return next(one for one in manifest.files if one.path == path)

    def manifest(self, version: str) -> str:
        (found,) = (self.folder / "targets/testing").glob(f"*.small-{version}.manifest.json")
        return str(found.relative_to(self.folder))

    def replace(self, path: str, data: bytes) -> None:
        (self.folder / path).write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication,  # noqa: F811 - the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Publication:
    """Two releases, 1.0 and 1.1; never written into."""
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


def _scene(reached: str, published: Publication, home: Path, stack: ExitStack) -> Scene:
    folder = copy_of(published.folder, home / "public")
    server = stack.enter_context(serve(folder)) if reached == "url" else None
    return Scene(
        folder=folder,
        published=published,
        facility=Facility(state=home / "state", root=published.root_file),
        where=server.url if server else folder,
        server=server,
    )


@pytest.fixture(params=["folder", "url"])
def scene(
    request: pytest.FixtureRequest,
    published: Publication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        yield _scene(request.param, published, tmp_path, stack)


@pytest.fixture
def carried(published: Publication, tmp_path: Path) -> Iterator[Scene]:
    """A folder carried to the facility, for what only a folder can have."""
    with ExitStack() as stack:
        yield _scene("folder", published, tmp_path, stack)


@pytest.fixture
def served(
    published: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """A web server, for what only a server can do."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        yield _scene("url", published, tmp_path, stack)
