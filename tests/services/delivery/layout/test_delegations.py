from __future__ import annotations

import pytest
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import DelegatedRole, Delegations, Targets

from peso.services.delivery.layout.delegations import RETIRED, envelope_keys, retired

NOW, BEFORE = (CryptoSigner.generate_ed25519().public_key for _ in range(2))


def channels(said: object) -> Targets:
    role = DelegatedRole(
        "testing",
        [NOW.keyid],
        1,
        terminating=True,
        paths=["testing/*"],
        unrecognized_fields={RETIRED: said},
    )
    keys: dict[str, Key] = {NOW.keyid: NOW, BEFORE.keyid: BEFORE}
    return Targets(delegations=Delegations(keys, {"testing": role}))


def test_a_replaced_key_still_counts_for_attestations() -> None:
    assert envelope_keys(channels([BEFORE.keyid]), "testing") == (NOW, BEFORE)


@pytest.mark.parametrize("said", [None, "text", {}, [7], ["0" * 64]])
def test_what_names_no_known_key_adds_none(said: object) -> None:
    assert envelope_keys(channels(said), "testing") == (NOW,)


def test_who_has_no_delegation_has_no_keys() -> None:
    assert envelope_keys(channels([]), "stable") == ()
    assert envelope_keys(Targets(), "testing") == ()
    assert retired(None) == []
