"""The consortium's nouns as files: members, officers, people, working groups, events, stories.

One file for each, so that each is reviewed and merged by itself. They are facts only: what follows
from them (seats, terms that are over, votes) is decided elsewhere.

1. What a catalog says and no field holds is in `kept`; `sources` says where it says what.
2. Dates and times are text as written: a catalog's time is free text with a zone in words.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.products.product import Link, Source


class _Fact(Record, use_attribute_docstrings=True):
    """What each of them has."""

    kept: dict[str, Any] = Field(default={})
    """What a catalog says beyond the other fields: key and value."""
    sources: dict[str, Source] = Field(default={})
    """Which file of each catalog speaks of it, and on which lines."""


class Member(_Fact):
    """A member of the consortium."""

    schema_: Literal["peso.member/1"] = Field(default="peso.member/1", alias="schema")
    short_name: str
    name: str | Unknown
    website: str = ""
    level: str | Unknown
    leads: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()
    focus_area: str = ""
    joined: str = ""
    left: str = ""


class Officer(_Fact):
    """Who holds an office, and since when."""

    schema_: Literal["peso.officer/1"] = Field(default="peso.officer/1", alias="schema")
    position: str
    name: str | Unknown
    elected: str | Unknown


class Terms(_Fact):
    """How long offices and working groups go before they are looked at again, in days."""

    schema_: Literal["peso.terms/1"] = Field(default="peso.terms/1", alias="schema")
    officers: int | Unknown = Unknown(unknown="no catalog says")
    working_groups: dict[str, Any] = Field(default={})


class Person(_Fact):
    """A person the consortium names."""

    schema_: Literal["peso.person/1"] = Field(default="peso.person/1", alias="schema")
    name: str
    affiliation: str | Unknown = Unknown(unknown="no catalog says")
    short_affiliation: str = ""
    email: str = ""
    homepage: str = ""
    linkedin: str = ""
    github: str = ""


class Foundation(_Fact):
    """A foundation that products belong to."""

    schema_: Literal["peso.foundation/1"] = Field(default="peso.foundation/1", alias="schema")
    name: str
    short: str = ""
    url: str = ""


class Area(_Fact):
    """A topic of the catalog."""

    schema_: Literal["peso.area/1"] = Field(default="peso.area/1", alias="schema")
    name: str
    description: str = ""


class WorkingGroup(_Fact):
    """A working group and its charter."""

    schema_: Literal["peso.working-group/1"] = Field(default="peso.working-group/1", alias="schema")
    name: str
    description: str | Unknown = Unknown(unknown="no catalog says")
    chairs: tuple[str, ...] = ()
    meeting_schedule: str = ""
    purpose: str | Unknown = Unknown(unknown="no catalog says")
    relationships: str = ""
    lifetime: str | Unknown = Unknown(unknown="no catalog says")
    membership: str | Unknown = Unknown(unknown="no catalog says")
    reporting: str | Unknown = Unknown(unknown="no catalog says")
    status: str | Unknown = Unknown(unknown="no catalog says")
    status_date: str = ""
    additional: str = ""
    links: tuple[Link, ...] = ()
    series: str = ""
    event_collection: str = ""
    back_to_top: bool = False
    body: str = ""


class Appearance(Record):
    """A person at an event."""

    name: str | Unknown
    affiliation: str = ""
    short_affiliation: str = ""
    github: str = ""
    pronouns: str = ""
    profile: str = ""
    title: str = ""
    bio: str = ""
    role: str = ""
    kept: dict[str, Any] = Field(default={})


class Material(Record):
    """Something an event left: slides, a recording, a paper."""

    label: str | Unknown
    url: str = ""
    doi: str = ""
    video: str = ""
    playlist: str = ""
    event_label: str = ""
    format: str = ""
    note: str = ""
    status: str = ""
    icon: str = ""
    kept: dict[str, Any] = Field(default={})


class Deadline(Record):
    """What is due before an event."""

    label: str | Unknown
    due: str = ""
    responsible: tuple[str, ...] = ()
    kept: dict[str, Any] = Field(default={})


class Event(_Fact):
    """An event of the consortium."""

    schema_: Literal["peso.event/1"] = Field(default="peso.event/1", alias="schema")
    title: str
    type: str | Unknown
    series: tuple[str, ...] = ()
    start: str | Unknown
    """Its first day."""
    end: str = ""
    """Its last day, where the catalog says one."""
    time: str | Unknown
    """When on that day, as written, zone included."""
    location: str | Unknown
    venue: str = ""
    venue_type: str = ""
    venue_url: str = ""
    members: tuple[str, ...] = ()
    published: bool = True
    description: str = ""
    short_description: str = ""
    people: tuple[Appearance, ...] = ()
    materials: tuple[Material, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    organizers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    topic: str = ""
    registration: str = ""
    questions: str = ""
    survey: str = ""
    title_type: str = ""
    title_url: str = ""
    parent_name: str = ""
    parent_file: str = ""
    header: dict[str, Any] = Field(default={})
    body: str = ""


class Story(_Fact):
    """A story of what the software made possible."""

    schema_: Literal["peso.story/1"] = Field(default="peso.story/1", alias="schema")
    title: str
    date: str | Unknown
    authors: tuple[str, ...] = ()
    excerpt: str = ""
    teaser: str = ""
    acknowledgment: str = ""
    products: tuple[str, ...] = ()
    slides: tuple[Any, ...] = ()
    body: str = ""
