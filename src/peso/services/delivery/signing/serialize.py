"""TUF metadata and its bytes: the one place that writes metadata down and reads it back.

1. Metadata has exactly one form in bytes: `metadata_bytes`. Whatever reads back to the same
   metadata but looks different was not written by PESO.
2. `parse_metadata` reads bytes of one expected type, never more than that type's limit, and says no
   to anything that is not the one form.
3. It proves no signature: `publication/repository.py` (for the publisher) and TUF's own client
   (for a facility) do.

The limits are those of TUF's client, so that nothing is published that a client would not take.
"""

from __future__ import annotations

from typing import TypeVar

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError, SerializationError
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient.config import UpdaterConfig

from peso.errors import Reason, Refused

T = TypeVar("T", Root, Timestamp, Snapshot, Targets)

MANIFEST_LIMIT = 64 << 20
"""The longest manifest that is read, in bytes: about 200,000 files."""


def metadata_limit(kind: type[Root | Timestamp | Snapshot | Targets]) -> int:
    """Return the longest metadata of a type that is read or written, in bytes."""
    known = UpdaterConfig()
    limits: dict[type[Root | Timestamp | Snapshot | Targets], int] = {
        Root: known.root_max_length,
        Timestamp: known.timestamp_max_length,
        Snapshot: known.snapshot_max_length,
        Targets: known.targets_max_length,
    }
    return limits[kind]


def metadata_bytes(metadata: Metadata[T]) -> bytes:
    """Return the one form of metadata in bytes: JSON, keys sorted, no white space.

    Raises:
        Refused: longer than any client reads (`too-large`).
    """
    data = metadata.to_bytes(JSONSerializer(compact=True))
    limit = metadata_limit(type(metadata.signed))
    if len(data) > limit:
        raise Refused(
            f"the {metadata.signed.type} metadata would be {len(data)} bytes, more than {limit}",
            reason=Reason.TOO_LARGE,
            hint="use another channel, or start a new publication",
        )
    return data


def parse_metadata(data: bytes, kind: type[T], *, where: str) -> Metadata[T]:
    """Read metadata of one type from its one form; `where` names it in errors.

    Raises:
        Refused: too long (`too-large`), or not the one form of that type (`changed`).
    """
    if len(data) > metadata_limit(kind):
        raise Refused(
            f"longer than {metadata_limit(kind)} bytes", where=where, reason=Reason.TOO_LARGE
        )
    try:
        metadata = Metadata[T].from_bytes(data)
        _ = metadata.signed_bytes  # what has no canonical form (1.5, say) cannot have been signed
    except (DeserializationError, SerializationError, RecursionError) as error:
        raise Refused("not TUF metadata", where=where, reason=Reason.CHANGED) from error
    if not isinstance(metadata.signed, kind):
        raise Refused(
            f"{metadata.signed.type} metadata where {kind.type} was expected",
            where=where,
            reason=Reason.SWAPPED,
        )
    if metadata.to_bytes(JSONSerializer(compact=True)) != data:
        raise Refused("not written as PESO writes it", where=where, reason=Reason.CHANGED)
    return metadata
