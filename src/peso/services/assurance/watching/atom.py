"""The feed of findings: what became known of a publication's releases, as Atom (RFC 4287). Pure.

1. An entry for each news of each filed watch, the newest first, to a bound. Its id is the digest of
   what it says, so that a reader shows it once.
2. The feed is as old as its newest entry: a watch without news changes no byte of it.
3. Everything in it is text, escaped; what XML cannot hold is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from peso.base.digest import canonical_json, sha256_bytes
from peso.services.assurance.watching.record import News

PATH = "feeds/findings.atom"
"""Where it lies among the pages of a publication."""
_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 300
_TITLE = 160
_NEEDED = 8
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGES = {
    "new": "new",
    "level": "level changed",
    "exploited": "exploited",
    "settled": "settled",
    "gone": "no longer found",
}


def atom(told: Iterable[tuple[datetime, News]], *, name: str, identity: str) -> bytes:
    """Return the feed.

    Args:
        told: News, each with when it was told, the newest first.
        name: What people call the publication.
        identity: What the publication is known by for as long as it lives, e.g. its first root.
    """
    several = _once(told)
    feed = ET.Element("feed", {"xmlns": _ATOM})
    _add(feed, "title", f"Findings in the releases of {name}")
    _add(feed, "id", f"urn:sha256:{sha256_bytes(canonical_json(['peso watch', identity]))}")
    _add(feed, "updated", _when(several[0].made if several else _NEVER))
    _add(ET.SubElement(feed, "author"), "name", name)
    _add(feed, "generator", "PESO")
    for one in several:
        _entry(feed, one)
    ET.indent(feed)
    data: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    made: datetime
    digest: str
    news: News


def _once(told: Iterable[tuple[datetime, News]]) -> list[_Told]:
    """Return each news once, with the time it was first told, the newest first.

    A day that was watched twice tells its news twice.
    """
    found: dict[str, _Told] = {}
    for made, news in told:
        day = f"{made.astimezone(UTC):%Y-%m-%d}"
        digest = sha256_bytes(canonical_json([day, news.plain()]))
        if digest not in found and len(found) == _MOST:
            break
        found[digest] = _Told(made=made, digest=digest, news=news)
    return sorted(found.values(), key=lambda one: one.made, reverse=True)


def _entry(feed: ET.Element, told: _Told) -> None:
    one, seen = told.news, told.news.sighting
    entry = ET.SubElement(feed, "entry")
    said = f"{_CHANGES[one.change]}: {seen.vulnerability} in {seen.name} ({seen.level})"
    _add(entry, "title", said[:_TITLE])
    _add(entry, "id", f"urn:sha256:{told.digest}")
    _add(entry, "updated", _when(told.made))
    for channel in sorted({concern.channel for concern in one.concerns}):
        ET.SubElement(entry, "category", {"term": _text(channel)})
    _add(entry, "content", "\n".join(_content(one))).set("type", "text")


def _content(one: News) -> Iterator[str]:
    seen = one.sighting
    yield seen.summary or "No source has a summary."
    if seen.aliases:
        yield f"Also known as {', '.join(seen.aliases)}."
    if one.before is not None:
        yield f"Its level was {one.before}, and is {seen.level}."
    if seen.exploited == "known":
        yield "It is known to be exploited."
    if seen.settled:
        yield f"Settled: {seen.settled}."
    if seen.fixed:
        yield f"Fixed in {', '.join(seen.fixed)}."
    if seen.building:
        yield "The component is only needed to build."
    for concern in one.concerns:
        more = len(concern.needed_by) - _NEEDED
        needed = ", ".join(concern.needed_by[:_NEEDED]) + (f" and {more} more" if more > 0 else "")
        by = f", needed by {needed}" if needed else ""
        yield f"In {concern.release} (channel {concern.channel}){by}."


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = _text(text)
    return made


def _text(text: str) -> str:
    return _NOT_XML.sub("", text)


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
