"""The consortium: who is in it, what is due, and its own files in and out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from peso.api.product import export_products, import_products
from peso.base.finding import Finding, Level
from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.consortium.bylaws import Bylaws
from peso.partnerships.consortium.checking import check_consortium as _check
from peso.partnerships.consortium.due import Due, due
from peso.partnerships.consortium.reading import Read, read_consortium
from peso.partnerships.consortium.view import (
    GroupView,
    OrganizationView,
    PersonView,
    Summary,
    found,
    summary,
)
from peso.products.catalogs.exporting import Exported
from peso.products.catalogs.importing import Imported
from peso.products.catalogs.quality import BLOCKS
from peso.workspace import Where, this_machine, workspace_in

CATALOG = "cass"
"""The catalog in which a consortium keeps its own files."""


class DueList(Record, use_attribute_docstrings=True):
    """What is due in a consortium."""

    workspace: str
    today: date
    """The day by which it was counted."""
    bylaws: Bylaws
    """The rules it was counted by."""
    due: tuple[Due, ...]
    """The most urgent first."""

    @property
    def ok(self) -> bool:
        """Whether nothing is overdue."""
        return not any(one.state == "overdue" for one in self.due)


class ConsortiumChecked(Record, use_attribute_docstrings=True):
    """What a check of the consortium looked at, and what it saw."""

    workspace: str
    files: tuple[str, ...]
    today: date
    """The day by which the by-laws' rules were counted."""
    level: Level
    """The level from which a finding blocks."""
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether there is something to look at, and nothing that blocks."""
        return bool(self.files) and not any(one.level.reaches(self.level) for one in self.findings)


def import_consortium(source: Where, *, folder: Where = ".") -> Imported:
    """Import a consortium's own files into a workspace; what people edited there stays.

    Args:
        source: A checkout of the consortium's repository.
        folder: The workspace.

    Raises:
        BadInput: Nothing of a consortium is there.
    """
    return import_products(CATALOG, source, folder=folder)


def export_consortium(to: Where, *, folder: Where = ".") -> Exported:
    """Write a consortium's own files; what nobody changed is as it came, to the byte.

    Args:
        to: A new folder, or a checkout of the consortium's repository.
        folder: The workspace.

    Raises:
        BadInput: They were never imported.
    """
    return export_products(CATALOG, to, folder=folder)


def show_consortium(
    name: str | None = None, *, folder: Where = ".", today: date | None = None
) -> Summary | OrganizationView | PersonView | GroupView:
    """Return the consortium in numbers; or one organization, person or group of it.

    Args:
        name: A name or slug.
        folder: The workspace.
        today: The day by which rules are counted; today by default.

    Raises:
        BadInput: Nothing has that name; the hint names what is near.
    """
    read, day = _read(folder), today or this_machine().clock().date()
    if name is None:
        return summary(read.consortium, day)
    return found(read.consortium, name, day)


def due_in_consortium(*, folder: Where = ".", today: date | None = None) -> DueList:
    """Return what the by-laws ask for: overdue, due soon, open, not known, later.

    Args:
        folder: The workspace.
        today: The day by which it is counted; today by default.

    Raises:
        BadInput: The workspace has no file of a consortium.
    """
    read, day = _read(folder), today or this_machine().clock().date()
    return DueList(
        workspace=str(folder),
        today=day,
        bylaws=read.consortium.bylaws,
        due=due(read.consortium, day),
    )


def check_consortium(
    *, folder: Where = ".", level: str = BLOCKS.value, today: date | None = None
) -> ConsortiumChecked:
    """Check the consortium of a workspace: files, names, days, and what is overdue.

    Args:
        folder: The workspace.
        level: From which level a finding blocks: note, low, medium, high or critical.
        today: The day by which rules are counted; today by default.
    """
    known = [one.value for one in Level if one is not Level.UNKNOWN]
    if level not in known:
        raise BadInput(f"there is no level {level!r}", hint=f"the levels are {', '.join(known)}")
    root = workspace_in(Path(folder), this_machine()).root
    read, day = read_consortium(root), today or this_machine().clock().date()
    return ConsortiumChecked(
        workspace=str(root),
        files=read.files,
        today=day,
        level=Level(level),
        findings=_check(root, read, day),
    )


def _read(folder: Where) -> Read:
    root = workspace_in(Path(folder), this_machine()).root
    read = read_consortium(root)
    if not read.files:
        raise BadInput(
            "the workspace has no file of a consortium",
            where=str(root / "consortium"),
            hint="import its own files: peso consortium import PATH",
        )
    return read
