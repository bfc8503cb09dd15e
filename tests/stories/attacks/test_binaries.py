"""Attacks on binaries of Spack's: what its own signature does not see, refused before it is asked.

The pairs are real ones of Spack's, each as validly made as the other; the publication is real, and
an engine that only takes note stands for Spack, so that it can be told that it was never started.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Facility, copy_of, serve
from tests.products.engines.spack.tiny import tiny_entry
from tests.services.delivery.conftest import make_keys
from tests.services.delivery.facility.test_install_units import Machine, Published, published
from tests.spack_cache_files import BASE, CACHES, TOP

from peso.base.ledger import Blobs
from peso.errors import Outside, Reason, Refused
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.publication import publish


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Published:
    home = tmp_path_factory.mktemp("honest")
    return published(home, make_keys(home / "keys"), python=False)


@pytest.fixture
def public(honest: Published, tmp_path: Path) -> Path:
    """A copy of the publication, for somebody to change."""
    return copy_of(honest.folder, tmp_path / "public")


@pytest.fixture
def machine(honest: Published, tmp_path: Path) -> Machine:
    return Machine(home=tmp_path / "machine", root=publish.root_file(honest.folder))


def put(public: Path, place: str, data: bytes) -> None:
    path = public / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(data)


def refused(machine: Machine, public: Path, reason: Reason, place: str) -> None:
    """Verify and install, from the folder and from a server; Spack never starts."""
    Facility(state=machine.home / "looking", root=machine.root).refuses(public, reason, place)
    with serve(public) as server:
        for where in (public, server.url):
            with pytest.raises(Refused):
                machine.install(where)
    assert machine.spack.brought == []
    assert not machine.prefix.exists()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_two_validly_made_pairs_are_swapped(
    honest: Published, public: Path, machine: Machine
) -> None:
    """Spack takes either: its manifests name two blobs, and no unit."""
    one, other = blob_path(honest.unit(BASE).manifest), blob_path(honest.unit(TOP).manifest)
    first, second = (public / one).read_bytes(), (public / other).read_bytes()
    put(public, one, second)
    put(public, other, first)
    refused(machine, public, Reason.SWAPPED, one)


def test_two_archives_are_swapped(honest: Published, public: Path, machine: Machine) -> None:
    one, other = blob_path(honest.unit(BASE).archive), blob_path(honest.unit(TOP).archive)
    first, second = (public / one).read_bytes(), (public / other).read_bytes()
    put(public, one, second)
    put(public, other, first)
    refused(machine, public, Reason.SWAPPED, one)


def test_an_older_pair_of_the_same_hash_is_replayed(
    honest: Published, public: Path, machine: Machine, tmp_path: Path
) -> None:
    older = tiny_entry(BASE, Blobs(tmp_path / "older"), "replayed-older-pair")
    place = blob_path(honest.unit(BASE).archive)
    data = Blobs(tmp_path / "older").read(older.archive.sha256, limit=1 << 20)
    put(public, place, data)
    with pytest.raises(Refused) as no:
        machine.install(public)
    assert no.value.reason in {Reason.CHANGED, Reason.TOO_LARGE}
    assert no.value.where == place
    manifest = Blobs(tmp_path / "older").read(older.manifest.sha256, limit=1 << 20)
    put(public, blob_path(honest.unit(BASE).manifest), manifest)
    with pytest.raises(Refused):
        machine.install(public)
    assert machine.spack.brought == []


def test_an_index_that_hides_or_adds_a_unit_is_nobodys_file(public: Path, machine: Machine) -> None:
    """None is shipped and none is read: one that is there all the same is a file too many.

    `verify` says so of a folder; whoever installs asks for no such file.
    """
    for cache in ("hidden-in-index", "added-to-index"):
        path = "v3/manifests/index/index.manifest.json"
        put(public, path, (CACHES / cache / path).read_bytes())
        facility = Facility(state=machine.home / "looking", root=machine.root)
        facility.refuses(public, Reason.ADDITIONAL, path)
    with serve(public) as server:
        machine.install(server.url)
        assert not [path for path in server.asked if path.startswith("v3")]
    assert machine.spack.brought == [TOP, BASE]
    other = Machine(home=machine.home / "other", root=machine.root)
    other.install(public)
    assert other.spack.brought == [TOP, BASE]


def test_an_archive_is_changed(honest: Published, public: Path, machine: Machine) -> None:
    place = blob_path(honest.unit(TOP).archive)
    data = bytearray((public / place).read_bytes())
    data[len(data) // 2] ^= 1
    put(public, place, bytes(data))
    refused(machine, public, Reason.CHANGED, place)


def test_a_download_that_never_ends(honest: Published, machine: Machine) -> None:
    place = blob_path(honest.unit(TOP).archive)
    with serve(honest.folder) as server:
        server.endless.add(place)
        with pytest.raises(Refused) as no:
            machine.install(server.url)
    assert (no.value.reason, no.value.where) == (Reason.TOO_LARGE, place)
    assert machine.spack.brought == []


def test_the_timestamp_has_run_out(honest: Published, machine: Machine) -> None:
    with pytest.raises(Refused) as no:
        machine.install(honest.folder, now=NOW + timedelta(days=9))
    assert no.value.reason is Reason.FROZEN
    assert machine.spack.brought == []


def test_a_mirror_stops_answering_and_answers_again(honest: Published, machine: Machine) -> None:
    with silent() as url, pytest.raises(Outside):
        machine.install(url)
    assert machine.spack.brought == []
    with serve(honest.folder) as server:
        machine.install(server.url)
    assert machine.spack.brought == [TOP, BASE]


@contextmanager
def silent() -> Iterator[str]:
    """Give the address of a server that takes every call and never says a word."""
    calls: list[socket.socket] = []

    def take() -> None:
        with suppress(OSError):
            while True:
                calls.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for call in calls:
                call.close()
    thread.join()
