"""Commands of advisories: import, update, show, check."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

advisories = typer.Typer(
    help="Known vulnerabilities, kept locally.", no_args_is_help=True, rich_markup_mode=None
)
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace or stack folder.")]
Given = Annotated[
    Path, typer.Argument(metavar="SOURCE", help="A folder, an archive or a file of advisories.")
]
FORMATS = "osv, cve5, nvd, kev, curl, hdf or peso; else it is told by the content."


@advisories.command("import")
def advisories_import(
    source: Given,
    name: Annotated[str | None, typer.Option(help="The source's name; else the file's.")] = None,
    form: Annotated[str | None, typer.Option("--format", help=FORMATS)] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The date of a list without dates."),
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Import a folder, an archive or a file of advisories; says what it took it for.

    Example: peso advisories import pypa-osv.zip --name pypa
    """
    done = peso.import_advisories(source, name=name, form=form, as_of=as_of, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@advisories.command("update")
def advisories_update(
    feeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ECOSYSTEM]...", help="Ecosystems as OSV names them, and kev."),
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Fetch public advisories where the network allows: PyPI, OSS-Fuzz, Bitnami and kev, or others.

    Example: peso advisories update PyPI Debian:12 kev
    """
    done = peso.update_advisories(*(feeds or ()), folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@advisories.command("show")
def advisories_show(
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show the imported sources, how many records they have and how old they are.

    Example: peso advisories show
    """
    screen.show(peso.show_advisories(folder=folder), as_json=json, quiet=quiet)


@advisories.command("check")
def advisories_check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="DIR|FILE...", help="Records that a steward wrote.")
    ],
    repos: Annotated[
        list[str] | None,
        typer.Option("--repo", metavar="DIR[@COMMIT]", help="Recipes that know the Spack names."),
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Check records of PESO's own source before they are proposed.

    Example: peso advisories check advisories/
    """
    report = peso.check_advisories(*paths, repos=repos or (), folder=folder)
    screen.show(report, as_json=json, quiet=quiet)
    raise typer.Exit(0 if report.ok else 1)
