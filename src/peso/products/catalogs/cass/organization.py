"""`_data/*.yml`: members, officers, terms, people, foundations and areas of the consortium.

What the files say only in comments (members that left, officers of before) stays in the mirror and
is a finding: a file of the workspace has room for the dates.
"""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.record import Record
from peso.products.catalogs.columns import Column, Place, Row, read_row
from peso.products.catalogs.consortium import (
    Area,
    Foundation,
    Member,
    Officer,
    Person,
    Terms,
)
from peso.products.catalogs.entry import Entry, Tree, record_of, slug
from peso.products.catalogs.pages import read_data
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import List, Mapping, plain

ORGANIZATION = "_data/organization.yml"
PEOPLE = "_data/people.yml"
FOUNDATIONS = "_data/foundations.yml"
AREAS = "_data/sw-areas.yml"
LEVELS = ("core", "affiliate", "former")

MEMBER = (
    Column(field="short_name", key="short_name", needed=True),
    Column(field="name", key="name", needed=True),
    Column(field="website", key="website", kind="word"),
    Column(field="level", key="membership_level", needed=True),
    Column(field="leads", key="leads", kind="texts"),
    Column(field="representatives", key="sc_reps", kind="texts"),
    Column(field="focus_area", key="focus_area", kind="word"),
)
OFFICER = (
    Column(field="position", key="position", needed=True),
    Column(field="name", key="name", needed=True),
    Column(field="elected", key="elected", needed=True),
)
PERSON = (
    Column(field="name", key="name", kind="word"),
    Column(field="affiliation", key="affiliation", needed=True),
    Column(field="short_affiliation", key="short_affil", kind="word"),
    Column(field="email", key="email", kind="word"),
    Column(field="homepage", key="homepage", kind="word"),
    Column(field="linkedin", key="linkedin", kind="word"),
    Column(field="github", key="github", kind="word"),
)
FOUNDATION = (
    Column(field="short", key="short", kind="word"),
    Column(field="url", key="url", kind="word"),
)
AREA = (Column(field="description", key="description", kind="word"),)
TERMS = (
    Column(field="officers", key="officers_term", kind="number"),
    Column(field="working_groups", key="wg_reviews", kind="free"),
)


def read_organization(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the members, the officers and their terms."""
    data = tree.files.get(ORGANIZATION)
    root = None if data is None else read_data(ORGANIZATION, data, seen)
    if root is None:
        return ()
    return (
        *_listed(root, "members", MEMBER, model=Member, by="short_name", seen=seen),
        *_listed(root, "officers", OFFICER, model=Officer, by="position", seen=seen),
        *_terms(root, seen),
    )


def read_people(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the people, by the name the other files use."""
    return tuple(_named(tree, PEOPLE, PERSON, model=Person, folder="people", seen=seen))


def read_foundations(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the foundations, by the name the products use."""
    return tuple(
        _named(tree, FOUNDATIONS, FOUNDATION, model=Foundation, folder="foundations", seen=seen)
    )


def read_areas(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the areas, by the name the products use."""
    return tuple(_named(tree, AREAS, AREA, model=Area, folder="areas", seen=seen))


def _listed(  # noqa: PLR0913 - which list, of what, by which name
    root: Mapping,
    key: str,
    columns: tuple[Column, ...],
    *,
    model: type[Record],
    by: str,
    seen: Seen,
) -> Iterator[Entry]:
    pair = root.get(key)
    items = pair.value.items if pair and isinstance(pair.value, List) else ()
    if pair and not isinstance(pair.value, List):
        seen.no("wrong-shape", ORGANIZATION, pair.line, f"{key!r} is not a list")
    for item in items:
        name = plain(item).get(by) if isinstance(item, Mapping) else None
        place = Place(file=ORGANIZATION, subject=str(name or key), seen=seen)
        if not isinstance(item, Mapping):
            place.no("unreadable", item.line, f"an entry of {key!r} is not a mapping")
            continue
        row = read_row(item, columns, place)
        if not isinstance(row.fields.get(by), str):
            place.no("name-missing", item.line, f"an entry of {key!r} has no {by!r}")
            row.fields[by] = f"unnamed, line {item.line}"
        level = row.fields.get("level")
        if isinstance(level, str) and level not in LEVELS:
            message = f"{level!r} is none of {', '.join(LEVELS)}"
            place.no("unknown-status", row.lines["level"], message)
        record = record_of(model, row, place, line=item.line)
        if record is not None:
            yield Entry(path=f"consortium/{key}/{slug(row.fields[by])}.yaml", record=record)


def _terms(root: Mapping, seen: Seen) -> Iterator[Entry]:
    place = Place(file=ORGANIZATION, subject="terms", seen=seen)
    pairs = tuple(pair for pair in root.pairs if pair.key not in {"members", "officers"})
    rest = Mapping(pairs=pairs, line=root.line, start=root.start, end=root.end)
    row = read_row(rest, TERMS, place)
    if pairs and (record := record_of(Terms, row, place)):
        yield Entry(path="consortium/terms.yaml", record=record)


def _named(  # noqa: PLR0913 - which file, of what, to where
    tree: Tree,
    path: str,
    columns: tuple[Column, ...],
    *,
    model: type[Record],
    folder: str,
    seen: Seen,
) -> Iterator[Entry]:
    data = tree.files.get(path)
    root = None if data is None else read_data(path, data, seen)
    for pair in root.pairs if root else ():
        place = Place(file=path, subject=pair.key, seen=seen)
        if not isinstance(pair.value, Mapping):
            place.no("wrong-shape", pair.line, f"{pair.key!r} is not a mapping")
            row = Row(kept={pair.key: plain(pair.value)})
        else:
            row = read_row(pair.value, columns, place)
        row.fields["name"] = pair.key
        row.lines["name"] = pair.line
        record = record_of(model, row, place, line=pair.line)
        if record is not None:
            yield Entry(path=f"consortium/{folder}/{slug(pair.key)}.yaml", record=record)
