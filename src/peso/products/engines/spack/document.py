"""Spack's lock file as it is written: bytes in, a checked document out.

It reads the shape and nothing else; `lockfile.py` gives it meaning. The rules, in order:

1. Formats 6 and 7 (Spack 1.0 and newer) are read; any other is refused by name.
2. Everything is bounded: bytes (packed and unpacked), units, dependencies of a unit, nesting.
3. A lock that is not whole is refused: a unit under another's hash, a dependency or a root that is
   not in it, a name that is none, a circle. All faults are told at once, each with its place.
4. Keys nobody here needs are passed over: Spack adds some in every release.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

import msgspec

from peso.errors import BadInput, Fault
from peso.products.spec.spec import DEPENDENCY_TYPES

LARGEST = 128 << 20
"""Bytes of a lock, unpacked; E4S's has 1.4 MB."""
MOST_UNITS = 50_000
MOST_EDGES = 5_000
"""Dependencies of one unit."""
FORMATS = (6, 7)
_MOST_FAULTS = 20
_SHOWN = 64
_GZIP = b"\x1f\x8b"

_HASH = re.compile(r"[a-z2-7]{32}").fullmatch
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,199}").fullmatch
_NAMESPACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}").fullmatch
_VERSION = re.compile(r"[A-Za-z0-9_.=/+-]{1,200}").fullmatch
_PLACE = re.compile(r"[A-Za-z0-9_.-]{1,100}").fullmatch
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch

_Kind = TypeVar("_Kind")
Value = bool | int | float | str | list[bool | int | float | str] | None


class Arch(msgspec.Struct, frozen=True):
    """Where a unit runs."""

    platform: str
    platform_os: str
    target: str | dict[str, msgspec.Raw]
    """A name, or what Spack says of a microarchitecture it does not share with archspec."""

    @property
    def microarchitecture(self) -> str:
        """The target's name."""
        if isinstance(self.target, str):
            return self.target
        try:
            return msgspec.json.decode(self.target.get("name", b"null"), type=str)
        except msgspec.MsgspecError:
            return ""


class EdgeParameters(msgspec.Struct, frozen=True):
    """How a unit depends on another."""

    deptypes: tuple[str, ...] = ()
    virtuals: tuple[str, ...] = ()


class LockEdge(msgspec.Struct, frozen=True):
    """One dependency."""

    name: str
    hash: str
    parameters: EdgeParameters


class Attributes(msgspec.Struct, frozen=True):
    """What Spack's detection found of an external, as far as it is of use here."""

    compilers: dict[str, str] = {}


class LockExternal(msgspec.Struct, frozen=True):
    """Where a unit is that Spack did not build."""

    path: str | None = None
    module: tuple[str, ...] | str | None = None
    extra_attributes: Attributes | None = None


class Annotations(msgspec.Struct, frozen=True):
    """What Spack remembers of a unit from an older format."""

    compiler: str = ""


class Node(msgspec.Struct, frozen=True):
    """One concrete spec."""

    name: str
    version: str
    arch: Arch
    namespace: str
    hash: str
    parameters: dict[str, Value] = {}
    dependencies: tuple[LockEdge, ...] = ()
    external: LockExternal | None = None
    patches: tuple[str, ...] = ()
    package_hash: str = ""
    annotations: Annotations | None = None


class LockRoot(msgspec.Struct, frozen=True):
    """What the environment asks for."""

    hash: str
    spec: str


class _Meta(msgspec.Struct, frozen=True, rename="kebab"):
    file_type: str
    lockfile_version: int


class LockSpack(msgspec.Struct, frozen=True):
    """The Spack that wrote the lock."""

    version: str = ""
    commit: str = ""


class _Head(msgspec.Struct, frozen=True):
    meta: _Meta = msgspec.field(name="_meta")


class Document(msgspec.Struct, frozen=True):
    """A whole lock."""

    roots: tuple[LockRoot, ...]
    concrete_specs: dict[str, Node]
    spack: LockSpack = LockSpack()
    include_concrete: dict[str, msgspec.Raw] = {}


class _Loose(msgspec.Struct, frozen=True):
    concrete_specs: dict[str, msgspec.Raw] = {}


def read_document(data: bytes, *, where: str) -> Document:
    """Read a lock, as it is or packed with gzip.

    Raises:
        BadInput: It is none, is too large, is of another format, or is not whole.
    """
    data = unpacked(data, where)
    head = _decoded(data, _Head, where)
    if head.meta.file_type != "spack-lockfile":
        raise _no_lock(where, f"its file-type is {head.meta.file_type!r}")
    if head.meta.lockfile_version not in FORMATS:
        raise BadInput(
            f"the lock has format {head.meta.lockfile_version}; PESO reads formats "
            f"{' and '.join(map(str, FORMATS))}",
            where=where,
            hint="Spack 1.1 or newer writes one: `spack -e DIR concretize --force`",
        )
    document = _decoded(data, Document, where)
    faults = tuple(islice(_faults(document, where), _MOST_FAULTS))
    if faults:
        raise BadInput(
            "the lock is not whole", faults=faults, hint="solve it again, or fetch it again"
        )
    return document


