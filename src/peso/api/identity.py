"""Whose code a Spack package is, and by which names advisories speak of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from peso.api.catalog import open_catalog
from peso.base.finding import Finding, Level, Unknown
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe
from peso.services.assurance.identity.contradictions import contradictions
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.identity.known import read_known
from peso.services.assurance.identity.propose import Candidate, as_yaml, candidates
from peso.services.assurance.identity.table import load_identity, table_folder
from peso.services.assurance.identity.written import places, read_written

Where = str | Path
BLOCKS = Level.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A package's entry, and what follows from it."""

    entry: Entry
    keys: tuple[SubjectKey, ...]
    purls: tuple[str, ...]


class IdentityChecked(Record):
    """What was looked at of a table, and what is wrong with it."""

    table: str
    entries: int
    faults: tuple[str, ...]
    """What is wrong with a file, each with its place."""
    findings: tuple[Finding, ...]
    """Entries that contradict each other or the recipes."""
    not_compared: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; what is merely of note, or was not compared, is told."""
        return not self.faults and not any(one.level.reaches(BLOCKS) for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Candidates for the table, for a person to review."""

    candidates: tuple[Candidate, ...]
    recipes: int
    claims: int
    """Names with an address that the lists gave."""
    unread: int
    """Records of the lists that could not be read."""
    written: str
    """The file they were written to; empty: to none."""
    text: str
    """As YAML."""


def list_identity() -> tuple[Entry, ...]:
    """Return every reviewed entry, by name."""
    return tuple(load_identity())


def show_identity(name: str) -> Identified | Unknown:
    """Return whose code a Spack package is; unknown where nobody reviewed it."""
    entry = load_identity().of(name)
    if isinstance(entry, Unknown):
        return entry
    return Identified(entry=entry, keys=entry.keys, purls=entry.purls)


def check_identity(
    table: Where | None = None, *, repositories: tuple[Where, ...] = (), folder: Where = "."
) -> IdentityChecked:
    """Look for what is wrong with the table: its files, its entries, and against the recipes.

    Args:
        table: The folder of a table; else PESO's own.
        repositories: Recipe repositories; else those last indexed; else recipes are not compared.
        folder: The workspace whose index is used.
    """
    place = Path(table) if table else table_folder()
    positions, faults = read_written(place)
    told = tuple(str(fault) for fault in faults)
    if faults:
        why = ("entries and recipes: first the files have to be right",)
        return IdentityChecked(
            table=str(place), entries=0, faults=told, findings=(), not_compared=why
        )
    identity = load_identity(place)
    catalog, missing = _recipes(repositories, folder)
    find = partial(catalog.find, of_many=True) if catalog else None
    found = contradictions(identity, find, where=places(positions))
    return IdentityChecked(
        table=str(place),
        entries=len(identity),
        faults=(),
        findings=found,
        not_compared=missing,
    )


def _recipes(
    repositories: tuple[Where, ...], folder: Where
) -> tuple[Catalog | None, tuple[str, ...]]:
    try:
        return open_catalog(*repositories, folder=folder), ()
    except BadInput:
        if repositories:
            raise
        return None, ("recipes: none are at hand; name a repository, or index one",)


def propose_identity(
    *lists: Where,
    names: Iterable[str] = (),
    repositories: tuple[Where, ...] = (),
    to: Where | None = None,
    folder: Where = ".",
) -> Proposal:
    """Join recipes with lists of others by address, for a person to review; applies nothing.

    Args:
        lists: Folders of purl lists, OSV records (folder or archive), or lines of key and address.
        names: The Spack packages; else all.
        repositories: Recipe repositories; else those last indexed.
        to: A new file to write to, outside of PESO's own table.
        folder: The workspace whose index is used.

    Raises:
        BadInput: There are no recipes, a list cannot be read, or the file may not be written.
    """
    target = Path(to) if to else None
    if target is not None:
        _may_be_written(target)
    recipes = _recipes_of(tuple(names), open_catalog(*repositories, folder=folder))
    known = read_known(Path(one) for one in lists)
    found = candidates(recipes, load_identity(), known.claims)
    text = as_yaml(found)
    if target is not None:
        from peso.base.files import write_atomic  # noqa: PLC0415 - only where a file is written

        write_atomic(target, text.encode())
    return Proposal(
        candidates=found,
        recipes=len(recipes),
        claims=len(known.claims),
        unread=known.unread,
        written=str(target or ""),
        text=text,
    )


def _recipes_of(names: tuple[str, ...], catalog: Catalog) -> list[Recipe]:
    """Return the recipes of some names, else all; those that cannot be read are left out."""
    if names:
        read = [catalog.recipe(one) for one in names]
    else:
        catalog.refresh()
        read = [one for name in catalog.names() if (one := catalog.find(name)) is not None]
    return [one for one in read if isinstance(one, Recipe)]


def _may_be_written(target: Path) -> None:
    if target.absolute().resolve().is_relative_to(table_folder().resolve()):
        hint = "write it elsewhere, review it, then add what is true by hand"
        raise BadInput("candidates are never written into the table", where=str(target), hint=hint)
    if target.exists():
        raise BadInput("there is a file already", where=str(target), hint="name a new one")
