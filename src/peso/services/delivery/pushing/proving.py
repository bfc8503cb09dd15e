"""Proving: is this batch what a registered runner signed, for this portal, its platform, and now?

Pure over bytes, closed by default. In order; the first no ends it, but all items are looked at:

1. The envelope and its contents are within their limits (`too-large`), and it is an envelope of
   ours (`changed`).
2. It has one signature (`below-threshold`), by a key that is registered and not revoked
   (`unknown-signer`), that has not run out (`expired`), and the signature fits (`changed`).
3. It speaks of that key, this portal and that key's platform (`swapped`).
4. It is later than the last batch that was taken of the key (`rollback`), not older than `OLDEST`
   (`stale-evidence`), and not from the future (`policy`).
5. The contents are all there (`missing`), no more (`additional`), each with its digest (`changed`);
   a record is as a ledger seals it (`changed`), and a run of tests is of the key's platform
   (`swapped`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import SSlibKey

from peso.base.digest import sha256_bytes
from peso.base.ledger import unsealed
from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.pushing.batch import (
    BATCH_LIMIT,
    BLOB,
    ENVELOPE_LIMIT,
    PAYLOAD_TYPE,
    Batch,
    Doubt,
    Item,
)

OLDEST: Final = timedelta(hours=1)
AHEAD: Final = timedelta(minutes=5)
MESSAGE_LIMIT: Final = ENVELOPE_LIMIT + 1 + BATCH_LIMIT
_PEM_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A registered key, as far as it decides."""

    key: SSlibKey
    platform: str
    until: datetime
    revoked: datetime | None
    last: datetime | None
    """The time of the last batch that was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A batch for which all of the rules hold."""

    batch: Batch
    contents: tuple[tuple[Item, bytes], ...]


class Untaken(Refused):
    """A batch of which nothing is taken; `doubts` has every reason."""

    def __init__(self, doubts: tuple[Doubt, ...]) -> None:
        first = doubts[0]
        super().__init__(first.message, where=first.where, reason=Reason(first.reason))
        self.doubts = doubts


