"""Signatures: what they say of themselves, and nothing more."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.errors import BadInput
from peso.products.engines.spack.buildcache.record import Signature
from peso.products.engines.spack.buildcache.signature import read_signatures

KEY, FINGERPRINT = bytes(range(8)), bytes(range(20))
MADE = (1_735_689_600).to_bytes(4)


def armored(data: bytes) -> bytes:
    text = base64.encodebytes(data)
    return b"-----BEGIN PGP SIGNATURE-----\n\n" + text + b"=abcd\n-----END PGP SIGNATURE-----\n"


def packet(body: bytes, tag: int = 2) -> bytes:
    if len(body) < 192:
        return bytes([0xC0 | tag, len(body)]) + body
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4) + body


def part(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def version_4(hashed: bytes = b"", free: bytes = b"", version: int = 4, wide: int = 2) -> bytes:
    return (
        bytes([version, 0, 1, 8])
        + len(hashed).to_bytes(wide)
        + hashed
        + len(free).to_bytes(wide)
        + free
        + b"rest"
    )


def test_the_fingerprint_is_the_longest_word_for_a_key() -> None:
    hashed = part(33, b"\x04" + FINGERPRINT) + part(2, MADE)
    (found,) = read_signatures(armored(packet(version_4(hashed, part(16, KEY)))), "s")
    assert found == Signature(
        key_id=FINGERPRINT[-8:].hex().upper(),
        fingerprint=FINGERPRINT.hex().upper(),
        made=1_735_689_600,
    )
    assert found.signer == found.fingerprint


def test_old_signatures_name_the_end_of_a_fingerprint() -> None:
    body = version_4(part(2, MADE), part(16, KEY))
    (found,) = read_signatures(armored(packet(body)), "s")
    assert (found.signer, found.fingerprint) == (KEY.hex().upper(), "")
    (oldest,) = read_signatures(armored(packet(b"\x03\x05\x01" + MADE + KEY)), "s")
    assert (oldest.key_id, oldest.made) == (KEY.hex().upper(), 1_735_689_600)


def test_new_versions_begin_their_fingerprint_with_the_key() -> None:
    hashed = part(33, b"\x06" + bytes(range(32)))
    (found,) = read_signatures(armored(packet(version_4(hashed, version=6, wide=4))), "s")
    assert found.key_id == KEY.hex().upper()


def test_what_is_signed_wins_over_what_anybody_can_add() -> None:
    other = part(33, b"\x04" + bytes(20))
    body = version_4(part(33, b"\x04" + FINGERPRINT), other)
    (found,) = read_signatures(armored(packet(body)), "s")
    assert found.fingerprint == FINGERPRINT.hex().upper()


def test_a_signature_that_names_nobody_is_one() -> None:
    (found,) = read_signatures(armored(packet(version_4())), "s")
    assert found == Signature(key_id="")
    assert read_signatures(armored(packet(b"\x09")), "s") == (Signature(key_id=""),)


def test_several_signatures_and_other_packets() -> None:
    body = packet(version_4(part(16, KEY)))
    old_form = bytes([0x80 | 2 << 2, len(version_4())]) + version_4()
    assert len(read_signatures(armored(body + packet(b"x", tag=13) + old_form), "s")) == 2


@pytest.mark.parametrize(
    "armor",
    [
        b"",
        b"no armor at all",
        armored(b""),
        armored(b"\x00"),
        armored(packet(b"x", tag=13)),
        armored(packet(version_4())[:-6]),
        armored(packet(version_4(b"\x09"))),
        armored(packet(version_4(b"\x00"))),
        armored(bytes([0xC2, 224]) + bytes(300)),
        armored(bytes([0x80 | 2 << 2 | 3]) + bytes(300)),
        armored(packet(version_4()) * 17),
        armored(bytes(100_000)),
        b"\xff" * 40,
        b"-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----\n",
    ],
)
def test_what_is_no_signature_is_refused(armor: bytes) -> None:
    with pytest.raises(BadInput, match="no OpenPGP signature"):
        read_signatures(armor, "s")


@given(st.binary(max_size=300))
def test_any_packets_are_read_or_refused(data: bytes) -> None:
    for body in (data, packet(data), packet(version_4(data)), packet(version_4(b"", data))):
        try:
            found = read_signatures(armored(body), "s")
        except BadInput:
            continue
        assert found
