"""Commands of the workspace: init, check, schema, advisories."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.check_words import checked_words
from peso.cli.options import Debug, Json, Quiet

advisories = typer.Typer(
    help="Known vulnerabilities, kept locally.", no_args_is_help=True, rich_markup_mode=None
)
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace or stack folder.")]


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Make a new workspace: stacks, platforms, policies, products.

    Example: peso init my-organization
    """
    screen.show(peso.init(folder), as_json=json, quiet=quiet)


def check(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path(),
    everything: Annotated[bool, typer.Option("--all", help="List every finding.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Check everything in a workspace, and where its products, recipes and stacks disagree.

    Example: peso check my-organization
    """
    report = peso.check(folder)
    words = checked_words(report, everything=everything) if not (json or quiet) else ""
    screen.show(report if json else words, as_json=json, quiet=quiet)
    raise typer.Exit(0 if report.ok else 1)


def schema(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="stack, product, identity, policy, workspace, manifest"
        ),
    ],
    json: Json = True,  # noqa: ARG001 - a schema is JSON whether asked for or not
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Print the JSON Schema of one of PESO's files, so that an editor completes it.

    Example: peso schema stack > stack.schema.json
    """
    screen.show(peso.schema(name), as_json=not quiet, quiet=quiet)


@advisories.command("import")
def advisories_import(
    source: Annotated[Path, typer.Argument(metavar="DIR|ZIP", help="OSV records.")],
    name: Annotated[str | None, typer.Option(help="The source's name; else the file's.")] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Import a folder or archive of OSV records.

    Example: peso advisories import pypa-osv.zip --name pypa
    """
    done = peso.import_advisories(source, name=name, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@advisories.command("update")
def advisories_update(
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Fetch the public advisories for PyPI, where the network allows.

    Example: peso advisories update
    """
    screen.show(peso.update_advisories(folder=folder), as_json=json, quiet=quiet)


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
