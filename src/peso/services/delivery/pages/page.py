"""Page: a publication's pages, one for all releases and one for each, as bytes.

For people: an engineer who decides whether to install, a manager who asks what was delivered.

1. Everything a page says comes from a `ReleaseView`, that is from evidence the release ships, or
   from the arguments; a page explains, but states no fact of its own.
2. Equal arguments give equal bytes, in whatever order the views come.
3. Pages stand alone: no script, no external asset, nothing fetched; they work from a folder.
4. Every text is escaped; every link ends inside the publication, at a file a manifest names.
5. Commands are shown as they are to be run, in the folder that holds the publication, and carry
   `data-peso-command`, so that a test runs what people read.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from jinja2 import Environment, PackageLoader, StrictUndefined

from peso.products.engines.port import Artifact
from peso.services.delivery.layout.versions import newest
from peso.services.delivery.pages import wording
from peso.services.delivery.pages.view import Read, ReleaseView, view

__all__ = ["Page", "Read", "ReleaseView", "render", "view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and its place inside the publication."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What a reader types, in the folder that holds the publication."""

    digest: str
    pin: str
    verify: str
    install: str = ""
    use: str = ""


def render(  # noqa: PLR0913 - named facts of one publication
    views: tuple[ReleaseView, ...],
    *,
    root_sha256: str,
    development: bool,
    made: datetime,
    publication: str = "public",
    fresh_days: int = 7,
) -> tuple[Page, ...]:
    """Make `index.html` and the page of every release.

    `root_sha256` is the digest of the root that lies beside the publication as
    `<publication>.root.json`; `fresh_days` is how long the timestamp stays valid.
    """
    ordered = _newest_first(views)
    environment = _environment()
    environment.globals.update(
        root_sha256=root_sha256,
        development=development,
        made=made,
        publication=publication,
        root_file=f"{publication}.root.json",
        fresh_days=fresh_days,
    )
    commands = partial(_commands, publication, root_sha256, development=development)
    index = environment.get_template("index.html.j2")
    release = environment.get_template("release.html.j2")
    pages = [
        Page(path="index.html", data=index.render(views=ordered, commands=commands()).encode())
    ]
    for one in ordered:
        text = release.render(
            view=one,
            newer=_newer(one, ordered),
            commands=commands(view=one, which=_which(one, ordered)),
        )
        pages.append(Page(path=one.path, data=text.encode()))
    return tuple(pages)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("peso.services.delivery.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        size=wording.size,
        seconds=wording.seconds,
        number=wording.number,
        moment=wording.moment,
        day=wording.day,
        argv=shlex.join,
        runs_on=wording.runs_on,
        basename=lambda path: PurePosixPath(path).name,
        saved_as=saved_as,
    )
    return environment


def _newest_first(views: tuple[ReleaseView, ...]) -> tuple[ReleaseView, ...]:
    by_name = sorted(views, key=lambda one: one.path)
    return tuple(sorted(by_name, key=lambda one: one.manifest.created, reverse=True))


def _newer(one: ReleaseView, ordered: tuple[ReleaseView, ...]) -> ReleaseView | None:
    """Return the release that `install` takes for the newest of this stack in this channel."""
    line = [
        view
        for view in ordered
        if (view.manifest.channel, view.manifest.stack)
        == (one.manifest.channel, one.manifest.stack)
    ]
    latest = line[newest([view.manifest.version for view in line])]
    return None if latest.path == one.path else latest


def _which(one: ReleaseView, ordered: tuple[ReleaseView, ...]) -> tuple[str, ...]:
    """Return the options that tell `install` which release is meant, where it must be told."""
    if len(ordered) == 1:
        return ()
    asked = (one.manifest.stack, one.manifest.version)
    same = [view for view in ordered if (view.manifest.stack, view.manifest.version) == asked]
    channel = ("--channel", one.manifest.channel) if len(same) > 1 else ()
    return ("--release", "@".join(asked), *channel)


def _commands(
    publication: str,
    root_sha256: str,
    *,
    development: bool,
    view: ReleaseView | None = None,
    which: tuple[str, ...] = (),
) -> Commands:
    root = f"{publication}.root.json"
    trust = ["--root", root, *(["--unsafe-development-keys"] if development else [])]
    install = use = ""
    if view is not None:
        prefix = view.identity
        install = shlex.join(["peso", "install", publication, *which, "--prefix", prefix, *trust])
        if any(part.engine == "pypi" for part in view.manifest.parts):
            use = shlex.join([f"{prefix}/bin/python", "--version"])
    return Commands(
        digest=shlex.join(["sha256sum", root]),
        pin=shlex.join(["peso", "trust", "add", root, "--sha256", root_sha256]),
        verify=shlex.join(["peso", "verify", publication, *trust]),
        install=install,
        use=use,
    )


def saved_as(file: Artifact, view: ReleaseView) -> str:
    """Return a name for a file somebody saves: a wheel's own, else one with the release in it."""
    name = PurePosixPath(file.path).name
    return name if file.role == "artifact" else f"{view.identity}-{name}"