def unpacked(data: bytes, where: str) -> bytes:
    """Return a lock's bytes, unpacked if they are packed; `BadInput` if they are too many."""
    if data.startswith(_GZIP):
        try:
            unpacking = zlib.decompressobj(wbits=31)
            data = unpacking.decompress(data, LARGEST + 1)
            complete = unpacking.eof and not unpacking.unused_data
        except zlib.error as error:
            raise _no_lock(where, f"it cannot be unpacked: {error}") from error
        if not complete and len(data) <= LARGEST:
            raise _no_lock(where, "it cannot be unpacked: it ends too early, or goes on after it")
    if len(data) > LARGEST:
        raise BadInput(
            f"the lock has more than {LARGEST >> 20} MiB",
            where=where,
            hint="no lock of Spack is that large: is it another file?",
        )
    return data


def _no_lock(where: str, why: str) -> BadInput:
    return BadInput(
        f"this is no lock of Spack: {why}",
        where=where,
        hint="Spack writes it as spack.lock beside an environment's spack.yaml",
    )


def _decoded(data: bytes, kind: type[_Kind], where: str) -> _Kind:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise _no_lock(where, _worded(data, error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _no_lock(where, f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise _no_lock(where, "it is nested too deeply") from error


def _worded(data: bytes, error: msgspec.ValidationError) -> str:
    """Say which unit a fault is in: the library names the place in it, not its hash."""
    try:
        loose = msgspec.json.decode(data, type=_Loose).concrete_specs
    except (msgspec.MsgspecError, RecursionError):
        loose = {}
    for hash_, raw in loose.items():
        try:
            msgspec.json.decode(raw, type=Node)
        except msgspec.ValidationError as inner:
            return f"in concrete_specs, {hash_[:_SHOWN]!r}: {inner}"
    return str(error)


def _faults(document: Document, where: str) -> Iterator[Fault]:
    """Yield what is wrong with a lock of the right shape."""
    nodes = document.concrete_specs
    if len(nodes) > MOST_UNITS:
        yield Fault(where=where, message=f"{len(nodes)} units; at most {MOST_UNITS} are read")
        return
    if document.include_concrete:
        yield Fault(
            where=f"{where}: include_concrete",
            message="it takes units from the locks of other environments",
            hint="solve the environment without include_concrete",
        )
    for hash_, node in nodes.items():
        place = f"{where}: concrete_specs.{hash_[:_SHOWN]}"
        yield from (Fault(where=place, message=one) for one in _unit_faults(hash_, node, nodes))
    for number, root in enumerate(document.roots):
        if root.hash not in nodes:
            message = (
                f"the root {root.spec[:_SHOWN]!r} is no unit of the lock: {root.hash[:_SHOWN]}"
            )
            yield Fault(where=f"{where}: roots[{number}]", message=message)
    if circle := _circle(nodes):
        message = "units depend on each other in a circle: " + ", ".join(circle)
        yield Fault(where=f"{where}: concrete_specs", message=message)


def ill_formed(node: Node) -> Iterator[str]:
    """Yield what in a node is not what it should be: a name that is none, and the like."""
    arch = node.arch
    checks = (
        ("name", node.name, _NAME),
        ("version", node.version, _VERSION),
        ("namespace", node.namespace, _NAMESPACE),
        ("platform", arch.platform, _PLACE),
        ("operating system", arch.platform_os, _PLACE),
        ("target", arch.microarchitecture, _PLACE),
        *(("patch", one, _SHA256) for one in node.patches),
    )
    yield from (
        f"its {what} is {text[:_SHOWN]!r}, which is none"
        for what, text, fits in checks
        if not fits(text)
    )
    if len(node.dependencies) > MOST_EDGES:
        yield f"{len(node.dependencies)} dependencies; at most {MOST_EDGES} are read"


def is_hash(text: str) -> bool:
    """Say whether a text can be a DAG hash of Spack."""
    return _HASH(text) is not None


def text_of(value: Value) -> str:
    """Return a variant's value as text: `true`, `false`, a value, or several with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text_of(one) for one in value)
    return "" if value is None else str(value)


def _unit_faults(hash_: str, node: Node, nodes: dict[str, Node]) -> Iterator[str]:
    if not _HASH(hash_):
        yield "its key is no hash of Spack: 32 characters of a-z and 2-7"
    if node.hash != hash_:
        yield f"its hash is {node.hash[:_SHOWN]!r}"
    yield from ill_formed(node)
    if len(node.dependencies) > MOST_EDGES:
        return
    for edge in node.dependencies:
        below = nodes.get(edge.hash)
        if below is None:
            yield f"its dependency {edge.name[:_SHOWN]}/{edge.hash[:_SHOWN]} is not in the lock"
        elif below.name != edge.name:
            yield f"its dependency {edge.name[:_SHOWN]}/{edge.hash} is {below.name[:_SHOWN]}"
        if unknown := set(edge.parameters.deptypes).difference(DEPENDENCY_TYPES):
            yield f"it depends on {edge.name[:_SHOWN]} as {', '.join(sorted(unknown))[:_SHOWN]}"


def _circle(nodes: dict[str, Node]) -> tuple[str, ...]:
    """Return names of units that can be put in no order; empty: there are none."""
    waits = {
        hash_: {edge.hash for edge in node.dependencies if edge.hash in nodes}
        for hash_, node in nodes.items()
    }
    above: dict[str, list[str]] = {}
    for hash_, below in waits.items():
        for one in below:
            above.setdefault(one, []).append(hash_)
    ready = [hash_ for hash_, below in waits.items() if not below]
    while ready:
        done = ready.pop()
        del waits[done]
        for hash_ in above.get(done, ()):
            waits[hash_].discard(done)
            if not waits[hash_]:
                ready.append(hash_)
    return tuple(nodes[hash_].name[:_SHOWN] for hash_ in islice(waits, 5))
