"""Known vulnerabilities, kept locally."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from peso.api.catalog import open_catalog
from peso.base.net import Net
from peso.ecosystem import recipe_repositories, workspace_root
from peso.errors import BadInput
from peso.services.assurance.advisories import checking, feeds, importing, store
from peso.services.assurance.advisories.checking import OwnChecked
from peso.services.assurance.advisories.own import Knows
from peso.services.assurance.advisories.source import ShownSource, Source
from peso.workspace import Where, this_machine, workspace_in

__all__ = [
    "OwnChecked",
    "ShownSource",
    "Source",
    "check_advisories",
    "import_advisories",
    "show_advisories",
    "update_advisories",
]


def import_advisories(
    source: Where,
    *,
    name: str | None = None,
    form: str | None = None,
    as_of: datetime | None = None,
    folder: Where = ".",
) -> Source:
    """Import advisories from a folder, archive or file into a workspace, or a stack's folder.

    Args:
        source: OSV records, CVE records, NVD pages, a vendor's list, CISA's catalog.
        name: What the source is called; else the file's name.
        form: The name of its format; else it is told by the content.
        as_of: As of when it speaks, for a list without dates.
        folder: The workspace, or the folder of a stack.
    """
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    now = workspace.machine.clock()
    return importing.import_advisories(
        Path(source), workspace.advisories, name=name, now=now, form=form, as_of=as_of
    )


def update_advisories(*wanted: str, folder: Where = ".") -> tuple[Source, ...]:
    """Fetch public advisories where the network allows: ecosystems of OSV, and `kev`."""
    several = [feeds.feed_of(one) for one in wanted or feeds.USUAL]
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    with Net() as net:
        now = workspace.machine.clock()
        return feeds.update(workspace.advisories, net, several, now=now)


def show_advisories(*, folder: Where = ".") -> tuple[ShownSource, ...]:
    """Return the imported sources: how many records, as of when, and how old that is."""
    workspace = workspace_in(Path(folder), this_machine())
    now = workspace.machine.clock()
    return tuple(ShownSource.of(one, now) for one in store.sources(workspace.advisories))


def check_advisories(*paths: Where, repos: Iterable[Where] = (), folder: Where = ".") -> OwnChecked:
    """Check records of PESO's own source: files, or folders of them.

    Args:
        paths: The files and folders.
        repos: Recipe repositories that know the Spack names; else the workspace's, or those last
            indexed. Without any, names are not looked up, and the answer says so.
        folder: The workspace.
    """
    today = this_machine().clock().date()
    knows = _knows(tuple(repos), folder)
    return checking.check_own([Path(one) for one in paths], today=today, knows=knows)


def _knows(repos: tuple[Where, ...], folder: Where) -> Knows | None:
    root = workspace_root(Path(folder))
    named = repos or (recipe_repositories(root) if root else ())
    try:
        return frozenset(open_catalog(*named, folder=folder).names()).__contains__
    except BadInput:
        if named:
            raise
        return None
