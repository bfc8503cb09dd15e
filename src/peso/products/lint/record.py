"""What the linter says: findings with their exact place, what was not looked at, and the report.

1. A `Severity` says what follows: an error blocks, a warning should be looked at, a hint advises.
   It is kept apart from `base/finding.py`'s levels, which grade risks; `levels.py` maps the two.
2. What could not be looked at is `Unchecked`, with its reason. It is neither a finding nor a pass.
3. A report is complete in itself: it holds the lines its findings point at.

Frozen structs, not pydantic records: a run of one file must not pay for importing that.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from peso.base.yaml_nodes import Place


class Severity(StrEnum):
    """What follows from a finding."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for an error; more for less."""
        return list(Severity).index(self)


class Sighting(Struct, frozen=True, kw_only=True):
    """What a rule sees, before it has the rule's name."""

    place: Place
    message: str
    hint: str = ""
    """What to do about it here; empty: what the rule says in general."""
    also: tuple[Place, ...] = ()
    severity: Severity | None = None
    """Where it is less grave than the rule says; none: as the rule says."""
    recipes: bool = False
    """Whether it rests on recipes, so that it is as certain as these are the right ones."""


class LintFinding(Struct, frozen=True, kw_only=True):
    """One thing wrong, or to be done better."""

    rule: str
    severity: Severity
    place: Place
    message: str
    hint: str
    also: tuple[Place, ...] = ()
    lines: tuple[str, ...] = ()
    """The line it is in, where the text is known."""


class Unchecked(Struct, frozen=True, kw_only=True):
    """Something the linter did not look at, and why."""

    what: str
    reason: str
    place: Place | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what}: {self.reason}"


class RecipesUsed(Struct, frozen=True, kw_only=True):
    """A repository of recipes that was looked into."""

    repository: str
    """The folder, or folder@commit."""
    namespace: str
    why: str
    """Who named it: `--repo`, `peso.yaml`, the environment, Spack."""


class LintReport(Struct, frozen=True, kw_only=True):
    """What came of linting some files."""

    files: tuple[str, ...]
    """The definitions, with what they include."""
    findings: tuple[LintFinding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    recipes: tuple[RecipesUsed, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many findings are of this severity."""
        return sum(one.severity is severity for one in self.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing blocks."""
        return not self.count(Severity.ERROR)

    def plain(self) -> dict[str, object]:
        """Return the report as plain JSON data."""
        return {
            "ok": self.ok,
            "counts": {str(one): self.count(one) for one in Severity},
            "files": list(self.files),
            "recipes": [
                {"repository": one.repository, "namespace": one.namespace, "why": one.why}
                for one in self.recipes
            ],
            "findings": [_finding(one) for one in self.findings],
            "unchecked": [
                {
                    "what": one.what,
                    "reason": one.reason,
                    "where": str(one.place) if one.place else None,
                }
                for one in self.unchecked
            ],
        }


def _finding(one: LintFinding) -> dict[str, object]:
    return {
        "rule": one.rule,
        "severity": str(one.severity),
        "where": str(one.place),
        "file": one.place.file,
        "line": one.place.line,
        "column": one.place.column,
        "end_line": one.place.end_line,
        "end_column": one.place.end_column,
        "message": one.message,
        "hint": one.hint,
        "also": [str(place) for place in one.also],
        "text": one.lines[0] if one.lines else None,
    }
