"""Commands of the catalog: index, search, show, stats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

catalog = typer.Typer(
    help="The catalog of recipes, read without running them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path, typer.Option("--in", metavar="DIR", help="The workspace whose index is used.")
]
Repos = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DIR[@COMMIT]",
        help="A recipe repository; the first comes first. Else those last indexed.",
    ),
]


@catalog.command("index")
def catalog_index(
    repositories: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DIR[@COMMIT]]...", help="Recipe repositories, first comes first."),
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Read what is new or changed in recipe repositories, and remember which they are.

    Example: peso catalog index spack-packages/repos/spack_repo/builtin
    """
    done = peso.index_catalog(*(repositories or ()), folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@catalog.command("search")
def catalog_search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for.")],
    repositories: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Find recipes by name, virtual package, tag, maintainer or description.

    Example: peso catalog search multigrid
    """
    found = peso.search_catalog(text, repositories=tuple(repositories or ()), folder=folder)
    screen.show(found, as_json=json, quiet=quiet)
    raise typer.Exit(0 if found else 1)


@catalog.command("show")
def catalog_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A package's name.")],
    repositories: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show a recipe: versions, variants, dependencies, and what is inherited from where.

    Example: peso catalog show hypre
    """
    recipe = peso.show_recipe(name, repositories=tuple(repositories or ()), folder=folder)
    screen.show(recipe, as_json=json, quiet=quiet)
    raise typer.Exit(1 if type(recipe).__name__ == "Unreadable" else 0)


@catalog.command("stats")
def catalog_stats(
    repositories: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show how much the catalog holds, and what its recipes do not say.

    Example: peso catalog stats
    """
    stats = peso.catalog_stats(repositories=tuple(repositories or ()), folder=folder)
    screen.show(stats, as_json=json, quiet=quiet)
