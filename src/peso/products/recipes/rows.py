"""A recipe as a row of the index: the record as MessagePack, and what is asked for often.

Made where the recipe is read (a worker), so that the writer has nothing to compute.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from peso.products.recipes.index import FIGURES, Row
from peso.products.recipes.naming import spec_name
from peso.products.recipes.reader import Read
from peso.products.recipes.record import Unreadable
from peso.products.recipes.said import Fields

_ENCODER = msgspec.msgpack.Encoder()


def row_of(read: Read, repository: int, signature: str, *, whole: bool) -> Row:
    """Return the row of a recipe that was read."""
    said = read.said
    if isinstance(said, Unreadable):
        return Row(
            repository=repository,
            name=said.name,
            file=said.path,
            signature=signature,
            sha256="",
            complete=read.complete,
            readable=False,
            whole=True,
            words=said.name,
            figures=(0,) * len(FIGURES),
            record=record_bytes(said),
            inputs=read.inputs,
        )
    return Row(
        repository=repository,
        name=said["name"],
        file=said["path"],
        signature=signature,
        sha256=said["digest"],
        complete=read.complete,
        readable=True,
        whole=whole,
        words=_words(said),
        figures=_figures(said),
        record=record_bytes(said),
        inputs=read.inputs,
        dependencies=_dependencies(said.get("dependencies", ())),
        provided=_provided(said.get("provided", ())),
    )


def record_bytes(said: Fields | Unreadable) -> bytes:
    """Return what a recipe says as it is kept."""
    return _ENCODER.encode(said)


def _words(said: Fields) -> str:
    virtual = (name for one in said.get("provided", ()) for name in one["names"])
    more = dict.fromkeys((*virtual, *said["tags"], *said["maintainers"]))
    return "\n".join([said["name"], " ".join(more), said["description"]]).lower()


def _figures(said: Fields) -> tuple[int, ...]:
    versions = said.get("versions", ())
    unproven = [one for one in versions if not (one.get("checksum") or one.get("commit"))]
    return (
        len(versions),
        sum("deprecated" in one for one in versions),
        len(unproven) if said["has_code"] else 0,
        *(len(said.get(one, ())) for one in ("variants", "dependencies", "conflicts", "patches")),
        "licenses" in said,
        bool(said["maintainers"]),
        any("file" not in one for one in said["tests"]),
        *(len(said.get(one, ())) for one in ("unread", "splices")),
    )


def _dependencies(several: Iterable[Fields]) -> tuple[tuple[str, bytes], ...]:
    by: dict[str, dict[object, None]] = {}
    for one in several:
        terms = one["types"], one.get("when", ())
        if one["name"] in by:
            by[one["name"]][terms] = None
        else:
            by[one["name"]] = {terms: None}
    return tuple([(name, _ENCODER.encode([*terms])) for name, terms in by.items()])


def _provided(several: Iterable[Fields]) -> tuple[tuple[str, str, str], ...]:
    found = (
        (spec_name(spec), spec, "\n".join(one.get("when", ())))
        for one in several
        for spec in one["specs"]
    )
    return tuple(dict.fromkeys(found))
