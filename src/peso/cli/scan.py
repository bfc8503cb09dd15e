"""The command scan: what is known of the vulnerabilities of anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, DevelopmentKeys, Json, Quiet, Root
from peso.cli.scan_published import AtLevel, Feed, Published, PublishFeed, Since, show_watch
from peso.cli.scan_words import scanned_words


def scan(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="SBOM|LOCK|STACK|PUBLICATION[#RELEASE]",
            help="An SBOM of any tool, spack.lock, pylock.toml, a planned stack, a publication.",
        ),
    ] = "public",
    published: Published = False,
    since: Since = None,  # noqa: ARG001 - read from the context
    level: AtLevel = "high",  # noqa: ARG001 - read from the context
    feed: Feed = None,  # noqa: ARG001 - read from the context
    publish_feed: PublishFeed = False,  # noqa: ARG001 - read from the context
    gate: Annotated[
        str | None,
        typer.Option(metavar="POLICY", help="The gate policy: a file or a name; else the default."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every finding, and every component not covered.")
    ] = False,
    repos: Annotated[
        list[str] | None,
        typer.Option("--repo", metavar="DIR[@COMMIT]", help="Of a lock: recipes; else the last."),
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="The lock is of this machine.")] = False,
    clones: Annotated[
        list[str] | None,
        typer.Option("--clone", metavar="REPOSITORY=DIR", help="A clone that decides commits."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--in", metavar="DIR", help="The workspace with advisories.")
    ] = None,
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say which known vulnerabilities something has, and of which parts of it nobody knows.

    With --published: every release of a publication again (`peso scan --published public`), and
    what became known of them since.

    Example: peso scan sbom.cdx.json --gate default
    """
    if published:
        show_watch(context.params)
    at_hand = dict(one.rpartition("=")[::2] for one in clones or ())
    report = peso.scan(
        target,
        gate=gate,
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        repos=repos or (),
        here=here,
        clones=at_hand,
        folder=folder,
    )
    words = scanned_words(report, everything=everything) if not (json or quiet) else ""
    screen.show(report if json else words, as_json=json, quiet=quiet)
    raise typer.Exit(0 if report.verdict.verdict.ok else 1)
