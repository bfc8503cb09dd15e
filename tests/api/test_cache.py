"""`peso explain cache` on publications, on build caches of Spack, and on locks taken as cached."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.api.published import native_publication
from tests.facility import serve
from tests.products.engines.spack.locks import external, hash_of, lock, node, on

import peso
from peso.base.digest import sha256_bytes
from peso.errors import BadInput
from peso.products.engines.spack.buildcache.dag_hash import computed


def _hashed(one: dict[str, Any]) -> dict[str, Any]:
    """Return a unit under the hash that it stands for: a cache's are looked at."""
    said = {key: value for key, value in one.items() if key != "hash"}
    return {**said, "hash": computed(said)}


def _on(one: dict[str, Any], *types: str, virtuals: tuple[str, ...] = ()) -> dict[str, Any]:
    return {**on(one["name"], *types, virtuals=virtuals), "hash": one["hash"]}


ZLIB = _hashed(node("zlib", "1.3"))
MPICH = _hashed(node("mpich", "5.0.1", external=external("/opt/mpich")))
HDF5 = _hashed(
    node("hdf5", "1.14.6", on=(_on(ZLIB, "link"), _on(MPICH, "link", virtuals=("mpi",))))
)
HELD = (ZLIB, HDF5, MPICH)
STACK = lock(
    node("app", on=(on("hdf5", "link", key="hdfnew"),)),
    node(
        "hdf5",
        "1.14.6",
        key="hdfnew",
        on=(on("zlib", "link", key="zlibnew"), _on(MPICH, "link", virtuals=("mpi",))),
    ),
    node("zlib", "1.3.1", key="zlibnew"),
    MPICH,
    roots=("app",),
)
HOST = """\
schema: peso.host/1
name: somewhere
platform: linux
os: debian12
target: haswell
libc: glibc 2.36
"""


@dataclass(frozen=True)
class Place:
    """A folder with the stack's lock, and what is said of it."""

    folder: Path
    stack: Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    here = tmp_path / "here"
    here.mkdir()
    (here / "spack.lock").write_bytes(STACK)
    return Place(here, here / "spack.lock")


def spack_cache(
    folder: Path, nodes: Iterable[dict[str, Any]], *, index: bool = True, bad: str = ""
) -> Path:
    """Write a build cache in Spack's layout 3: manifests and specs, and an index or none."""
    all_ = list(nodes)
    for one in all_:
        if "external" in one:
            continue
        spec = {"spec": {"_meta": {"version": 5}, "nodes": [one, *(x for x in all_ if x != one)]}}
        manifests = folder / "v3" / "manifests" / "spec" / one["name"]
        manifests.mkdir(parents=True, exist_ok=True)
        file = manifests / f"{one['name']}-{one['version']}-{one['hash']}.spec.manifest.json"
        data = {
            "version": 3,
            "data": [
                _blob(folder, json.dumps(spec).encode(), "application/vnd.spack.spec.v5+json"),
                _blob(folder, b"archive", "application/vnd.spack.install.v2.tar+gzip"),
            ],
        }
        file.write_text("no manifest" if one["name"] == bad else json.dumps(data))
    if index:
        installs = {
            one["hash"]: {"spec": one, "ref_count": 1, "in_buildcache": "external" not in one}
            for one in all_
        }
        database = json.dumps({"database": {"version": "8", "installs": installs}}).encode()
        manifest = {
            "version": 3,
            "data": [_blob(folder, database, "application/vnd.spack.db.v8+json")],
        }
        file = folder / "v3" / "manifests" / "index" / "index.manifest.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(manifest))
    return folder


def _blob(folder: Path, data: bytes, media_type: str) -> dict[str, Any]:
    sha256 = sha256_bytes(data)
    file = folder / "blobs" / "sha256" / sha256[:2] / sha256
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return {
        "contentLength": len(data),
        "mediaType": media_type,
        "compression": "none",
        "checksumAlgorithm": "sha256",
        "checksum": sha256,
    }


def _peso(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "explain", "cache", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=place.folder,
    )


@pytest.mark.parametrize("index", [True, False])
def test_a_cache_of_spack_in_a_folder(place: Place, tmp_path: Path, *, index: bool) -> None:
    cache = spack_cache(tmp_path / "cache", HELD, index=index)
    found = peso.explain_cache(place.stack, [cache])

    assert (found.hits, len(found.misses), found.externals) == (0, 3, 1)
    assert found.caches[0].held == 2
    hdf5 = next(one for one in found.misses if one.unit.name == "hdf5")
    assert hdf5.nearest is not None
    assert (hdf5.nearest.unit.hash, hdf5.nearest.distance, hdf5.nearest.own) == (
        HDF5["hash"],
        1,
        (),
    )
    assert [(one.package, one.misses, one.alone) for one in found.causes] == [("zlib", 2, 2)]
    [gain] = found.gains.gains
    assert (gain.units, gain.choices[0].setting) == (2, 'packages: {zlib: {require: ["@1.3"]}}')


