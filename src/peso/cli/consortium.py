"""Commands of the consortium: import and export its files, show it, what is due, check it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

consortium = typer.Typer(
    help="The consortium: organizations, people, working groups, and what is due.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]
Day = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Count by this day."),
]


@consortium.command("import")
def consortium_import(
    source: Annotated[Path, typer.Argument(metavar="PATH", help="A checkout of its repository.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Import the consortium's own files; what people edited in the workspace stays.

    Example: peso consortium import cass-community.github.io
    """
    done = peso.import_consortium(source, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@consortium.command("export")
def consortium_export(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or a checkout.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write the consortium's own files; what nobody changed stays as it is, to the byte.

    Example: peso consortium export cass-community.github.io
    """
    done = peso.export_consortium(to, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 1)


@consortium.command("show")
def consortium_show(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="An organization, person or group.")
    ] = None,
    folder: Folder = Path(),
    day: Day = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show the consortium in numbers, or one organization, person or working group.

    Example: peso consortium show PESO
    """
    one = peso.show_consortium(name, folder=folder, today=day.date() if day else None)
    screen.show(one, as_json=json, quiet=quiet)


@consortium.command("due")
def consortium_due(
    folder: Folder = Path(),
    day: Day = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say what the by-laws ask for: overdue, due soon, open; exit 1 where something is overdue.

    Example: peso consortium due --as-of 2026-12-01
    """
    every = peso.due_in_consortium(folder=folder, today=day.date() if day else None)
    screen.show(every, as_json=json, quiet=quiet)
    raise typer.Exit(0 if every.ok else 1)


@consortium.command("check")
def consortium_check(
    folder: Folder = Path(),
    block: Annotated[
        str, typer.Option(metavar="LEVEL", help="Exit 1 from this level on.")
    ] = "high",
    day: Day = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Check the consortium's files: names that lead nowhere, days, charters, what is overdue.

    Example: peso consortium check --block medium
    """
    today = day.date() if day else None
    report = peso.check_consortium(folder=folder, level=block, today=today)
    screen.show(report, as_json=json, quiet=quiet)
    raise typer.Exit(0 if report.ok else 1)
