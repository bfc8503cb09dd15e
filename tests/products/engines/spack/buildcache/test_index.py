"""The index: Spack's is read, ours is the same to Spack; nothing unproven gets into ours."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spack_cache_files import BASE, CACHES, EXTERNAL, TOP, spec_of

from peso.errors import BadInput, PesoError, Reason, Refused
from peso.products.engines.spack.buildcache import index
from peso.products.engines.spack.buildcache.cache_manifest import read_index_manifest
from peso.products.engines.spack.buildcache.formats import OtherFormat
from peso.products.engines.spack.buildcache.index import read_index, write_index
from peso.products.engines.spack.buildcache.layout import INDEX, LAYOUT, blob_path


def index_bytes(cache: Path) -> bytes:
    blob = read_index_manifest((cache / INDEX).read_bytes(), "index")
    data = (cache / blob_path(blob.sha256)).read_bytes()
    assert len(data) == blob.length
    return data


WHOLE = index_bytes(CACHES / "whole")


def edited(hash_: str, **values: object) -> bytes:
    data = json.loads(WHOLE)
    data["database"]["installs"][hash_]["spec"].update(values)
    return json.dumps(data, separators=(",", ":")).encode()


def test_the_index_that_spack_wrote() -> None:
    found = {one.hash: one for one in read_index(WHOLE, "i")}
    assert {hash_: one.in_cache for hash_, one in found.items()} == {
        BASE: True,
        TOP: True,
        EXTERNAL: False,
    }
    assert all(one.hash_holds is True for one in found.values())
    assert found[TOP] == replace(spec_of("whole", "tiny-top"), below=())


def test_ours_says_what_spacks_says(tmp_path: Path) -> None:
    blob = write_index([spec_of("whole", "tiny-top"), spec_of("whole", "tiny-base")], tmp_path)
    assert json.loads(index_bytes(tmp_path)) == json.loads(WHOLE)
    assert (tmp_path / blob_path(blob.sha256)).is_file()
    assert json.loads((tmp_path / LAYOUT).read_bytes()) == {"signing": "gpg"}


def test_ours_has_what_is_below_a_unit_but_does_not_claim_it(tmp_path: Path) -> None:
    write_index([spec_of("whole", "tiny-top")], tmp_path)
    found = read_index(index_bytes(tmp_path), "i")
    assert {one.hash: one.in_cache for one in found} == {BASE: False, TOP: True, EXTERNAL: False}


def test_ours_is_the_same_whatever_the_order(tmp_path: Path) -> None:
    units = [spec_of("whole", "tiny-top"), spec_of("whole", "tiny-base")]
    assert write_index(units, tmp_path / "a") == write_index(units[::-1], tmp_path / "b")


def test_an_empty_index_is_one(tmp_path: Path) -> None:
    write_index([], tmp_path)
    assert read_index(index_bytes(tmp_path), "i") == ()


def test_a_spec_without_its_hash_gets_into_no_index_of_ours(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        write_index([spec_of("wrong-hash-in-spec", "tiny-base")], tmp_path)
    assert caught.value.reason is Reason.SWAPPED
    assert not [*tmp_path.iterdir()]


def test_two_specs_of_one_hash_get_into_no_index_of_ours(tmp_path: Path) -> None:
    base = spec_of("whole", "tiny-base")
    other = replace(base, raw=base.raw + b" ")
    with pytest.raises(Refused, match="written in two ways"):
        write_index([base, other], tmp_path)


def test_an_edited_index_is_told_not_refused() -> None:
    found = read_index(edited(BASE, version="1.2"), "i")
    assert [one.hash for one in found if one.hash_holds is False] == [BASE]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (edited(BASE, hash=TOP), "another's spec under"),
        (edited(BASE, name=".."), "no spec of Spack"),
        (WHOLE.replace(b'"version":"8"', b'"version":"9"', 1), "version '9'"),
        (b"{}", "database"),
        (b'{"database": ' + b"[" * 90_000, "no spec"),
        (b'{"x": ' + b"[" * 90_000, "nested too deeply"),
        (WHOLE[:-20], "no spec"),
        (b"\xff\xfe", "no spec"),
    ],
)
def test_what_is_no_index_says_why(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_index(data, "i")


def test_a_newer_index_is_of_another_format() -> None:
    with pytest.raises(OtherFormat):
        read_index(WHOLE.replace(b'"version":"8"', b'"version":"9"', 1), "i")


def test_a_bomb_is_unpacked_no_further_than_an_index_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "LARGEST", 1 << 20)
    with pytest.raises(Refused) as caught:
        read_index(gzip.compress(bytes((1 << 20) + 1)), "i")
    assert caught.value.reason is Reason.TOO_LARGE


def test_more_units_than_an_index_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST", 2)
    with pytest.raises(BadInput, match="3 units"):
        read_index(WHOLE, "i")


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_any_change_is_read_or_refused(at: int, data: bytes) -> None:
    try:
        found = read_index(WHOLE[:at] + data + WHOLE[at + len(data) :], "i")
    except PesoError:
        return
    assert all(len(one.hash) == 32 for one in found)
