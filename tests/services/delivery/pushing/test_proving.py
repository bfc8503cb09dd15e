"""A batch is taken only when every rule holds; each no has its reason, and all of them are told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner, SSlibKey

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Ledger
from peso.errors import BadInput, Reason
from peso.services.delivery.pushing.batch import BATCH_LIMIT, Batch, Item, item_of, written
from peso.services.delivery.pushing.proving import (
    AHEAD,
    OLDEST,
    Runner,
    Untaken,
    prove,
    public_key,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PORTAL = "https://portal.example.org"
LOG = b"one line\n"


def _signer(seed: int = 1) -> CryptoSigner:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


SIGNER = _signer()
RUNNER = Runner(
    key=SIGNER.public_key,
    platform="frontier",
    until=NOW + timedelta(days=1),
    revoked=None,
    last=NOW - timedelta(minutes=1),
)


def _record(folder: Path, platform: str) -> bytes:
    ledger = Ledger(folder)
    payload = canonical_json({"inputs": {}, "record": {"platform": platform}})
    ledger.append("test", "abc", payload, made=NOW)
    data = ledger.sealed("test", "abc")
    assert data is not None
    return data


def _batch(**said: object) -> Batch:
    item = item_of("blob", sha256_bytes(LOG), LOG)
    plain: dict[str, Any] = {
        "portal": PORTAL,
        "platform": "frontier",
        "runner": SIGNER.public_key.keyid,
        "made": NOW,
        "verb": "send",
        "items": (item,),
        **said,
    }
    return Batch.model_validate(plain)


def _sent(
    contents: tuple[bytes, ...] = (LOG,), *, by: CryptoSigner = SIGNER, **said: object
) -> bytes:
    return written(_batch(**said), by, contents)


def _reasons(data: bytes, runner: Runner | None = RUNNER) -> list[str]:
    with pytest.raises(Untaken) as no:
        prove(data, lambda _keyid: runner, portal=PORTAL, now=NOW)
    assert no.value.reason is not None
    assert no.value.reason == no.value.doubts[0].reason
    return [one.reason for one in no.value.doubts]


def test_what_a_runner_signed_is_proven(tmp_path: Path) -> None:
    record = _record(tmp_path, "frontier")
    items = (_batch().items[0], item_of("test", "abc", record))

    proven = prove(
        _sent((LOG, record), items=items), lambda _keyid: RUNNER, portal=f"{PORTAL}/", now=NOW
    )

    assert [data for _, data in proven.contents] == [LOG, record]


@pytest.mark.parametrize("verb", ["ask", "finish"])
def test_a_question_has_no_contents(verb: str) -> None:
    data = _sent((), verb=verb)
    assert prove(data, lambda _keyid: RUNNER, portal=PORTAL, now=NOW).contents == ()
    assert _reasons(data + b"x") == [Reason.ADDITIONAL]


def _unsigned(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\n")
    said = json.loads(head)
    said["signatures"] = []
    return json.dumps(said).encode() + b"\n" + rest


def _another_payload(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\n")
    said = json.loads(head)
    payload = json.loads(base64.b64decode(said["payload"]))
    payload["platform"] = "perlmutter"
    said["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    return json.dumps(said).encode() + b"\n" + rest


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda _data: b"", Reason.CHANGED),
        (lambda _data: b"[" * 100_000, Reason.CHANGED),
        (lambda data: data.replace(b"vnd.peso.push", b"vnd.in-toto"), Reason.CHANGED),
        (_unsigned, Reason.BELOW_THRESHOLD),
        (_another_payload, Reason.CHANGED),
        (lambda data: data[:-1], Reason.MISSING),
        (lambda data: data + b"x", Reason.ADDITIONAL),
        (lambda data: data[:-2] + b"X\n", Reason.CHANGED),
        (lambda data: data + b"x" * BATCH_LIMIT, Reason.TOO_LARGE),
    ],
)
def test_changed_bytes_are_refused(spoil: Callable[[bytes], bytes], reason: Reason) -> None:
    assert _reasons(spoil(_sent())) == [reason]


@pytest.mark.parametrize(
    ("runner", "reason"),
    [
        (None, Reason.UNKNOWN_SIGNER),
        (replace(RUNNER, key=_signer(2).public_key), Reason.UNKNOWN_SIGNER),
        (replace(RUNNER, revoked=NOW - timedelta(days=1)), Reason.UNKNOWN_SIGNER),
        (replace(RUNNER, until=NOW), Reason.EXPIRED),
        (replace(RUNNER, platform="perlmutter"), Reason.SWAPPED),
        (replace(RUNNER, last=NOW), Reason.ROLLBACK),
        (replace(RUNNER, last=NOW + timedelta(seconds=1)), Reason.ROLLBACK),
    ],
)
def test_a_key_that_may_not_is_refused(runner: Runner | None, reason: Reason) -> None:
    assert _reasons(_sent(), runner) == [reason]


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"portal": "https://another.example.org"}, [Reason.SWAPPED]),
        ({"runner": "0" * 64}, [Reason.SWAPPED]),
        ({"made": NOW + AHEAD + timedelta(seconds=1)}, [Reason.POLICY]),
        ({"made": NOW - OLDEST - timedelta(seconds=1)}, [Reason.ROLLBACK, Reason.STALE_EVIDENCE]),
        (
            {"portal": "https://x.example.org", "platform": "perlmutter", "made": RUNNER.last},
            [Reason.SWAPPED, Reason.SWAPPED, Reason.ROLLBACK],
        ),
    ],
)
def test_what_is_for_elsewhere_or_another_time_is_refused(
    said: dict[str, Any], reasons: list[str]
) -> None:
    assert _reasons(_sent(**said)) == reasons


def test_every_item_that_does_not_fit_is_told(tmp_path: Path) -> None:
    theirs = _record(tmp_path, "perlmutter")
    torn = theirs.replace(b"perlmutter", b"frontier..")
    digest = sha256_bytes(LOG)
    items = (
        Item(kind="blob", key=digest, sha256="0" * 64, length=len(LOG)),
        Item(kind="blob", key="0" * 64, sha256=digest, length=len(LOG)),
        item_of("test", "abc", theirs),
        item_of("test", "another", theirs),
        item_of("build", "abc", torn),
        item_of("test", "abc", theirs),
    )
    assert _reasons(_sent((LOG, LOG, theirs, theirs, torn, theirs), items=items)) == [
        Reason.CHANGED,
        Reason.SWAPPED,
        Reason.SWAPPED,
        Reason.CHANGED,
        Reason.CHANGED,
        Reason.SWAPPED,
        Reason.ADDITIONAL,
    ]


@given(data=st.binary(max_size=400))
def test_no_bytes_are_taken_that_nobody_signed(data: bytes) -> None:
    assert _reasons(data) in [[one.value] for one in Reason]


@settings(deadline=None)
@given(at=st.integers(0, len(_sent()) - 1), by=st.integers(1, 255))
def test_no_byte_can_be_another(at: int, by: int) -> None:
    """A key's id may be written in ways that are not ours; nothing else may be."""
    data = bytearray(_sent())
    data[at] ^= by
    try:
        proven = prove(bytes(data), lambda _keyid: RUNNER, portal=PORTAL, now=NOW)
    except Untaken as no:
        assert no.doubts  # noqa: PT017 - what was proven is looked at below
    else:
        assert (proven.batch, proven.contents[0][1]) == (_batch(), LOG)


@given(
    said=st.recursive(
        st.none() | st.integers() | st.text(),
        lambda one: (
            st.lists(one)
            | st.dictionaries(
                st.sampled_from(["payload", "payloadType", "signatures", "keyid", "sig"]), one
            )
        ),
    )
)
def test_no_json_breaks_it(said: object) -> None:
    data = json.dumps(said).encode()
    assert _reasons(data) in [[one.value] for one in Reason]


def test_a_public_key_is_ed25519_and_public() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert public_key(pem.decode()).keyid == SSlibKey.from_crypto(private.public_key()).keyid
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in ("", "ü", secret.decode(), pem.decode() + secret.decode(), "x" * 5000):
        with pytest.raises(BadInput):
            public_key(wrong)
