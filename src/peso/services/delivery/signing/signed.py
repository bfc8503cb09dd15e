"""One file of TUF metadata: is it, byte for byte, what its place says, and signed as it must be?

TUF's client decides what is current; it takes metadata in any notation and skips what it need not
look at. A facility wants every byte of a folder accounted for, so each file must pass this too.
Pure over bytes. The rules, in order:

1. It reads as metadata of the type its name says, and is written exactly as PESO writes it.
2. Nothing in it is outside what is signed: no field beside `signed` and `signatures`, no field in a
   signature, signatures in lower-case hex.
3. Every signature is valid and by a key of its role; one that is not makes the file changed.
4. Each ring of keys is met to its threshold. Too few is `below-threshold`; signatures by strangers
   only is `unknown-signer`; no ring at all is `unknown-signer`.
5. Its version is the one in its name: an older one is `rollback`, a newer one `swapped`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp

from peso.errors import Reason, Refused
from peso.services.delivery.signing.serialize import T, parse_metadata

_NAME = re.compile(r"(?:(?P<version>[1-9][0-9]{0,9})\.)?(?P<role>[A-Za-z0-9][A-Za-z0-9._-]*)\.json")
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the name of a metadata file says of it."""

    role: str
    version: int | None
    """None for `timestamp.json`, whose name has no version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The keys that speak for a role, and how many of them it takes."""

    keys: tuple[Key, ...]
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """Metadata in its one form, and its signatures, which may be worth nothing yet."""

    signed: Signed
    payload: bytes
    """What is signed, in bytes."""
    signatures: Mapping[str, Signature]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whose signatures some metadata has, seen from one ring."""

    valid: frozenset[str]
    """Ids of the ring's keys with a valid signature."""
    invalid: frozenset[str]
    """Ids of the ring's keys whose signature does not fit the content."""
    strangers: frozenset[str]
    """Ids of signing keys that the ring does not have."""


def place_of(path: str) -> Place | None:
    """Return what a path says of a metadata file; None where it is no such place."""
    folder, _, name = path.rpartition("/")
    match = _NAME.fullmatch(name)
    if folder != "metadata" or match is None:
        return None
    version = match["version"]
    if (version is None) != (match["role"] == Timestamp.type):
        return None
    return Place(role=match["role"], version=int(version) if version else None)


def ring(delegator: Root | Targets, role: str) -> Ring | None:
    """Return the keys a delegator names for a role; None where it names no such role."""
    try:
        delegated = delegator.get_delegated_role(role)
        keys = tuple(delegator.get_key(keyid) for keyid in delegated.keyids)
    except ValueError:
        return None
    return Ring(keys=keys, threshold=delegated.threshold)


def standing(file: SignedFile, keys: Ring) -> Standing:
    """Say whose signatures a file has, seen from a ring."""
    known = {key.keyid: key for key in keys.keys}
    valid, invalid = set(), set()
    for keyid in file.signatures.keys() & known.keys():
        try:
            known[keyid].verify_signature(file.signatures[keyid], file.payload)
            valid.add(keyid)
        except (UnverifiedSignatureError, VerificationError):
            invalid.add(keyid)
    return Standing(
        valid=frozenset(valid),
        invalid=frozenset(invalid),
        strangers=frozenset(file.signatures.keys() - known.keys()),
    )


def read_signed(data: bytes, place: Place, *, where: str) -> SignedFile:
    """Read metadata in the one form its place asks for (rules 1 and 2); no signature is proven."""
    if place.role == Root.type:
        return _plain(parse_metadata(data, Root, where=where), where)
    if place.role == Timestamp.type:
        return _plain(parse_metadata(data, Timestamp, where=where), where)
    if place.role == Snapshot.type:
        return _plain(parse_metadata(data, Snapshot, where=where), where)
    return _plain(parse_metadata(data, Targets, where=where), where)


def _plain(metadata: Metadata[T], where: str) -> SignedFile:
    for signature in metadata.signatures.values():
        if signature.unrecognized_fields or not _HEX.fullmatch(signature.signature):
            raise Refused(
                "a signature is not written as PESO writes it", where=where, reason=Reason.CHANGED
            )
    if metadata.unrecognized_fields:
        raise Refused("it has fields that nobody signed", where=where, reason=Reason.CHANGED)
    return SignedFile(
        signed=metadata.signed, payload=metadata.signed_bytes, signatures=metadata.signatures
    )


def prove_signed(
    data: bytes, place: Place, rings: Sequence[Ring | None], *, where: str
) -> SignedFile:
    """Return the metadata if all rules hold; every ring must be met (a root has two).

    Raises:
        Refused: with the reason of the first rule that does not hold.
    """
    file = read_signed(data, place, where=where)
    why = unsigned(file, rings)
    if why is not None:
        raise Refused(why[1], where=where, reason=why[0])
    version = file.signed.version
    if place.version is not None and version != place.version:
        raise Refused(
            f"it is version {version} in the place of version {place.version}",
            where=where,
            reason=Reason.ROLLBACK if version < place.version else Reason.SWAPPED,
        )
    return file


def unsigned(file: SignedFile, rings: Sequence[Ring | None]) -> tuple[Reason, str] | None:
    """Say why the signatures are not enough (rules 3 and 4); None where they are."""
    known = [one for one in rings if one is not None]
    if not known or len(known) < len(rings):
        return Reason.UNKNOWN_SIGNER, "nobody may sign in this place"
    seen = [(one, standing(file, one)) for one in known]
    if any(found.invalid for _, found in seen):
        return Reason.CHANGED, "the content is not what was signed"
    for keys, found in seen:
        if len(found.valid) < keys.threshold:
            if found.strangers and not found.valid:
                return Reason.UNKNOWN_SIGNER, "signed by keys that have no say here"
            said = f"signed by {len(found.valid)} of the {keys.threshold} keys it takes"
            return Reason.BELOW_THRESHOLD, said
    strangers = frozenset.intersection(*(found.strangers for _, found in seen))
    if strangers:
        return Reason.UNKNOWN_SIGNER, "it also has a signature by a key that has no say here"
    return None
