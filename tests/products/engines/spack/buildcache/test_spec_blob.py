"""Spec blobs: what Spack wrote is read whole; what is none, or too much, is refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spack_cache_files import BASE, EXTERNAL, TOP, spec_bytes, spec_of

from peso.errors import BadInput, PesoError, Reason, Refused
from peso.products.engines.spack.buildcache import spec_blob
from peso.products.engines.spack.buildcache.record import Dependency
from peso.products.engines.spack.buildcache.spec_blob import read_spec

BYTES = spec_bytes("whole", "tiny-top")
PLAIN = gzip.decompress(BYTES)
LIBZ = "z" * 32


def edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the blob with its first spec edited."""
    data = json.loads(PLAIN)
    edit(data["spec"]["nodes"][0])
    return json.dumps(data, separators=(",", ":")).encode()


def test_all_that_spack_says_of_a_unit() -> None:
    found = read_spec(BYTES, "b")
    assert (found.hash, found.name, found.version, found.namespace) == (
        TOP,
        "tiny-top",
        "1.1",
        "tiny",
    )
    assert (found.platform, found.system, found.target) == ("linux", "debian12", "x86_64")
    assert found.variants == (("build_system", "generic"),)
    assert found.depends == (
        Dependency(hash=BASE, name="tiny-base", types=("build", "link", "run")),
        Dependency(hash=EXTERNAL, name="tiny-ext", types=("build",)),
    )
    assert (found.external, found.hash_holds, found.in_cache) == (False, True, True)
    assert found.label == "tiny-top@1.1/oox5yw2"


def test_the_specs_below_it_are_there_too() -> None:
    below = {one.name: one for one in read_spec(BYTES, "b").below}
    assert set(below) == {"tiny-base", "tiny-ext"}
    assert below["tiny-base"].raw == spec_of("whole", "tiny-base").raw
    assert below["tiny-ext"].external


def test_plain_json_is_read_as_gzipped() -> None:
    assert read_spec(PLAIN, "b") == read_spec(BYTES, "b")


def test_a_changed_spec_is_told_not_refused() -> None:
    found = read_spec(edited(lambda node: node.update(version="1.2")), "b")
    assert (found.version, found.hash_holds) == ("1.2", False)


def test_a_compiler_is_what_is_used_as_one() -> None:
    def add(node: dict[str, Any]) -> None:
        parameters = {"deptypes": ["build"], "virtuals": ["c", "cxx"]}
        node["dependencies"].append({"name": "gcc", "hash": LIBZ, "parameters": parameters})
        node["dependencies"][0]["parameters"]["virtuals"] = ["fortran"]

    assert read_spec(edited(add), "b").compilers == ("fortran=tiny-base@1.1", "c,cxx=gcc")


def test_an_old_spec_names_its_compiler_in_a_note() -> None:
    notes = {"original_specfile_version": 4, "compiler": "gcc@=12.2.0"}
    assert read_spec(edited(lambda node: node.update(annotations=notes)), "b").compilers == (
        "gcc@12.2.0",
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (edited(lambda node: node.update(name="../../etc")), "name is '../../etc'"),
        (edited(lambda node: node.update(hash="no")), "hash is 'no'"),
        (edited(lambda node: node.update(version="1 && x")), "version is"),
        (edited(lambda node: node["dependencies"][0].update(hash="..")), "has no hash"),
        (edited(lambda node: node.update(hash=BASE)), "two specs of one hash"),
        (edited(lambda node: node.pop("arch")), "arch"),
        (PLAIN.replace(b'"version":5', b'"version":6'), "of format 6"),
        (b'{"spec":{"_meta":{"version":5},"nodes":[]}}', "0 specs"),
        (b'{"spec":{"_meta":{"version":5},"nodes":[' + b"[" * 90_000, "nested too deeply"),
        (PLAIN.replace(b"tiny-top", b"tiny-\xff\xff\xff"), "no spec"),
        (BYTES[:-10], "too early"),
        (BYTES + b"more", "goes on"),
        (b"\x1f\x8b" + b"x" * 40, "cannot be unpacked"),
        (b"", "no spec"),
    ],
)
def test_what_is_no_spec_says_why(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_spec(data, "b")


def test_a_bomb_is_unpacked_no_further_than_a_spec_may_be() -> None:
    with pytest.raises(Refused) as caught:
        read_spec(gzip.compress(bytes(spec_blob.LARGEST + 1)), "b")
    assert caught.value.reason is Reason.TOO_LARGE


@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=3))
def test_any_change_is_read_or_refused(at: int, data: bytes) -> None:
    try:
        found = read_spec(PLAIN[:at] + data + PLAIN[at + len(data) :], "b")
    except PesoError:
        return
    assert len(found.hash) == 32


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    ),
    st.sampled_from(["name", "version", "arch", "parameters", "dependencies", "hash", "external"]),
)
def test_any_value_in_any_place_is_read_or_refused(value: object, key: str) -> None:
    try:
        found = read_spec(edited(lambda node: node.update({key: value})), "b")
    except PesoError:
        return
    assert len(found.hash) == 32
    assert found.name
