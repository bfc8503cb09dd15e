"""Subjects: under which names a component is asked for, and where there are none, why.

1. A unit that Spack builds is asked for by the keys of its identity, which people reviewed, and by
   the index or repository that its own source archive is from. Its bare name is no key.
2. A recipe of another repository than Spack's own may be of anything under that name. Its identity
   counts only where the archive it is built from is from the same place.
3. What the machine supplied is asked for as its distribution's package (`distributions.py`), and
   where nobody knows which that is, not at all.
4. Any other component is asked for by its purl.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from packageurl import PackageURL

from peso.base.finding import Unknown
from peso.products.engines.native import NativeUnit
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import GIT, PESO, SubjectKey, key_of_purl
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.inventory import Component
from peso.services.assurance.matching.distributions import TYPES, package_of
from peso.services.assurance.matching.order import of_ecosystem
from peso.services.assurance.source_places import known_elsewhere

_NUMBERED = re.compile(r"v?(\d+(?:\.\d+)*)", re.ASCII)
_PLAIN = re.compile(
    r"pkg:(pypi|generic)/([a-z0-9]+(?:-[a-z0-9]+)*)@([0-9a-z.]+)"
    r"(?:\?([a-z_]+=[a-z0-9._-]+(?:&[a-z_]+=[a-z0-9._-]+)*))?"
)
"""purls with nothing to normalise, as nearly all are: the library takes twenty times as long."""
_KEPT = 8192
_SPACK = "builtin"
"""The namespace of Spack's own recipes."""


