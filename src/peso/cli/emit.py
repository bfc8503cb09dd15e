"""Commands that write what a facility's tools read: externals, module."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

emit = typer.Typer(
    help="What a facility builds on: an installed release for Spack and for Lmod.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Installed = Annotated[
    Path,
    typer.Argument(
        metavar="RELEASE|PREFIX",
        help="What `peso install` made: a prefix, or share/peso/NAME in it. Or a spack.lock.",
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Of a lock: the store of Spack that its units are in."),
]
Force = Annotated[bool, typer.Option(help="Replace files that are not PESO's own.")]


@emit.command("externals")
def emit_externals(
    where: Installed,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, not to the screen.")
    ] = None,
    roots: Annotated[bool, typer.Option("--roots", help="Only roots, not what they need.")] = False,
    not_buildable: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Spack must not build it: a package, a virtual one, or all of the release; may "
            "be repeated.",
        ),
    ] = None,
    modules: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Name the modules too that `peso emit module` put there."),
    ] = None,
    store: Store = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write the packages.yaml with which Spack uses an installed release and rebuilds none of it.

    Example: peso emit externals /opt/e4s-26.11 --out packages.yaml
    """
    done = peso.emit_externals(
        where,
        store=store,
        out=out,
        only_roots=roots,
        not_buildable=not_buildable or (),
        modules=modules,
        force=force,
    )
    screen.show(done, as_json=json, quiet=quiet)


@emit.command("module")
def emit_module(
    where: Installed,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="What `module use` takes; else share/peso/NAME/modules of the prefix.",
        ),
    ] = None,
    store: Store = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write a module of Lmod for each root of an installed release, and for its Python part.

    Example: peso emit module /opt/e4s-26.11 --out /opt/modulefiles
    """
    done = peso.emit_modules(where, store=store, out=out, force=force)
    screen.show(done, as_json=json, quiet=quiet)
