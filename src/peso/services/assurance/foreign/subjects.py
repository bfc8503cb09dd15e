"""Subjects of an SBOM: under which names its components are asked for, and where not, why.

1. A package of Spack is asked for by its identity, which people reviewed, as a unit of a lock is.
2. What has a purl of a package index or a distribution is asked for by that, and by nothing else:
   tools guess CPEs from names, which finds another product's vulnerabilities, and a distribution
   mends what upstream's numbers call vulnerable.
3. Without one, the repository of its purl and its CPEs count. Where the identity table knows such a
   name, and as one product only, all names of that product do.
4. What has no name is a subject all the same, without anything to ask for, and with the reason.
5. A component that is missing is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from packageurl import PackageURL

from peso.services.assurance.advisories.cpe import parse_cpe
from peso.services.assurance.foreign.record import ForeignComponent, ForeignInventory
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import CPE, SubjectKey
from peso.services.assurance.identity.schemes import DEFAULT
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.matching.distributions import TYPES
from peso.services.assurance.matching.subjects import Asked, Subject, of_purl, of_spack
from peso.services.assurance.source_places import known_elsewhere

_UPSTREAM = frozenset({"", "generic", "github", "gitlab", "bitbucket", "codeberg"})
"""Types of purls that may name a project itself, and not somebody's package of it."""


def subjects_of(
    inventory: ForeignInventory, identity: Identity
) -> tuple[tuple[ForeignComponent, Subject], ...]:
    """Return each component with what it is asked for by; equal ones share a subject."""
    known: dict[str, Subject] = {}
    found = []
    for one in inventory.components:
        if one.state == "missing":
            continue
        subject = _subject(one, identity)
        same = known.setdefault(subject.purl, subject)
        if (same.asked, same.unasked) != (subject.asked, subject.unasked):
            subject = replace(subject, purl=f"{subject.purl}#{one.ref}")
            same = known.setdefault(subject.purl, subject)
        found.append((one, same))
    return tuple(found)


def _subject(one: ForeignComponent, identity: Identity) -> Subject:
    if one.doubt:
        return Subject(purl=one.ref, name=one.label, asked=(), unasked=one.doubt)
    purl = one.purls[0] if one.purls else ""
    kind = purl.removeprefix("pkg:").partition("/")[0]
    if one.spack and kind not in TYPES:
        return _of_spack(one, purl, identity)
    if kind not in _UPSTREAM:
        return of_purl(purl, one.label, one.purls[1:])
    return _by_claims(one, purl, identity)


def _of_spack(one: ForeignComponent, purl: str, identity: Identity) -> Subject:
    if one.spack is None:
        raise AssertionError("it is of Spack")
    source = known_elsewhere(one.source, one.version) if one.source else None
    return of_spack(
        purl or _purl(one),
        name=one.spack.name,
        version=one.version,
        namespace=one.spack.namespace,
        elsewhere=tuple(dict.fromkeys((*one.purls[1:], *([source] if source else ())))),
        external=one.external,
        identity=identity,
    )


def _purl(one: ForeignComponent) -> str:
    """Return the purl that a package of Spack should have had."""
    try:
        return PackageURL("generic", None, one.name, one.version or None).to_string()
    except ValueError:
        return one.ref


def _by_claims(one: ForeignComponent, purl: str, identity: Identity) -> Subject:
    """Ask by repository and CPEs, and by what the identity table knows of them."""
    claims = tuple(_claims(one))
    asked: dict[SubjectKey, Asked] = {}
    patterns: tuple[str, ...] = ()
    for claim in claims:
        entry = _entry(claim.key, identity)
        version = _version(claim, entry, one)
        keys = (claim.key, *(entry.keys if entry else ()))
        patterns = patterns or (entry.tags if entry else ())
        for key in keys:
            scheme = key.scheme or (entry.scheme if entry else DEFAULT)
            tag = claim.tag if key == claim.key else ""
            known = SubjectKey(key.space, key.name, scheme)
            asked.setdefault(known, Asked(key=known, version=version, tag=tag))
    reason = ""
    if not asked:
        kind = PackageURL.from_string(purl).type if purl else ""
        reason = f"no source of advisories is known for packages of the type {kind}"
    return Subject(
        purl=purl or one.cpes[0],
        name=one.label,
        asked=tuple(asked.values()),
        patterns=patterns,
        unasked=reason,
    )


def _claims(one: ForeignComponent) -> Iterator[Asked]:
    if one.purls:
        yield from of_purl(one.purls[0], one.label, one.purls[1:]).asked
    for text in one.cpes:
        cpe = parse_cpe(text)
        if cpe is not None:
            version = one.version if cpe.version in {"", "-"} else cpe.version
            yield Asked(key=SubjectKey(CPE, cpe.key), version=version)


def _entry(key: SubjectKey, identity: Identity) -> Entry | None:
    """Return whose a key is, if it is one product's; the entry may refuse the key."""
    found: Iterable[Entry] = identity.known_as(key)
    several = tuple(found)
    return several[0] if len(several) == 1 else None


def _version(claim: Asked, entry: Entry | None, one: ForeignComponent) -> str:
    """Return the version, where a tag stands for it as the tag's pattern says."""
    if claim.tag and entry is not None and (found := entry.version_of(claim.tag)):
        return found
    return claim.version or one.version
