from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, Key

from peso.base.digest import canonical_json
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.statements import statement as words

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit

ONE, TWO = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ed25519()


def said(kind: str = words.TESTS, **predicate: str) -> words.Statement:
    return words.Statement(
        type_=words.STATEMENT,
        subject=(words.Subject(name="a.whl", digests=words.DigestSet(sha256="a" * 64)),),
        predicate_type=kind,
        predicate={**predicate},
    )


def seal(payload: bytes, *signers: CryptoSigner, kind: str = words.PAYLOAD_TYPE) -> bytes:
    envelope = Envelope(payload, kind, {})
    for signer in signers:
        envelope.sign(signer)
    return canonical_json(envelope.to_dict())


def refusal(data: bytes, keys: tuple[Key, ...] = (ONE.public_key,), threshold: int = 1) -> Reason:
    with pytest.raises(Refused) as no:
        words.read_envelope(data, keys, threshold, where="attestations/tests.dsse.json")
    assert no.value.where == "attestations/tests.dsse.json"
    assert no.value.reason
    return no.value.reason


def test_what_was_signed_is_read_back() -> None:
    data = seal(said(result="PASSED").canonical(), ONE)
    assert words.read_envelope(data, (ONE.public_key, TWO.public_key), 1) == said(result="PASSED")
    both = seal(said().canonical(), ONE, TWO)
    assert words.read_envelope(both, (ONE.public_key, TWO.public_key), 2) == said()


def test_it_is_closed_by_default() -> None:
    data = seal(said().canonical(), ONE)
    assert refusal(data, keys=()) is Reason.UNKNOWN_SIGNER
    assert refusal(data, threshold=0) is Reason.UNKNOWN_SIGNER
    assert refusal(data, threshold=-1) is Reason.UNKNOWN_SIGNER
    assert refusal(data, keys=(TWO.public_key,)) is Reason.UNKNOWN_SIGNER
    assert refusal(data, threshold=2) is Reason.BELOW_THRESHOLD
    assert refusal(seal(said().canonical())) is Reason.BELOW_THRESHOLD
    both = seal(said().canonical(), ONE, TWO)
    assert refusal(both) is Reason.UNKNOWN_SIGNER


def test_one_key_given_twice_is_one_key() -> None:
    data = seal(said().canonical(), ONE)
    assert refusal(data, (ONE.public_key, ONE.public_key), 2) is Reason.BELOW_THRESHOLD


def test_a_changed_payload_or_signature_is_changed() -> None:
    whole = json.loads(seal(said(result="FAILED").canonical(), ONE))
    better = base64.b64encode(said(result="PASSED").canonical()).decode()
    assert refusal(canonical_json({**whole, "payload": better})) is Reason.CHANGED
    other = json.loads(seal(said().canonical(), ONE))["signatures"]
    assert refusal(canonical_json({**whole, "signatures": other})) is Reason.CHANGED
    swapped = [{**other[0], "keyid": TWO.public_key.keyid}]
    wrong = canonical_json({**whole, "signatures": swapped})
    assert refusal(wrong, (ONE.public_key, TWO.public_key)) is Reason.CHANGED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"payload":"","payloadType":"x"}',
        b'{"payload":1,"payloadType":"x","signatures":[]}',
        b'{"payload":"","payloadType":1,"signatures":[]}',
        b'{"payload":"","payloadType":"x","signatures":[{"keyid":1}]}',
        b'{"payload":"","payloadType":"x","signatures":{}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    assert refusal(data) is Reason.CHANGED


def test_another_payload_is_refused_though_signed() -> None:
    assert refusal(seal(said().canonical(), ONE, kind="text/plain")) is Reason.CHANGED
    for payload in (b"", b"{}", b"[]", b'{"_type":"https://in-toto.io/Statement/v0.1"}'):
        assert refusal(seal(payload, ONE)) is Reason.CHANGED


def test_a_statement_about_nothing_is_refused() -> None:
    plain = {**said().plain(), "subject": []}
    assert refusal(seal(canonical_json(plain), ONE)) is Reason.CHANGED
    plain = {**said().plain(), "subject": [{"name": "a", "digest": {"sha256": "A"}}]}
    assert refusal(seal(canonical_json(plain), ONE)) is Reason.CHANGED


def test_more_than_the_limit_is_not_read() -> None:
    assert refusal(b" " * (words.ENVELOPE_LIMIT + 1)) is Reason.TOO_LARGE


def test_records_are_written_in_the_standards_words() -> None:
    plain = said(result="PASSED").plain()
    assert plain == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "a.whl", "digest": {"sha256": "a" * 64}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {"result": "PASSED"},
    }


def test_a_statement_speaks_of_the_files_it_names(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path)
    files = {one.path: one for one in made.manifests[0].files}
    key = made.keys.public("testing")

    def data(file: Artifact) -> bytes:
        return made.blobs.read(file.sha256, limit=1 << 20)

    for name in ("provenance", "tests", "sbom", "scan", "verdict"):
        envelope = data(files[f"attestations/{name}.dsse.json"])
        statement = words.read_envelope(envelope, (key,), 1)
        own = files[words.SPEAKS_OF[statement.predicate_type]]
        assert words.speaks_of(statement, own, data(own))
        other = own.model_copy(update={"sha256": "0" * 64})
        assert not words.speaks_of(statement, other, b"{}")
        assert not words.speaks_of(statement, other, b"not json")
