from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Root, TargetFile

from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.delegations import envelope_keys
from peso.services.delivery.layout.labels import Label, label_on
from peso.services.delivery.layout.places import PAGES, PAGES_PATH
from peso.services.delivery.publication.repository import (
    Generation,
    Wish,
    meta_file,
    next_generation,
    next_timestamp,
    says_the_same,
    signed_by,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOP = ("targets", "snapshot", "timestamp")
FIRST = Wish(manifests={"testing": {"testing/a-1.manifest.json": b"one"}, PAGES: {PAGES_PATH: b""}})


class Ring:
    """Keys in memory."""

    def __init__(self) -> None:
        roles = (*TOP, PAGES, "testing", "stable")
        self.signers = {role: CryptoSigner.generate_ed25519() for role in roles}
        self.opened: list[str] = []

    def rotate(self, role: str) -> None:
        self.signers[role] = CryptoSigner.generate_ed25519()

    def public(self, role: str) -> SSlibKey:
        return self.signers[role].public_key

    def signer(self, role: str) -> CryptoSigner:
        self.opened.append(role)
        return self.signers[role]

    def root(self) -> Root:
        root = Root(expires=NOW + timedelta(days=1))
        for role in TOP:
            root.add_key(self.public(role), role)
        return root


@pytest.fixture
def ring() -> Ring:
    return Ring()


def follow(  # noqa: PLR0917
    ring: Ring,
    last: Generation | None,
    wish: Wish = FIRST,
    now: datetime = NOW,
    seen: Mapping[str, int] | None = None,
    root: Root | None = None,
    *,
    hold: bool = False,
) -> Generation:
    return next_generation(
        last,
        wish,
        root=root or ring.root(),
        seen=seen or {},
        keys=ring,
        freshness=Freshness(),
        now=now,
        hold=hold,
    )


def versions(generation: Generation) -> dict[str, int]:
    return {
        "targets": generation.targets.signed.version,
        **{role: one.signed.version for role, one in generation.delegated.items()},
        "snapshot": generation.snapshot.signed.version,
    }


def test_the_first_generation_delegates_and_binds(ring: Ring) -> None:
    made = follow(ring, None)
    assert versions(made) == {"targets": 1, "pages": 1, "testing": 1, "snapshot": 1}
    delegations = made.targets.signed.delegations
    assert delegations is not None
    assert delegations.roles is not None
    assert {name: role.paths for name, role in delegations.roles.items()} == {
        "pages": ["pages.manifest.json"],
        "testing": ["testing/*"],
    }
    assert all(role.terminating and role.threshold == 1 for role in delegations.roles.values())
    assert made.targets.signed.targets == {}
    for name, meta in made.snapshot.signed.meta.items():
        meta.verify_length_and_hashes(made.files()[f"1.{name}"])
    assert signed_by(made.targets.signed, "testing", made.delegated["testing"])
    assert not signed_by(made.targets.signed, "testing", made.delegated["pages"])
    assert not signed_by(made.targets.signed, "nobody", made.delegated["pages"])


def test_the_snapshot_is_laid_after_what_it_binds(ring: Ring) -> None:
    names = list(follow(ring, None).files())
    assert names == ["1.targets.json", "1.pages.json", "1.testing.json", "1.snapshot.json"]


def test_nothing_new_opens_no_key(ring: Ring) -> None:
    made = follow(ring, None)
    ring.opened.clear()
    assert follow(ring, made) is made
    assert follow(ring, made, Wish()) is made
    assert ring.opened == []


def test_a_new_release_is_added_to_what_was_there(ring: Ring) -> None:
    made = follow(ring, None)
    wish = Wish(manifests={"testing": {"testing/a-2.manifest.json": b"two"}})
    after = follow(ring, made, wish)
    assert sorted(after.delegated["testing"].signed.targets) == [
        "testing/a-1.manifest.json",
        "testing/a-2.manifest.json",
    ]
    assert versions(after) == {"targets": 1, "pages": 1, "testing": 2, "snapshot": 2}
    assert says_the_same(after, wish, made)
    assert not says_the_same(made, wish, made)
    assert says_the_same(made, Wish(), made)


LABEL = Label(channel="testing", stack="a", version="1", created=NOW)


def bare_then_labelled(ring: Ring, *, hold: bool = False) -> tuple[Generation, Generation, Wish]:
    """Return a generation without labels, the one after it, and what that was to bring."""
    made = follow(ring, None)
    asked: list[tuple[str, str]] = []

    def label_of(channel: str, target: TargetFile) -> Label:
        asked.append((channel, target.path))
        return LABEL

    wish = Wish(
        manifests={"testing": {"testing/a-2.manifest.json": b"two"}, PAGES: {PAGES_PATH: b"more"}},
        labels={"testing/a-2.manifest.json": replace(LABEL, version="2")},
    )
    after = next_generation(
        made,
        wish,
        root=ring.root(),
        seen={},
        keys=ring,
        freshness=Freshness(),
        now=NOW,
        hold=hold,
        label_of=label_of,
    )
    assert asked == ([] if hold else [("testing", "testing/a-1.manifest.json")])
    return made, after, wish


def test_what_has_no_label_gets_one_where_its_channel_is_signed(ring: Ring) -> None:
    made, after, wish = bare_then_labelled(ring)
    signed = after.delegated["testing"].signed.targets
    assert {path: label_on("testing", one) for path, one in signed.items()} == {
        "testing/a-1.manifest.json": LABEL,
        "testing/a-2.manifest.json": replace(LABEL, version="2"),
    }
    assert after.delegated[PAGES].signed.targets[PAGES_PATH].custom is None
    assert says_the_same(after, wish, made)
    assert follow(ring, after, wish) is after


def test_holding_brings_no_label(ring: Ring) -> None:
    _, after, _ = bare_then_labelled(ring, hold=True)
    target = after.delegated["testing"].signed.targets["testing/a-1.manifest.json"]
    assert label_on("testing", target) is None


def test_a_label_that_is_there_is_not_another_one(ring: Ring) -> None:
    made, after, wish = bare_then_labelled(ring)
    other = replace(LABEL, version="3")
    assert not says_the_same(
        after, replace(wish, labels={"testing/a-2.manifest.json": other}), made
    )
    assert not says_the_same(made, Wish(), after)


def test_versions_are_above_all_that_were_ever_seen(ring: Ring) -> None:
    made = follow(ring, None)
    wish = Wish(manifests={"testing": {"testing/a-2.manifest.json": b"two"}})
    after = follow(ring, made, wish, seen={"testing": 7, "snapshot": 9})
    assert versions(after) == {"targets": 1, "pages": 1, "testing": 8, "snapshot": 10}


def test_a_new_channel_is_delegated(ring: Ring) -> None:
    made = follow(ring, None)
    after = follow(ring, made, Wish(manifests={"stable": {"stable/a-1.manifest.json": b"one"}}))
    assert versions(after) == {
        "targets": 2,
        "pages": 1,
        "stable": 1,
        "testing": 1,
        "snapshot": 2,
    }


def test_what_is_due_is_signed_again_and_only_that(ring: Ring) -> None:
    made = follow(ring, None)
    month = follow(ring, made, Wish(), NOW + timedelta(days=16))
    assert versions(month) == {"targets": 1, "pages": 1, "testing": 1, "snapshot": 2}
    year = follow(ring, month, Wish(), NOW + timedelta(days=100))
    assert versions(year) == {"targets": 2, "pages": 2, "testing": 2, "snapshot": 3}
    assert year.delegated["testing"].signed.targets == made.delegated["testing"].signed.targets


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("snapshot", {"targets": 1, "pages": 1, "testing": 1, "snapshot": 2}),
        ("targets", {"targets": 2, "pages": 1, "testing": 1, "snapshot": 2}),
        ("testing", {"targets": 2, "pages": 1, "testing": 2, "snapshot": 2}),
    ],
)
def test_another_key_signs_again(ring: Ring, role: str, expected: dict[str, int]) -> None:
    made = follow(ring, None)
    ring.rotate(role)
    after = follow(ring, made, Wish())
    assert versions(after) == expected
    assert signed_by(ring.root(), "targets", after.targets)
    assert signed_by(ring.root(), "snapshot", after.snapshot)


