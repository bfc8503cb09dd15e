"""Where built units can be used: which units are meant, their compilers and their MPI.

What it does not do: start Spack (`engine.py` does) or look at the machine. The rules, in order:

1. A product is the first root of its name that is there; else the first unit of its name that is.
   A part that was not built whole serves what is there.
2. The compilers are those that the first of these units was built with; where none was built, the
   first in the lock. An external one's programs are where the lock says, another's in its prefix.
3. The MPI is the unit that these use as `mpi`, or that one of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.products.engines.native import NativeBuild, UnitBuild
from peso.products.engines.spack.document import Document, LockEdge, Node

THERE: Final = frozenset({"built", "reused", "external"})
"""Outcomes after which a unit can be used."""
_VARIABLES: Final = {"c": "CC", "cxx": "CXX", "fortran": "FC"}
_MPI_PROGRAMS: Final = {
    "MPICC": ("mpicc",),
    "MPICXX": ("mpicxx", "mpic++"),
    "MPIFC": ("mpifort", "mpif90"),
}
_PROGRAMS: Final = {
    "gcc": {"c": "gcc", "cxx": "g++", "fortran": "gfortran"},
    "llvm": {"c": "clang", "cxx": "clang++", "fortran": "flang"},
    "intel-oneapi-compilers": {"c": "icx", "cxx": "icpx", "fortran": "ifx"},
    "nvhpc": {"c": "nvc", "cxx": "nvc++", "fortran": "nvfortran"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A product's unit, and where it is."""

    product: str
    unit: UnitBuild
    prefix: Path
    external: bool


def chosen(build: NativeBuild, document: Document, names: Iterable[str]) -> tuple[Placed, ...]:
    """Return the units that products stand for; a product of which nothing is there is left out."""
    roots = {root.hash for root in document.roots}
    found: list[Placed] = []
    for name in names:
        there = [one for one in build.units if one.name == name and one.outcome in THERE]
        there.sort(key=lambda one: one.hash not in roots)
        if there:
            node = document.concrete_specs.get(there[0].hash)
            placed = _placed(name, there[0], node)
            found += [placed] if placed else []
    return tuple(found)


def variables(build: NativeBuild, document: Document, units: tuple[Placed, ...]) -> dict[str, str]:
    """Return what a user of these units has set besides what Spack says: roots, compilers, MPI."""
    said = {f"{one.product.upper().replace('-', '_')}_ROOT": str(one.prefix) for one in units}
    hashes = [one.unit.hash for one in units]
    prefixes = {one.hash: one.prefix for one in build.units}
    for language, node in _compilers(document, hashes):
        if program := _program(language, node, prefixes):
            said[_VARIABLES[language]] = program
    mpi = mpi_prefix(build, document, units)
    return said if mpi is None else {**said, **_wrappers(mpi)}


def programs(build: NativeBuild, document: Document, units: tuple[Placed, ...]) -> tuple[Path, ...]:
    """Return the folders of programs: the units' own, then the MPI's, then externals'."""
    own = [one.prefix / "bin" for one in units if not one.external]
    mpi = mpi_prefix(build, document, units)
    last = [one.prefix / "bin" for one in units if one.external]
    return tuple(dict.fromkeys([*own, *([mpi / "bin"] if mpi else []), *last]))


def mpi_prefix(build: NativeBuild, document: Document, units: tuple[Placed, ...]) -> Path | None:
    """Return the prefix of the MPI that these units use, or that one of them is."""
    specs = document.concrete_specs
    mpis = {edge.hash for node in specs.values() for edge in _edges(node, "mpi")}
    named = [one.unit.hash for one in units if one.unit.hash in mpis]
    used = [edge.hash for one in units for edge in _edges(specs.get(one.unit.hash), "mpi")]
    prefixes = {one.hash: one.prefix for one in build.units}
    for hash_ in (*named, *used):
        if place := _prefix(specs.get(hash_), prefixes.get(hash_, "")):
            return place
    return None


def _wrappers(mpi: Path) -> dict[str, str]:
    """Return an MPI's compilers, as far as they are there."""
    said: dict[str, str] = {}
    for variable, names in _MPI_PROGRAMS.items():
        there = [place for one in names if (place := mpi / "bin" / one).exists()]
        if there:
            said[variable] = str(there[0])
    return said


def _placed(product: str, unit: UnitBuild, node: Node | None) -> Placed | None:
    prefix = _prefix(node, unit.prefix)
    if prefix is None:
        return None
    external = unit.outcome == "external"
    return Placed(product=product, unit=unit, prefix=prefix, external=external)


def _prefix(node: Node | None, built: str) -> Path | None:
    outside = node.external.path if node and node.external else None
    said = built or outside or ""
    return Path(said) if said else None


def _compilers(document: Document, hashes: list[str]) -> Iterator[tuple[str, Node]]:
    """Yield the compiler of each language: what the units use, else the first the lock has."""
    specs = document.concrete_specs
    nodes = [specs[one] for one in hashes if one in specs]
    for language in _VARIABLES:
        users = (node for node in (*nodes, *specs.values()) if next(_edges(node, language), None))
        user = next(users, None)
        edge = next(_edges(user, language), None)
        if edge is not None and edge.hash in specs:
            yield language, specs[edge.hash]


def _edges(node: Node | None, virtual: str) -> Iterator[LockEdge]:
    for edge in node.dependencies if node else ():
        if virtual in edge.parameters.virtuals:
            yield edge


def _program(language: str, node: Node, prefixes: dict[str, str]) -> str:
    """Return a compiler's program, where it is known."""
    attributes = node.external.extra_attributes if node.external else None
    if attributes and (said := attributes.compilers.get(language)):
        return said
    prefix = _prefix(node, prefixes.get(node.hash, ""))
    name = _PROGRAMS.get(node.name, {}).get(language)
    place = prefix / "bin" / name if prefix and name else None
    return str(place) if place and place.exists() else ""
