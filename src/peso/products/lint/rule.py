"""What a rule is: a function that looks at one definition, and its words for people.

The rules themselves are in the files `rules_*.py`, grouped by what they look at; `table.py` puts
them into one table. The reference pages are made of these words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from peso.products.lint.record import Severity, Sighting

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Of]):
    """One rule. `Of` is what it looks at: a Spack environment, or PESO's own stack file."""

    id: str
    """Stable: scripts and suppressions name it."""
    severity: Severity
    see: Callable[[Of], Iterator[Sighting]]
    what: str
    """What it finds, in one sentence."""
    why: str
    """Why that matters."""
    fix: str
    """What to do about it."""
    bad: str
    good: str


ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