def public_key(pem: str) -> SSlibKey:
    """Return the Ed25519 key in a PEM. Raises `BadInput`."""
    try:
        key = load_pem_public_key(pem[: _PEM_LIMIT + 1].encode("ascii"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(
            "this is no public key in PEM", hint="it begins with -----BEGIN PUBLIC KEY-----"
        ) from error
    if len(pem) > _PEM_LIMIT or "PRIVATE" in pem or not isinstance(key, Ed25519PublicKey):
        raise BadInput("this is no Ed25519 public key", hint="openssl genpkey -algorithm ed25519")
    return SSlibKey.from_crypto(key)


def prove(
    data: bytes, find: Callable[[str], Runner | None], *, portal: str, now: datetime
) -> Proven:
    """Return what a message says, when every rule holds.

    Args:
        data: The message.
        find: Gives the registered key of an id.
        portal: The address of this portal.
        now: The present time, of this portal's clock.

    Raises:
        Untaken: With every reason, of the closed list.
    """
    head, _, rest = data.partition(b"\n")
    if len(head) > ENVELOPE_LIMIT or len(rest) > BATCH_LIMIT:
        raise _no(Reason.TOO_LARGE, f"longer than {MESSAGE_LIMIT} bytes")
    envelope = _envelope(head)
    runner = _signed(envelope, find, now)
    try:
        batch = Batch.parse(envelope.payload)
    except (ValidationError, RecursionError) as error:
        raise _no(Reason.CHANGED, "what was signed is no batch of a push") from error
    if doubts := (*_misplaced(batch, runner, portal), *_untimely(batch, runner, now)):
        raise Untaken(doubts)
    contents = _contents(batch, rest, runner)
    return Proven(batch=batch, contents=contents)


def _envelope(head: bytes) -> Envelope:
    try:
        envelope = Envelope.from_dict(json.loads(head))
        envelope.pae()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no(Reason.CHANGED, "not a DSSE envelope") from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise _no(Reason.CHANGED, f"its payload is not {PAYLOAD_TYPE}")
    return envelope


def _signed(envelope: Envelope, find: Callable[[str], Runner | None], now: datetime) -> Runner:
    """Return the runner whose key signed it (rule 2)."""
    if len(envelope.signatures) != 1:
        said = f"{len(envelope.signatures)} signatures instead of one"
        raise _no(Reason.BELOW_THRESHOLD, said)
    ((keyid, signature),) = envelope.signatures.items()
    runner = find(keyid)
    if runner is None or runner.key.keyid != keyid:
        raise _no(Reason.UNKNOWN_SIGNER, "signed by a key that is not registered here")
    try:
        runner.key.verify_signature(signature, envelope.pae())
    except (UnverifiedSignatureError, ValueError, TypeError, AttributeError) as error:
        raise _no(Reason.CHANGED, "changed after it was signed") from error
    if runner.revoked is not None:
        raise _no(Reason.UNKNOWN_SIGNER, f"this key was revoked at {_at(runner.revoked)}")
    if now >= runner.until:
        raise _no(Reason.EXPIRED, f"this key was good until {_at(runner.until)}")
    return runner


def _misplaced(batch: Batch, runner: Runner, portal: str) -> Iterator[Doubt]:
    if batch.runner != runner.key.keyid:
        yield _doubt(Reason.SWAPPED, "it speaks of another key than the one that signed it")
    if batch.portal.rstrip("/") != portal.rstrip("/"):
        yield _doubt(Reason.SWAPPED, f"it is for another portal; this one is {portal}")
    if batch.platform != runner.platform:
        said = f"it is for the platform {batch.platform}; the key is for {runner.platform}"
        yield _doubt(Reason.SWAPPED, said)


def _untimely(batch: Batch, runner: Runner, now: datetime) -> Iterator[Doubt]:
    if batch.made.tzinfo is None:
        yield _doubt(Reason.CHANGED, "its time has no zone")
        return
    if runner.last is not None and batch.made <= runner.last:
        yield _doubt(Reason.ROLLBACK, "it is not later than what this key sent before")
    if batch.made < now - OLDEST:
        yield _doubt(Reason.STALE_EVIDENCE, f"it was signed at {_at(batch.made)}, too long ago")
    if batch.made > now + AHEAD:
        yield _doubt(Reason.POLICY, f"it was signed at {_at(batch.made)}, which is yet to come")


def _contents(batch: Batch, rest: bytes, runner: Runner) -> tuple[tuple[Item, bytes], ...]:
    """Return every item with its bytes (rule 5)."""
    wanted = sum(one.length for one in batch.items) if batch.verb == "send" else 0
    if len(rest) < wanted:
        raise _no(Reason.MISSING, f"{wanted - len(rest)} bytes of its contents are missing")
    if len(rest) > wanted:
        raise _no(Reason.ADDITIONAL, f"{len(rest) - wanted} bytes more than it names")
    if batch.verb != "send":
        return ()
    found: list[tuple[Item, bytes]] = []
    doubts: list[Doubt] = []
    at = 0
    for one in batch.items:
        data = rest[at : at + one.length]
        at += one.length
        doubts += _unfit(one, data, runner.platform)
        found.append((one, data))
    if len({one.place for one in batch.items}) != len(batch.items):
        doubts.append(_doubt(Reason.ADDITIONAL, "it names an item twice"))
    if doubts:
        raise Untaken(tuple(doubts))
    return tuple(found)


def _unfit(item: Item, data: bytes, platform: str) -> Iterator[Doubt]:
    if sha256_bytes(data) != item.sha256:
        yield _doubt(Reason.CHANGED, "its digest is another one", item.place)
        return
    if item.kind == BLOB:
        if item.key != item.sha256:
            yield _doubt(Reason.SWAPPED, "it is called by another digest than its own", item.place)
        return
    found = unsealed(data, item.kind, item.key)
    if found is None:
        yield _doubt(Reason.CHANGED, "it does not match its seals", item.place)
    elif item.kind == "test" and _platform(found[1]) != platform:
        said = f"it is of the platform {_platform(found[1])!r}; the key is for {platform}"
        yield _doubt(Reason.SWAPPED, said, item.place)


def _platform(payload: bytes) -> str:
    """Return the platform that a run of tests says it is of; empty where it says none."""
    said: Any = json.loads(payload)
    record = said.get("record") if isinstance(said, dict) else None
    name = record.get("platform") if isinstance(record, dict) else None
    return name if isinstance(name, str) else ""


def _at(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _doubt(reason: Reason, message: str, where: str = "the batch") -> Doubt:
    return Doubt(reason=reason.value, where=where, message=message)


def _no(reason: Reason, message: str) -> Untaken:
    return Untaken((_doubt(reason, message),))
