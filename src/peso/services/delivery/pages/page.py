"""Page: a publication's pages, one for each release and some that list all, as bytes.

A native part of many units has two more: of all its units, and of what cannot be used together.

For people: an engineer who decides whether to install, a manager who asks what was delivered.

1. Everything a page says comes from a `ReleaseView`, that is from evidence the release ships, or
   from the arguments; a page explains, but states no fact of its own.
2. Equal arguments give equal bytes, in whatever order the views come.
3. Pages stand alone: no script, no external asset, nothing fetched; they work from a folder.
4. Every text is escaped; what others wrote is cut to a length, too, and what cannot be seen in it
   is marked. Every link ends inside the publication, at a file a manifest names.
5. Commands are shown as they are to be run, in the folder that holds the publication, and carry
   `data-peso-command`, so that a test runs what people read.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from jinja2 import Environment, PackageLoader, StrictUndefined

from peso.products.engines.port import Artifact
from peso.services.delivery.layout.building import build_command
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.pages import moved, together, wording
from peso.services.delivery.pages.compiled import compiled
from peso.services.delivery.pages.rows import Listed, Row, next_of, row_of, which
from peso.services.delivery.pages.view import Read, ReleaseView, view
from peso.services.delivery.pages.volumes import Volume, divided

__all__ = ["Listed", "Page", "Read", "ReleaseView", "Row", "render", "row_of", "view"]


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
    """Empty where the release holds nothing to install."""
    use: str = ""
    build: tuple[str, ...] = ()
    """What builds each native part of which the release holds no binaries."""


def render(  # noqa: PLR0913 - named facts of one publication
    views: tuple[ReleaseView, ...],
    *,
    beside: tuple[Listed, ...] = (),
    volumes: tuple[Volume, ...] | None = None,
    root_sha256: str,
    development: bool,
    made: datetime,
    publication: str = "public",
    fresh_days: int = 7,
    feed: str = "",
) -> tuple[Page, ...]:
    """Make `index.html`, the volumes of older releases, and the pages of the releases in `views`.

    `beside` are the releases whose pages are made already and stay as they are: with their rows,
    where they are on a page that is made. `volumes` are those whose pages are made; None: all.
    `root_sha256` is the digest of the root that lies beside the publication as
    `<publication>.root.json`; `fresh_days` is how long the timestamp stays valid.
    `feed` is where the publication has its feed of findings; empty: it has none.
    """
    rows = {one.path: one for one in (*map(row_of, views), *beside)}
    everything = tuple(rows.values())
    whole = divided(everything)
    environment = _environment()
    environment.globals.update(
        root_sha256=root_sha256,
        development=development,
        made=made,
        publication=publication,
        root_file=f"{publication}.root.json",
        fresh_days=fresh_days,
        feed=feed,
    )
    commands = partial(_commands, publication, root_sha256, development=development)
    index = environment.get_template("index.html.j2")
    release = environment.get_template("release.html.j2")
    text = index.render(
        rows=whole.front,
        of=len(everything),
        older=whole.volumes[-1].path if whole.volumes else "",
        commands=commands(),
    )
    pages = [Page(path="index.html", data=text.encode())]
    for volume in whole.volumes if volumes is None else volumes:
        listed = [rows[one.path] for one in volume.releases]
        text = environment.get_template("volume.html.j2").render(rows=listed, volume=volume)
        pages.append(Page(path=volume.path, data=text.encode()))
    for one in sorted(views, key=lambda view: view.path):
        row = row_of(one)
        text = release.render(
            view=one,
            newer=next_of(row, everything),
            commands=commands(view=one, which=which(row, everything)),
        )
        pages.append(Page(path=one.path, data=text.encode()))
        pages.extend(_apart(one, environment))
    return tuple(pages)


def _apart(one: ReleaseView, environment: Environment) -> Iterator[Page]:
    """Give the pages of what is too much for the release's own."""
    for small, path, template in (
        (one.few, one.units_path, "units.html.j2"),
        (one.few_repeated, one.apart_path, "apart.html.j2"),
    ):
        if not small:
            yield Page(path=path, data=environment.get_template(template).render(view=one).encode())


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("peso.services.delivery.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled(),
    )
    environment.filters.update(
        size=wording.size,
        seconds=wording.seconds,
        number=wording.number,
        count=wording.count,
        moment=wording.moment,
        day=wording.day,
        argv=shlex.join,
        runs_on=wording.runs_on,
        basename=lambda path: PurePosixPath(path).name,
        saved_as=saved_as,
        shown=wording.shown,
        variants=wording.variants,
        variants_on=wording.variants_on,
        few=together.few,
        differ_in=together.differ_in,
        its_own=together.its_own,
        because=together.because,
        way=together.way,
        leaks_said=moved.leaks_said,
        grave_leaks=moved.grave_leaks,
        beyond=moved.beyond,
        features_said=moved.features_said,
    )
    return environment


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
    if view is not None and any(map(view.manifest.holds, view.manifest.parts)):
        prefix = view.identity
        install = shlex.join(["peso", "install", publication, *which, "--prefix", prefix, *trust])
        python = next((part for part in view.manifest.parts if not part.native), None)
        if python is not None:
            folder = PurePosixPath(prefix, view.manifest.folder_of(python))
            use = shlex.join([f"{folder}/bin/python", "--version"])
    return Commands(
        digest=shlex.join(["sha256sum", root]),
        pin=shlex.join(["peso", "trust", "add", root, "--sha256", root_sha256]),
        verify=shlex.join(["peso", "verify", publication, *trust]),
        install=install,
        use=use,
        build=tuple(_builds(publication, view)) if view is not None else (),
    )


def _builds(publication: str, view: ReleaseView) -> Iterator[str]:
    """Give the command that builds a native part, for each of which there are no binaries."""
    files = {file.path: file for file in view.manifest.files}
    for part in view.manifest.parts:
        if not view.manifest.holds(part) and part.document in files:
            blob = f"{publication}/{blob_path(files[part.document].sha256)}"
            copied = shlex.join(["cp", blob, "spack.lock"])
            yield f"{copied} && {build_command('spack.lock')}"


def saved_as(file: Artifact, view: ReleaseView) -> str:
    """Return a name for a file somebody saves: a wheel's own, else one with the release in it."""
    name = PurePosixPath(file.path).name
    return name if file.role == "artifact" else f"{view.identity}-{name}"
