"""Entry: whose code one Spack package is, as a person reviewed it.

1. What is not said is unknown: `said` answers every field with its values or with the reason why
   there are none; nothing is guessed from the package's name.
2. `keys` are all names under which advisories may speak of it, each once, in a fixed order: the
   vendor's own list first, our own records last.
3. What a join proposes and a review refused stays on record in `never`, and never becomes a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from peso.base.finding import Unknown
from peso.services.assurance.identity.keys import (
    CPE,
    GIT,
    OSS_FUZZ,
    PESO,
    PYPI,
    VENDOR,
    SubjectKey,
    ecosystem_key,
    git_name,
    key_of_purl,
)
from peso.services.assurance.identity.schemes import DEFAULT
from peso.services.assurance.identity.tags import version_of

FIELDS: Final = ("upstream", "cpe", "pypi", "osv", "vendor", "oss_fuzz", "tags")
"""What an entry can say, or say that there is none of, or that nobody knows."""
_PURL_TYPES = MappingProxyType(
    {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}
)
_KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A field without a value, and why."""

    field: str
    kind: Literal["none", "unknown"]
    """`none`: it is known that there is none; `unknown`: nothing was found where one looked."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A name in an ecosystem of OSV, or another text with its reason."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One Spack package and what others call it."""

    name: str
    """In Spack."""
    upstream: str = ""
    """Where its makers keep the source: a repository's address."""
    also: tuple[str, ...] = ()
    """More addresses of that repository: mirrors, former owners."""
    more_purls: tuple[str, ...] = ()
    """Package URLs beyond those that follow from upstream and PyPI name."""
    cpe: tuple[str, ...] = ()
    """vendor:product, as the dictionary of CPE names it."""
    pypi: str = ""
    osv: tuple[Pair, ...] = ()
    """Ecosystem and name (`Bitnami`, `python`)."""
    vendor: str = ""
    """The product's name in its vendor's own list of advisories."""
    oss_fuzz: str = ""
    """The project's name in OSS-Fuzz."""
    scheme: str = DEFAULT
    tags: tuple[str, ...] = ()
    """From a tag in upstream to a version; see `tags.py`."""
    evidence: tuple[str, ...] = ()
    """What was looked at: public addresses, or `recipe`."""
    reviewed: str = ""
    """The day, as YYYY-MM-DD."""
    by: str = ""
    """The role of who reviewed it."""
    note: str = ""
    gaps: tuple[Gap, ...] = ()
    shared: tuple[Pair, ...] = ()
    """Other Spack packages that rightly have a name in common with it, each with the reason."""
    never: tuple[Pair, ...] = ()
    """Keys (`CPE llvm:clang`) that a join proposes and that are another product's, and why."""
    file: str = ""
    """The file of the table it is written in."""

    @property
    def keys(self) -> tuple[SubjectKey, ...]:
        """Every key under which advisories may speak of it."""
        return _keys(self)

    @property
    def purls(self) -> tuple[str, ...]:
        """Package URLs without a version: of repositories, of PyPI, and what else is said."""
        found = [_purl_of(url) for url in (self.upstream, *self.also)]
        found.append(f"pkg:pypi/{self.pypi}" if self.pypi else "")
        return tuple(dict.fromkeys(one for one in (*found, *self.more_purls) if one))

    def said(self, field: str) -> tuple[str, ...] | Unknown:
        """Return what is known of a field; without that, why there is nothing.

        Raises:
            KeyError: There is no such field.
        """
        if field not in FIELDS:
            raise KeyError(field)
        value = getattr(self, field)
        if field == "osv":
            value = tuple(f"{one.name}: {one.value}" for one in self.osv)
        if value:
            return (value,) if isinstance(value, str) else tuple(value)
        gap = next((one for one in self.gaps if one.field == field), None)
        return Unknown(unknown=gap.reason if gap else "the review names none")

    def version_of(self, tag: str) -> str | None:
        """Return the version that a tag in upstream marks; None where no pattern matches it."""
        return version_of(tag, self.tags)

    def __hash__(self) -> int:
        return hash((self.name, self.file))


def _purl_of(url: str) -> str:
    host, _, path = git_name(url).partition("/")
    return f"pkg:{_PURL_TYPES[host]}/{path}" if host in _PURL_TYPES and "/" in path else ""


@lru_cache(maxsize=_KEPT)
def _keys(entry: Entry) -> tuple[SubjectKey, ...]:
    scheme = entry.scheme
    found = [SubjectKey(VENDOR, entry.vendor, scheme)] if entry.vendor else []
    if entry.pypi:
        found.append(ecosystem_key(PYPI, entry.pypi))
    found += [ecosystem_key(one.name, one.value, scheme) for one in entry.osv]
    for purl in entry.more_purls:
        if (key := key_of_purl(purl)) is not None:
            found.append(SubjectKey(key.space, key.name, key.scheme or scheme))
    found += [SubjectKey(CPE, one, scheme) for one in entry.cpe]
    if entry.oss_fuzz:
        found.append(SubjectKey(OSS_FUZZ, entry.oss_fuzz, scheme))
    found += [
        SubjectKey(GIT, git_name(one), scheme) for one in (entry.upstream, *entry.also) if one
    ]
    found.append(SubjectKey(PESO, entry.name, scheme))
    refused = {one.name for one in entry.never}
    return tuple(one for one in dict.fromkeys(found) if one.name and str(one) not in refused)
