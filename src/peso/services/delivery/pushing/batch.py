r"""A batch: what one message of a runner says, and how it is written and signed.

    <DSSE envelope, one line of JSON>\n<content><content>…

1. The signed statement names the portal it is for, the platform, the runner's key, the time, and
   every item by digest and length. The contents follow in that order, with nothing between them.
2. A batch asks which items the portal lacks, sends some, or finishes. Only `send` has contents.
3. The time is the sequence: each batch of a key is later than the one before.

Judges nothing: `proving.py` does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import Field
from securesystemslib.dsse import Envelope
from securesystemslib.signer import Signer

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.record import Record

PAYLOAD_TYPE: Final = "application/vnd.peso.push+json"
MEDIA_TYPE: Final = "application/vnd.peso.batch"
BATCH_LIMIT: Final = 32 << 20
"""Bytes of all contents of a batch."""
ENVELOPE_LIMIT: Final = 4 << 20
MOST: Final = 4000
"""Items of a batch."""
RECORDS: Final = ("plan", "build", "test", "inventory", "scan", "gate", "delivery")
"""Kinds of records that a portal takes; an account of a delivery comes after what it names."""
BLOB: Final = "blob"

Kind = Literal["blob", "plan", "build", "test", "inventory", "scan", "gate", "delivery"]
KINDS: Final[dict[str, Kind]] = {one: one for one in get_args(Kind)}
"""What an item can be, by its name."""
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")]


class Item(Record):
    """A record of a ledger, or a file that a record names."""

    kind: Kind
    key: Key
    """What it is filed under; a blob's digest."""
    sha256: Hex
    """Of the bytes that are sent: a record's file as it lies in the ledger."""
    length: Annotated[int, Field(ge=0, le=BATCH_LIMIT)]

    @property
    def place(self) -> str:
        """What errors call it."""
        return f"{self.kind}/{self.key}"


class Batch(Record):
    """What a runner signs."""

    schema_name: Literal["peso.push/1"] = "peso.push/1"
    portal: Annotated[str, Field(max_length=1000)]
    """The address of the portal it is for."""
    platform: Annotated[str, Field(min_length=1, max_length=200)]
    runner: Hex
    """The id of the key."""
    made: datetime
    verb: Literal["ask", "send", "finish"]
    items: Annotated[tuple[Item, ...], Field(max_length=MOST)] = ()


class Doubt(Record):
    """Why something was not taken."""

    reason: str
    where: str
    message: str


class Holding(Record):
    """What a platform's ledger holds, as far as an audit tells of it."""

    accounts: int
    """Of deliveries."""
    sha256: Hex
    """Over all of them, and so over every record they name."""


class Answer(Record):
    """What a portal says to a batch."""

    missing: tuple[str, ...] = ()
    """To `ask`: the places of items that it lacks."""
    taken: int = 0
    """To `send`: how many items were filed; to `finish`: how many releases were taken in."""
    refused: tuple[Doubt, ...] = ()
    """Why nothing was taken; to `finish`: what could not be used, while the rest was."""


def item_of(kind: Kind, key: str, data: bytes) -> Item:
    """Return what names these bytes."""
    return Item(kind=kind, key=key, sha256=sha256_bytes(data), length=len(data))


def written(batch: Batch, signer: Signer, contents: Sequence[bytes] = ()) -> bytes:
    """Return a signed batch as it is sent."""
    envelope = Envelope(batch.canonical(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return b"".join((canonical_json(envelope.to_dict()), b"\n", *contents))


def read_answer(data: bytes) -> Answer:
    """Return what a portal said. Raises `ValueError`."""
    return Answer.model_validate(json.loads(data))
