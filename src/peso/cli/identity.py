"""Commands of the table of identities: list, show, check, propose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

identity = typer.Typer(
    help="Whose code a Spack package is, and by which names advisories speak of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path, typer.Option("--in", metavar="DIR", help="The workspace whose index is used.")
]
Repos = Annotated[
    list[str] | None,
    typer.Option("--repo", metavar="DIR[@COMMIT]", help="A recipe repository; else the last."),
]


@identity.command("list")
def identity_list(
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """List the reviewed entries: package, scheme, where its source is, how many names it has.

    Example: peso identity list
    """
    screen.show(peso.list_identity(), as_json=json, quiet=quiet)


@identity.command("show")
def identity_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A package's name in Spack.")],
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show whose code a package is, every key it is looked up by, and what is not known of it.

    Example: peso identity show openssl
    """
    found = peso.show_identity(name)
    screen.show(found, as_json=json, quiet=quiet)
    raise typer.Exit(1 if hasattr(found, "unknown") else 0)


@identity.command("check")
def identity_check(
    table: Annotated[
        Path | None, typer.Option("--table", metavar="DIR", help="Another table than PESO's own.")
    ] = None,
    repositories: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Find entries that are wrong, or that contradict each other or the recipes.

    Example: peso identity check --repo spack-packages/repos/spack_repo/builtin
    """
    done = peso.check_identity(table, repositories=tuple(repositories or ()), folder=folder)
    screen.show(done, as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 1)


@identity.command("propose")
def identity_propose(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Packages; else all.")
    ] = None,
    lists: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="PATH", help="A purl list or OSV records; several times."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="A new file, instead of the screen.")
    ] = None,
    repositories: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Propose entries for a person to review: recipes joined with lists of others by address.

    Example: peso identity propose --from purl2cpe/data --from oss-fuzz-osv.zip --to new.yaml
    """
    repos = tuple(repositories or ())
    made = peso.propose_identity(
        *(lists or ()), names=names or (), repositories=repos, to=to, folder=folder
    )
    screen.show(made, as_json=json, quiet=quiet)
