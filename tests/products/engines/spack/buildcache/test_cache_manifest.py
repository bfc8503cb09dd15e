"""Manifests: signed or not, they name one pair; what is anything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spack_cache_files import CACHES, PUBLISHER, archive_of, manifest_file, manifest_of

from peso.errors import BadInput
from peso.products.engines.spack.buildcache.cache_manifest import (
    LARGEST,
    read_index_manifest,
    read_manifest,
)
from peso.products.engines.spack.buildcache.layout import (
    ARCHIVE_TYPE,
    INDEX,
    INDEX_TYPE,
    SPEC_TYPE,
    blob_path,
)

SIGNED = manifest_file("whole", "tiny-base").read_bytes()


def blob(media_type: str = SPEC_TYPE, **other: object) -> dict[str, Any]:
    return {
        "contentLength": 3,
        "mediaType": media_type,
        "compression": "gzip",
        "checksumAlgorithm": "sha256",
        "checksum": "ab" * 32,
    } | other


def written(*data: dict[str, Any], version: int = 3) -> bytes:
    return json.dumps({"version": version, "data": data}).encode()


def test_a_signed_manifest_of_spack() -> None:
    found = manifest_of("whole", "tiny-base")
    assert found.signed
    assert [one.fingerprint for one in found.signatures] == [PUBLISHER]
    assert found.signatures[0].key_id == PUBLISHER[-16:]
    assert found.signatures[0].made == 1735689600
    assert found.archive.media_type == ARCHIVE_TYPE
    assert archive_of("whole", "tiny-base").stat().st_size == found.archive.length


def test_an_unsigned_manifest_of_spack() -> None:
    found = manifest_of("unsigned", "tiny-base")
    assert (found.signed, found.signatures) == (False, ())
    assert found.spec == manifest_of("whole", "tiny-base").spec


def test_the_manifest_of_an_index() -> None:
    found = read_index_manifest((CACHES / "whole" / INDEX).read_bytes(), "index")
    assert found.media_type == INDEX_TYPE
    assert (CACHES / "whole" / blob_path(found.sha256)).stat().st_size == found.length


def test_lines_that_end_as_on_windows_are_the_same_message() -> None:
    assert read_manifest(SIGNED.replace(b"\n", b"\r\n"), "m") == read_manifest(SIGNED, "m")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (written(blob(ARCHIVE_TYPE)), "0 spec blobs"),
        (written(blob(), blob(), blob(ARCHIVE_TYPE)), "2 spec blobs"),
        (written(blob()), "0 archive blobs"),
        (written(blob(), blob(ARCHIVE_TYPE), version=4), "layout 4"),
        (written(blob(checksum="../" * 20), blob(ARCHIVE_TYPE)), "not named by a sha256"),
        (written(blob(checksum="AB" * 32), blob(ARCHIVE_TYPE)), "not named by a sha256"),
        (written(blob(checksumAlgorithm="md5"), blob(ARCHIVE_TYPE)), "not named by a sha256"),
        (written(blob(contentLength=-1), blob(ARCHIVE_TYPE)), "no possible length"),
        (written(blob(compression="zstd"), blob(ARCHIVE_TYPE)), "packed in a way"),
        (written(*[blob("a")] * 100), "100 blobs"),
        (b'{"x": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"version": 3, "data": "\xff"}', "no manifest"),
        (b"", "no manifest"),
        (b" " * (LARGEST + 1), "more than"),
    ],
)
def test_what_is_no_manifest_says_why(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        read_manifest(data, "there")
    assert caught.value.where == "there"


@pytest.mark.parametrize(
    "data",
    [
        SIGNED + b"more",
        SIGNED.replace(b"Hash: SHA256\n", b"Hash: SHA256\n{}\n"),
        SIGNED.replace(b"Hash: SHA256\n\n", b"Hash: SHA256\n"),
        SIGNED + SIGNED,
        SIGNED.replace(b"{\n", b"- {\n", 1),
        SIGNED[:-60],
        SIGNED.replace(b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN PGP MESSAGE-----"),
        SIGNED.replace(b"MESSAGE-----\n", b"MESSAGE-----x\n", 1),
    ],
)
def test_text_outside_of_what_is_signed_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="not one clear signed message"):
        read_manifest(data, "m")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for text in (data, SIGNED[:200] + data, SIGNED[: len(data)] + data + SIGNED[-40:]):
        with pytest.raises(BadInput):
            read_manifest(text, "m")


@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused(at: int, byte: int) -> None:
    try:
        found = read_manifest(SIGNED[:at] + bytes([byte]) + SIGNED[at + 1 :], "m")
    except BadInput:
        return
    assert len(found.spec.sha256) == 64
