"""The table of units that the stand-in for `spack` answers from, and which of them meet a spec.

Read in the stand-in's own process, so it imports little. Matching follows Spack's `find`: `%` looks
at what a unit itself depends on, `^` also below, through link and run dependencies; a name may be
that of a virtual (`^mpi`). A unit that is not there meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from peso.products.spec.nodes import node_satisfies
from peso.products.spec.parse import parse_specs
from peso.products.spec.spec import Arch, Edge, Spec, Variant
from peso.products.spec.versions import parse_version, parse_versions

_RUNS_WITH = frozenset(("link", "run"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A dependency of a unit."""

    hash: str
    types: tuple[str, ...]
    virtuals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A unit in the table."""

    hash: str
    name: str
    version: str
    namespace: str
    variants: tuple[tuple[str, str], ...]
    shown: str
    """The variants as Spack writes them."""
    arch: tuple[str, str, str]
    compilers: str
    prefix: str
    """Empty for a unit that is not there."""
    explicit: bool
    below: tuple[Below, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All units of the stack, and the real commands that test some of them."""

    rows: Mapping[str, Row]
    commands: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]]
    """By hash: the argv and the environment of the engine's own command."""


def read_table(data: Mapping[str, Any]) -> Table:
    """Read the table as `shim.py` wrote it."""
    rows = {
        one["hash"]: Row(
            hash=one["hash"],
            name=one["name"],
            version=one["version"],
            namespace=one["namespace"],
            variants=tuple((name, value) for name, value in one["variants"]),
            shown=one["shown"],
            arch=tuple(one["arch"]),
            compilers=one["compilers"],
            prefix=one["prefix"],
            explicit=one["explicit"],
            below=tuple(
                Below(hash=hash_, types=tuple(types), virtuals=tuple(virtuals))
                for hash_, types, virtuals in one["below"]
            ),
        )
        for one in data["units"]
    }
    commands = {one["hash"]: (tuple(one["argv"]), one["environment"]) for one in data["commands"]}
    return Table(rows=rows, commands=commands)


def matching(table: Table, text: str) -> list[Row]:
    """Return the units that are there and satisfy a spec, oldest version first, as Spack does."""
    specs = parse_specs(text)
    asked = specs or (Spec(),)
    found = [
        row
        for row in table.rows.values()
        if row.prefix and any(_meets(table, row, spec) for spec in asked)
    ]
    return sorted(found, key=lambda row: (row.name, parse_version(row.version), row.hash))


def _meets(table: Table, row: Row, asked: Spec, virtuals: tuple[str, ...] = ()) -> bool:
    """Say whether a unit satisfies a spec, dependencies included."""
    if asked.name and asked.name != row.name and asked.name not in virtuals:
        return False
    node = _node(row)
    if not node_satisfies(node, asked):
        return False
    return all(_has(table, row, edge) for edge in asked.edges)


def _has(table: Table, row: Row, asked: Edge) -> bool:
    """Say whether a unit has a dependency: `%` its own, `^` also those below."""
    return any(
        set(asked.virtuals) <= set(below.virtuals)
        and below.hash in table.rows
        and _meets(table, table.rows[below.hash], asked.spec, below.virtuals)
        for below in (row.below if asked.direct else all_below(table, row))
    )


def all_below(table: Table, row: Row) -> Iterator[Below]:
    """Yield each dependency of a unit, and of what it links with or runs."""
    waiting, seen = [*row.below], {row.hash}
    while waiting:
        below = waiting.pop(0)
        yield below
        found = table.rows.get(below.hash)
        if found is not None and found.hash not in seen:
            seen.add(found.hash)
            waiting += [one for one in found.below if _runs_with(one)]


def _node(row: Row) -> Spec:
    platform, system, target = row.arch
    return Spec(
        name=row.name,
        namespace=row.namespace,
        versions=parse_versions(f"={row.version}"),
        variants=tuple(Variant(name, _value(value)) for name, value in row.variants),
        arch=Arch(platform, system, target),
        hash=row.hash,
    )


def _value(value: str) -> bool | tuple[str, ...]:
    if value in {"true", "false"}:
        return value == "true"
    return tuple(sorted(value.split(",")))


def running(table: Table, row: Row) -> Iterator[Row]:
    """Yield what a unit links with or runs and that is there, nearest first, each once."""
    own = replace(row, below=tuple(one for one in row.below if _runs_with(one)))
    for hash_ in dict.fromkeys(below.hash for below in all_below(table, own)):
        if hash_ in table.rows and table.rows[hash_].prefix:
            yield table.rows[hash_]


def _runs_with(below: Below) -> bool:
    return not _RUNS_WITH.isdisjoint(below.types)


def walk(table: Table, row: Row) -> Iterator[tuple[int, Row]]:
    """Yield a unit and all it depends on that is there, each once, with its depth."""
    seen, stack = {row.hash}, [(0, row)]
    while stack:
        depth, one = stack.pop()
        yield depth, one
        for below in reversed(one.below):
            found = table.rows.get(below.hash)
            if found is not None and found.prefix and found.hash not in seen:
                seen.add(found.hash)
                stack.append((depth + 1, found))
