"""What the consortium's templates say in a word: people, days, and values that may be unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from urllib.parse import quote

from django import template
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from peso.base.finding import Unknown
from peso.partnerships.consortium.record import Dated
from peso.portal.pages.tags import state

register = template.Library()
_LINK: Final = re.compile(r"\[(?P<words>[^\[\]\n]{1,300})\]\([^()\n]{1,1000}\)")
_LONGEST: Final = 8000


@register.filter
def said(value: str | Unknown) -> SafeString | str:
    """Return a text; where nobody knows, that, and why."""
    return _unknown(value) if isinstance(value, Unknown) else value


@register.filter
def known(value: object) -> bool:
    """Say whether there is something, and it is known."""
    return bool(value) and not isinstance(value, Unknown)


@register.filter
def isday(value: object) -> bool:
    """Say whether a day, or a number of days, is known."""
    return isinstance(value, date | int)


@register.filter
def of(slug: str, names: Mapping[str, str]) -> str:
    """Return the name that a slug stands for."""
    return names.get(slug, slug)


@register.filter
def prose(value: str | Unknown) -> SafeString:
    """Return a text of a charter as paragraphs; of a Markdown link, its words."""
    if isinstance(value, Unknown):
        return format_html("<p>{}</p>", _unknown(value))
    text = _LINK.sub(r"\g<words>", Truncator(value).chars(_LONGEST))
    return mark_safe(linebreaks(text.replace("**", ""), autoescape=True))  # noqa: S308 - escaped


@register.filter
def day(value: date | Unknown) -> SafeString:
    """Return a day for people; where nobody knows, that, and why."""
    if isinstance(value, Unknown):
        return _unknown(value)
    shown = f"{value.day} {value:%B %Y}"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def span(value: Dated) -> SafeString:
    """Return from when to when something holds, as far as that is known."""
    since = day(value.since) if isinstance(value.since, date) else None
    until = day(value.until) if isinstance(value.until, date) else None
    if since and until:
        return format_html("{} to {}", since, until)
    if since:
        return format_html("since {}", since)
    if until:
        return format_html("until {}", until)
    return format_html('<span class="faint">{}</span>', _why(value.since))


@register.filter
def now(several: Iterable[Dated], today: date) -> list[Dated]:
    """Return what holds on a day, for all that is known."""
    return [one for one in several if one.holds(today)]


@register.filter
def who(name: str | Unknown, slugs: Mapping[str, str]) -> SafeString | str:
    """Return a person's name, as a link where the person has a page."""
    if isinstance(name, Unknown):
        return _unknown(name)
    if name not in slugs:
        return name
    return format_html('<a href="/consortium/people/{}/">{}</a>', quote(slugs[name], safe=""), name)


@register.filter
def away(number: int) -> str:
    """Return how many days away something is: `in 3 days`, `today`, `40 days ago`."""
    if number == 0:
        return "today"
    plural = "" if abs(number) == 1 else "s"
    return f"in {number} day{plural}" if number > 0 else f"{-number} day{plural} ago"


def _unknown(value: Unknown) -> SafeString:
    return format_html('{} <span class="faint">{}</span>', state("not known"), value.unknown)


def _why(value: date | Unknown) -> str:
    return value.unknown if isinstance(value, Unknown) else ""
