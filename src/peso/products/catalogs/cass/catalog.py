"""The consortium's whole catalog: vocabularies first, then everything that uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from peso.products.catalogs.cass.events import EVENTS, STORIES, read_event, read_story
from peso.products.catalogs.cass.groups import FOLDER as GROUPS
from peso.products.catalogs.cass.groups import read_group
from peso.products.catalogs.cass.organization import (
    ORGANIZATION,
    read_areas,
    read_foundations,
    read_organization,
    read_people,
)
from peso.products.catalogs.cass.software import FOLDER as SOFTWARE
from peso.products.catalogs.cass.software import read_software
from peso.products.catalogs.cass.vocabulary import (
    BADGES,
    Vocabulary,
    known,
    read_badges,
    read_licenses,
)
from peso.products.catalogs.consortium import (
    Area,
    Foundation,
    Member,
    Officer,
    Person,
    WorkingGroup,
)
from peso.products.catalogs.entry import Entry, Reading, Tree
from peso.products.catalogs.quality import Seen, in_order
from peso.products.product import Badge, Product

NAME = "cass"
FOLDERS = ("_software/", "_working-groups/", "_events/", "_impacts/", "_data/")

R = TypeVar("R")
_Reader = Callable[[str, bytes, Vocabulary, Seen], Entry | None]


def wanted(path: str) -> bool:
    """Say whether a file of the catalog is read and mirrored."""
    return path.startswith(FOLDERS) and "/." not in path


def read_cass(tree: Tree, root: str) -> Reading:
    """Read the consortium's catalog.

    Args:
        tree: Its files.
        root: What findings call its folder.
    """
    seen = Seen(catalog=NAME, root=root)
    organization, people = read_organization(tree, seen), read_people(tree, seen)
    foundations, areas = read_foundations(tree, seen), read_areas(tree, seen)
    vocabulary = _vocabulary((*organization, *people, *foundations, *areas), tree, seen)
    software = tuple(_pages(tree, SOFTWARE, read_software, vocabulary, seen))
    groups = tuple(_pages(tree, GROUPS, read_group, vocabulary, seen))
    vocabulary = replace(
        vocabulary,
        products=known(one.name for one in _records(software, Product)),
        groups=frozenset(one.name for one in _records(groups, WorkingGroup)),
    )
    entries = (
        *software,
        *organization,
        *people,
        *foundations,
        *areas,
        *groups,
        *_pages(tree, EVENTS, read_event, vocabulary, seen),
        *_pages(tree, STORIES, read_story, vocabulary, seen),
    )
    _look_at_people(organization, vocabulary, seen)
    _look_at_badges(software, vocabulary, seen)
    for path in tree.left_out:
        seen.no("not-read", path, 1, "it is a link, no plain file, or too large")
    return Reading(entries=tuple(_each_once(entries, seen)), findings=in_order(seen.findings))


def _vocabulary(entries: tuple[Entry, ...], tree: Tree, seen: Seen) -> Vocabulary:
    """Return what products, groups, events and stories may name."""
    licenses, deprecated = read_licenses(tree, seen)
    return Vocabulary(
        areas=known(one.name for one in _records(entries, Area)),
        members=known(one.short_name for one in _records(entries, Member)),
        foundations=known(one.name for one in _records(entries, Foundation)),
        people=known(one.name for one in _records(entries, Person)),
        with_email=frozenset(one.name for one in _records(entries, Person) if one.email),
        licenses=licenses,
        deprecated=deprecated,
        badges=read_badges(tree, seen),
    )


def _records(entries: Iterable[Entry], kind: type[R]) -> Iterator[R]:
    return (entry.record for entry in entries if isinstance(entry.record, kind))


def _pages(
    tree: Tree, folder: str, reader: _Reader, vocabulary: Vocabulary, seen: Seen
) -> Iterator[Entry]:
    for path, data in tree.below(folder, ".md"):
        entry = reader(path, data, vocabulary, seen)
        if entry is not None:
            yield entry


def _look_at_people(entries: Iterable[Entry], vocabulary: Vocabulary, seen: Seen) -> None:
    """Note leads, representatives and officers who are not among the people."""
    if vocabulary.people is None:
        return
    for entry in entries:
        record = entry.record
        if isinstance(record, Member):
            named = {"leads": record.leads, "representatives": record.representatives}
            subject = record.short_name
        elif isinstance(record, Officer) and isinstance(record.name, str):
            named, subject = {"name": (record.name,)}, record.position
        else:
            continue
        lines = record.sources[NAME].lines
        for field, names in named.items():
            for name in names:
                if name not in vocabulary.people:
                    message = f"{name!r} is not among the people"
                    seen.no("unknown-person", ORGANIZATION, lines[field], message, subject=subject)


def _look_at_badges(software: Iterable[Entry], vocabulary: Vocabulary, seen: Seen) -> None:
    used = {
        one.badge.project for one in _records(software, Product) if isinstance(one.badge, Badge)
    }
    for project in sorted(set(vocabulary.badges) - used):
        seen.no("badge-unused", f"{BADGES}/{project}.json", 1, "no product names this project")


def _each_once(entries: Iterable[Entry], seen: Seen) -> Iterator[Entry]:
    """Yield entries; a second one for the same file gets a number, and is a finding."""
    taken: dict[str, str] = {}
    for entry in entries:
        source = entry.sources()[NAME]["file"]
        path, number = entry.path, 2
        while path in taken:
            path = f"{entry.path.removesuffix('.yaml')}-{number}.yaml"
            number += 1
        if path != entry.path:
            message = f"it would be {entry.path}, as {taken[entry.path]} is; it is {path}"
            seen.no("same-slug", source, 1, message)
        taken[path] = source
        yield Entry(path=path, record=entry.record)