def test_holding_takes_up_no_key_that_the_root_does_not_ask_for(ring: Ring) -> None:
    made, before = follow(ring, None), ring.root()
    for role in ("testing", "targets", "snapshot"):
        ring.rotate(role)
    later = NOW + timedelta(days=170)
    assert follow(ring, made, Wish(), later, root=before, hold=True) is made
    wish = Wish(manifests={"testing": {"testing/a-2.manifest.json": b"two"}})
    assert follow(ring, made, wish, root=before, hold=True) is made
    moved = follow(ring, made, Wish(), root=ring.root(), hold=True)
    assert versions(moved) == {"targets": 2, "pages": 1, "testing": 1, "snapshot": 2}
    assert moved.targets.signed.delegations == made.targets.signed.delegations


def test_a_replaced_channel_key_stays_known_for_attestations_only(ring: Ring) -> None:
    made = follow(ring, None)
    keyids = [ring.public("testing").keyid]
    for _ in range(3):
        ring.rotate("testing")
        keyids.insert(0, ring.public("testing").keyid)
        made_before, made = made, follow(ring, made, Wish())
        assert not signed_by(made.targets.signed, "testing", made_before.delegated["testing"])
    known = [key.keyid for key in envelope_keys(made.targets.signed, "testing")]
    assert known[0] == keyids[0]
    assert set(known) == set(keyids)
    assert [key.keyid for key in envelope_keys(made.targets.signed, PAGES)] == [
        ring.public(PAGES).keyid
    ]
    assert envelope_keys(made.targets.signed, "nobody") == ()


def test_the_timestamp_is_made_when_it_must(ring: Ring) -> None:
    made = follow(ring, None)

    def stamp(last: object, generation: Generation = made, now: datetime = NOW) -> object:
        assert last is None or last is first
        return next_timestamp(
            first if last else None,
            generation.snapshot,
            root=ring.root(),
            keys=ring,
            freshness=Freshness(),
            now=now,
        )

    first = next_timestamp(
        None, made.snapshot, root=ring.root(), keys=ring, freshness=Freshness(), now=NOW
    )
    assert first.signed.snapshot_meta == meta_file(made.snapshot)
    assert first.signed.expires == NOW + timedelta(days=7)
    assert stamp(first) is first
    assert stamp(first, now=NOW + timedelta(days=4)) is not first
    other = follow(ring, made, Wish(), NOW + timedelta(days=20))
    assert stamp(first, other) is not first
    ring.rotate("timestamp")
    assert stamp(first) is not first


def test_a_role_that_lost_a_signature_does_not_stand(ring: Ring) -> None:
    made = follow(ring, None)
    made.snapshot.signatures.clear()
    after = follow(ring, replace(made), Wish())
    assert versions(after)["snapshot"] == 2
