"""What an OpenPGP signature says of itself: whose key, when. It verifies nothing; gpg does.

Only what RFC 9580 says of signature packets (type 2, versions 3 to 6) is read, and of their
subpackets the time (2), the key (16) and the fingerprint (33). Anything else is passed over; what
has no end, or no signature in it, is a fault.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from peso.errors import BadInput
from peso.products.engines.spack.buildcache.record import Signature

_LARGEST = 64 << 10
_MOST = 16
_SIGNATURE_PACKET = 2
_MADE, _ISSUER, _FINGERPRINT = 2, 16, 33
_OLD_VERSION, _USUAL_VERSION, _WIDE_VERSION = 3, 4, 6
_VERSIONS = (3, 4, 5, 6)
_KEY_ID, _TIME, _SHORTEST_FINGERPRINT = 8, 4, 20
_TWO, _FIVE, _PARTIAL = 192, 255, 224


def read_signatures(armor: bytes, where: str) -> tuple[Signature, ...]:
    """Read an armored signature block; usually one signature.

    Raises:
        BadInput: It is no signature block, or too large.
    """
    if len(armor) > _LARGEST:
        raise _none(where, f"it has more than {_LARGEST} bytes")
    try:
        body = armor.decode("ascii").split("\n\n", 1)[1]
        letters = "".join(
            line.strip() for line in body.splitlines() if not line.startswith(("=", "-----"))
        )
        packets = base64.b64decode(letters, validate=True)
        found = tuple(
            _signature(data) for tag, data in _packets(packets) if tag == _SIGNATURE_PACKET
        )
    except (IndexError, ValueError, binascii.Error) as error:
        raise _none(where, "it is damaged") from error
    if not 0 < len(found) <= _MOST:
        raise _none(where, f"it holds {len(found)} signatures")
    return found


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        head = data[at]
        if not head & 0x80:
            raise ValueError("no packet")
        if head & 0x40:
            tag = head & 0x3F
            length, at = _length(data, at + 1)
        else:
            tag, size = (head >> 2) & 0xF, 1 << (head & 3)
            if size > _TIME:
                raise ValueError("a packet without length")
            length, at = int.from_bytes(_take(data, at + 1, size)), at + 1 + size
        yield tag, _take(data, at, length)
        at += length


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Return a length in the new format, and where what it is of begins."""
    first = data[at]
    if first < _TWO:
        return first, at + 1
    if first == _FIVE:
        return int.from_bytes(_take(data, at + 1, 4)), at + 5
    if first >= _PARTIAL:
        raise ValueError("a length in parts")
    return ((first - _TWO) << 8) + data[at + 1] + _TWO, at + 2


def _take(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise ValueError("it ends too early")
    return data[at : at + length]


def _signature(data: bytes) -> Signature:
    version = data[0]
    if version not in _VERSIONS:
        return Signature(key_id="")
    if version == _OLD_VERSION:
        made, key = _take(data, 3, _TIME), _take(data, 7, _KEY_ID)
        return Signature(key_id=_hex(key), made=int.from_bytes(made))
    wide = 4 if version == _WIDE_VERSION else 2
    hashed = int.from_bytes(_take(data, 4, wide))
    start = 4 + wide
    free = int.from_bytes(_take(data, start + hashed, wide))
    parts = dict(_subpackets(_take(data, start + hashed + wide, free)))
    parts |= dict(_subpackets(_take(data, start, hashed)))  # what is signed wins
    fingerprint, made = parts.get(_FINGERPRINT, b"")[1:], parts.get(_MADE, b"")
    key = parts.get(_ISSUER, b"")
    if len(fingerprint) >= _SHORTEST_FINGERPRINT:
        key = fingerprint[-_KEY_ID:] if version == _USUAL_VERSION else fingerprint[:_KEY_ID]
    return Signature(
        key_id=_hex(key) if len(key) == _KEY_ID else "",
        fingerprint=_hex(fingerprint) if len(fingerprint) >= _SHORTEST_FINGERPRINT else "",
        made=int.from_bytes(made) if len(made) == _TIME else None,
    )


def _subpackets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        length, at = _subpacket_length(data, at)
        if not length:
            raise ValueError("an empty subpacket")
        one = _take(data, at, length)
        yield one[0] & 0x7F, one[1:]
        at += length


def _subpacket_length(data: bytes, at: int) -> tuple[int, int]:
    """As `_length`, but there are no parts here: 192 to 254 all begin two bytes."""
    first = data[at]
    if first < _TWO or first == _FIVE:
        return _length(data, at)
    return ((first - _TWO) << 8) + data[at + 1] + _TWO, at + 2


def _hex(data: bytes) -> str:
    return data.hex().upper()


def _none(where: str, why: str) -> BadInput:
    return BadInput(
        f"this is no OpenPGP signature: {why}",
        where=where,
        hint="sign the manifest again: `spack buildcache push --force --key KEY`",
    )
