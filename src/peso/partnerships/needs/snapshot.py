"""A ranking frozen: what it was made of by digest, and the same bytes for whoever makes it again.

1. An `Export` is all a ranking is made of, as its audience may see it: needs with what happened to
   them, and the answers on reach. A `Snapshot` is the ranking, the weights, the day, the method and
   the digest of the export.
2. Both are canonical JSON: equal data give equal bytes on every machine. `check_snapshot` makes the
   snapshot again from the export and compares bytes; where they differ it says at what.
3. What the audience may not see is not in an export, so a snapshot for the public can be made again
   by the public.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from peso.base.record import Record
from peso.errors import BadInput, Fault
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import METHOD, Ranked, Weights
from peso.partnerships.needs.reach import Reach, Reached, known_reach, wanted
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.visibility import Viewer, seen_by

_Kind = TypeVar("_Kind", bound=Record)
_SOME = 10
_FAULTS = 20


class Export(Record):
    """What a ranking is made of."""

    schema_: Literal["peso.needs-export/1"] = Field(default="peso.needs-export/1", alias="schema")
    audience: str
    needs: tuple[Held, ...]
    reach: tuple[Reached, ...]


class Snapshot(Record):
    """A ranking as of a day."""

    schema_: Literal["peso.needs-snapshot/1"] = Field(
        default="peso.needs-snapshot/1", alias="schema"
    )
    method: str = METHOD
    audience: str
    on: date
    weights: Weights
    export_sha256: str
    needs: tuple[Ranked, ...]


class Recomputed(Record):
    """Whether a snapshot is what its export gives."""

    snapshot_sha256: str
    export_sha256: str
    equal: bool
    differences: tuple[str, ...] = ()


def export(register: Register, viewer: Viewer, reach: Reach) -> Export:
    """Return what a viewer may have of a register, with the reach of its products."""
    return export_of(seen_by(register, viewer), viewer, reach)


def export_of(view: Register, viewer: Viewer, reach: Reach) -> Export:
    """Return a view of a register, as its viewer sees it, with the reach of its products."""
    asked = sorted({wanted(one.need.products) for one in view.needs if one.need.products})
    return Export(
        audience=viewer.named,
        needs=view.needs,
        reach=tuple(Reached(products=one, count=reach.of(one)) for one in asked),
    )


def freeze(
    exported: Export, weights: Weights, on: date, export_sha256: str | None = None
) -> Snapshot:
    """Return the ranking of what was exported, frozen; by the export's digest, if it is known."""
    made = rank(Register(exported.needs), weights, known_reach(exported.reach), on)
    return Snapshot(
        audience=exported.audience,
        on=on,
        weights=weights,
        export_sha256=export_sha256 or exported.digest(),
        needs=made.needs,
    )


def check_snapshot(snapshot: bytes, exported: bytes) -> Recomputed:
    """Make a snapshot again from its export and compare, bit for bit.

    Raises:
        BadInput: One of them is no such file.
    """
    said, data = read_snapshot(snapshot), read_export(exported)
    again = freeze(data, said.weights, said.on).canonical()
    equal = again == snapshot
    differences = () if equal else tuple(_differences(said, data, Snapshot.parse(again)))
    return Recomputed(
        snapshot_sha256=said.digest(),
        export_sha256=data.digest(),
        equal=equal,
        differences=differences,
    )


def read_snapshot(data: bytes, where: str = "the snapshot") -> Snapshot:
    """Read a snapshot; raises `BadInput` for anything else."""
    return _read(Snapshot, data, where)


def read_export(data: bytes, where: str = "the export") -> Export:
    """Read an export; raises `BadInput` for anything else."""
    return _read(Export, data, where)


def _read(model: type[_Kind], data: bytes, where: str) -> _Kind:
    try:
        return model.parse(data)
    except ValidationError as error:
        faults = tuple(
            Fault(where=f"{where}: {'.'.join(map(str, one['loc']))}", message=one["msg"])
            for one in error.errors()[:_FAULTS]
        )
        raise BadInput(
            "this is not what `peso need snapshot` writes", where=where, faults=faults
        ) from error


def _differences(said: Snapshot, data: Export, again: Snapshot) -> Iterator[str]:
    if said.export_sha256 != data.digest():
        yield f"it was made of another export: {said.export_sha256}, not {data.digest()}"
    if said.method != again.method:
        yield f"its method is {said.method}; this PESO ranks by {again.method}"
    before, now = ({one.id: one for one in it.needs} for it in (said, again))
    moved = sorted(one for one in {*before, *now} if before.get(one) != now.get(one))
    for one in moved[:_SOME]:
        was, is_ = (at[one].rank if one in at else "none" for at in (before, now))
        yield f"{one}: rank {was} in the snapshot, {is_} as made again"
    if len(moved) > _SOME:
        yield f"and {len(moved) - _SOME} more needs"
    if not moved and said == again:
        yield "the file is not in the one form a snapshot has (spaces, order of keys)"
