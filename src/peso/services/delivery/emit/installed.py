"""What is installed, as far as a facility's tools must know: releases, units and where they are.

Read from a prefix that `peso install` finished, or from a lock and a store of Spack. The rules:

1. Of a prefix the receipt says which release it is. The lock beside it is read only if it is, byte
   for byte, the one that the receipt names.
2. A unit is where Spack's own list in the prefix says it is (`database.py`); an external where the
   lock says. A unit of neither has no place, which whoever asks for it says.
   In a prefix a unit counts as a root too if it is there and nothing that is there needs it: it was
   asked for by name. A root that is not there was not asked for, or is gone.
3. The folder of a Python part is the one with a virtual environment in it.
4. A publication is no prefix: it is installed first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.digest import sha256_bytes
from peso.base.files import disk
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact
from peso.products.engines.spack.attributes import external_attributes
from peso.products.engines.spack.database import INDEX, installed_in
from peso.products.engines.spack.document import LARGEST, Document, Node, read_document
from peso.services.delivery.facility.receipt import SHARE, Receipt, receipts

_LOCK: Final = "spack.lock"
_RECEIPT: Final = "receipt.json"
_VENV: Final = "pyvenv.cfg"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*").fullmatch
_RUNS: Final = frozenset({"link", "run"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The release something is from."""

    stack: str
    version: str
    channel: str
    title: str
    manifest: str
    """The sha256 of its signed manifest."""

    @property
    def label(self) -> str:
        """The release in a few words."""
        return f"{self.stack} {self.version}, channel {self.channel}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NativePart:
    """A part that Spack made, where it is installed."""

    lock: str
    """The file its lock was read from."""
    document: Document
    places: Mapping[str, Path]
    """Where each unit is that has a place, by its hash."""
    attributes: Mapping[str, str]
    """What Spack's detection found of an external, as JSON, by its hash."""
    roots: tuple[str, ...]
    """Hashes of what was asked for and is there, each once, in the lock's order."""
    absent: tuple[str, ...] = ()
    """Hashes of the lock's roots that are not there."""

    @property
    def used(self) -> frozenset[str]:
        """The roots, and what they need where they are used."""
        return frozenset((*self.roots, *self.below(self.roots)))

    def node(self, hash_: str) -> Node:
        """Return the unit of a hash."""
        return self.document.concrete_specs[hash_]

    def below(
        self,
        from_: tuple[str, ...],
        types: frozenset[str] = _RUNS,
        stop: frozenset[str] = frozenset(),
    ) -> tuple[str, ...]:
        """Return what is reached from units over edges of these types, nearest first.

        Args:
            from_: Hashes of units; they are not in the answer.
            types: Which edges are followed.
            stop: Units that are in the answer and not followed further.
        """
        seen, found = set(from_), list(from_)
        for hash_ in found:  # grows while it is walked
            if hash_ in stop and hash_ not in from_:
                continue
            for edge in self.node(hash_).dependencies:
                if edge.hash not in seen and not types.isdisjoint(edge.parameters.deptypes):
                    seen.add(edge.hash)
                    found.append(edge.hash)
        return tuple(found[len(from_) :])


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonPart:
    """A part that is a virtual environment."""

    name: str
    folder: Path
    products: tuple[str, ...]
    """`NAME VERSION` of each product from a Python index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is installed in a place."""

    where: str
    """The prefix, or the lock."""
    origin: Origin | None
    """None for a lock and a store: then nothing says which release it is."""
    share: Path | None
    """Where PESO keeps what is not software."""
    native: tuple[NativePart, ...]
    python: tuple[PythonPart, ...] = ()


def read_installation(where: Path, store: Path | None = None) -> Installation:
    """Read what is installed.

    Args:
        where: A prefix; the folder of a release in it (`share/peso/NAME`); or a lock of Spack, or
            its folder, whose units are in `store`.
        store: The store of Spack a lock's units are in; only for a lock.

    Raises:
        BadInput: It is none of these, or holds several releases.
        Refused: The lock beside the receipt is not the one that was installed.
        Outside: The disk failed, or Spack's list cannot be read.
    """
    if store is not None:
        return _of_lock(where, store)
    if not where.exists():
        raise BadInput("there is no such folder", where=str(where), hint="name a prefix")
    prefix, only = where.absolute(), ""
    if (where / _RECEIPT).is_file():
        prefix, only = prefix.parents[2], prefix.name
    found = [one for one in receipts(prefix) if only in {"", one.stack}]
    if len(found) == 1:
        _refuse_damaged(prefix, found[0])
        return _of_prefix(prefix, found[0])
    if found:
        raise BadInput(
            f"it holds {len(found)} releases",
            where=str(prefix),
            hint="name the folder of one of them, share/peso/NAME",
        )
    raise _no_prefix(where)


