"""Words of a build: what a person reads of a native part at the end of a delivery."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.services.integration.native_report import FailedUnit, NativeReport

SHOWN = 10
"""How many units that failed are told; the account has all."""
_WIDTH = 160


def native_lines(part: NativeReport) -> Iterator[str]:
    """Give the lines on one native part: all units in a line, then what failed."""
    said = ", ".join(f"{one.units} {one.outcome.replace('-', ' ')}" for one in part.outcomes)
    yield f"{part.part}: {part.units} units: {said or 'none'}"
    for unit in part.failed[:SHOWN]:
        yield from _failed(unit)
    if len(part.failed) > SHOWN:
        yield f"  and {len(part.failed) - SHOWN} more failed"


def _failed(unit: FailedUnit) -> Iterator[str]:
    held = f"; {unit.holds_up} not tried because of it" if unit.holds_up else ""
    yield f"  failed  {unit.unit}: {unit.because or 'nobody knows why'}{held}"
    if unit.error is not None:
        yield f"    {_line(unit.error.text)}"
        phase = f", phase {unit.error.phase}" if unit.error.phase else ""
        yield f"    ({unit.error.kind}{phase}, line {unit.error.line} of its log)"
    if unit.log:
        yield f"    log  {unit.log}"


def _line(text: str) -> str:
    """Return text of a log so that a terminal only shows it: one line, nothing it could obey."""
    seen = "".join(one if one.isprintable() else " " for one in text[: 4 * _WIDTH])
    return textwrap.shorten(seen, _WIDTH, placeholder=" …")
