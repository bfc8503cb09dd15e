"""The inventory of one release of a publication; proven, or not and then said (`published.py`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peso.services.delivery.facility.proof import Asked
from peso.services.delivery.facility.published import open_release

PATH = "evidence/inventory.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInventory:
    """The inventory of a release, as it is written."""

    release: str
    """e.g. `testing/hpc-ai-26.11`."""
    data: bytes
    unproven: str
    """Why it is not proven; empty: it is."""


def release_inventory(where: str, said: str | None, ask: Callable[[], Asked]) -> ReleaseInventory:
    """Return the inventory of one release.

    Args:
        where: The publication: a folder, or a URL.
        said: `STACK` or `STACK@VERSION`; None where there is only one stack.
        ask: Opens the publication with the root it is trusted by.

    Raises:
        Refused: The publication is not what it says, or has no such release or file.
        BadInput, Outside: As `verify`.
    """
    there = open_release(where, said, ask)
    (chosen,) = there.releases
    data = there.file(chosen, PATH)
    return ReleaseInventory(release=chosen.name, data=data, unproven=there.unproven)
