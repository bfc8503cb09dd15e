"""Words of advisories: what a source was taken for, how old it is, what is wrong with records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.services.assurance.advisories.checking import OwnChecked
    from peso.services.assurance.advisories.source import ShownSource, Source

_FINDINGS = 10
"""How many findings of a source are shown; `--json` has all that are kept."""


def _source(source: Source) -> str:
    withdrawn = f", {source.withdrawn} withdrawn" if source.withdrawn else ""
    lines = [
        f"{source.name}: {source.records} records of {source.products} products{withdrawn}",
        f"  taken for {source.format}, {_as_of(source)}, imported {source.imported:%Y-%m-%d}",
        f"  sha256 {source.sha256}",
        *(f"  {one.subject}: {one.message}" for one in source.findings[:_FINDINGS]),
    ]
    if len(source.findings) > _FINDINGS:
        lines.append(f"  and {len(source.findings) - _FINDINGS} more findings (--json has them)")
    return "\n".join(lines)


def _as_of(source: Source) -> str:
    return f"newest of {source.newest:%Y-%m-%d}" if source.newest else "as of when nobody says"


def _shown(source: ShownSource) -> str:
    age = f", {source.age_days} days old" if source.age_days is not None else ""
    counted = Counter(one.rule for one in source.findings)
    found = "".join(f", {count} {rule}" for rule, count in sorted(counted.items()))
    return (
        f"{source.name}: {source.records} records of {source.products} products ({source.format}), "
        f"{_as_of(source)}{age}, imported {source.imported:%Y-%m-%d}{found}"
    )


def _checked(report: OwnChecked) -> str:
    lines = [f"{one.subject}: {one.message}" for one in report.findings]
    if not report.names:
        lines.append("Spack names were not looked up: no recipes are at hand (name some: --repo)")
    wrong = len(report.findings)
    said = f"{wrong} faults" if wrong != 1 else "a fault"
    lines.append(f"{report.files} files: {said if wrong else 'nothing is wrong'}")
    return "\n".join(lines)


ADVISORY_WORDS: dict[str, Callable[[Any], str]] = {
    "Source": _source,
    "ShownSource": _shown,
    "OwnChecked": _checked,
}
