"""The chain of roots: what a facility pins, and how trust passes from one root to the next.

1. The first root signs itself. Every later root has the next version and is signed by the threshold
   of the one before and by its own.
2. A root key is replaced in one step. A key of `targets`, `snapshot` or `timestamp` is replaced in
   two: one root that takes the old and the new key, one that takes the new key only. Between the
   two a publication moves from signatures of one to signatures of the other, and is valid at every
   moment.
3. The mark `x-peso-development` of the first root stays in every later one.

Pure: bytes and keys in, bytes out. Opens no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.signing.serialize import metadata_bytes, parse_metadata

ROOT_THRESHOLD = 2
DEVELOPMENT = "x-peso-development"
TOP_ROLES = ("targets", "snapshot", "timestamp")
"""The roles whose keys the root names, besides its own."""


def is_development(root: Root) -> bool:
    """Say whether a root was made for development; anything but a plain absence counts."""
    return DEVELOPMENT in root.unrecognized_fields


def first_root(
    roots: Sequence[CryptoSigner],
    online: Mapping[str, Key],
    *,
    development: bool,
    freshness: Freshness,
    now: datetime,
) -> bytes:
    """Make the first root: its own keys (2 of them sign later ones) and one key per top role."""
    mark = {DEVELOPMENT: True} if development else {}
    root = Root(version=1, expires=freshness.expires("root", now), unrecognized_fields=mark)
    for signer in roots:
        root.add_key(signer.public_key, "root")
    root.roles["root"].threshold = ROOT_THRESHOLD
    for role in TOP_ROLES:
        root.add_key(online[role], role)
    return _signed(root, roots)


def next_root(  # noqa: PLR0913 - the change is said in full by whoever asks for it
    last: Root,
    signers: Iterable[CryptoSigner],
    *,
    role: str,
    add: Key | None,
    remove: Iterable[str],
    freshness: Freshness,
    now: datetime,
) -> bytes:
    """Make the next root: `role` gets the key `add` and loses those in `remove`.

    Raises:
        BadInput: too few root keys are at hand for the threshold of both roots.
    """
    root = Root.from_dict(last.to_dict())
    root.version = last.version + 1
    root.expires = freshness.expires("root", now)
    for keyid in remove:
        root.revoke_key(keyid, role)
    if add is not None:
        root.add_key(add, role)
    wanted = {*last.roles["root"].keyids, *root.roles["root"].keyids}
    data = _signed(root, [one for one in signers if one.public_key.keyid in wanted])
    try:
        _prove(parse_metadata(data, Root, where="new root"), last)
    except Refused as error:
        raise BadInput(
            "too few root keys to make the next root",
            hint=f"bring {ROOT_THRESHOLD} of the keys root-1, root-2, root-3 into the key folder",
        ) from error
    return data


def prove_chain(chain: Sequence[bytes], *, where: str) -> tuple[Root, ...]:
    """Prove a chain of roots from the first one on, and return them; `where` names the folder.

    Raises:
        Refused: empty, broken, or signed by too few of the right keys.
    """
    proven: list[Root] = []
    for number, data in enumerate(chain, start=1):
        name = f"{where}/{number}.root.json"
        metadata = parse_metadata(data, Root, where=name)
        if metadata.signed.version != number:
            raise Refused(
                f"root version {metadata.signed.version}", where=name, reason=Reason.SWAPPED
            )
        _prove(metadata, proven[-1] if proven else metadata.signed, where=name)
        proven.append(metadata.signed)
    if not proven:
        raise Refused("no root", where=where, reason=Reason.MISSING)
    return tuple(proven)


def _prove(metadata: Metadata[Root], last: Root, where: str | None = None) -> None:
    """Prove that a root is signed by the threshold of the one before and of its own keys."""
    try:
        last.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError) as error:
        raise Refused(
            "signed by too few root keys", where=where, reason=Reason.BELOW_THRESHOLD
        ) from error


def _signed(root: Root, signers: Iterable[CryptoSigner]) -> bytes:
    metadata = Metadata(root)
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata_bytes(metadata)
