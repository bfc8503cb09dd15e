"""Scan: which known vulnerabilities speak of components, how sure that is, and of whom nobody does.

1. Each component is asked for by its keys (`subjects.py`). Every record under one of them is
   evaluated: ranges of versions by OSV's algorithm, ranges of commits by tags.
2. Records of one vulnerability are one finding with all witnesses (`fold.py`). Where they differ,
   the worst answer counts and the message says who says otherwise; but a version that the project's
   own list calls not affected has no finding: what others say is kept in `overruled`.
3. What cannot be decided is a finding of unknown level with the reason, never left out; except
   where a surer witness of the same vulnerability has decided.
4. A component that no source speaks of is not covered, never clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peso.base.collecting import uncollected
from peso.products.engines.native import NativeLock
from peso.services.assurance.advisories.record import Advisory, Affected, Severity
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import known_exploited, records_for, sources
from peso.services.assurance.identity.keys import GIT, OSS_FUZZ
from peso.services.assurance.identity.table import Identity, load_identity
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.confidence import Confidence, of_match
from peso.services.assurance.matching.coverage import Known, cover, known_by
from peso.services.assurance.matching.evaluate import Said, evaluate
from peso.services.assurance.matching.fold import Heard, fold, once
from peso.services.assurance.matching.order import scheme_named
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.subjects import Asked, Subject, of_component, of_unit
from peso.services.assurance.matching.tags import History, Release, evaluate_git, only_commits
from peso.services.assurance.matching.weigh import Found, cleared, vulnerability, weighed

_COMMITS = frozenset({GIT, OSS_FUZZ})
"""Spaces where records speak of commits and tags."""
_KEV = "kev"
"""The form of a catalog of vulnerabilities that are exploited."""


def scan(
    inventory: Inventory,
    store: Path,
    *,
    now: datetime,
    identity: Identity | None = None,
    clones: Sequence[History] = (),
) -> Scan:
    """Ask every advisory source about every component of an inventory.

    Args:
        inventory: What is asked about; what is missing of it is not.
        store: The folder of advisories.
        now: When this is.
        identity: Whose code which package is; PESO's own table where none is given.
        clones: Repositories at hand, to decide ranges of commits.

    Raises:
        Outside: The advisories cannot be read.
        BadInput: The table of identities cannot be read, or a clone is none.
    """
    table = identity or load_identity()
    there = [one for one in inventory.components if one.state != "missing"]
    subjects = [of_component(one, table) for one in there]
    return match(subjects, store, about=inventory.cyclonedx.sha256, now=now, clones=clones)


def scan_lock(
    lock: NativeLock,
    store: Path,
    *,
    now: datetime,
    identity: Identity | None = None,
    clones: Sequence[History] = (),
) -> Scan:
    """Ask every advisory source about every unit of a native lock; otherwise as `scan`."""
    table = identity or load_identity()
    subjects = [of_unit(one, table) for one in lock.units]
    return match(subjects, store, about=lock.document.sha256, now=now, clones=clones)


@uncollected()  # a hundred thousand small things, and none of them in a circle
def match(
    subjects: Iterable[Subject],
    store: Path,
    *,
    about: str,
    now: datetime,
    clones: Sequence[History] = (),
) -> Scan:
    """Ask every advisory source about subjects; `about` is the digest of what lists them."""
    asked = {one.purl: one for one in sorted(subjects, key=lambda one: one.purl)}
    keys = [(one.key.space, one.key.name) for subject in asked.values() for one in subject.asked]
    desk = _Desk(records_for(store, keys), sources(store), clones)
    coverage = []
    found: list[tuple[Subject, Found]] = []
    for subject in asked.values():
        said = desk.say(subject)
        found.extend((subject, one) for one in said.found)
        coverage.append(cover(subject, said.known))
    exploited = desk.exploited((one for _, one in found), store)
    made = [(one, vulnerability(subject, one, exploited)) for subject, one in found]
    made.sort(key=lambda pair: (pair[1].subject, pair[1].rule))
    return Scan(
        made=now,
        inventory=about,
        sources=desk.sources,
        findings=tuple(finding for one, finding in made if not one.clear),
        coverage=tuple(coverage),
        overruled=tuple(finding for one, finding in made if one.clear),
    )


class _Desk:
    """The records, the sources they are of, and the clones at hand."""

    def __init__(
        self,
        records: Mapping[tuple[str, str], tuple[tuple[str, Advisory], ...]],
        known: tuple[Source, ...],
        clones: Sequence[History],
    ) -> None:
        self.sources = known
        self.as_of = {one.name: one.newest or one.imported for one in known}
        self._forms = {one.name: one.format for one in known}
        self._records = records
        self._clones = {one.repository: one for one in clones}
        self._answers: dict[tuple[tuple[Asked, ...], tuple[str, ...]], _Answer] = {}

    def say(self, subject: Subject) -> _Answer:
        """Return what is known of a component: the same for all that are asked for alike."""
        alike = subject.asked, subject.patterns
        if alike not in self._answers:
            heard = tuple(self._hear(subject))
            found = (weighed(group) for group in fold(once(heard)) if not cleared(group))
            spaces = ((one.source, one.key.space, one.record.id) for one in heard)
            self._answers[alike] = _Answer(
                found=tuple(one for one in found if one.against or one.unsure),
                known=known_by(spaces, self.as_of),
            )
        return self._answers[alike]

    def _hear(self, subject: Subject) -> Iterable[Heard]:
        """Give what every record under a key of a component says of it."""
        for asked in subject.asked:
            key = asked.key.space, asked.key.name
            for source, record in self._records[key]:
                entries = record.of(key)
                of_commits = asked.key.space in _COMMITS or all(map(only_commits, entries))
                yield Heard(
                    source=source,
                    record=record,
                    key=asked.key,
                    version=asked.version,
                    confidence=Confidence.GIT
                    if of_commits
                    else of_match(asked.key, self._forms[source]),
                    said=self._by_tags(subject, asked, entries)
                    if of_commits
                    else evaluate(entries, asked.version, scheme_named(asked.key.scheme)),
                    severity=_ratings(record, entries),
                )

    def _by_tags(self, subject: Subject, asked: Asked, entries: Sequence[Affected]) -> Said:
        release = Release(
            version=asked.version,
            scheme=scheme_named(asked.key.scheme),
            tag=asked.tag,
            patterns=subject.patterns,
            history=self._history(asked, subject),
        )
        return evaluate_git(entries, release)

    def _history(self, asked: Asked, subject: Subject) -> History | None:
        """Return the clone of a repository; of OSS-Fuzz's project, of the component's own."""
        if asked.key.space == GIT:
            return self._clones.get(asked.key.name)
        names = [one.key.name for one in subject.asked if one.key.space == GIT]
        return next((self._clones[name] for name in names if name in self._clones), None)

    def exploited(self, told: Iterable[Found], store: Path) -> frozenset[str] | None:
        """Return which ids a catalog knows to be exploited; None where there is no catalog."""
        if _KEV not in self._forms.values():
            return None
        return frozenset(known_exploited(store, {id_ for one in told for id_ in one.ids}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """All that is known of a component."""

    found: tuple[Found, ...]
    known: tuple[Known, ...]


def _ratings(record: Advisory, entries: Sequence[Affected]) -> tuple[Severity, ...]:
    return tuple(one for entry in entries for one in entry.severity) or record.severity
