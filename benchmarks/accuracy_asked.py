"""Asking for `accuracy.py`: what a scan finds of every version of a product, with some sources on.

Each version is scanned as a unit of Spack under its identity's keys, by the same function as
`peso scan`. Of each (CVE, version) the answer is: affected, where a witness stands against it;
unknown, where there is a finding that nobody could decide; not affected, where there is none.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peso.base.finding import Unknown
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import records_for
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import load_identity
from peso.services.assurance.inventory import Component
from peso.services.assurance.matching.fold import same
from peso.services.assurance.matching.order import moving
from peso.services.assurance.matching.record import Vulnerability, Witness
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.subjects import of_component

Case = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a scan says of the versions of a product."""

    answers: Mapping[Case, str]
    witnesses: Mapping[Case, tuple[Witness, ...]]
    findings: frozenset[Case]
    """Every id of every finding, with the version: of CVEs and of all others."""
    known: frozenset[str]
    """Every id that a record under one of the product's keys has."""
    moving: int
    """Versions that are branches: unknown by rule, and not judged."""


def entry_of(product: str) -> Entry:
    entry = load_identity().of(product)
    if isinstance(entry, Unknown):
        raise SystemExit(f"{product}: {entry.unknown}")
    return entry


def recipe_versions(repository: Path | None, product: str, cache: Path) -> tuple[str, ...]:
    """Return the versions that the recipe of a product declares."""
    if repository is None:
        return ()
    found = Catalog.open(repository, cache=cache).find(product)
    if not isinstance(found, Recipe):
        raise SystemExit(f"{product}: its recipe is not in {repository}, or cannot be read")
    return tuple(one.number for one in found.versions)


def filled(
    store: Path, files: Iterable[tuple[str, Path]], now: datetime, begin: Path | None = None
) -> tuple[Source, ...]:
    """Import sources into a new store, or into a copy of one."""
    if begin is not None:
        shutil.copytree(begin, store)
    return tuple(import_advisories(file, store, name=name, now=now) for name, file in files)


def ask(store: Path, product: str, versions: Iterable[str], now: datetime) -> Said:
    """Scan every version of a product, each as a unit of Spack's."""
    entry = entry_of(product)
    numbered = {one for one in versions if not moving(one)}
    subjects = [of_component(_component(product, one), load_identity()) for one in sorted(numbered)]
    seen = match(subjects, store, about="0" * 64, now=now)
    answers: dict[Case, str] = {}
    witnesses: dict[Case, tuple[Witness, ...]] = {}
    for one in seen.findings:
        if not isinstance(one, Vulnerability):
            continue
        version = one.subject.rpartition("@")[2]
        for id_ in (one.rule, *one.aliases):
            answers[id_, version] = _answer(one.witnesses)
            witnesses[id_, version] = one.witnesses
    keys = [(key.space, key.name) for key in entry.keys]
    records = [record for said in records_for(store, keys).values() for _, record in said]
    return Said(
        answers=answers,
        witnesses=witnesses,
        findings=frozenset(answers),
        known=frozenset(id_ for record in records for id_ in (record.id, *same(record))),
        moving=len(set(versions) - numbered),
    )


def _answer(witnesses: Iterable[Witness]) -> str:
    return "affected" if any(one.answer == "affected" for one in witnesses) else "unknown"


def _component(product: str, version: str) -> Component:
    return Component(
        name=product,
        version=version,
        purl=f"pkg:spack/builtin/{product}@{version}",
        part="native",
        license="MIT",
        path="",
        sha256="",
        depends=(),
        unit=f"{product}-{version}",
    )
