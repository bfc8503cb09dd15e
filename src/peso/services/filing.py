"""Filing: a step's record in the ledger, under the digest of its inputs; and why it must run.

1. The record is filed with the inputs it was made from, so that a later run can say what changed.
2. A record that is corrupt, or one of whose files is gone from the store, counts as not there.
3. `why_run` answers in words for people; None means the filed record stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, JsonValue, ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Blobs, Ledger
from peso.base.record import Record
from peso.products.engines.port import Artifact
from peso.services.steps.port import Life, Ports, Step


class _Envelope(Record):
    """What lies in the ledger: the record, and the inputs it was made from."""

    inputs: dict[str, str]
    record: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A record found in the ledger."""

    record: Record
    inputs: Mapping[str, str]
    made: datetime


def key_of(inputs: Mapping[str, str]) -> str:
    """Return the name a step's record is filed under: the digest of all that decides it."""
    return sha256_bytes(canonical_json(dict(inputs)))


def file_record(
    step: Step, inputs: Mapping[str, str], record: Record, ledger: Ledger, *, made: datetime
) -> None:
    """File what a step left."""
    payload = _Envelope(inputs=dict(inputs), record=record.plain()).canonical()
    ledger.append(step.name, key_of(inputs), payload, made=made)


def find(step: Step, inputs: Mapping[str, str], ledger: Ledger) -> Filed | None:
    """Return the record filed for these inputs, if there is a whole one."""
    key = key_of(inputs)
    entry = ledger.entry(step.name, key)
    data = ledger.read(step.name, key) if entry is not None else None
    if entry is None or data is None:
        return None
    try:
        envelope = _Envelope.parse(data)
        record = step.record.parse(canonical_json(envelope.record))
    except ValidationError:
        # Written by another version of PESO: the step is done again, under the same key.
        return None
    return Filed(record=record, inputs=envelope.inputs, made=entry.made)


def latest(step: Step, ledger: Ledger, wanted: Callable[[Record], bool]) -> Record | None:
    """Return the newest record of a step that is wanted, whatever it was made from."""
    return next((one for one in newest(step, ledger) if wanted(one)), None)


def newest(step: Step, ledger: Ledger, *, most: int | None = None) -> Iterator[Record]:
    """Yield a step's records, the newest first; of the `most` newest, those that can be read."""
    for entry in tuple(reversed(ledger.list(step.name)))[:most]:
        data = ledger.read(step.name, entry.key)
        if data is None:
            continue
        try:
            record = step.record.parse(canonical_json(_Envelope.parse(data).record))
        except ValidationError:
            continue  # written by another version of PESO
        yield record


def why_run(
    step: Step, inputs: Mapping[str, str], filed: Filed | None, life: Life, ports: Ports
) -> str | None:
    """Say why a step must run, or None where its filed record stands."""
    if filed is None:
        return _what_changed(step, inputs, ports.ledger)
    gone = [file.path for file in files_in(filed.record) if not _is_there(file, ports.ledger.blobs)]
    if gone:
        return f"{len(gone)} of its files are gone from the store, {gone[0]} among them"
    return step.stale(life, ports, filed.record)


def files_in(value: object) -> Iterator[Artifact]:
    """Yield every file a record names, however deep."""
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from files_in(getattr(value, name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from files_in(item)
    elif isinstance(value, dict):
        yield from files_in(tuple(value.values()))


def _is_there(file: Artifact, blobs: Blobs) -> bool:
    return blobs.has(file.sha256, file.length)


def _what_changed(step: Step, inputs: Mapping[str, str], ledger: Ledger) -> str:
    key = key_of(inputs)
    if ledger.corrupt(step.name, key):
        return "its record was corrupt, is kept beside as .corrupt, and is made again"
    entries = ledger.list(step.name)
    data = ledger.read(step.name, entries[-1].key) if entries else None
    if data is None:
        return "it was never done here"
    before = _Envelope.parse(data).inputs
    changed = [name for name, digest in inputs.items() if before.get(name) not in {None, digest}]
    new = [name for name in inputs if name not in before]
    gone = [name for name in before if name not in inputs]
    said = [
        f"{', '.join(names)} {verb}"
        for names, verb in ((changed, "changed"), (new, "is new"), (gone, "is gone"))
        if names
    ]
    return "; ".join(said) if said else "its record could not be read and is made again"
