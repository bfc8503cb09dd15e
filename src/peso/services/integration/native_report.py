"""Native report: what became of a native part, for the person who waits for it.

The end of `peso deliver` says it: how many units ended in which way, and of each that failed the
first error and where its log is. The whole account is in the release's `evidence/build.json`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from peso.base.record import Record
from peso.products.engines.native import FirstError, NativeBuild, UnitBuild
from peso.services.integration.build import Build


class OutcomeCount(Record):
    """How many units ended in one way."""

    outcome: str
    units: int


class FailedUnit(Record):
    """One unit that failed."""

    unit: str
    """Its label: `hypre@2.26.0/uoe5vsf`."""
    because: str
    error: FirstError | None
    log: str
    """Where its log is on this machine; empty where there is none."""
    holds_up: int
    """How many units were not tried because of it."""


class NativeReport(Record):
    """What became of a native part."""

    part: str
    units: int
    outcomes: tuple[OutcomeCount, ...]
    failed: tuple[FailedUnit, ...]
    """The one that most others wait for comes first."""


def native_reports(build: Build, log: Callable[[str], Path]) -> tuple[NativeReport, ...]:
    """Return what became of each native part.

    Args:
        build: The build.
        log: Gives the place of a log by its digest.
    """
    return tuple(_report(part, log) for part in build.native)


def _report(part: NativeBuild, log: Callable[[str], Path]) -> NativeReport:
    holds_up = Counter(hash_ for unit in part.units for hash_ in unit.blocked_by)
    failed = [unit for unit in part.units if unit.outcome == "failed"]
    failed.sort(key=lambda unit: -holds_up[unit.hash])
    return NativeReport(
        part=part.part,
        units=len(part.units),
        outcomes=tuple(
            OutcomeCount(outcome=outcome, units=units)
            for outcome, units in Counter(unit.outcome for unit in part.units).most_common()
        ),
        failed=tuple(_failed(unit, log, holds_up[unit.hash]) for unit in failed),
    )


def _failed(unit: UnitBuild, log: Callable[[str], Path], holds_up: int) -> FailedUnit:
    return FailedUnit(
        unit=f"{unit.name}@{unit.version}/{unit.hash[:7]}",
        because=unit.because,
        error=unit.error,
        log=str(log(unit.log.sha256)) if unit.log is not None else "",
        holds_up=holds_up,
    )
