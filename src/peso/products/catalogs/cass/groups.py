"""`_working-groups/*.md`: working groups and their charters.

The README wants the charter below a key `charter` and chairs as plain names; the template has the
charter's keys at the top and chairs as `name: …`. Both are read; the second form is a finding.
"""

from __future__ import annotations

from datetime import date

from peso.products.catalogs.cass.software import LINK, look_at_links
from peso.products.catalogs.cass.vocabulary import Vocabulary
from peso.products.catalogs.columns import Column, Place, Row, read_row
from peso.products.catalogs.consortium import WorkingGroup
from peso.products.catalogs.entry import Entry, record_of, slug
from peso.products.catalogs.pages import is_template, read_page
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import List, Mapping, Pair, Scalar, plain

FOLDER = "_working-groups"
STATUS = ("Provisional", "Active", "Retired")
CHARTER = (
    Column(field="purpose", key="purpose", needed=True),
    Column(field="relationships", key="relationships", kind="word"),
    Column(field="lifetime", key="lifetime", needed=True),
    Column(field="membership", key="membership", needed=True),
    Column(field="reporting", key="reporting", needed=True),
    Column(field="status", key="status", needed=True),
    Column(field="status_date", key="status_date", kind="date", needed=True),
    Column(field="additional", key="additional", kind="word"),
)
COLUMNS = (
    Column(field="name", key="name", needed=True),
    Column(field="description", key="description", needed=True),
    Column(field="meeting_schedule", key="meeting_schedule", kind="word"),
    Column(
        field="links",
        key="additional_resource_links",
        kind="records",
        of=LINK,
        extra=(("for", "everyone"),),
    ),
    Column(field="series", key="series", kind="word"),
    Column(field="event_collection", key="event_collection", kind="word"),
    Column(field="back_to_top", key="back_to_top", kind="flag"),
    *CHARTER,
)


def read_group(path: str, data: bytes, vocabulary: Vocabulary, seen: Seen) -> Entry | None:
    """Read a working group's page; None where it is a template, or cannot be read at all."""
    if is_template(path):
        return None
    page = read_page(path, data, seen)
    if page is None:
        return None
    stem = path.removeprefix(f"{FOLDER}/").removesuffix(".md")
    place = Place(file=path, subject=stem, seen=seen)
    root = page.root
    pairs = (*(pair for pair in root.pairs if pair.key != "chair"), *_charter(root, place))
    pairs = tuple(pair for pair in pairs if pair.key != "charter")
    flat = Mapping(pairs=pairs, line=root.line, start=root.start, end=root.end)
    row = read_row(flat, COLUMNS, place)
    _chairs(root.get("chair"), row, vocabulary, place)
    row.fields["body"] = page.front.body.strip()
    if not isinstance(row.fields.get("name"), str):
        place.no("name-missing", 1, "the working group has no name")
        row.fields["name"] = stem
    _look(row, place)
    group = record_of(WorkingGroup, row, place)
    if group is None:
        return None
    look_at_links(group.links, row.items.get("links", []), place)
    return Entry(path=f"consortium/working-groups/{slug(stem)}.yaml", record=group)


def _charter(root: Mapping, place: Place) -> tuple[Pair, ...]:
    pair = root.get("charter")
    keys = {column.key for column in CHARTER}
    for top in root.pairs:
        if top.key in keys:
            message = f"{top.key!r} stands outside of `charter`"
            place.no("template-form", top.line, message)
    if pair is None:
        return ()
    if isinstance(pair.value, Mapping):
        return pair.value.pairs
    place.no("wrong-shape", pair.line, "`charter` is not a mapping")
    return (Pair(key="charter ", value=pair.value, line=pair.line, start=pair.start),)


def _chairs(pair: Pair | None, row: Row, vocabulary: Vocabulary, place: Place) -> None:
    if pair is None:
        place.no("missing", 1, "the key 'chair' is missing")
        return
    row.lines["chairs"] = pair.line
    items = pair.value.items if isinstance(pair.value, List) else (pair.value,)
    if not isinstance(pair.value, List):
        place.no("not-a-list", pair.line, "'chair' is one value, not a list")
    names: list[str] = []
    for item in items:
        named = item.get("name") if isinstance(item, Mapping) else None
        one = named.value if named else item
        if named:
            place.no("template-form", item.line, "a chair is written as `name: …`")
        if not isinstance(one, Scalar) or one.blank:
            place.no("wrong-shape", item.line, "a chair is no name")
            row.kept["chair"] = plain(pair.value)
            continue
        names.append(one.text)
        _look_at_chair(one, vocabulary, place)
    row.fields["chairs"] = names


def _look_at_chair(chair: Scalar, vocabulary: Vocabulary, place: Place) -> None:
    if vocabulary.people is None:
        return
    if chair.text not in vocabulary.people:
        place.no("unknown-person", chair.line, f"{chair.text!r} is not among the people")
    elif chair.text not in vocabulary.with_email:
        place.no("person-without-email", chair.line, f"{chair.text!r} has no address")


def _look(row: Row, place: Place) -> None:
    status, day = row.fields.get("status"), row.fields.get("status_date")
    if isinstance(status, str) and status not in STATUS:
        message = f"{status!r} is none of {', '.join(STATUS)}"
        place.no("unknown-status", row.lines["status"], message)
    if isinstance(day, str) and not is_date(day):
        place.no("date", row.lines["status_date"], f"{day!r} is no date")


def is_date(text: str) -> bool:
    """Say whether text is a day such as 2026-11-23."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
