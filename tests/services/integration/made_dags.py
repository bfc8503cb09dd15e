"""Made-up locks whose hashes follow from what they hold, as Spack's do: a change goes upwards."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from peso.base.finding import Unknown
from peso.products.engines.native import (
    DependencyType,
    Edge,
    External,
    NativeRoot,
    NativeUnit,
    Variant,
)

_NOT_ASKED = Unknown(unknown="not asked")
TYPES: tuple[tuple[DependencyType, ...], ...] = (
    ("build",),
    ("link",),
    ("run",),
    ("build", "link"),
    ("build", "run"),
)


@dataclass(frozen=True)
class Made:
    """One unit; it needs others by their place in the list, which is lower than its own."""

    name: str
    version: str = "1.0"
    needs: Mapping[int, tuple[DependencyType, ...]] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    target: str = "x86_64_v3"
    system: str = "debian12"
    package_hash: str = "p"
    prefix: str = ""
    """Of an external."""
    compiler: str = "gcc@12.2.0"
    root: bool = False


@dataclass(frozen=True)
class MadeLock:
    """A lock of such units."""

    units: tuple[NativeUnit, ...]
    roots: tuple[NativeRoot, ...]

    def reversed(self) -> MadeLock:
        """Return the lock in another order."""
        return MadeLock(self.units[::-1], self.roots[::-1])


def made(units: Sequence[Made]) -> MadeLock:
    """Return the lock of units."""
    found: list[NativeUnit] = []
    for one in units:
        found.append(_unit(one, found))
    return MadeLock(
        tuple(found),
        tuple(
            NativeRoot(spec=unit.name, hash=unit.hash)
            for one, unit in zip(units, found, strict=True)
            if one.root
        ),
    )


def _unit(one: Made, below: list[NativeUnit]) -> NativeUnit:
    edges = tuple(
        Edge(hash=below[at].hash, name=below[at].name, types=types)
        for at, types in one.needs.items()
    )
    said = repr((one, [edge.hash for edge in edges])).encode()
    hash_ = b32encode(hashlib.sha256(said).digest()).decode().lower()[:32]
    return NativeUnit(
        hash=hash_,
        name=one.name,
        version=one.version,
        namespace="builtin",
        variants=tuple(Variant(name=name, value=value) for name, value in one.variants.items()),
        compilers=() if one.prefix else (f"c={one.compiler}",),
        platform="linux",
        system=one.system,
        target=one.target,
        depends=edges,
        external=External(prefix=one.prefix, package=_NOT_ASKED) if one.prefix else None,
        package_hash=one.package_hash,
        root=one.root,
        purl=f"pkg:generic/{one.name}",
        sources=_NOT_ASKED,
        license=_NOT_ASKED,
    )


@st.composite
def dags(draw: st.DrawFn, *, names: int = 0, most: int = 14) -> list[Made]:
    """Give units; each has a name of its own, or one of as many as are said."""
    count = draw(st.integers(1, most))
    units: list[Made] = []
    for at in range(count):
        below = draw(st.lists(st.integers(0, at - 1), unique=True, max_size=4)) if at else []
        # Spack has one unit of a name among those another depends on in one way.
        needs = {one: draw(st.sampled_from(TYPES)) for one in _of_own_names(below, units)}
        units.append(
            Made(
                name=f"n{draw(st.integers(0, names - 1))}" if names else f"n{at}",
                version=draw(st.sampled_from(("1.0", "1.1", "2.0"))),
                needs=needs,
                variants={"mpi": draw(st.sampled_from(("true", "false")))},
                root=draw(st.booleans()),
            )
        )
    return units


def _of_own_names(below: list[int], units: list[Made]) -> list[int]:
    return list({units[at].name: at for at in below}.values())
