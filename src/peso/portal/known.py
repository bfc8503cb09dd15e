"""Known: what is known of vulnerabilities and coverage of a release, for pages, the API and feeds.

1. A finding is never hidden: what people state stands beside it, and until when it holds. A
   statement that has run out says so, and decides nothing.
2. A component that no source knows is *not covered*, with the reason, and never called clean.
3. What a scan of an older PESO did not say is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from peso.base.finding import Finding, Level
from peso.portal.ingest.closure import RULE as LICENSES
from peso.portal.store.models import Coverage, Product, Release, ReleaseFinding, Upstream
from peso.services.assurance.vex.record import Stated
from peso.services.assurance.vex.weigh import Scales, Standing

_COMPONENTS: Final = 100
"""Components of one product that are looked at."""
_NO_RECORD: Final = "no source has a record of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding, and what people state of it."""

    row: ReleaseFinding
    standing: Standing

    @property
    def status(self) -> str:
        """What is stated, in a word; empty: nobody says anything."""
        if self.standing.statement is None:
            return ""
        return self.standing.statement.status.replace("_", " ")

    @property
    def expires(self) -> datetime | None:
        """Until when the statement holds."""
        return self.standing.statement.expires if self.standing.statement else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement on a component."""

    one: Stated
    standing: Standing


def scales(data: Mapping[str, Any], now: datetime | None = None) -> Scales:
    """Return what people state of a release's components, as of now, from what is kept of it."""
    return Scales(stated_in(data), now=now or timezone.now())


def stated_in(data: Mapping[str, Any]) -> tuple[Stated, ...]:
    """Return the statements that are kept of a release."""
    return tuple(Stated.model_validate(one) for one in data.get("stated", ()))


def weighed(rows: Iterable[ReleaseFinding], said: Scales) -> list[Found]:
    """Return findings with what is stated of each."""
    return [Found(row=row, standing=said.of(_plain(row))) for row in rows]


def _plain(row: ReleaseFinding) -> Finding:
    """Return as much of a finding as a statement is asked about."""
    return Finding(
        rule=row.rule,
        level=Level(row.level),
        subject=row.subject,
        message="",
        aliases=tuple(row.aliases),
    )


def statements(data: Mapping[str, Any]) -> list[Said]:
    """Return every statement on a release's components, also where no source found anything."""
    now = timezone.now()
    return [
        Said(one=one, standing=Scales((one,), now=now).of(_named(one))) for one in stated_in(data)
    ]


def _named(one: Stated) -> Finding:
    """Return a finding of the very thing that a statement is about."""
    return Finding(
        rule=one.statement.vulnerability, level=Level.UNKNOWN, subject=one.subject, message=""
    )


def sources(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sources of advisories that a scan asked, as of when each speaks."""
    return [{**one, "as_of": datetime.fromisoformat(one["as_of"])} for one in data.get("asked", ())]


def covering(row: Coverage) -> list[dict[str, Any]]:
    """Return who knows a component, and as of when; a scan of an older PESO names sources only."""
    if row.known:
        return [{**one, "as_of": datetime.fromisoformat(one["as_of"])} for one in row.known]
    return [{"source": name, "as_of": None, "records": None} for name in row.sources]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A component, and who knows it."""

    subject: str
    name: str
    known: list[dict[str, Any]]
    reason: str
    """Why nobody does; empty where somebody does."""


def covered(row: Coverage) -> Covered:
    """Return who knows a component, and why nobody does."""
    known = covering(row)
    return Covered(
        subject=row.subject,
        name=row.name or row.subject,
        known=known,
        reason="" if known else row.reason or _NO_RECORD,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The licenses of what a product needs in one way."""

    way: str
    """For people."""
    licenses: list[tuple[str, int]]

    @property
    def count(self) -> int:
        """How many things are needed so."""
        return sum(count for _, count in self.licenses)


_WAYS: Final = {
    "linked": "It links",
    "unsaid": "It needs, nobody says how",
    "run": "It runs with",
    "build": "Only to build it",
}


def needed(data: Mapping[str, Any]) -> list[Needed]:
    """Return the licenses of what a product of a release needs, from what is kept of it."""
    return [
        Needed(way=_WAYS.get(way, way), licenses=counts) for way, counts in license_counts(data)
    ]


def license_counts(data: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the same by the ways of `license_closure`."""
    ways = (data.get("licenses") or {}).get("ways", ())
    return [(way, [(name, count) for name, count in counts]) for way, counts in ways]


def license_rule(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the gate's rule on licenses said of a release; None: no gate asked."""
    rules = (one for one in data.get("gate", ()) if one.get("rule") == LICENSES)
    return next(rules, None)


def newest_scan(one: Product) -> tuple[Release | None, list[Coverage]]:
    """Return the newest release whose scan looked at a product, and its components there."""
    rows = Coverage.objects.filter(product=one).select_related("release")
    several = list(rows.order_by("-release__created", "subject")[:_COMPONENTS])
    newest = several[0].release if several else None
    return newest, [row for row in several if row.release == newest]


def upstream_of(one: Product) -> Upstream | None:
    """Return what a product's authors released last, as the newest file that names it says."""
    names = {one.slug, one.pypi, *one.spack} - {""}
    return Upstream.objects.filter(name__in=names).first()