def _refuse_damaged(prefix: Path, receipt: Receipt) -> None:
    """Refuse a receipt with names that no release has: they would lead out of the prefix."""
    names = (receipt.stack, receipt.version, *(one for one in receipt.parts if one != "."))
    if wrong := [one for one in names if not _NAME(one)]:
        raise BadInput(
            f"the prefix's receipt was damaged: {wrong[0]!r} is no name of a release or a part",
            where=str(prefix),
            hint="install into another prefix, or remove this one",
        )


def _no_prefix(where: Path) -> BadInput:
    if (where / "metadata" / "timestamp.json").is_file():
        return BadInput(
            "this is a publication: what it holds has no place on this machine yet",
            where=str(where),
            hint=f"install it, then name the prefix: peso install {where} --prefix P",
        )
    if where.is_file() or (where / _LOCK).is_file():
        return BadInput(
            "a lock alone does not say where its units are",
            where=str(where),
            hint="name the store of Spack they are in: --store DIR",
        )
    return BadInput(
        "no release was installed here: there is no receipt in share/peso/",
        where=str(where),
        hint="name a prefix that `peso install` made; run it again if it was cut short",
    )


def _of_lock(where: Path, store: Path) -> Installation:
    file = (where / _LOCK if where.is_dir() else where).absolute()
    if not file.is_file():
        raise BadInput("there is no such lock", where=str(file), hint="--store goes with a lock")
    if not (store / INDEX).is_file():
        raise BadInput(
            f"this is no store of Spack: there is no {INDEX}", where=str(store), hint="see --store"
        )
    part = _native(file, _bytes(file), (store,), tops=False)
    return Installation(where=str(file), origin=None, share=None, native=(part,))


def _of_prefix(prefix: Path, receipt: Receipt) -> Installation:
    share = prefix / SHARE / receipt.stack
    left_out = {one.document for one in receipt.not_installed}
    stores = tuple(_stores(prefix))
    native = tuple(
        _native(share / one.path, _proven(share / one.path, one), stores, tops=True)
        for one in receipt.files
        if _is_lock(one) and one.path not in left_out
    )
    folders = [(name, prefix / name) for name in receipt.parts]
    return Installation(
        where=str(prefix),
        origin=Origin(
            stack=receipt.stack,
            version=receipt.version,
            channel=receipt.channel,
            title=receipt.title,
            manifest=receipt.manifest,
        ),
        share=share,
        native=native,
        python=tuple(
            PythonPart(
                name="python" if name == "." else name,
                folder=folder.absolute(),
                products=tuple(
                    f"{one.name} {one.version}"
                    for one in receipt.products
                    if one.purl.startswith("pkg:pypi/")
                ),
            )
            for name, folder in folders
            if (folder / _VENV).is_file()
        ),
    )


def _is_lock(file: Artifact) -> bool:
    return file.role == "lock" and file.path.rpartition("/")[2] == _LOCK


def _stores(prefix: Path) -> Iterator[Path]:
    """Yield the stores of Spack in a prefix: it, a part's folder, or a folder in that."""
    for pattern in (str(INDEX), f"*/{INDEX}", f"*/*/{INDEX}"):
        for index in sorted(prefix.glob(pattern)):
            yield index.parents[1]


def _native(file: Path, data: bytes, stores: tuple[Path, ...], *, tops: bool) -> NativePart:
    document = read_document(data, where=str(file))
    places = {
        hash_: Path(node.external.path)
        for hash_, node in document.concrete_specs.items()
        if node.external and node.external.path
    }
    for store in stores:
        for hash_, prefix in installed_in(store).items():
            if hash_ in document.concrete_specs:
                places.setdefault(hash_, Path(prefix))
    asked = dict.fromkeys(one.hash for one in document.roots)
    there = {*asked, *(_tops(document, places) if tops else ())}.intersection(places)
    return NativePart(
        lock=str(file),
        document=document,
        places=places,
        attributes=external_attributes(data, where=str(file)),
        roots=tuple(one for one in document.concrete_specs if one in there),
        absent=tuple(one for one in asked if one not in places),
    )


def _tops(document: Document, places: Mapping[str, Path]) -> Iterator[str]:
    """Yield what Spack installed and nothing that is there needs, not even to be built."""
    needed = {edge.hash for hash_ in places for edge in document.concrete_specs[hash_].dependencies}
    for hash_ in places:
        if hash_ not in needed and document.concrete_specs[hash_].external is None:
            yield hash_


def _proven(file: Path, named: Artifact) -> bytes:
    if not file.is_file():
        raise Refused("the lock is gone", where=str(file), reason=Reason.MISSING)
    data = _bytes(file)
    if sha256_bytes(data) != named.sha256:
        raise Refused(
            "the lock is not the one that was installed",
            where=str(file),
            reason=Reason.CHANGED,
            hint="install the release into another prefix",
        )
    return data


def _bytes(file: Path) -> bytes:
    with disk(file, "read"), file.open("rb") as stream:
        return stream.read(LARGEST + 1)
