"""Commands that say why, and what if: explain steps, explain impact, explain unit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.explain_words import impact_words
from peso.cli.options import Debug, Json, Quiet, StackFile
from peso.cli.unit_words import unit_words

explain = typer.Typer(
    help="Say why a step ran or was reused, why a unit is there, and what a change touches.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="The recipe that changes.")]
Stacks = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE|DIR", help="Stacks to look at; else those of the workspace."),
]
Repos = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DIR[@COMMIT]",
        help="Recipes; else the workspace's `recipes`, else those last indexed.",
    ),
]
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]


@explain.callback()
def _explain() -> None:
    """Say why."""


@explain.command("steps")
def explain_steps(
    stack: StackFile,
    to: Annotated[Path, typer.Option(help="The publication.")] = Path("public"),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say for each step of a delivery why it ran or was reused, and what would happen now.

    Example: peso explain steps examples/hpc-ai/stack.yaml
    """
    screen.show(peso.explain_steps(stack, to=to), as_json=json, quiet=quiet)


@explain.command("impact")
def explain_impact(
    name: Name,
    stacks: Stacks = None,
    repos: Repos = None,
    folder: Folder = Path(),
    everything: Annotated[bool, typer.Option("--all", help="List every recipe and root.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say what a change of a recipe touches: recipes, stacks, products, members, by which chain.

    Example: peso explain impact zlib@1.3.1 --stacks stacks
    """
    found = peso.explain_impact(name, stacks=stacks or (), repos=repos or (), folder=folder)
    words = impact_words(found, everything=everything) if not (json or quiet) else ""
    screen.show(found if json else words, as_json=json, quiet=quiet)


@explain.command("unit")
def explain_unit(
    unit: Annotated[str, typer.Argument(metavar="NAME|/HASH", help="The unit or units.")],
    within: Annotated[
        Path, typer.Option("--in", metavar="LOCK|STACK", help="Where; else the current folder's.")
    ] = Path(),
    repos: Repos = None,
    here: Annotated[bool, typer.Option("--here", help="The lock is of this machine.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="List every chain and root.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say why a unit is in a lock, what stands on it, and how several of its name differ.

    Example: peso explain unit hdf5 --in spack.lock
    """
    found = peso.explain_unit(unit, within=within, repos=repos or (), here=here)
    words = unit_words(found, everything=everything) if not (json or quiet) else ""
    screen.show(found if json else words, as_json=json, quiet=quiet)
