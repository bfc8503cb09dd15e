"""Commands of stacks before any build: show, diff."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

stack = typer.Typer(
    help="Stacks before any build: stack.yaml, and unmodified Spack environments.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Platform = Annotated[str, typer.Option(help="Answer conditions for this platform, e.g. linux.")]
System = Annotated[str, typer.Option("--os", help="Answer conditions for this OS, e.g. rhel9.")]
Target = Annotated[str, typer.Option(help="Answer conditions for this target, e.g. zen4.")]
One = Annotated[Path, typer.Argument(metavar="FILE", help="stack.yaml, spack.yaml, or a folder.")]
Before = Annotated[Path, typer.Argument(metavar="A", help="The definition before.")]
After = Annotated[Path, typer.Argument(metavar="B", help="The definition after.")]


@stack.command("show")
def stack_show(
    file: One,
    platform: Platform = "",
    os_name: System = "",
    target: Target = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show what a stack asks for: its products, and its roots as Spack expands them.

    Example: peso stack show spack.yaml --json
    """
    shown = peso.show_stack(file, platform=platform, os_name=os_name, target=target)
    screen.show(shown, as_json=json, quiet=quiet)


@stack.command("diff")
def stack_diff(
    before: Before,
    after: After,
    platform: Platform = "",
    os_name: System = "",
    target: Target = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show what differs between two definitions: roots, products and configuration.

    Example: peso stack diff old/spack.yaml new/spack.yaml
    """
    found = peso.diff_stacks(before, after, platform=platform, os_name=os_name, target=target)
    screen.show(found, as_json=json, quiet=quiet)
