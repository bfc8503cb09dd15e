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
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from peso.base.finding import Level, Unknown
from peso.products.engines.native import NativeLock
from peso.services.assurance.advisories.record import Advisory, Affected, Severity
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import known_exploited, records_for, sources
from peso.services.assurance.identity.keys import GIT, OSS_FUZZ
from peso.services.assurance.identity.table import Identity, load_identity
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.confidence import Confidence, of_match, rank
from peso.services.assurance.matching.coverage import Known, cover, known_by
from peso.services.assurance.matching.evaluate import Said, evaluate
from peso.services.assurance.matching.fold import Heard, fold, once, same, set_aside
from peso.services.assurance.matching.order import scheme_named
from peso.services.assurance.matching.record import Scan, Vulnerability, Witness
from peso.services.assurance.matching.subjects import Asked, Subject, of_component, of_unit
from peso.services.assurance.matching.tags import History, Release, evaluate_git, only_commits
from peso.services.assurance.severity import rate

_FIRST = ("PYSEC", "GHSA", "CVE")
"""Whose id a finding gets, where several witnesses have one."""
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
    found: list[_Found] = []
    for subject in asked.values():
        said = desk.say(subject)
        found.extend(replace(one, subject=subject) for one in said.found)
        coverage.append(cover(subject, said.known))
    exploited = desk.exploited(found, store)
    made = [(one, _vulnerability(one, exploited)) for one in found]
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
            found = (_weighed(subject, group) for group in fold(once(heard)))
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
                match_ = of_match(asked.key, self._forms[source])
                yield Heard(
                    source=source,
                    record=record,
                    key=asked.key,
                    version=asked.version,
                    confidence=Confidence.GIT if of_commits else match_,
                    said=self._by_tags(subject, asked, entries)
                    if of_commits
                    else evaluate(entries, asked.version, scheme_named(asked.key.scheme)),
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

    def exploited(self, told: Iterable[_Found], store: Path) -> frozenset[str] | None:
        """Return which ids a catalog knows to be exploited; None where there is no catalog."""
        if _KEV not in self._forms.values():
            return None
        return frozenset(known_exploited(store, {id_ for one in told for id_ in one.ids}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """All that is known of a component."""

    found: tuple[_Found, ...]
    known: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A vulnerability, and what its witnesses say of a component."""

    subject: Subject
    group: tuple[Heard, ...]
    """Everyone, the surest first."""
    against: tuple[Heard, ...]
    unsure: tuple[Heard, ...]
    clear: tuple[Heard, ...]
    """The project's own witnesses that set the others aside."""

    @property
    def ids(self) -> frozenset[str]:
        """Every id the vulnerability is known by."""
        of_group = {one.record.id for one in self.group}
        return frozenset(of_group | {id_ for one in self.group for id_ in same(one.record)})


def _weighed(subject: Subject, group: Sequence[Heard]) -> _Found:
    """Say who of a group stands against a component, and who cannot tell."""
    ordered = tuple(sorted(group, key=lambda one: rank(one.confidence)))
    against = tuple(one for one in ordered if one.said.answer == "affected")
    decided = [rank(one.confidence) for one in ordered if one.said.answer != "unknown"]
    clear = set_aside(ordered)
    unsure = tuple(
        one
        for one in ordered
        if one.said.answer == "unknown"
        and not clear
        and (not decided or rank(one.confidence) <= min(decided))
    )
    return _Found(subject=subject, group=ordered, against=against, unsure=unsure, clear=clear)


def _vulnerability(found: _Found, exploited: frozenset[str] | None) -> Vulnerability:
    """Return what is reported of a vulnerability in a component."""
    heard = found.against or found.unsure
    rule = min((one.record.id for one in heard), key=_first)
    level, note = rate(
        (one for witness in found.group for one in _ratings(witness)),
        (one.record.rating for one in found.group if one.record.rating),
    )
    fixed = tuple(dict.fromkeys(one.said.fixed for one in found.against if one.said.fixed))
    published = [one.record.published for one in found.group if one.record.published]
    looked = "not known" if exploited is not None else "not looked up"
    return Vulnerability(
        rule=rule,
        level=level if found.against else Level.UNKNOWN,
        subject=found.subject.purl,
        message=_message(found, note),
        hint=f"fixed in {fixed[0]}" if fixed else None,
        aliases=tuple(sorted(found.ids - {rule})),
        confidence=heard[0].confidence,
        witnesses=tuple(_witness(one) for one in found.group),
        fixed=fixed,
        exploited="known" if exploited and exploited & found.ids else looked,
        published=min(published) if published else Unknown(unknown="no record says when"),
    )


def _first(id_: str) -> tuple[int, str]:
    prefix = id_.partition("-")[0]
    return (_FIRST.index(prefix) if prefix in _FIRST else len(_FIRST)), id_


def _ratings(heard: Heard) -> tuple[Severity, ...]:
    entries = heard.record.of((heard.key.space, heard.key.name))
    own = tuple(one for entry in entries for one in entry.severity)
    return own or heard.record.severity


def _witness(heard: Heard) -> Witness:
    return Witness(
        source=heard.source,
        record=heard.record.id,
        key=str(heard.key),
        version=heard.version,
        confidence=heard.confidence,
        answer=heard.said.answer,
        reason=heard.said.reason,
        fixed=heard.said.fixed or "",
    )


def _message(found: _Found, note: str) -> str:
    group = sorted(found.group, key=lambda one: (one.source, one.record.id))
    version = group[0].version
    summary = next((one.record.summary for one in group if one.record.summary), "no summary")
    against = [one for one in group if one in found.against]
    said = [summary.rstrip("."), f"said by {_names(against)}" if against else ""]
    said.extend(
        f"{one} cannot be decided for {version}: {one.said.reason}"
        for one in group
        if one.said.answer == "unknown"
    )
    others = [one for one in group if one.said.answer == "not affected"]
    said.append(f"{_names(others)} says that {version} is not affected" if others else "")
    if found.clear:
        said.append("the project's own word counts")
    return "; ".join(part for part in [*said, note] if part)


def _names(witnesses: Iterable[Heard]) -> str:
    return ", ".join(str(one) for one in witnesses)
