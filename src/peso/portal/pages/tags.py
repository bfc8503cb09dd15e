"""What templates can say in a word: states with text and shape, sizes, times, links to logs."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from peso.portal.pages.addresses import path_of, web
from peso.portal.pages.markdown import as_html

register = template.Library()

_SHAPES: Final = {
    "pass": "✓",
    "built": "✓",
    "reused": "✓",
    "external": "○",
    "fail": "✗",
    "failed": "✗",
    "not-tried": "\N{MINUS SIGN}",
    "unknown": "?",
    "not-known": "?",
    "skipped": "\N{MINUS SIGN}",
    "not tested": "\N{MINUS SIGN}",
    "error": "✗",
    "warning": "!",
    "hint": "i",
    "new": "+",
    "gone": "\N{MINUS SIGN}",
    "overdue": "▲",
    "soon": "△",
    "open": "○",
    "critical": "▲",
    "high": "▲",
    "medium": "△",
    "low": "▽",
    "not known": "?",
    "not covered": "?",
    "exploited": "✗",
    "not affected": "○",
    "fixed": "✓",
    "affected": "✗",
    "under investigation": "?",
    "decides nothing": "!",
    "yes": "✓",
    "own": "○",
    "no": "\N{MINUS SIGN}",
}
_STEP: Final = 1000
_WHOLE: Final = 1e15


@register.filter
def markdown(text: str) -> SafeString:
    """Return what people wrote in a catalog, lists and links too, as HTML that can do nothing."""
    return as_html(text)


@register.simple_tag
@lru_cache(maxsize=256)
def state(word: str) -> SafeString:
    """Return a state as a word with a shape: never by colour alone."""
    shape = _SHAPES.get(word, "•")
    return format_html(
        '<span class="state state-{}"><span aria-hidden="true">{}</span> {}</span>',
        word.replace(" ", "-"),
        shape,
        word,
    )


@register.filter
def size(length: int) -> str:
    """Return a number of bytes for people, e.g. `4.2 MB`."""
    number = float(length)
    for unit in ("B", "kB", "MB", "GB"):
        if number < _STEP:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= _STEP
    return f"{number:.1f} TB"


@register.filter
def short(digest: str) -> str:
    """Return the first characters of a digest."""
    return digest[:12]


register.filter("path", path_of)
register.filter("web", web)


@register.filter
def bare(number: object) -> str:
    """Return a figure for people: `240`, `1,325.5`, `8,388,608`."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    if number == int(number) and abs(number) < _WHOLE:
        return f"{int(number):,}"
    return f"{number:,.6g}"
