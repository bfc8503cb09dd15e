"""Why a unit is in a lock of Spack, and what stands on it.

Imports nothing of the workspace before a stack is asked about: a question must be answered at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from peso.api.locks import is_lock
from peso.api.planned import lock_or_stack, planned_parts
from peso.services.integration.unit_reasons import UnitExplained, explain, read_asked

if TYPE_CHECKING:
    from peso.products.engines.spack.lockfile import LockRead

Where = str | Path
_ELSEWHERE = "the lock may be of another machine: --here says that it is of this one"


def explain_unit(
    unit: str, *, within: Where = ".", repos: Iterable[Where] = (), here: bool = False
) -> UnitExplained:
    """Say why a unit is there, what stands on it, and how several of its name differ.

    Args:
        unit: `NAME`, `NAME@VERSION`, `/HASH` or `NAME/HASH`; a hash may be its beginning.
        within: a lock of Spack, a stack definition, or a folder with one of them, of which the lock
            comes first. Of a stack it is what was planned last.
        repos: recipe repositories that say licenses and sources of a lock's units; else the
            workspace's, else those last indexed.
        here: whether a lock is of this machine, so that its packages say what externals are.

    Raises:
        BadInput: nothing is that unit, there is no lock or stack, or the stack was never planned.
    """
    file = lock_or_stack(Path(within))
    if is_lock(file):
        return explain(unit, (("", _read(file, unit, tuple(repos), here=here)),), where=str(file))
    return explain(unit, planned_parts(file), where=str(file))


def _read(file: Path, unit: str, repos: tuple[Where, ...], *, here: bool) -> LockRead:
    """Read a lock; recipes and packages are asked about the units in question only."""
    from peso.api.locks import lock_bytes  # noqa: PLC0415 - only of a lock
    from peso.api.recipes import recipe_facts  # noqa: PLC0415 - as above
    from peso.products.engines.spack.distribution import NoDistribution  # noqa: PLC0415
    from peso.products.engines.spack.facts import FactsOf  # noqa: PLC0415
    from peso.products.engines.spack.lockfile import read_lock  # noqa: PLC0415
    from peso.products.engines.spack.packages_here import packages_here  # noqa: PLC0415

    asked = read_asked(unit)
    facts = FactsOf(
        lambda one: asked.is_of(one.node.name, one.node.version, one.node.hash),
        recipe_facts(repos, file.parent),
    )
    packages = packages_here() if here else NoDistribution(_ELSEWHERE)
    return read_lock(lock_bytes(file), where=str(file), recipes=facts, packages=packages)
