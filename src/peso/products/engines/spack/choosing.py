"""Choosing: which units of a native part a facility wants, and what this machine lacks for them.

1. A name stands for the roots of that name; where no root has it, for every unit of that name that
   the roots need where they are used. `NAME/HASH`, or `/HASH`, is one unit; a hash may be short.
2. Wanted are these, and what they need over link and run dependencies. What the machine itself has
   to supply of it is looked at, not brought.
3. All that is lacking is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from peso.products.engines.native import NativeLock, NativeUnit
from peso.products.engines.native_graph import NativeGraph, Units
from peso.products.engines.port import Held, Wanted
from peso.products.engines.spack.at_hand import recipe_folders
from peso.products.engines.spack.fitting import no_patchelf, not_supplied, unknown_recipes
from peso.products.engines.spack.packages_here import packages_here
from peso.products.engines.spack.site import Site

_SHOWN: Final = 5


def choose(
    lock: NativeLock, names: tuple[str, ...], folder: Path, site: Site, held: Held
) -> Wanted:
    """Return what is wanted of a part, and what this machine lacks for it; see `Choosing`."""
    graph = NativeGraph(lock)
    meant = chosen(graph, names)
    reached = graph.reached(meant)
    units = [unit for unit in lock.units if unit.hash in reached]
    ours = [unit for unit in units if unit.external is None]
    return Wanted(
        roots=tuple(unit.hash for unit in ours if unit.hash in meant),
        units=tuple(unit.hash for unit in ours),
        lacking=tuple(_lacking(units, ours, folder, site, held)),
    )


def everything(lock: Units) -> Wanted:
    """Return all of a part; nothing of this machine is looked at."""
    graph = NativeGraph(lock)
    shipped = graph.shipped()
    return Wanted(
        roots=tuple(unit.hash for unit in graph.roots if unit.external is None),
        units=tuple(
            unit.hash for unit in lock.units if unit.hash in shipped and unit.external is None
        ),
    )


def chosen(graph: NativeGraph, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hashes names stand for, in the lock's order; without a name those of the roots."""
    if not names:
        return tuple(unit.hash for unit in graph.roots)
    shipped = graph.shipped()
    others = [unit for unit in graph.units.values() if unit.hash in shipped]
    found: set[str] = set()
    for name in names:
        meant = [one for one in graph.roots if _is(one, name)]
        meant = meant or [one for one in others if _is(one, name)]
        found.update(one.hash for one in meant)
    return tuple(hash_ for hash_ in graph.units if hash_ in found)


def _is(unit: NativeUnit, asked: str) -> bool:
    name, slash, hash_ = asked.partition("/")
    return (not name or unit.name == name) and (not slash or unit.hash.startswith(hash_))


def _lacking(
    units: Iterable[NativeUnit],
    ours: list[NativeUnit],
    folder: Path,
    site: Site,
    held: Held,
) -> Iterable[str]:
    yield from not_supplied(units, packages_here())
    if not ours:
        return
    path = site.environment.get("PATH", "")
    if why := no_patchelf(folder, held.built_in, path):
        yield why
    if held.recipes:
        return
    places = recipe_folders(site)
    if not places:
        yield "no recipes are at hand: `spack repo update` fetches Spack's own"
    elif names := tuple(unknown_recipes(ours, places)):
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield (
            f"the recipes at hand do not know {', '.join(names[:_SHOWN])}{more}: "
            "`spack repo update`, or the repositories the release was made with"
        )
