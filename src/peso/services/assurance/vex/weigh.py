"""Weighing: what statements do to a finding. A finding is never hidden; a statement stands beside.

1. A statement is about a finding if it names this very component (`naming.py`) and the
   vulnerability, by its id or an alias.
2. The latest of them stands; of equally late ones the gravest. One that has expired, has no
   expiry, is from the future, or holds longer than the policy allows decides nothing, and none
   before it comes back: what it said was taken back when it was replaced.
3. `not_affected` with a justification and `fixed` lift a finding. `affected` makes it sure,
   whatever sources say; `under_investigation` changes nothing.
4. What has expired, or never can, is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from peso.base.finding import Finding, Level
from peso.services.assurance.vex.record import Justification, Stated, Statement

SKEW = timedelta(minutes=5)
"""How far apart the clocks of two machines may be before a statement is from the future."""
EXPIRED, ENDLESS = "vex-expired", "vex-without-expiry"
_GRAVE = ("not_affected", "fixed", "under_investigation", "affected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is said of a finding."""

    statement: Statement | None = None
    """The one that stands."""
    holds: bool = False
    """Whether it may decide anything."""
    reason: str = ""
    """Why it may not."""

    @property
    def lifts(self) -> bool:
        """Whether the finding does not count."""
        return self._says("not_affected", "fixed")

    @property
    def sure(self) -> bool:
        """Whether somebody answers for it that the component is affected."""
        return self._says("affected")

    def _says(self, *statuses: str) -> bool:
        return self.holds and self.statement is not None and self.statement.status in statuses

    def __str__(self) -> str:
        """Say it in one line; nothing where nobody says anything."""
        if self.statement is None:
            return ""
        return f"{self.statement.short}{f'; decides nothing: {self.reason}' if self.reason else ''}"


_NOBODY = Standing()


class Scales:
    """Statements about components, as of a moment and under a policy."""

    def __init__(
        self,
        stated: Iterable[Stated],
        *,
        now: datetime,
        longest: timedelta | None = None,
        justified_by: Iterable[Justification] | None = None,
    ) -> None:
        """Make the scales; `longest` and `justified_by` are the policy's, None: it has no bound."""
        self._now, self._longest = now, longest
        self._justified = None if justified_by is None else frozenset(justified_by)
        self._by_subject: dict[str, list[Statement]] = {}
        for one in stated:
            self._by_subject.setdefault(one.subject, []).append(one.statement)

    def of(self, finding: Finding) -> Standing:
        """Return what is said of a finding."""
        if finding.subject not in self._by_subject:
            return _NOBODY
        names = {finding.rule, *finding.aliases}
        said = [one for one in self._by_subject[finding.subject] if one.names & names]
        if not said:
            return _NOBODY
        stands = max(said, key=_late)
        reason = self._why_not(stands)
        return Standing(statement=stands, holds=not reason, reason=reason)

    def _why_not(self, one: Statement) -> str:
        """Return why a statement may decide nothing; empty: it may."""
        return self._of_time(one) or self._of_ground(one)

    def _of_time(self, one: Statement) -> str:
        if one.expires is None:
            return "it has no expiry"
        if one.expires <= self._now:
            return f"it expired on {one.expires:%Y-%m-%d}"
        if one.made > self._now + SKEW:
            return f"it is from the future ({one.made:%Y-%m-%d %H:%M} UTC)"
        if self._longest is not None and one.expires - one.made > self._longest:
            return f"it holds for longer than the policy allows ({self._longest.days} days)"
        return ""

    def _of_ground(self, one: Statement) -> str:
        if one.status != "not_affected":
            return ""
        if not one.justification:
            return "it has no justification"
        if self._justified is not None and one.justification not in self._justified:
            return f"the policy does not take {one.justification} for a justification"
        return ""

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each statement that has expired, or that never can."""
        return tuple(self._run_out())

    def _run_out(self) -> Iterator[Finding]:
        for subject, several in sorted(self._by_subject.items()):
            for one in several:
                if _replaced(one, several):
                    continue
                if one.expires is None:
                    rule, level, why = ENDLESS, Level.LOW, "has no expiry"
                elif one.expires <= self._now:
                    rule, level, why = EXPIRED, Level.MEDIUM, f"expired on {one.expires:%Y-%m-%d}"
                else:
                    continue
                said = one.status.replace("_", " ")
                yield Finding(
                    rule=rule,
                    level=level,
                    subject=subject,
                    message=f"the statement {said} on {one.vulnerability} by {one.by} {why} and"
                    " decides nothing",
                    where=one.where or None,
                    hint="look again, then renew it with a new reason or remove it",
                )


def _late(one: Statement) -> tuple[datetime, int]:
    return one.made, _GRAVE.index(one.status)


def _replaced(one: Statement, several: Iterable[Statement]) -> bool:
    return any(
        other is not one and other.names & one.names and _late(other) > _late(one)
        for other in several
    )