def test_a_cache_of_spack_behind_a_url(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    cache = spack_cache(tmp_path / "cache", HELD)
    with serve(cache) as server:
        found = peso.explain_cache(place.stack, [server.url])

    assert [(one.package, one.misses) for one in found.causes] == [("zlib", 2)]


def test_what_cannot_be_read_in_a_folder_is_said_and_the_rest_is_read(
    place: Place, tmp_path: Path
) -> None:
    cache = spack_cache(tmp_path / "cache", HELD, index=False, bad="zlib")
    found = peso.explain_cache(place.stack, [cache])

    [looked] = found.caches
    assert (looked.held, len(looked.unread)) == (1, 1)
    assert "no manifest" in looked.unread[0]


def test_an_index_that_is_none_is_refused(place: Place, tmp_path: Path) -> None:
    cache = spack_cache(tmp_path / "cache", HELD)
    (cache / "v3/manifests/index/index.manifest.json").write_text("{}")

    with pytest.raises(BadInput, match="no manifest of Spack's build cache"):
        peso.explain_cache(place.stack, [cache])


def test_a_spec_that_is_not_what_its_hash_stands_for_is_left_out(
    place: Place, tmp_path: Path
) -> None:
    changed = {**ZLIB, "version": "1.3.1"}
    [looked] = peso.explain_cache(
        place.stack, [spack_cache(tmp_path / "cache", (changed, HDF5, MPICH))]
    ).caches

    assert (looked.held, looked.unread) == (
        1,
        ("1 specs that are not what their hash stands for",),
    )


def test_a_cache_that_spack_made(place: Place) -> None:
    cache = Path(__file__).parents[1] / "spack_caches" / "whole"
    found = peso.explain_cache(place.stack, [cache])

    assert [(one.held, one.unread) for one in found.caches] == [(2, ())]
    assert found.none_of_the_name == 3


def test_a_lock_is_taken_as_if_it_were_cached(place: Place, tmp_path: Path) -> None:
    old = tmp_path / "old.lock"
    old.write_bytes(lock(HDF5, ZLIB, MPICH))
    found = peso.explain_cache(place.stack, [old])

    assert found.caches[0].where == f"{old} (a lock, as if it were cached)"
    assert (found.caches[0].held, found.only_below) == (2, 1)


def test_a_publication_holds_what_its_manifests_ship(place: Place, tmp_path: Path) -> None:
    published = native_publication(
        tmp_path,
        lock(HDF5, ZLIB, MPICH),
        cached=[("hdf5-1.14.6", HDF5["hash"]), ("zlib-1.3", ZLIB["hash"])],
    )
    found = peso.explain_cache(
        place.stack, [published.folder], root=published.root, unsafe_development_keys=True
    )

    assert [(one.held, one.unread) for one in found.caches] == [(2, ())]
    assert [(one.package, one.misses) for one in found.causes] == [("zlib", 2)]


def test_a_release_without_binaries_says_so(place: Place, tmp_path: Path) -> None:
    published = native_publication(tmp_path, lock(HDF5, ZLIB, MPICH))
    found = peso.explain_cache(
        place.stack, [published.folder], root=published.root, unsafe_development_keys=True
    )

    assert found.caches[0].held == 0
    assert found.caches[0].unread == ("testing/small-1.0 ships no binaries of Spack's",)
    assert found.none_of_the_name == 3


def test_words_say_hits_causes_gains_and_the_nearest(place: Place, tmp_path: Path) -> None:
    cache = spack_cache(tmp_path / "cache", HELD)
    (place.folder / "host.yaml").write_text(HOST)
    done = _peso(place, ".", "--cache", str(cache), "--host", "host.yaml")

    assert done.returncode == 0, done.stderr
    new, old = hash_of("hdfnew")[:7], HDF5["hash"][:7]
    for line in (
        ".: 0 of 3 units are cached, 3 are not (1 externals need no cache)",
        f"  {cache}: holds 2 units, 2 of these names; 0 hits",
        "  zlib 1.3 -> 1.3.1: 2 misses; 2 for this alone",
        "  1. zlib 1.3: 2 more hits, 2 in all",
        '     packages: {zlib: {require: ["@1.3"]}}',
        (
            f"  hdf5@1.14.6/{new}: nearest hdf5@1.14.6/{old} of 1, distance 1: the same by itself, "
            "below it: zlib 1.3 -> 1.3.1"
        ),
        f"  app@1.0/{hash_of('app')[:7]} (a root): nothing of its name is held",
        (
            "on somewhere (linux, debian12, haswell, glibc 2.36) could run 1 of the 2 that are "
            "held of these names; 0 cannot, of 1 it is not known"
        ),
        "  whether mpich 5.0.1 at /opt/mpich is on the host is not known: 1 units",
    ):
        assert line in done.stdout.splitlines()
    assert _peso(place, ".", "--cache", str(cache), "-q").stdout == ""
    document = json.loads(_peso(place, ".", "--cache", str(cache), "--json").stdout)
    assert document["gains"]["way"][0]["units"] == 2


def test_a_host_file_may_say_which_externals_are_there(place: Place, tmp_path: Path) -> None:
    cache = spack_cache(tmp_path / "cache", HELD)
    file = place.folder / "host.yaml"

    for said, counts in (("[/opt/mpich/]", (2, 0, 0)), ("[]", (1, 1, 0))):
        file.write_text(f"{HOST}externals: {said}\n")
        host = peso.explain_cache(place.stack, [cache], host=file).host
        assert host is not None
        assert (host.could, host.cannot, host.unknown) == counts
    file.write_text("schema: peso.host/1\nname: x\nlibc: new\n")
    with pytest.raises(BadInput, match="libc"):
        peso.explain_cache(place.stack, [cache], host=file)


def test_this_machine_is_a_host(place: Place, tmp_path: Path) -> None:
    cache = spack_cache(tmp_path / "cache", HELD)
    host = peso.explain_cache(place.stack, [cache], host="here").host

    assert host is not None
    assert host.units == 2
    assert host.platform


def test_what_names_no_cache_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no cache is named"):
        peso.explain_cache(place.stack, ())
    with pytest.raises(BadInput, match="no publication, no build cache of Spack and no lock"):
        peso.explain_cache(place.stack, [tmp_path / "nothing"])
    done = _peso(place, ".")
    assert (done.returncode, "--cache" in done.stderr) == (2, True)
