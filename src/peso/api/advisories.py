"""Known vulnerabilities, kept locally."""

from __future__ import annotations

from pathlib import Path

from peso.base.net import Net
from peso.services.assurance.advisories import feeds, importing, store
from peso.services.assurance.advisories.source import Source
from peso.workspace import Where, this_machine, workspace_in


def import_advisories(source: Where, *, name: str | None = None, folder: Where = ".") -> Source:
    """Import OSV records from a folder or archive into a workspace, or a stack's folder."""
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    now = workspace.machine.clock()
    return importing.import_advisories(Path(source), workspace.advisories, name=name, now=now)


def update_advisories(*, folder: Where = ".") -> Source:
    """Fetch the public advisories for PyPI, where the network allows."""
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    with Net() as net:
        return feeds.update(workspace.advisories, net, now=workspace.machine.clock())


def show_advisories(*, folder: Where = ".") -> tuple[Source, ...]:
    """Return the imported sources: how many records, and how old."""
    return store.sources(workspace_in(Path(folder), this_machine()).advisories)
