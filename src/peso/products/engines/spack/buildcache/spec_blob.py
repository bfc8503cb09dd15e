"""A spec blob of Spack's build cache: one concrete spec and all it depends on, as JSON.

Bytes in, records out. The rules, in order:

1. gzip'd or plain; bounded packed and unpacked, and by the number of specs in it.
2. The first spec is what the blob is of; the others are `below` it. Every one has the form of a
   spec: a name that is none is refused, not passed on to a path.
3. Whether each has the hash it claims is computed (`dag_hash.py`) and told, not refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import msgspec

from peso.base.finding import Unknown
from peso.errors import BadInput, Fault
from peso.products.engines.spack.buildcache.dag_hash import hash_holds
from peso.products.engines.spack.buildcache.formats import OtherFormat
from peso.products.engines.spack.buildcache.packed import unpacked
from peso.products.engines.spack.buildcache.record import CachedSpec, Dependency
from peso.products.engines.spack.document import Node, ill_formed, is_hash, text_of
from peso.products.spec.spec import FLAG_KINDS

LARGEST = 32 << 20
"""Bytes of a spec blob, packed and unpacked; E4S's largest has 0.3 MB."""
MOST = 20_000
"""Specs of one blob."""
_FORMATS = (4, 5)
_LANGUAGES = ("c", "cxx", "fortran")
_MOST_FAULTS = 20
_KEPT, _KEPT_LENGTH = 4096, 8 << 10
"""How many specs are remembered, and of which length at most: the same ones are in many blobs."""
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Judged:
    """What does not depend on where a spec was found."""

    node: Node
    holds: bool | Unknown
    variants: tuple[tuple[str, str], ...]
    depends: tuple[Dependency, ...]


class _Meta(msgspec.Struct, frozen=True):
    version: int


class _Nodes(msgspec.Struct, frozen=True):
    meta: _Meta = msgspec.field(name="_meta")
    nodes: tuple[msgspec.Raw, ...]


class _Blob(msgspec.Struct, frozen=True):
    spec: _Nodes


def read_spec(data: bytes, where: str) -> CachedSpec:
    """Read a spec blob, or the `spec.json` of an installed or archived unit.

    Raises:
        BadInput: It is none; `OtherFormat`: it is of a format PESO does not read.
        Refused: It is too large (`too-large`).
    """
    blob = decoded(unpacked(data, limit=LARGEST, where=where), _Blob, where)
    if blob.spec.meta.version not in _FORMATS:
        raise OtherFormat(
            f"a spec of format {blob.spec.meta.version}; PESO reads formats 4 and 5", where=where
        )
    raws = tuple(map(bytes, blob.spec.nodes))
    if not 0 < len(raws) <= MOST:
        raise no_spec(where, f"it holds {len(raws)} specs; 1 to {MOST} are read")
    judged = tuple(read_node(raw, where) for raw in raws)
    versions = {one.node.hash: one.node.version for one in judged}
    if len(versions) != len(judged):
        raise no_spec(where, "it holds two specs of one hash")
    first, *below = (cached(raw, one, versions) for raw, one in zip(raws, judged, strict=True))
    return replace(first, below=tuple(below))


def read_node(raw: bytes, where: str) -> Judged:
    """Read one spec of a blob or an index, and compute its hash again. Raises BadInput."""
    try:
        return (_judged if len(raw) <= _KEPT_LENGTH else _judge)(raw)
    except BadInput as error:
        raise BadInput(
            error.message,
            where=where,
            hint=error.hint,
            faults=tuple(replace(one, where=f"{where}: {one.where}") for one in error.faults),
        ) from error


def cached(
    raw: bytes, judged: Judged, versions: Mapping[str, str], *, in_cache: bool = True
) -> CachedSpec:
    """Return a spec as a record; `versions` are those of the specs at hand, by hash."""
    node, arch = judged.node, judged.node.arch
    return CachedSpec(
        hash=node.hash,
        name=node.name,
        version=node.version,
        namespace=node.namespace,
        platform=arch.platform,
        system=arch.platform_os,
        target=arch.microarchitecture,
        compilers=_compilers(node, versions),
        variants=judged.variants,
        depends=judged.depends,
        external=node.external is not None,
        package_hash=node.package_hash,
        hash_holds=judged.holds,
        in_cache=in_cache,
        raw=raw,
    )


def _judge(raw: bytes) -> Judged:
    node = decoded(raw, Node, "")
    faults = [*ill_formed(node)]
    if not is_hash(node.hash):
        faults.append(f"its hash is {node.hash[:64]!r}, which is none")
    faults += (
        f"its dependency {edge.name[:64]!r} has no hash"
        for edge in node.dependencies
        if not is_hash(edge.hash)
    )
    if faults:
        told = tuple(Fault(where=node.name[:64], message=one) for one in faults[:_MOST_FAULTS])
        raise BadInput("this is no spec of Spack", faults=told)
    try:
        holds = hash_holds(raw, node.hash)
    except (ValueError, RecursionError) as error:
        raise no_spec("", f"its JSON is none: {error}"[:200]) from error
    return Judged(node, holds, _variants(node), _depends(node))


_judged = lru_cache(maxsize=_KEPT)(_judge)


def _variants(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, text_of(value))
        for name, value in node.parameters.items()
        if name != "patches" and not (name in FLAG_KINDS and not value)
    )


def _depends(node: Node) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(
            hash=edge.hash,
            name=edge.name,
            types=edge.parameters.deptypes,
            virtuals=edge.parameters.virtuals,
        )
        for edge in node.dependencies
    )


def decoded(data: bytes | msgspec.Raw, kind: type[_Kind], where: str) -> _Kind:
    """Decode JSON into a checked shape. Raises BadInput."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise no_spec(where, str(error)) from error
    except RecursionError as error:
        raise no_spec(where, "it is nested too deeply") from error


def no_spec(where: str, why: str) -> BadInput:
    """Return the error for what holds no spec."""
    return BadInput(
        f"this is no spec of Spack's build cache: {why}",
        where=where,
        hint="PESO reads what Spack 1.0 and newer write",
    )


def _compilers(node: Node, versions: Mapping[str, str]) -> tuple[str, ...]:
    found = []
    for edge in node.dependencies:
        used = [one for one in _LANGUAGES if one in edge.parameters.virtuals]
        if used:
            version = versions.get(edge.hash)
            found.append(f"{','.join(used)}={edge.name}" + (f"@{version}" if version else ""))
    if not found and node.annotations and node.annotations.compiler:
        found.append(node.annotations.compiler.replace("@=", "@"))
    return tuple(found)
