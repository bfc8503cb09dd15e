"""Push: a runner's ledger goes to a portal, signed; again after a kill, nothing is sent twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from securesystemslib.signer import CryptoSigner

from peso.api.pushable import Pushable, pushable
from peso.base.ledger import Ledger
from peso.base.net import Net, shown
from peso.base.record import Record
from peso.errors import Outside, Reason, Refused
from peso.services.delivery.pushing.batch import (
    BATCH_LIMIT,
    BLOB,
    MEDIA_TYPE,
    MOST,
    Answer,
    Batch,
    Doubt,
    Item,
    read_answer,
    written,
)
from peso.services.delivery.signing.keyfiles import open_key
from peso.workspace import AskPassphrase, Where, passphrase_of, this_machine

_TRIES: Final = 4
_ANSWER_LIMIT: Final = 16 << 20
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_OK, _FORBIDDEN = 200, 403
_WAIT: Final = 600.0
"""Seconds that a portal may take to take in what was sent."""


class Pushed(Record):
    """What a push came to."""

    portal: str
    platform: str
    runner: str
    """The id of the key."""
    items: int
    """What of the ledger a portal takes."""
    sent: int
    """How many of them the portal lacked."""
    bytes: int
    taken: int
    """How many releases the portal took in anew."""
    refused: tuple[Doubt, ...]
    """What the portal could not use, while the rest was taken."""
    left_out: tuple[str, ...]
    """What was not sent, and why."""

    @property
    def ok(self) -> bool:
        """Whether everything was taken."""
        return not self.refused


def push_ledger(  # noqa: PLR0913 - the ways of a command
    ledger: Where,
    *,
    to: str,
    key: Where,
    platform: str = "",
    ask_passphrase: AskPassphrase | None = None,
    seen: Callable[[str], None] = lambda _what: None,
) -> Pushed:
    """Send a ledger to a portal, signed with a runner's key; what the portal has is not sent again.

    Args:
        ledger: The folder of the ledger.
        to: The portal's address, as it calls itself.
        key: The runner's key: a file as `peso keys` writes it.
        platform: The platform the key is for; else the one its tests are of.
        ask_passphrase: Called where `PESO_PASSPHRASE_FILE` is not set.
        seen: Is told what is being done.

    Raises:
        Refused: The portal took nothing, with the reason.
        BadInput: No ledger, or no key that opens.
        Outside: The network or the portal failed.
    """
    machine = this_machine(ask_passphrase)
    source = Ledger(Path(ledger))
    chosen = pushable(source, platform)
    signer = open_key(Path(key), passphrase_of(machine))
    with Net(timeout=_WAIT) as net:
        line = _Line(net=net, to=to.rstrip("/"), signer=signer, of=chosen, clock=machine.clock)
        missing = _missing(line)
        sent = 0
        for several in _batches([one for one in chosen.items if one.place in missing]):
            line.say("send", several, [_bytes(source, one) for one in several])
            sent += len(several)
            seen(f"sent {sent} of {len(missing)}")
        done = line.say("finish")
    return Pushed(
        portal=line.to,
        platform=chosen.platform,
        runner=signer.public_key.keyid,
        items=len(chosen.items),
        sent=sent,
        bytes=sum(one.length for one in chosen.items if one.place in missing),
        taken=done.taken,
        refused=done.refused,
        left_out=chosen.left_out,
    )


@dataclass(kw_only=True)
class _Line:
    """One push's line to a portal: signs each batch anew, also one that is sent again."""

    net: Net
    to: str
    signer: CryptoSigner
    of: Pushable
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    _last: datetime | None = field(default=None)

    def say(self, verb: str, items: Sequence[Item] = (), contents: Sequence[bytes] = ()) -> Answer:
        """Send a batch until it is answered. Raises `Refused`, `Outside`."""
        for number in range(1, _TRIES + 1):
            try:
                status, data = self.net.send(
                    f"{self.to}/api/v1/push",
                    self._batch(verb, items, contents),
                    kind=MEDIA_TYPE,
                    limit=_ANSWER_LIMIT,
                )
            except Outside:
                if number == _TRIES:
                    raise
                status, data = 503, b""
            if status not in _BUSY or number == _TRIES:
                return self._answer(status, data)
            self.sleep(4.0 ** (number - 1))
        raise AssertionError("the last try returns or raises")

    def _batch(self, verb: str, items: Sequence[Item], contents: Sequence[bytes]) -> bytes:
        made = self.clock()
        if self._last is not None:
            made = max(made, self._last + timedelta(microseconds=1))
        self._last = made
        batch = Batch.model_validate(
            {
                "portal": self.to,
                "platform": self.of.platform,
                "runner": self.signer.public_key.keyid,
                "made": made,
                "verb": verb,
                "items": tuple(items),
            }
        )
        return written(batch, self.signer, contents)

    def _answer(self, status: int, data: bytes) -> Answer:
        if status not in {_OK, _FORBIDDEN}:
            raise Outside(
                f"the portal answered {status}", where=shown(self.to), hint="try again later"
            )
        try:
            said = read_answer(data)
        except ValueError:
            raise Outside(
                "what answers is no portal that takes pushes",
                where=shown(self.to),
                hint="check the address",
            ) from None
        if status == _FORBIDDEN:
            raise _refused(said, shown(self.to))
        return said


def _refused(said: Answer, where: str) -> Refused:
    """Return the portal's no, with all of its reasons."""
    reasons = [Reason(one.reason) for one in said.refused if one.reason in {*Reason}]
    told = "; ".join(f"{one.where}: {one.message} ({one.reason})" for one in said.refused)
    return Refused(
        f"the portal took nothing: {told or 'it did not say why'}",
        where=where,
        hint="the facility's page of runners shows the keys it knows, and until when",
        reason=reasons[0] if reasons else Reason.POLICY,
    )


def _missing(line: _Line) -> set[str]:
    """Return the places of what the portal lacks."""
    found: set[str] = set()
    for at in range(0, len(line.of.items), MOST):
        found.update(line.say("ask", line.of.items[at : at + MOST]).missing)
    return found


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield what fits in one batch, in order."""
    batch: list[Item] = []
    room = BATCH_LIMIT
    for one in items:
        if batch and (one.length > room or len(batch) == MOST):
            yield batch
            batch, room = [], BATCH_LIMIT
        batch.append(one)
        room -= one.length
    if batch:
        yield batch


def _bytes(ledger: Ledger, one: Item) -> bytes:
    if one.kind == BLOB:
        return ledger.blobs.read(one.key, limit=BATCH_LIMIT)
    return ledger.sealed(one.kind, one.key) or b""
