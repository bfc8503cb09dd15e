"""A spec blob of Spack's build cache: one concrete spec and all it depends on, as JSON.

Bytes in, records out. The rules, in order:

1. gzip'd or plain; bounded packed and unpacked, and by the number of specs in it.
2. The first spec is what the blob is of; the others are `below` it. Every one has the form of a
   spec: a name that is none is refused, not passed on to a path.
3. Whether each has the hash it claims is computed (`dag_hash.py`) and told, not refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from peso.base.finding import Unknown
from peso.errors import BadInput, Fault
from peso.products.engines.spack.buildcache.dag_hash import hash_holds
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
_Kind = TypeVar("_Kind")


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
        BadInput: It is none, or of a format PESO does not read.
        Refused: It is too large (`too-large`).
    """
    blob = decoded(unpacked(data, limit=LARGEST, where=where), _Blob, where)
    if blob.spec.meta.version not in _FORMATS:
        raise no_spec(where, f"its format is {blob.spec.meta.version}")
    raws = tuple(map(bytes, blob.spec.nodes))
    if not 0 < len(raws) <= MOST:
        raise no_spec(where, f"it holds {len(raws)} specs; 1 to {MOST} are read")
    nodes = tuple(read_node(raw, where) for raw in raws)
    versions = {one.hash: one.version for one in nodes}
    if len(versions) != len(nodes):
        raise no_spec(where, "it holds two specs of one hash")
    first, *below = (
        cached(raw, node, versions, where) for raw, node in zip(raws, nodes, strict=True)
    )
    return replace(first, below=tuple(below))


def read_node(raw: bytes, where: str) -> Node:
    """Read one spec of a blob or an index. Raises BadInput."""
    node = decoded(raw, Node, where)
    faults = [*ill_formed(node)]
    if not is_hash(node.hash):
        faults.append(f"its hash is {node.hash[:64]!r}, which is none")
    faults += (
        f"its dependency {edge.name[:64]!r} has no hash"
        for edge in node.dependencies
        if not is_hash(edge.hash)
    )
    if faults:
        place = f"{where}: {node.name[:64]}"
        raise BadInput(
            "this is no spec of Spack",
            where=where,
            faults=tuple(Fault(where=place, message=one) for one in faults[:20]),
        )
    return node


def cached(
    raw: bytes, node: Node, versions: Mapping[str, str], where: str, *, in_cache: bool = True
) -> CachedSpec:
    """Return a spec as a record; `versions` are those of the specs at hand, by hash."""
    try:
        holds: bool | Unknown = hash_holds(raw, node.hash)
    except (ValueError, RecursionError) as error:
        raise no_spec(where, f"its JSON is none: {error}"[:200]) from error
    arch = node.arch
    return CachedSpec(
        hash=node.hash,
        name=node.name,
        version=node.version,
        namespace=node.namespace,
        platform=arch.platform,
        system=arch.platform_os,
        target=arch.microarchitecture,
        compilers=_compilers(node, versions),
        variants=tuple(
            (name, text_of(value))
            for name, value in node.parameters.items()
            if name != "patches" and not (name in FLAG_KINDS and not value)
        ),
        depends=tuple(
            Dependency(
                hash=edge.hash,
                name=edge.name,
                types=edge.parameters.deptypes,
                virtuals=edge.parameters.virtuals,
            )
            for edge in node.dependencies
        ),
        external=node.external is not None,
        package_hash=node.package_hash,
        hash_holds=holds,
        in_cache=in_cache,
        raw=raw,
    )


def decoded(data: bytes, kind: type[_Kind], where: str) -> _Kind:
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
