"""The distance of two units of one name: points for what differs, so that the nearest can be told.

The table is the whole rule. What nobody can choose where a unit is used weighs most (another
system, another family of processors), then where it is from (an external, another target, another
version), then what it is built by, then what is chosen for one package. What stands below a unit
counts one point for each dependency that is another unit: it decides between units that are alike.
"""

from __future__ import annotations

from peso.products.engines.native import NativeUnit
from peso.products.spec.targets import family_of
from peso.services.integration.unit_changes import Change, Compared, is_used
from peso.services.integration.unit_differences import Kind

POINTS: dict[Kind, int] = {
    "system": 2_000,
    "external": 500,
    "target": 300,
    "version": 200,
    "compiler": 100,
    "namespace": 100,
    "provider": 60,
    "variant": 20,
    "dependency": 10,
    "patches": 10,
    "recipe": 5,
}
"""For each change of a kind."""
OTHER_FAMILY = 2_000
"""For targets of different families, e.g. `x86_64_v3` and `neoverse_v2`."""
BUILD_DEPENDENCY = 2
"""For a dependency that only builds, instead of `dependency`."""
OTHER_UNIT = 1
"""For each dependency that both have and that is another unit."""


def distance(before: NativeUnit, after: NativeUnit, compared: Compared) -> int:
    """Return the points of two units, with what stands right below them."""
    own = sum(map(_points, compared.changes(before, after)))
    return own + OTHER_UNIT * len(compared.edge_pairs(before, after))


def _points(change: Change) -> int:
    if change.kind == "target" and family_of(change.before) != family_of(change.after):
        return OTHER_FAMILY
    if change.kind == "dependency":
        return POINTS["dependency"] if is_used(change) else BUILD_DEPENDENCY
    return POINTS.get(change.kind, 0)
