from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Timestamp

from peso.errors import Reason, Refused
from peso.services.delivery.signing.serialize import metadata_bytes
from peso.services.delivery.signing.signed import Place, Ring, place_of, prove_signed, ring

WHERE = "metadata/timestamp.json"
PLACE = Place(role="timestamp", version=None)
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys() -> tuple[CryptoSigner, ...]:
    return tuple(CryptoSigner.generate_ed25519() for _ in range(3))


def signed(*signers: CryptoSigner, version: int = 3) -> bytes:
    metadata = Metadata(
        Timestamp(version=version, expires=EXPIRES, snapshot_meta=MetaFile(version=7))
    )
    for one in signers:
        metadata.sign(one, append=True)
    return metadata_bytes(metadata)


def of(*signers: CryptoSigner, threshold: int = 1) -> Ring:
    return Ring(keys=tuple(one.public_key for one in signers), threshold=threshold)


def reason(data: bytes, *rings: Ring | None, place: Place = PLACE) -> Reason | None:
    with pytest.raises(Refused) as told:
        prove_signed(data, place, rings, where=WHERE)
    assert told.value.where == WHERE
    return told.value.reason


def test_takes_what_the_right_key_signed(keys: tuple[CryptoSigner, ...]) -> None:
    file = prove_signed(signed(keys[0]), PLACE, [of(keys[0])], where=WHERE)
    assert isinstance(file.signed, Timestamp)
    assert file.signed.version == 3


def test_every_single_byte_counts(keys: tuple[CryptoSigner, ...]) -> None:
    data, known = signed(keys[0]), of(keys[0])
    for index in range(len(data)):
        for change in (0x01, 0x20):
            wrong = bytearray(data)
            wrong[index] ^= change
            with pytest.raises(Refused):
                prove_signed(bytes(wrong), PLACE, [known], where=WHERE)


def test_nobody_may_sign_by_default(keys: tuple[CryptoSigner, ...]) -> None:
    data = signed(keys[0])
    assert reason(data) is Reason.UNKNOWN_SIGNER
    assert reason(data, None) is Reason.UNKNOWN_SIGNER
    assert reason(data, of(keys[0]), None) is Reason.UNKNOWN_SIGNER
    assert reason(data, Ring(keys=(), threshold=1)) is Reason.UNKNOWN_SIGNER


def test_tells_strangers_from_too_few(keys: tuple[CryptoSigner, ...]) -> None:
    first, second, stranger = keys
    both = of(first, second, threshold=2)
    assert reason(signed(stranger), both) is Reason.UNKNOWN_SIGNER
    assert reason(signed(first), both) is Reason.BELOW_THRESHOLD
    assert reason(signed(first, stranger), both) is Reason.BELOW_THRESHOLD
    assert reason(signed(), both) is Reason.BELOW_THRESHOLD
    assert reason(signed(first, second, stranger), both) is Reason.UNKNOWN_SIGNER
    prove_signed(signed(first, second), PLACE, [both], where=WHERE)


def test_every_ring_must_be_met(keys: tuple[CryptoSigner, ...]) -> None:
    first, second, _ = keys
    assert reason(signed(first), of(first), of(second)) is Reason.UNKNOWN_SIGNER
    prove_signed(signed(first, second), PLACE, [of(first), of(second)], where=WHERE)


def test_a_signature_that_does_not_fit_is_a_change(keys: tuple[CryptoSigner, ...]) -> None:
    other = Metadata[Timestamp].from_bytes(signed(keys[0], version=4))
    metadata = Metadata[Timestamp].from_bytes(signed(keys[0], keys[1]))
    metadata.signatures[keys[1].public_key.keyid].signature = next(
        iter(other.signatures.values())
    ).signature
    data = metadata_bytes(metadata)
    assert reason(data, of(keys[0], keys[1])) is Reason.CHANGED


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.replace(b'"version":3', b'"version": 3'),
        lambda data: data + b"\n",
        lambda data: data[:-1] + b',"more":1}',
        lambda data: data.replace(b'"sig":"', b'"more":1,"sig":"'),
        lambda data: data.replace(b'"timestamp"', b'"\\u0074imestamp"'),
        lambda data: data.replace(b'{"signatures"', b'{"signatures":[],"signatures"'),
        lambda data: data.upper(),
        lambda _data: b"",
        lambda _data: b"[" * 10_000,
        lambda _data: b"\xff",
        lambda _data: b"null",
    ],
)
def test_one_notation_only(keys: tuple[CryptoSigner, ...], edit: Callable[[bytes], bytes]) -> None:
    data = signed(keys[0])
    assert edit(data) != data
    assert reason(edit(data), of(keys[0])) is Reason.CHANGED


def test_the_version_is_the_one_in_the_name(keys: tuple[CryptoSigner, ...]) -> None:
    place = Place(role="timestamp", version=3)
    prove_signed(signed(keys[0]), place, [of(keys[0])], where=WHERE)
    older, newer = signed(keys[0], version=2), signed(keys[0], version=4)
    assert reason(older, of(keys[0]), place=place) is Reason.ROLLBACK
    assert reason(newer, of(keys[0]), place=place) is Reason.SWAPPED


def test_another_type_is_swapped(keys: tuple[CryptoSigner, ...]) -> None:
    place = Place(role="snapshot", version=3)
    assert reason(signed(keys[0]), of(keys[0]), place=place) is Reason.SWAPPED


def test_more_than_any_client_reads_is_too_large(keys: tuple[CryptoSigner, ...]) -> None:
    assert reason(bytes(1 << 20), of(keys[0])) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("metadata/timestamp.json", PLACE),
        ("metadata/12.root.json", Place(role="root", version=12)),
        ("metadata/3.my.channel.json", Place(role="my.channel", version=3)),
        ("metadata/root.json", None),
        ("metadata/1.timestamp.json", None),
        ("metadata/01.root.json", None),
        ("metadata/0.root.json", None),
        ("metadata/1.root.json.bak", None),
        ("metadata/x/1.root.json", None),
        ("1.root.json", None),
        ("metadata/1..json", None),
    ],
)
def test_reads_a_place_from_a_name(path: str, place: Place | None) -> None:
    assert place_of(path) == place


def test_a_role_without_keys_has_no_ring(keys: tuple[CryptoSigner, ...]) -> None:
    root = Root(version=1, expires=EXPIRES)
    assert ring(root, "testing") is None
    root.add_key(keys[0].public_key, "timestamp")
    found = ring(root, "timestamp")
    assert found is not None
    assert [key.keyid for key in found.keys] == [keys[0].public_key.keyid]
