"""A thing to scan: an SBOM, a lock, a release, as subjects, licenses and doubts.

1. What is only needed to build is `aside`: it is asked about and told, and decides nothing.
2. A subject is aside only if every component that it stands for is.
3. Doubts about the whole (`unsure`) are kept with it: no verdict on it is a plain yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from packageurl import PackageURL

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Unknown
from peso.products.engines.native_graph import NativeGraph, Units
from peso.products.engines.port import Lock, Unit
from peso.products.engines.pypi.lock import read_pylock
from peso.services.assurance.bill import Need
from peso.services.assurance.foreign.record import ForeignInventory
from peso.services.assurance.foreign.subjects import subjects_of
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.license_closure import LicensedUnit, licensed
from peso.services.assurance.matching.stated import digests_of
from peso.services.assurance.matching.subjects import Subject, of_component, of_purl, of_unit

Kind = Literal["sbom", "lock", "pylock", "stack", "release"]
_IN_LOCK = Unknown(unknown="a lock does not say licenses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is scanned."""

    kind: Kind
    form: str
    """How it is written, and by what, for people."""
    about: str
    sha256: str
    subjects: tuple[Subject, ...]
    aside: frozenset[str]
    """Subjects that are only needed to build."""
    components: int
    """How many it lists; several may be one subject."""
    missing: int = 0
    """How many of them are not there, and were not asked about."""
    roots: tuple[str, ...]
    units: tuple[LicensedUnit, ...]
    findings: tuple[Finding, ...] = ()
    """What is wrong with it as a document."""
    unsure: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    """The sha256 of subjects' files, where they are known."""


def of_sbom(read: ForeignInventory, identity: Identity) -> Thing:
    """Return an SBOM of any tool."""
    pairs = subjects_of(read, identity)
    used = {subject.purl for one, subject in pairs if one.state != "building"}
    tools = f" by {', '.join(read.tools)}" if read.tools else ""
    return Thing(
        kind="sbom",
        form=f"{read.form} {read.version}{tools}",
        about=read.about,
        sha256=read.sha256,
        subjects=_once(subject for _, subject in pairs),
        aside=frozenset(subject.purl for _, subject in pairs) - used,
        components=len(read.components),
        missing=len(read.components) - len(pairs),
        roots=read.roots,
        units=tuple(
            LicensedUnit(
                ref=one.ref,
                name=one.name,
                label=one.label,
                license=one.license,
                depends=one.depends,
                spack=one.spack.name if one.spack else "",
            )
            for one in read.components
        ),
        findings=read.findings,
        unsure=read.unsure,
    )


def of_lock(lock: Units, identity: Identity, *, form: str, about: str, sha256: str) -> Thing:
    """Return a lock of Spack, or several parts' units as one."""
    shipped = NativeGraph(lock).shipped()
    subjects = {unit.hash: of_unit(unit, identity) for unit in lock.units}
    used = {subjects[hash_].purl for hash_ in shipped if hash_ in subjects}
    return Thing(
        kind="lock",
        form=form,
        about=about,
        sha256=sha256,
        subjects=_once(subjects.values()),
        aside=frozenset(one.purl for one in subjects.values()) - used,
        components=len(lock.units),
        roots=tuple(dict.fromkeys(one.hash for one in lock.roots)),
        units=tuple(licensed(unit) for unit in lock.units),
    )


def of_pylock(data: bytes, *, where: str) -> Thing:
    """Return a `pylock.toml` (PEP 751), of all platforms that it is for.

    Raises:
        BadInput: It is none.
    """
    subjects = []
    units = []
    unsure = []
    packages = read_pylock(data, where=where).packages
    for number, one in enumerate(packages, 1):
        version = str(one.version) if one.version is not None else ""
        label = f"{one.name}@{version}" if version else one.name
        if version and one.index is None and (one.vcs or one.directory):
            reason = "it is from a repository or a folder, and not from an index"
            subjects.append(Subject(purl=f"{label}#{number}", name=label, asked=(), unasked=reason))
        elif version:
            purl = PackageURL("pypi", None, one.name, version).to_string()
            subjects.append(of_purl(purl, label))
        else:
            reason = "the lock names no version of it"
            subjects.append(Subject(purl=f"{label}#{number}", name=label, asked=(), unasked=reason))
        units.append(LicensedUnit(ref=str(number), name=one.name, label=label, license=_IN_LOCK))
    if not packages:
        unsure.append("it locks no package")
    return Thing(
        kind="pylock",
        form="pylock.toml",
        about=where,
        sha256=sha256_bytes(data),
        subjects=_once(subjects),
        aside=frozenset(),
        components=len(packages),
        roots=tuple(one.ref for one in units),
        units=tuple(units),
        unsure=tuple(unsure),
    )


