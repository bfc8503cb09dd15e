"""The inner record: what one advisory says, and under which keys its products are filed.

It has the shape of an OSV record, whatever its source's form was. It evaluates nothing. The rules:

1. A product is a key `(space, name)`, compared as text: an OSV ecosystem and the name as that
   ecosystem compares it; `GIT` and host/path; `CPE` and vendor:product; `VENDOR` and the name of a
   vendor's own list; `PESO` and the Spack name; `KEV` and the CVE id.
2. An entry (`Affected`) speaks of its keys in one order of versions. What a source writes in
   several orders becomes several entries: versions of a package index, and commits of a repository.
3. What a source says only under a condition is a range with a doubt: a version in it is unknown,
   never affected, and never clear either.
4. Text that decides holds no control character and is not endless; a record that breaks this is
   none (`checked`).

Sources: https://ossf.github.io/osv-schema/, and each importer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType

from packaging.utils import canonicalize_name

from peso.base.finding import Finding, Level
from peso.services.assurance.identity.keys import git_name

Key = tuple[str, str]
"""A space of names, and a name in it: what an advisory speaks of, what a unit is known as."""
Event = tuple[str, str]
"""A step on a line of versions: `introduced`, `fixed`, `last_affected` or `limit` as in OSV, or
`after` (affected from above this version on, as NVD's `versionStartExcluding`); and the version."""

GIT, CPE, VENDOR, PESO, KEV, OSS_FUZZ = "GIT", "CPE", "VENDOR", "PESO", "KEV", "OSS-Fuzz"
"""The spaces that are no ecosystem of a package index."""
SUMMARY = 200
"""How many characters of a summary are kept."""

_SCHEMES: Mapping[str, str] = MappingProxyType(
    {
        "PyPI": "pep440",
        **dict.fromkeys(("Bitnami", "Go", "Hex", "Julia", "SwiftURL", "crates.io"), "semver"),
        "npm": "semver",
        PESO: "spack",
        **dict.fromkeys(("Debian", "Ubuntu"), "deb"),
        **dict.fromkeys(("AlmaLinux", "Red Hat", "Rocky Linux", "SUSE", "openSUSE"), "rpm"),
    }
)
_ID = re.compile(r"[!-~]{1,128}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 512
_MOST_ENTRIES = 50_000
_MOST_WRONG = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """One rating: a CVSS vector, in most cases."""

    type: str
    """`CVSS_V2`, `CVSS_V3` or `CVSS_V4`; others are kept and not understood."""
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range of versions, as events on a line of versions."""

    type: str
    """`ECOSYSTEM`, `SEMVER`, or `GIT`, whose events are commits."""
    events: tuple[Event, ...]
    scheme: str = ""
    """The order of its versions (`pep440`, `semver`, `openssl`, `spack`, `git` …); empty: that of
    the product, which its identity knows."""
    repo: str = ""
    """The repository whose commits they are, as the name of a `GIT` key."""
    doubt: str = ""
    """Why a version in it is only perhaps affected; empty: it is affected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What a record says of one product."""

    keys: tuple[Key, ...] = ()
    """Every key the product is filed under; none where the source names no product."""
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    """Versions listed as affected; the tags of a repository where the ranges are of type `GIT`."""
    severity: tuple[Severity, ...] = ()
    scheme: str = ""
    """The order of the listed versions; empty: that of the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploited:
    """That a vulnerability is known to be exploited."""

    added: date
    """When the catalog took it up."""
    due: date | None = None
    """By when the catalog asks its own agencies to act."""
    ransomware: bool = False
    """Whether it is known to be used for extortion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """What one record of a source says."""

    id: str
    modified: datetime | None = None
    """When it was last changed; None where the source does not say."""
    published: datetime | None = None
    withdrawn: datetime | None = None
    aliases: tuple[str, ...] = ()
    """Other ids of the same vulnerability."""
    upstream: tuple[str, ...] = ()
    """Ids of the vulnerabilities that a distribution's record is about."""
    summary: str = ""
    """One line."""
    severity: tuple[Severity, ...] = ()
    rating: str = ""
    """The source's own word for the severity, e.g. `MODERATE`."""
    affected: tuple[Affected, ...] = ()
    exploited: Exploited | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every key it is filed under, sorted."""
        return tuple(sorted({key for one in self.affected for key in one.keys}))

    def of(self, key: Key) -> tuple[Affected, ...]:
        """Return what the record says of one product."""
        return tuple(one for one in self.affected if key in one.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one file of a source gave."""

    records: tuple[Advisory, ...]
    findings: tuple[Finding, ...] = ()
    """What in it was no record; the rest is among the records."""
    as_of: datetime | None = None
    """As of when the file speaks as a whole, where it says so."""


class Unreadable(ValueError):
    """A file, or a part of one, that is no record; the message says why, in a sentence."""


def normal_name(ecosystem: str, name: str) -> str:
    """Return a product's name as its ecosystem compares it."""
    return canonicalize_name(name) if ecosystem.partition(":")[0] == "PyPI" else name


def package_key(ecosystem: str, name: str) -> Key:
    """Return the key of a package in an OSV ecosystem."""
    return ecosystem, normal_name(ecosystem, name)


def scheme_of(ecosystem: str) -> str:
    """Return the order of an ecosystem's versions; empty where it is not known here."""
    return _SCHEMES.get(ecosystem.partition(":")[0], "")


def git_key(url: str) -> Key:
    """Return the key of a repository: host/path, lower case; an empty name where there is none.

    As the identity table names it, so that the two meet.
    """
    return GIT, git_name(url)


def moment(text: str | None, what: str) -> datetime | None:
    """Return a date and time as a source writes it; without a zone it is UTC.

    Raises:
        Unreadable: it is none.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{what}: {text[:40]!r} is no date") from None


def one_line(text: str | None) -> str:
    """Return the first line of a text, as it may be shown."""
    first = (text or "").strip().partition("\n")[0]
    return _CONTROL.sub(" ", first[: 2 * SUMMARY])[:SUMMARY].rstrip()


def finding(rule: str, subject: str, message: str, level: Level = Level.MEDIUM) -> Finding:
    """Say what was seen in a source; the subject is the file, or the record's place in it."""
    return Finding(rule=rule, level=level, subject=subject[:_LONGEST], message=message[:_LONGEST])


def tell(findings: list[Finding], place: str, error: Unreadable) -> None:
    """Note that a part of a list is no record.

    Raises:
        Unreadable: so many are none that the whole is no such list.
    """
    if len(findings) >= _MOST_WRONG:
        raise Unreadable(f"more than {_MOST_WRONG} of its records are none; the last: {error}")
    findings.append(finding("advisory-unreadable", place, str(error)))


def checked(record: Advisory) -> Advisory:
    """Return the record if its texts are such that they can be kept and compared.

    Raises:
        Unreadable: one of them is not.
    """
    for id_ in (record.id, *record.aliases, *record.upstream):
        if not _ID.fullmatch(id_):
            raise Unreadable(f"{id_[:60]!r} cannot be an id")
    if len(record.affected) > _MOST_ENTRIES:
        raise Unreadable(f"it has more than {_MOST_ENTRIES} entries")
    for text in _deciding(record):
        if len(text) > _LONGEST:
            raise Unreadable(f"{text[:40]!r}… is longer than {_LONGEST} characters")
        if _CONTROL.search(text):
            raise Unreadable(f"{text[:60]!r} has a control character")
    return record


def _deciding(record: Advisory) -> Iterator[str]:
    yield record.rating
    for one in record.severity:
        yield from (one.type, one.score)
    for entry in record.affected:
        for space, name in entry.keys:
            yield from (space, name)
        yield from entry.versions
        for rated in entry.severity:
            yield from (rated.type, rated.score)
        for span in entry.ranges:
            yield from (span.type, span.repo, span.doubt)
            for kind, at in span.events:
                yield from (kind, at)
