"""Why units of one lock, stack or release are not those of another, and what that rebuilds.

Imports nothing of the workspace before a publication is asked about.
"""

from __future__ import annotations

from pathlib import Path

from peso.api.named_units import NamedUnits, Trusted, named_units
from peso.api.planned import build_times
from peso.ecosystem import workspace_root
from peso.errors import BadInput
from peso.services.integration.rebuild import Rebuilt, rebuild
from peso.services.integration.unit_reasons import explain, read_asked

Where = str | Path


def explain_rebuild(  # noqa: PLR0913 - one argument for each option of the command
    before: Where,
    after: Where,
    *,
    unit: str | None = None,
    folder: Where = ".",
    root: Where | None = None,
    unsafe_development_keys: bool = False,
) -> Rebuilt:
    """Say why units of `after` are not those of `before`, down to the first causes.

    Args:
        before: a lock of Spack, a stack as it was planned last, or a folder with one; or a release:
            `PUBLICATION` or `PUBLICATION#STACK@VERSION`, a folder or a URL.
        after: another one.
        unit: `NAME`, `NAME@VERSION`, `/HASH` or `NAME/HASH`: of `after`, to be told with its ways.
        folder: builds that the ledger of this folder's workspace records say how long units took,
            beside what the two themselves say.
        root: the pinned root file, where a publication is named; without it, a root pinned before.
        unsafe_development_keys: accept a root whose keys anybody could have made.

    Raises:
        BadInput: one of the two names nothing, or `unit` is none that is rebuilt.
        Refused: a publication is not proven.
        Outside: the disk or the network failed.
    """
    trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
    old, new = named_units(before, trusted), named_units(after, trusted)
    seconds = _times(Path(folder), old, new)
    found = rebuild(
        old,
        new,
        names=(old.where, new.where),
        seconds=seconds,
        asked=None if unit is None else _asked(unit, new),
        asked_as=unit or "",
    )
    return found.model_copy(update={"notes": tuple(_notes(old, new))})


def _times(folder: Path, old: NamedUnits, new: NamedUnits) -> dict[str, float]:
    """Return how long units took: as the ledgers say, then as the releases themselves do."""
    places = (folder, *(one.folder for one in (old, new) if one.folder is not None))
    found: dict[str, float] = {}
    for place in dict.fromkeys(workspace_root(one) or one.absolute() for one in places):
        found |= build_times(place)
    return {**found, **old.seconds, **new.seconds}


def _asked(unit: str, new: NamedUnits) -> frozenset[str]:
    """Return the hashes of the units that are asked about."""
    wanted = read_asked(unit)
    found = frozenset(
        one.hash for one in new.units if wanted.is_of(one.name, one.version, one.hash)
    )
    if not found:
        # Says which names are near, and what is used as this one.
        explain(unit, (("", new),), where=new.where)
        raise BadInput(f"no unit is {unit}", where=new.where)
    return found


def _notes(old: NamedUnits, new: NamedUnits) -> list[str]:
    if set(old.spack) == set(new.spack):
        return []
    said = " and ".join(", ".join(one.spack) or "one that does not say" for one in (old, new))
    note = (
        f"solved by Spack {said}: another Spack may give another hash to a unit of which all that "
        "the lock says is the same"
    )
    return [note]
