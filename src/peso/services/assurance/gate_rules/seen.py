"""A scan as its gate sees it, and the rule that it was read whole. Always on.

Nothing that was read whole and nothing that could be asked about is no yes.
"""

from __future__ import annotations

from dataclasses import dataclass

from peso.services.assurance.gate_rules.objections import Heard, nothing
from peso.services.assurance.matching.record import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenScan:
    """A scan of anything, and what its gate needs to know of the thing."""

    scan: Scan
    aside: frozenset[str] = frozenset()
    """Subjects that are only needed to build: what is found there is told, and decides nothing."""
    unsure: tuple[str, ...] = ()
    """Why the thing was perhaps not read whole, or is perhaps not what it says."""


def whole(seen: SeenScan) -> Heard:
    """Everything was read, and at least one component has a name to ask for."""
    objections = [nothing("scan", one) for one in seen.unsure]
    listed = seen.scan.coverage
    asked = sum(bool(one.asked) for one in listed)
    if not listed:
        objections.append(nothing("scan", "it lists no component"))
    elif not asked:
        objections.append(nothing("scan", "no component has a name that advisories know"))
    details = (f"{asked} of {len(listed)} components have a name that could be asked for",)
    return Heard(objections=tuple(objections), details=details)
