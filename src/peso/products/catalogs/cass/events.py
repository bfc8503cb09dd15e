"""`_events/**` and `_impacts/*.md`: events of the consortium, and stories of what came of it.

1. A person of an event keeps the role of the list that names them.
2. A catalog has a first day, perhaps a last one, and the time as text with its zone in words; all
   three are kept as written. A day that is none is a finding.
"""

from __future__ import annotations

from peso.products.catalogs.cass.groups import is_date
from peso.products.catalogs.cass.vocabulary import Vocabulary
from peso.products.catalogs.columns import Column, Place, Row, read_row
from peso.products.catalogs.consortium import Event, Story
from peso.products.catalogs.entry import Entry, record_of, slug
from peso.products.catalogs.pages import is_template, read_page
from peso.products.catalogs.quality import Seen

EVENTS = "_events"
STORIES = "_impacts"

APPEARANCE = (
    Column(field="name", key="name", needed=True),
    Column(field="affiliation", key="affiliation", kind="word"),
    Column(field="short_affiliation", key="short-affil", kind="word"),
    Column(field="github", key="github-id", kind="word"),
    Column(field="pronouns", key="pronouns", kind="word"),
    Column(field="profile", key="profile-url", kind="word"),
    Column(field="title", key="title", kind="word"),
    Column(field="bio", key="bio", kind="word"),
)
MATERIAL = (
    Column(field="label", key="label", needed=True, lacks="link-without-label"),
    Column(field="url", key="url", kind="word"),
    Column(field="doi", key="doi", kind="word"),
    Column(field="video", key="yt-video-id", kind="word"),
    Column(field="playlist", key="yt-playlist-id", kind="word"),
    Column(field="event_label", key="bsswt-event-label", kind="word"),
    Column(field="format", key="format", kind="word"),
    Column(field="note", key="note", kind="word"),
    Column(field="status", key="status", kind="word"),
    Column(field="icon", key="icon", kind="word"),
)
DEADLINE = (
    Column(field="label", key="label", needed=True),
    Column(field="due", key="due", kind="word"),
    Column(field="responsible", key="responsible", kind="texts"),
)


def _people(key: str, role: str) -> Column:
    return Column(field="people", key=key, kind="records", of=APPEARANCE, extra=(("role", role),))


EVENT = (
    Column(field="title", key="title", needed=True),
    Column(field="type", key="type", needed=True),
    Column(field="series", key="series", kind="texts"),
    Column(field="start", key="startdate", needed=True),
    Column(field="end", key="enddate", kind="word"),
    Column(field="time", key="time", needed=True),
    Column(field="location", key="location", needed=True),
    Column(field="venue", key="venue", kind="word"),
    Column(field="venue_type", key="venue-type", kind="word"),
    Column(field="venue_url", key="venue-url", kind="word"),
    Column(field="members", key="activities", kind="texts"),
    Column(field="published", key="published", kind="flag"),
    Column(field="description", key="description", kind="word"),
    Column(field="short_description", key="short-description", kind="word"),
    _people("presenters", "presenter"),
    _people("panelists", "panelist"),
    _people("moderators", "moderator"),
    _people("organizers", "organizer"),
    Column(field="materials", key="artifacts", kind="records", of=MATERIAL),
    Column(field="deadlines", key="deadlines", kind="records", of=DEADLINE),
    Column(field="organizers", key="organizer-ids", kind="texts"),
    Column(field="topics", key="bsswio-topics", kind="texts"),
    Column(field="topic", key="topic", kind="word"),
    Column(field="registration", key="registration-url", kind="word"),
    Column(field="questions", key="qa-public-url", kind="word"),
    Column(field="survey", key="survey-public-url", kind="word"),
    Column(field="title_type", key="title-type", kind="word"),
    Column(field="title_url", key="title-url", kind="word"),
    Column(field="parent_name", key="parent-event-name", kind="word"),
    Column(field="parent_file", key="parent-event-file", kind="word"),
    Column(field="header", key="header", kind="free"),
)
STORY = (
    Column(field="title", key="title", needed=True),
    Column(field="date", key="date", needed=True),
    Column(field="authors", key="authors", kind="texts"),
    Column(field="excerpt", key="excerpt", kind="word"),
    Column(field="teaser", key="teaser", kind="word"),
    Column(field="acknowledgment", key="acknowledgment", kind="word"),
    Column(field="products", key="software_mentioned", kind="texts"),
    Column(field="slides", key="slide", kind="free"),
)


def read_event(path: str, data: bytes, vocabulary: Vocabulary, seen: Seen) -> Entry | None:
    """Read an event's page; None where it is a template, or cannot be read at all."""
    read = _page(path, data, EVENT, EVENTS, seen)
    if read is None:
        return None
    row, place, target = read
    for field in ("start", "end"):
        day = row.fields.get(field)
        if isinstance(day, str) and not is_date(day):
            place.no("date", row.lines[field], f"{day!r} is no date")
    for name, line in _listed(row, "members"):
        # An event may be a working group's as well as a member's.
        known = vocabulary.members and vocabulary.members | vocabulary.groups
        if known is not None and name not in known:
            place.no("unknown-member", line, f"{name!r} is not in the catalog's list")
    event = record_of(Event, row, place)
    return None if event is None else Entry(path=f"consortium/events/{target}", record=event)


def read_story(path: str, data: bytes, vocabulary: Vocabulary, seen: Seen) -> Entry | None:
    """Read a story's page; None where it is a template, or cannot be read at all."""
    read = _page(path, data, STORY, STORIES, seen)
    if read is None:
        return None
    row, place, target = read
    day = row.fields.get("date")
    if isinstance(day, str) and not is_date(day):
        place.no("date", row.lines["date"], f"{day!r} is no date")
    for name, line in _listed(row, "products"):
        if vocabulary.products is not None and name not in vocabulary.products:
            place.no("unknown-product", line, f"{name!r} is no product of the catalog")
    story = record_of(Story, row, place)
    return None if story is None else Entry(path=f"consortium/stories/{target}", record=story)


def _page(
    path: str, data: bytes, columns: tuple[Column, ...], folder: str, seen: Seen
) -> tuple[Row, Place, str] | None:
    if is_template(path):
        return None
    page = read_page(path, data, seen)
    if page is None:
        return None
    inside = path.removeprefix(f"{folder}/").removesuffix(".md")
    place = Place(file=path, subject=inside, seen=seen)
    row = read_row(page.root, columns, place)
    if not isinstance(row.fields.get("title"), str):
        place.no("name-missing", 1, "it has no title")
        row.fields["title"] = inside
    row.fields["body"] = page.front.body.strip()
    return row, place, "/".join(slug(part) for part in inside.split("/")) + ".yaml"


def _listed(row: Row, field: str) -> list[tuple[str, int]]:
    return list(zip(row.fields.get(field, ()), row.items.get(field, ()), strict=False))
