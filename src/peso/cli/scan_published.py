"""`peso scan --published`: its options, and what it prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import peso
from peso.cli import screen
from peso.cli.watch_words import watch_words

_PASSED = ("since", "root", "unsafe_development_keys", "feed", "publish_feed", "folder")
_LEVELS = ("note", "low", "medium", "high", "critical")

Published = Annotated[
    bool,
    typer.Option(
        "--published",
        help="Every release of a publication (default: public) again: what became known since.",
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Of published releases: news from this day on (YYYY-MM-DD); else since the last watch"
        " of an earlier day.",
    ),
]
AtLevel = Annotated[
    str,
    typer.Option(
        metavar="LEVEL",
        help=f"Of published releases: exit 1 for news at or above it: {', '.join(_LEVELS)}.",
    ),
]
Feed = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Of published releases: write the news as an Atom feed."),
]
PublishFeed = Annotated[
    bool,
    typer.Option(
        "--publish-feed",
        help="Put the feed among the signed pages of the publication: feeds/findings.atom.",
    ),
]


def show_watch(given: Mapping[str, Any]) -> NoReturn:
    """Watch a publication, print what became known, and end: 1 where it reaches the level.

    Also where a release is not proven, or nobody was asked: what is said then is no yes. `given`
    are the options of `peso scan`, as they were given.
    """
    level = given["level"]
    if level not in _LEVELS:
        raise peso.BadInput(f"{level!r} is no level", hint=f"one of: {', '.join(_LEVELS)}")
    named = {one: given[one] for one in _PASSED}
    seen = peso.watch(given["target"], **named, ask_passphrase=screen.ask_passphrase)
    silent = given["json"] or given["quiet"]
    words = "" if silent else watch_words(seen, level, everything=given["everything"])
    screen.show(seen if given["json"] else words, as_json=given["json"], quiet=given["quiet"])
    unsure = any(one.unsure for one in seen.releases)
    raise typer.Exit(1 if unsure or seen.urgent_at(level) or not seen.sources else 0)
