"""Small SBOMs of our own making: files named after their fault, and documents built in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.foreign.record import ForeignComponent, ForeignInventory

DATA = Path(__file__).parent / "data"


def read(fault: str, name: str) -> ForeignInventory:
    """Read a file of `data/`."""
    return read_sbom((DATA / fault / name).read_bytes(), where=name)


def read_plain(document: dict[str, Any]) -> ForeignInventory:
    """Read a document that is built in place."""
    return read_sbom(json.dumps(document).encode(), where="a.json")


def cyclonedx(*components: Any, version: str = "1.6", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a CycloneDX document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "components": list(components),
        **more,
    }


def spdx(*packages: Any, version: str = "SPDX-2.3", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return an SPDX document."""
    return {
        "spdxVersion": version,
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "made",
        "packages": list(packages),
        **more,
    }


def one(seen: ForeignInventory, name: str) -> ForeignComponent:
    """Return the only component of a name."""
    [found] = [component for component in seen.components if component.name == name]
    return found


def rules(seen: ForeignInventory) -> list[str]:
    """Return the rules of the findings."""
    return [finding.rule for finding in seen.findings]
