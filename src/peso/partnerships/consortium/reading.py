"""Reads the consortium of a workspace from its files.

A file that cannot be read is a finding, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from peso.base.finding import Finding
from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.consortium.bylaws import FILE as BYLAWS
from peso.partnerships.consortium.bylaws import Bylaws, own_bylaws, read_bylaws
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.facts import (
    OWN,
    AffiliationFile,
    Facts,
    OrganizationFile,
    ProductFact,
)
from peso.partnerships.consortium.making import consortium_of
from peso.partnerships.consortium.record import Delegation, Liaison, Stewardship, Term
from peso.products.catalogs.consortium import Member, Officer, Person, Terms, WorkingGroup
from peso.products.catalogs.own import read_entry
from peso.products.catalogs.quality import Seen, in_order
from peso.products.product import Product

R = TypeVar("R", bound=Record)

FOLDER: Final = "consortium"
_TERMS: Final = f"{FOLDER}/terms.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read, and what could not be."""

    consortium: Consortium
    facts: Facts
    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    """Every file that speaks of the consortium."""


def read_consortium(workspace: Path) -> Read:
    """Read the consortium of a workspace."""
    seen = Seen(catalog="", root="")
    facts = read_facts(workspace, seen)
    return Read(
        consortium=consortium_of(facts),
        facts=facts,
        findings=in_order(seen.findings),
        files=consortium_files(workspace),
    )


def consortium_files(workspace: Path) -> tuple[str, ...]:
    """Return the files that `read_consortium` reads, but for the products."""
    top = workspace / FOLDER
    folders = ("members", "people", "officers", "working-groups", *OWN)
    found = [file for folder in folders for file in sorted((top / folder).glob("*.yaml"))]
    found += [workspace / one for one in (_TERMS, BYLAWS) if (workspace / one).is_file()]
    return tuple(sorted(one.relative_to(workspace).as_posix() for one in found))


def read_facts(workspace: Path, seen: Seen) -> Facts:
    """Read what the files say; what cannot be read is noted."""

    def several(folder: str, model: type[R]) -> dict[str, R]:
        return dict(_folder(workspace, f"{FOLDER}/{folder}", model, seen))

    days = _one(workspace, _TERMS, Terms, seen)
    products = _folder(workspace, "products", Product, Seen(catalog="", root=""))
    return Facts(
        bylaws=_bylaws(workspace, seen),
        members=several("members", Member),
        people=several("people", Person),
        officers=several("officers", Officer),
        groups=several("working-groups", WorkingGroup),
        days=days or Terms(),
        organizations=several("organizations", OrganizationFile),
        affiliations=several("affiliations", AffiliationFile),
        liaisons=several("liaisons", Liaison),
        delegations=several("delegations", Delegation),
        terms=several("terms", Term),
        stewardships=several("stewardships", Stewardship),
        products=tuple(
            ProductFact(slug=name, name=one.name, members=one.members) for name, one in products
        ),
    )


def _folder(workspace: Path, folder: str, model: type[R], seen: Seen) -> Iterator[tuple[str, R]]:
    for file in sorted((workspace / folder).glob("*.yaml")):
        record = _one(workspace, f"{folder}/{file.name}", model, seen)
        if record is not None:
            yield file.stem, record


def _one(workspace: Path, path: str, model: type[R], seen: Seen) -> R | None:
    file = workspace / path
    entry = read_entry(file, path, model, seen) if file.is_file() else None
    return entry.record if entry and isinstance(entry.record, model) else None


def _bylaws(workspace: Path, seen: Seen) -> Bylaws:
    try:
        return read_bylaws(workspace)
    except BadInput as error:
        for fault in error.faults:
            line = fault.where.rsplit(":", 2)[1]
            seen.no("not-a-record", BYLAWS, int(line), fault.message, hint=fault.hint)
        return own_bylaws()
