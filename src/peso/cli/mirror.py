"""Commands of source mirrors: fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

mirror = typer.Typer(
    help="Source mirrors of Spack, for sites without a network.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@mirror.callback()
def mirror_group() -> None:
    """Keep `fill` a command of its own while it is the only one."""


@mirror.command("fill")
def mirror_fill(
    what: Annotated[
        Path,
        typer.Argument(metavar="LOCK|STACK|ENV", help="spack.lock, or what one was made for."),
    ],
    sources: Annotated[
        list[Path],
        typer.Option("--from", metavar="DIR", help="A folder with any files; may be repeated."),
    ],
    to: Annotated[Path, typer.Option("--to", metavar="MIRROR", help="The mirror's folder.")],
    repos: Annotated[
        list[str] | None,
        typer.Option(
            "--repo",
            metavar="DIR[@COMMIT]",
            help="Recipes that say the sources. Else the workspace's, or those last indexed.",
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Fill a source mirror of Spack from any folders, by sha256; say what is missing.

    Example: peso mirror fill spack.lock --from /srv/debian-sources --to mirror
    """
    done = peso.fill_mirror(what, sources=tuple(sources), to=to, repositories=tuple(repos or ()))
    screen.show(done, as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.complete else 1)
