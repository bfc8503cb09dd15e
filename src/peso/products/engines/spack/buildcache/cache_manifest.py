"""A manifest of Spack's build cache: plain JSON, or the same as OpenPGP clear text.

Bytes in, records out; no signature is verified here. The rules, in order:

1. Version 3 only, at most 1 MiB, sha256 only; a digest is 64 hex digits, so no path escapes by it.
2. A unit's manifest names one spec blob and one archive blob. Spack takes the first where there are
   several; here that is a fault, for two tools would see two different pairs.
3. Clear text is one message: nothing before it, between its parts or after it. What stands outside
   of what is signed could be read as if it were.
"""

from __future__ import annotations

import re

import msgspec

from peso.errors import BadInput
from peso.products.engines.spack.buildcache.formats import OtherFormat
from peso.products.engines.spack.buildcache.record import Blob, SpecManifest
from peso.products.engines.spack.buildcache.signature import read_signatures

LARGEST = 1 << 20
"""Bytes of a manifest; Spack's have 450, or 1,400 with a signature."""
_VERSION = 3
_MOST_BLOBS = 64
_LONGEST = 1 << 50
_BEGIN = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END = b"-----END PGP SIGNATURE-----"
_HEADERS = re.compile(rb"(?:Hash: [A-Za-z0-9, -]{1,60}\n){0,4}\n")
_SPEC = re.compile(r"application/vnd\.spack\.spec\.v\d{1,3}\+json").fullmatch
_ARCHIVE = re.compile(r"application/vnd\.spack\.install\.v\d{1,3}\.tar\+gzip").fullmatch
_INDEX = re.compile(r"application/vnd\.spack\.db\.v\d{1,3}\+json").fullmatch
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch


class _Data(msgspec.Struct, frozen=True, rename="camel"):
    content_length: int
    media_type: str
    compression: str
    checksum_algorithm: str
    checksum: str


class _Manifest(msgspec.Struct, frozen=True):
    version: int
    data: tuple[_Data, ...]


def read_manifest(data: bytes, where: str) -> SpecManifest:
    """Read a unit's manifest, signed or not.

    Raises:
        BadInput: It is none, or is too large; `OtherFormat`: it is of another layout.
    """
    text, armor = _parts(data, where)
    signatures = read_signatures(armor, where) if armor is not None else ()
    manifest = _decoded(text, where)
    return SpecManifest(
        spec=_the(manifest, _SPEC, "spec", where),
        archive=_the(manifest, _ARCHIVE, "archive", where),
        signed=armor is not None,
        signatures=signatures,
    )


def read_index_manifest(data: bytes, where: str) -> Blob:
    """Read the manifest of an index: which blob the index is. Raises as `read_manifest`."""
    text, _ = _parts(data, where)
    return _the(_decoded(text, where), _INDEX, "index", where)


def _parts(data: bytes, where: str) -> tuple[bytes, bytes | None]:
    """Return the text and, if it is signed, the armored signature."""
    if len(data) > LARGEST:
        raise _none(where, f"it has more than {LARGEST} bytes")
    if not data.startswith(_BEGIN):
        return data, None
    lines = data.replace(b"\r\n", b"\n")
    start = _HEADERS.match(lines, len(_BEGIN) + 1)
    middle, end = lines.find(b"\n" + _SIGNATURE), lines.find(b"\n" + _END)
    whole = (
        start is not None
        and lines[len(_BEGIN) : start.start()] == b"\n"
        and start.end() <= middle < end
        and not lines[end + 1 + len(_END) :].strip()
        and b"\n-" not in lines[start.end() - 1 : middle]
    )
    if start is None or not whole:
        raise _none(where, "it is not one clear signed message and nothing else")
    return lines[start.end() : middle], lines[middle + 1 : end + 1 + len(_END)]


def _decoded(text: bytes, where: str) -> _Manifest:
    try:
        manifest = msgspec.json.decode(text, type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _none(where, str(error)) from error
    except RecursionError as error:
        raise _none(where, "it is nested too deeply") from error
    if manifest.version != _VERSION:
        raise OtherFormat(
            f"a manifest of layout {manifest.version}; PESO reads layout {_VERSION}", where=where
        )
    if len(manifest.data) > _MOST_BLOBS:
        raise _none(where, f"it names {len(manifest.data)} blobs")
    return manifest


def _the(manifest: _Manifest, fits: object, what: str, where: str) -> Blob:
    found = [one for one in manifest.data if callable(fits) and fits(one.media_type)]
    if len(found) != 1:
        raise _none(where, f"it names {len(found)} {what} blobs, not one")
    one = found[0]
    if one.checksum_algorithm != "sha256" or not _SHA256(one.checksum):
        raise _none(where, f"the {what} blob is not named by a sha256")
    if not 0 <= one.content_length <= _LONGEST:
        raise _none(where, f"the {what} blob has no possible length")
    if one.compression not in {"gzip", "none"}:
        raise _none(where, f"the {what} blob is packed in a way that Spack has not")
    return Blob(media_type=one.media_type, sha256=one.checksum, length=one.content_length)


def _none(where: str, why: str) -> BadInput:
    return BadInput(
        f"this is no manifest of Spack's build cache: {why}",
        where=where,
        hint="PESO reads layout 3, which Spack 1.0 and newer write",
    )
