"""Words of changes, causes and times, for `explain rebuild` and `explain cache` alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from peso.services.integration.unit_differences import Difference

SOME = 10
_SHORT = 12
_MINUTE, _HOUR = 60, 3600
_SAID = {
    "recipe": "another recipe, the version is the same",
    "not-known": "another hash, and all that is known is the same",
}


class Caused(Protocol):
    """A cause, of a rebuild or of a miss."""

    @property
    def kind(self) -> str:
        """What it is above all."""

    @property
    def package(self) -> str:
        """Whose it is; empty where it is one over all packages."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What changes."""


def cause_words(cause: Caused, *, most: int = 3) -> str:
    """Return a cause in a few words: `openssl 3.4.1 -> 3.4.2 (and 2 more changes)`."""
    all_ = cause.differences
    if cause.kind == "not-known":
        return (
            f"{cause.package}: another hash, and all that is known of it is the same"
            if not all_[0].name
            else f"{cause.package}: nothing is known of the one that was used"
        )
    lead = [one for one in all_ if one.kind == cause.kind]
    rest = len(all_) - len(lead)
    if cause.kind == "version":
        said = f"{cause.package} " + ", ".join(_arrow(one) for one in lead)
    else:
        said = f"{cause.package}: " if cause.package else ""
        said += "; ".join(change_words(one) for one in lead[:most])
        rest += len(lead[most:])
    return f"{said} (and {rest} more changes)" if rest else said


def changes_words(changes: Sequence[Difference], most: int | None = None) -> str:
    """Return changes in a row, those that weigh most first."""
    said = "; ".join(change_words(one) for one in changes[:most])
    left = len(changes) - len(changes[:most])
    return f"{said}; and {left} more" if left else said


def change_words(one: Difference) -> str:
    """Return one change: `variant mpi false -> true`."""
    before, after = one.values
    if one.kind == "dependency":
        return _needs(one.name, before, after)
    if one.kind == "provider":
        return f"{one.name} by {after or 'nobody'} instead of {before or 'nobody'}"
    if one.kind == "external":
        return f"{_place(before)} -> {_place(after)}"
    if one.kind in _SAID:
        return _SAID[one.kind]
    word = f"{one.kind} {one.name}" if one.name else one.kind
    return f"{word} {_arrow(one)}"


def _needs(name: str, before: str, after: str) -> str:
    if before and after:
        return f"needs {name} for {after} instead of {before}"
    return f"needs {name} ({after})" if after else f"needs {name} no longer"


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / _MINUTE:.1f} min" if seconds >= _MINUTE else f"{seconds:.1f} s"


def rows(title: str, lines: Sequence[str], *, everything: bool) -> list[str]:
    """Return a titled list, of which only the first are said unless all are asked for."""
    if not lines:
        return []
    shown = lines if everything else lines[:SOME]
    left = len(lines) - len(shown)
    more = [f"  and {left} more: --all"] if left else []
    return ["", title, *(f"  {one}" for one in shown), *more]


def _arrow(one: Difference) -> str:
    before, after = (_value(one, value) for value in one.values)
    return f"{before} -> {after}"


def _value(one: Difference, value: str) -> str:
    if one.kind == "patches" and value:
        return f"{value.count(',') + 1} ({value[:_SHORT]}…)"
    return value or "none"


def _place(prefix: str) -> str:
    return f"external at {prefix}" if prefix else "built by Spack"