def of_inventory(
    seen: Inventory, identity: Identity, *, about: str, unsure: tuple[str, ...]
) -> Thing:
    """Return the inventory of a release."""
    there = [one for one in seen.components if one.state != "missing"]
    subjects = [(one, of_component(one, identity)) for one in there]
    used = {subject.purl for one, subject in subjects if one.state != "building"}
    refs = {one.purl: str(number) for number, one in enumerate(seen.components)}
    needed = {purl for one in seen.components for purl in one.depends}
    return Thing(
        kind="release",
        form="a release of PESO",
        about=about,
        sha256=seen.cyclonedx.sha256,
        subjects=_once(subject for _, subject in subjects),
        aside=frozenset(subject.purl for _, subject in subjects) - used,
        components=len(seen.components),
        missing=len(seen.components) - len(there),
        roots=tuple(refs[one.purl] for one in seen.components if one.purl not in needed),
        units=tuple(_of_release(one, refs) for one in seen.components),
        findings=seen.findings,
        unsure=unsure,
        digests=digests_of(seen),
    )


def _of_release(one: Component, refs: dict[str, str]) -> LicensedUnit:
    """Return a component: its inventory says what is used and not how, so neither does this."""
    return LicensedUnit(
        ref=refs[one.purl],
        name=one.name,
        label=f"{one.name}@{one.version}",
        license=one.license,
        depends=tuple(Need(ref=refs[purl], types=()) for purl in one.depends if purl in refs),
        spack=one.name if one.unit else "",
    )


def of_python(locks: Iterable[Lock], *, about: str, sha256: str) -> Thing:
    """Return the Python parts of a stack as they are locked."""
    several = tuple(locks)
    used = [unit for lock in several for unit in lock.units]
    building = [unit for lock in several for unit in lock.build_units]
    aside = {unit.purl for unit in building} - {unit.purl for unit in used}
    return Thing(
        kind="stack",
        form="locks of Python parts",
        about=about,
        sha256=sha256,
        subjects=_once(_of_index(unit) for unit in (*used, *building)),
        aside=frozenset(aside),
        components=len(used) + len(building),
        roots=tuple(f"python:{number}" for number, unit in enumerate(used) if unit.root),
        units=tuple(
            LicensedUnit(
                ref=f"python:{number}",
                name=unit.name,
                label=f"{unit.name}@{unit.version}",
                license=_IN_LOCK,
            )
            for number, unit in enumerate(used)
        ),
    )


def _of_index(unit: Unit) -> Subject:
    return of_purl(unit.purl, f"{unit.name}@{unit.version}")


def together(things: Iterable[Thing], *, form: str, about: str, sha256: str) -> Thing:
    """Return the parts of a stack as one thing."""
    several = tuple(things)
    subjects = _once(one for thing in several for one in thing.subjects)
    used = {one.purl for thing in several for one in thing.subjects if one.purl not in thing.aside}
    return Thing(
        kind="stack",
        form=form,
        about=about,
        sha256=sha256,
        subjects=subjects,
        aside=frozenset(one.purl for one in subjects) - used,
        components=sum(one.components for one in several),
        roots=tuple(ref for one in several for ref in one.roots),
        units=tuple(unit for one in several for unit in one.units),
        findings=tuple(finding for one in several for finding in one.findings),
        unsure=tuple(reason for one in several for reason in one.unsure),
    )


def _once(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    return tuple({one.purl: one for one in subjects}.values())
