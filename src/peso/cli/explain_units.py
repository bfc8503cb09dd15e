"""Commands that say why units are others: explain rebuild, explain cache."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.explain import explain
from peso.cli.miss_words import cache_words
from peso.cli.options import Debug, DevelopmentKeys, Json, Quiet, Root
from peso.cli.rebuild_words import rebuild_words

Before = Annotated[
    str,
    typer.Argument(metavar="A", help="A lock, a planned stack, or PUBLICATION[#STACK@VERSION]."),
]
After = Annotated[str, typer.Argument(metavar="B", help="Another one, to be explained.")]
Everything = Annotated[bool, typer.Option("--all", help="List every cause and unit.")]


@explain.command("rebuild")
def explain_rebuild(
    before: Before,
    after: After,
    unit: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|/HASH", help="Only these units of B, with the way to each cause."
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--in", metavar="DIR", help="A workspace whose builds say times.")
    ] = Path(),
    everything: Everything = False,
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say why units of B are not those of A, down to the first causes, and what that rebuilds.

    Example: peso explain rebuild old/spack.lock new/spack.lock --unit hdf5
    """
    keys = unsafe_development_keys
    found = peso.explain_rebuild(
        before, after, unit=unit, folder=folder, root=root, unsafe_development_keys=keys
    )
    words = rebuild_words(found, everything=everything) if not (json or quiet) else ""
    screen.show(found if json else words, as_json=json, quiet=quiet)


@explain.command("cache")
def explain_cache(
    stack: Annotated[
        str, typer.Argument(metavar="STACK", help="A lock, a planned stack, or a release.")
    ],
    cache: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR|URL|LOCK",
            help="A publication, a build cache of Spack, or a lock as if it were cached.",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="here|FILE", help="Say what of the caches could run there."),
    ] = None,
    everything: Everything = False,
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say which units no cache holds, the nearest that one does, and what would gain most hits.

    Example: peso explain cache spack.lock --cache public --host here
    """
    keys = unsafe_development_keys
    found = peso.explain_cache(
        stack, cache or (), host=host, root=root, unsafe_development_keys=keys
    )
    words = cache_words(found, everything=everything) if not (json or quiet) else ""
    screen.show(found if json else words, as_json=json, quiet=quiet)
