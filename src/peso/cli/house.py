"""Commands of the workspace: init, check, schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.check_words import checked_words
from peso.cli.options import Debug, Json, Quiet


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
            metavar="NAME", help="stack, product, identity, policy, workspace, manifest, host"
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
