"""Generations: which metadata in a folder is current, pending or superseded, and which is neither.

1. What the chain proved is `current`; the file must say exactly that.
2. Above it and signed by the keys its role has now (or that a pending list of channels gives it):
   `pending`, of a publishing under way.
3. Below it and signed by keys its role has or had in the chain: `superseded`.
4. A root older than the pinned one counts when the root after it is signed by its threshold of
   keys, and its own signers are among those, as many as either asks for. The pinned root's bytes
   are known to the last, so nobody can put a root before it that did not lead to it.
5. Any other file is a doubt. Every file of the current chain, and every root, must be there.

Reads bytes through its caller; opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tuf.api.metadata import Root, Signed, Snapshot, Targets, Timestamp

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.services.delivery.facility.chain import Chain
from peso.services.delivery.facility.report import Doubt, doubt
from peso.services.delivery.signing.serialize import metadata_limit
from peso.services.delivery.signing.signed import (
    Place,
    Ring,
    SignedFile,
    place_of,
    prove_signed,
    read_signed,
    ring,
    standing,
)

State = Literal["current", "pending", "superseded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A role's list of manifests, from one generation."""

    role: str
    state: State
    targets: Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Generations:
    """What a folder's metadata is."""

    digests: Mapping[str, str]
    """The sha256 of every metadata file that could be read, by path."""
    namings: tuple[Naming, ...]
    doubts: tuple[Doubt, ...]


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read so far; lives for one call of `read_generations`."""

    chain: Chain
    roots: dict[int, SignedFile]
    tops: list[tuple[State, Targets]]
    digests: dict[str, str] = field(default_factory=dict)
    namings: list[Naming] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def required(chain: Chain) -> frozenset[str]:
    """Return the metadata files that must be there."""
    named = {"metadata/timestamp.json"}
    named |= {f"metadata/{version}.root.json" for version in range(1, chain.root.version + 1)}
    for role, signed in _current(chain).items():
        named.add(f"metadata/{signed.version}.{role}.json")
    return frozenset(named)


def read_generations(
    paths: Iterable[str], read: Callable[[str, int], bytes], chain: Chain
) -> Generations:
    """Sort the metadata files of a folder.

    Args:
        paths: The files below `metadata/`.
        read: Gives the bytes of a path, at most so many; raises Refused.
        chain: What is current.
    """
    pinned = chain.trust.root.version
    place = Place(role=Root.type, version=pinned)
    pinned_root = read_signed(chain.trust.data, place, where=f"metadata/{pinned}.root.json")
    reading = _Reading(chain=chain, roots={pinned: pinned_root}, tops=[("current", chain.targets)])
    for path, place in _in_order(paths, reading):
        try:
            data = read(path, metadata_limit(Targets))
            reading.digests[path] = sha256_bytes(data)
            if place.role == Root.type:
                _root(reading, data, place, path)
            elif place.role == Timestamp.type:
                _timestamp(reading, data, place, path)
            elif place.role in {Snapshot.type, Targets.type}:
                _top(reading, data, place, path)
            else:
                _delegated(reading, data, place, path)
        except Refused as error:
            reading.doubts.append(doubt(error, path))
    return Generations(
        digests=reading.digests, namings=tuple(reading.namings), doubts=tuple(reading.doubts)
    )


def _in_order(paths: Iterable[str], reading: _Reading) -> list[tuple[str, Place]]:
    """Return what is to be read: roots from the newest down, then what they sign for, and so on."""
    first = (Root.type, Timestamp.type, Snapshot.type, Targets.type)
    found: list[tuple[str, Place]] = []
    for path in sorted(paths):
        place = place_of(path)
        if place is None:
            reading.doubts.append(_nobody(path))
        else:
            found.append((path, place))
    return sorted(
        found,
        key=lambda one: (
            first.index(one[1].role) if one[1].role in first else len(first),
            one[1].role,
            -(one[1].version or 0),
        ),
    )


def _nobody(path: str) -> Doubt:
    return Doubt(
        reason=Reason.ADDITIONAL,
        where=path,
        message="nothing that is signed names this file",
        hint="remove it",
    )


def _current(chain: Chain) -> dict[str, Signed]:
    return {"snapshot": chain.snapshot, "targets": chain.targets, **chain.delegated}


def _root(reading: _Reading, data: bytes, place: Place, path: str) -> None:
    chain, version = reading.chain, place.version or 0
    if version > chain.root.version:
        reading.doubts.append(_nobody(path))
        return
    if version < chain.trust.root.version:
        _older_root(reading, data, place, path)
        return
    own = ring(chain.roots[version], Root.type)
    before = chain.roots.get(version - 1)
    rings = [own] if before is None else [own, ring(before, Root.type)]
    metadata = prove_signed(data, place, rings, where=path)
    same = data == chain.trust.data if before is None else True
    _same(metadata.signed, chain.roots[version], path, same=same)
    reading.roots[version] = metadata


def _older_root(reading: _Reading, data: bytes, place: Place, path: str) -> None:
    """Take a root from before the pinned one, if it leads to it (rule 4)."""
    version = place.version or 0
    root, after = read_signed(data, place, where=path).signed, reading.roots.get(version + 1)
    if after is None or not isinstance(root, Root) or not isinstance(after.signed, Root):
        reading.doubts.append(_nobody(path))
        return
    own = ring(root, Root.type)
    metadata = prove_signed(data, place, [own], where=path)
    both = metadata.signatures.keys() & (standing(after, own).valid if own else frozenset())
    if len(both) < max(one.roles[Root.type].threshold for one in (root, after.signed)):
        raise Refused(
            "it is not the root that led to the pinned one",
            where=path,
            reason=Reason.UNKNOWN_SIGNER,
        )
    reading.roots[version] = metadata


def _timestamp(reading: _Reading, data: bytes, place: Place, path: str) -> None:
    keys = ring(reading.chain.root, Timestamp.type)
    signed = prove_signed(data, place, [keys], where=path).signed
    if signed.version <= reading.chain.timestamp.version:  # a later one came while we read
        _same(signed, reading.chain.timestamp, path)


def _top(reading: _Reading, data: bytes, place: Place, path: str) -> None:
    """Take a snapshot or a list of channels; roots sign for both."""
    current = _current(reading.chain)[place.role]
    state = _state(place, current)
    roots = [reading.chain.root]
    if state == "superseded":
        newest_first = sorted(reading.roots.items(), reverse=True)
        roots = [one.signed for _, one in newest_first if isinstance(one.signed, Root)]
    metadata = _by_any(data, place, [ring(one, place.role) for one in roots], path)
    if state == "current":
        _same(metadata.signed, current, path)
    elif isinstance(metadata.signed, Targets):
        reading.tops.append((state, metadata.signed))


def _delegated(reading: _Reading, data: bytes, place: Place, path: str) -> None:
    """Take what a channel, or the pages, names; lists of channels sign for it."""
    current = reading.chain.delegated.get(place.role)
    state = _state(place, current)
    delegators = [one for of, one in reading.tops if of in {"current", state}]
    known = [found for one in delegators if (found := ring(one, place.role))]
    if not known:
        reading.doubts.append(_nobody(path))
        return
    metadata = _by_any(data, place, known, path)
    if state == "current" and current is not None:
        _same(metadata.signed, current, path)
    if isinstance(metadata.signed, Targets):
        reading.namings.append(Naming(role=place.role, state=state, targets=metadata.signed))


def _state(place: Place, current: Signed | None) -> State:
    version = place.version or 0
    if current is None or version > current.version:
        return "pending"
    return "current" if version == current.version else "superseded"


def _by_any(data: bytes, place: Place, rings: Sequence[Ring | None], path: str) -> SignedFile:
    """Prove metadata with the first ring that fits; else say why the first one does not."""
    first: Refused | None = None
    for one in rings:
        try:
            return prove_signed(data, place, [one], where=path)
        except Refused as error:
            first = first or error
    raise first or Refused("nobody may sign here", where=path, reason=Reason.UNKNOWN_SIGNER)


def _same(found: Signed, current: Signed, path: str, *, same: bool = True) -> None:
    """Refuse metadata that is validly signed and yet not what the chain was proven with."""
    if found == current and same:
        return
    older = found.version < current.version
    raise Refused(
        "validly signed, but not what the trusted chain has in this place",
        where=path,
        reason=Reason.ROLLBACK if older else Reason.SWAPPED,
    )
