"""How long units took to build, as records of builds say: wall-clock seconds, by hash.

Only what was built says a build's time. A unit that came from a cache has a time too, that of being
unpacked; one that was installed before has its build's where it was built by the same store.
"""

from __future__ import annotations

from peso.products.engines.native import UnitBuild
from peso.services.integration.build import Build

BUILT_BEFORE = "installed before, built here"


def times_of(build: Build) -> dict[str, float]:
    """Return the times of the units that were built, by hash."""
    return {
        unit.hash: unit.seconds
        for part in build.native
        for unit in part.units
        if unit.seconds is not None and _built(unit)
    }


def _built(unit: UnitBuild) -> bool:
    return unit.outcome == "built" or (
        unit.outcome == "reused" and unit.because.startswith(BUILT_BEFORE)
    )