@lru_cache(maxsize=_KEPT)
def read_purl(purl: str) -> PackageURL:
    """Read a purl as its library does; raises ValueError where it is none."""
    plain = _PLAIN.fullmatch(purl)
    if plain is None:
        return PackageURL.from_string(purl)
    kind, name, version, said = plain.groups()
    qualifiers = dict(one.split("=") for one in said.split("&")) if said else {}
    return PackageURL._make((kind, None, name, version, qualifiers, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One name that a component is asked for by."""

    key: SubjectKey
    version: str
    """As versions are written under that name."""
    tag: str = ""
    """The tag of its repository it is made from, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A component, and all it is asked for by."""

    purl: str
    name: str
    """For people: `hdf5@1.14.5`."""
    asked: tuple[Asked, ...]
    patterns: tuple[str, ...] = ()
    """How tags of its repository name versions."""
    unasked: str = ""
    """Why there is no name to ask for, or not its identity's."""


def of_component(component: Component, identity: Identity) -> Subject:
    """Return what a component of an inventory is asked for by."""
    purl = read_purl(component.purl)
    said = purl.qualifiers
    if component.unit and purl.type not in TYPES:
        return _native(
            _Native(
                purl=component.purl,
                name=component.name,
                version=component.version,
                namespace=said.get("spack_namespace", ""),
                elsewhere=component.also,
                external=component.external,
            ),
            identity,
        )
    return of_purl(component.purl, f"{component.name}@{component.version}", component.also)


def of_unit(unit: NativeUnit, identity: Identity) -> Subject:
    """Return what a unit of a lock is asked for by."""
    if unit.external is not None and not isinstance(unit.external.package, Unknown):
        return of_purl(unit.purl, f"{unit.name}@{unit.version}")
    sources = () if isinstance(unit.sources, Unknown) else unit.sources
    found = (known_elsewhere(one.url, unit.version) for one in sources if one.kind == "archive")
    return _native(
        _Native(
            purl=unit.purl,
            name=unit.name,
            version=unit.version,
            namespace=unit.namespace,
            elsewhere=tuple(purl for purl in found if purl),
            external=unit.external is not None,
        ),
        identity,
    )


def of_spack(  # noqa: PLR0913 - all that is known of it
    purl: str,
    *,
    name: str,
    version: str,
    namespace: str,
    elsewhere: tuple[str, ...],
    external: bool,
    identity: Identity,
) -> Subject:
    """Return what a package of Spack is asked for by, of which an SBOM says only this.

    Args:
        purl: What it is called; a finding is about this.
        name: Its name in Spack.
        version: Its version.
        namespace: Its recipe repository; empty: not said, and taken for Spack's own.
        elsewhere: purls under which other indexes have its source archive.
        external: Whether the machine supplied it.
        identity: Whose code which package is.
    """
    unit = _Native(
        purl=purl,
        name=name,
        version=version,
        namespace=namespace,
        elsewhere=elsewhere,
        external=external,
    )
    return _native(unit, identity)


def of_purl(purl: str, name: str, also: Iterable[str] = ()) -> Subject:
    """Return what a component is asked for by, of which nothing is known but its purls.

    Args:
        purl: What it is called; a finding is about this.
        name: Its name and version, for people.
        also: Other purls of the same thing.
    """
    try:
        asked = tuple({one.key: one for one in _asked((purl, *also))}.values())
        parsed = read_purl(purl)
    except ValueError as error:
        return Subject(purl=purl, name=name, asked=(), unasked=f"its purl is none: {error}")
    reason = ""
    if parsed.type in TYPES and isinstance(found := package_of(parsed), Unknown):
        reason = found.unknown
    elif not asked:
        reason = f"no source of advisories is known for packages of the type {parsed.type}"
    return Subject(purl=purl, name=name, asked=asked, unasked=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Native:
    """A unit of Spack, from a lock or from an inventory."""

    purl: str
    name: str
    version: str
    namespace: str
    elsewhere: tuple[str, ...]
    """purls under which other indexes have its source archive."""
    external: bool

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"


def _native(unit: _Native, identity: Identity) -> Subject:
    if unit.external:
        reason = "the machine supplied it, and whose package it is there is not known"
        return Subject(purl=unit.purl, name=unit.label, asked=(), unasked=reason)
    elsewhere = tuple(_asked(unit.elsewhere))
    entry, reason = _entry(unit, identity, elsewhere)
    keys: tuple[SubjectKey, ...] = ()
    if entry is not None:
        keys = entry.keys
    elif _ours(unit.namespace):
        keys = (SubjectKey(PESO, unit.name, "spack"),)
    refused = {one.name for one in entry.never} if entry is not None else frozenset[str]()
    tags = {one.key: one.tag for one in elsewhere}
    # The reviewed key of a name stands before the same one of an address: it has the scheme.
    named = dict.fromkeys((*keys, *(one.key for one in elsewhere)))
    asked = tuple(
        Asked(key=one, version=unit.version, tag=tags.get(one, ""))
        for one in named
        if str(one) not in refused
    )
    return Subject(
        purl=unit.purl,
        name=unit.label,
        asked=asked,
        patterns=entry.tags if entry is not None else (),
        unasked=reason,
    )


def _ours(namespace: str) -> bool:
    return namespace in {"", _SPACK}


def _entry(
    unit: _Native, identity: Identity, elsewhere: tuple[Asked, ...]
) -> tuple[Entry | None, str]:
    """Return the identity of a unit; without it, why there is none."""
    found = identity.of(unit.name)
    if isinstance(found, Unknown):
        return None, found.unknown
    if _ours(unit.namespace) or {one.key for one in elsewhere} & set(found.keys):
        return found, ""
    return None, (
        f"its recipe is of the repository {unit.namespace}, so that it is the {unit.name}"
        " of the identity table is not known"
    )


def _asked(purls: Iterable[str]) -> Iterator[Asked]:
    """Give the key of each purl that has one, with its version."""
    for one in dict.fromkeys(purls):
        purl = read_purl(one)
        version = purl.version or ""
        if purl.type in TYPES:
            found = package_of(purl)
            if not isinstance(found, Unknown):
                yield Asked(key=found[0], version=found[1])
        elif (key := key_of_purl(one)) is not None:
            if key.space == GIT:
                # What stands there is a tag, which is a version only where it looks like one.
                number = _NUMBERED.fullmatch(version)
                known = SubjectKey(GIT, key.name, key.scheme or "spack")
                yield Asked(key=known, version=number[1] if number else "", tag=version)
            else:
                scheme = key.scheme or of_ecosystem(key.space) or ""
                yield Asked(key=SubjectKey(key.space, key.name, scheme), version=version)
