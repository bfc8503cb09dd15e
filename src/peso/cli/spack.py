"""Commands of the Spack that makes native parts: get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

spack = typer.Typer(
    help="The Spack that makes native parts.", no_args_is_help=True, rich_markup_mode=None
)


@spack.callback()
def spack_group() -> None:
    """Keep `get` a command of its own while it is the only one."""


@spack.command("get")
def spack_get(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A new folder.")] = Path("spack"),
    source: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="A copy of Spack's repository.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Clone the release of Spack that PESO is made for; its recipes come by themselves.

    Example: peso spack get ~/spack
    """
    got = peso.get_spack(folder, source=source) if source else peso.get_spack(folder)
    screen.show(got, as_json=json, quiet=quiet)
