"""Statements beside a scan: what people state of the very components that were asked about.

No finding is changed or left out; what a statement does to one is for the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.vex.naming import about
from peso.services.assurance.vex.record import Statement


def with_statements(
    scan: Scan, statements: Iterable[Statement], digests: Mapping[str, str] | None = None
) -> Scan:
    """Return a scan with the statements on its components.

    Args:
        scan: The scan.
        statements: All there are.
        digests: The sha256 of components' files by purl, where they are known.
    """
    known = digests or {}
    components = {one.purl: known.get(one.purl, "") for one in scan.coverage}
    stated = about(statements, components)
    return scan.model_copy(update={"vex": stated}) if stated else scan


def digests_of(inventory: Inventory) -> Mapping[str, str]:
    """Return the sha256 of each component's file by purl."""
    return {one.purl: one.sha256 for one in inventory.components if one.sha256}
