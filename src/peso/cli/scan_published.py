"""`peso scan --published`: its options, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

import peso
from peso.cli import screen
from peso.cli.watch_words import watch_words

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


def show_watch(
    publication: str,
    *,
    since: str | None,
    level: str,
    feed: Path | None,
    publish_feed: bool,
    root: Path | None,
    unsafe_development_keys: bool,
    folder: Path | None,
    everything: bool,
    json: bool,
    quiet: bool,
) -> NoReturn:
    """Watch a publication, print what became known, and end: 1 where it reaches the level.

    Also where a release is not proven: what is said of it is no yes.
    """
    if level not in _LEVELS:
        raise peso.BadInput(f"{level!r} is no level", hint=f"one of: {', '.join(_LEVELS)}")
    seen = peso.watch(
        publication,
        since=since,
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        feed=feed,
        publish_feed=publish_feed,
        folder=folder,
        ask_passphrase=screen.ask_passphrase,
    )
    words = watch_words(seen, level, everything=everything) if not (json or quiet) else ""
    screen.show(seen if json else words, as_json=json, quiet=quiet)
    unsure = any(one.unsure for one in seen.releases)
    raise typer.Exit(1 if unsure or seen.urgent_at(level) or not seen.sources else 0)
