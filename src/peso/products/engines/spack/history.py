"""What is remembered of the units that builds brought about: how each came, its time and memory.

A build that was killed or not whole is gone on with: what it finished is then `installed before`.
A small file for each unit, beside the store, keeps what was measured, so that the account of the
later run can tell it. It may be deleted at any time: then only that is told no more.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from peso.base.files import write_atomic
from peso.products.engines.native import UnitBuild
from peso.products.engines.spack.account import BEFORE

_LIMIT = 64 << 10


def remember(unit: UnitBuild, folder: Path) -> None:
    """Keep how a unit came to be there, where this build brought it about.

    Raises:
        Outside: The disk failed.
    """
    came = unit.outcome == "reused" and not unit.because.startswith(BEFORE)
    if unit.outcome == "built" or came:
        write_atomic(_file(unit, folder), unit.canonical())


def recall(unit: UnitBuild, folder: Path) -> UnitBuild:
    """Return a unit that was installed before with what is remembered of it, if anything is."""
    if unit.outcome != "reused" or unit.because != BEFORE:
        return unit
    try:
        with _file(unit, folder).open("rb") as stream:
            memory = UnitBuild.parse(stream.read(_LIMIT))
    except (OSError, ValidationError):
        return unit
    how = "built here" if memory.outcome == "built" else memory.because
    return unit.model_copy(
        update={
            "because": f"{BEFORE}, {how}",
            "seconds": memory.seconds,
            "peak_memory": memory.peak_memory,
        }
    )


def _file(unit: UnitBuild, folder: Path) -> Path:
    return folder / f"{unit.hash}.json"
