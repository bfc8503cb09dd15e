"""Commands of stacks before any build: show, diff, lint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import lint_words, screen
from peso.cli.options import Debug, Json, Quiet

stack = typer.Typer(
    help="Stacks before any build: stack.yaml, and unmodified Spack environments.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Platform = Annotated[str, typer.Option(help="Answer conditions for this platform, e.g. linux.")]
System = Annotated[str, typer.Option("--os", help="Answer conditions for this OS, e.g. rhel9.")]
Target = Annotated[str, typer.Option(help="Answer conditions for this target, e.g. zen4.")]
Shown = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="stack.yaml, spack.yaml, spack.lock, or a folder."),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DIR[@COMMIT]",
        help="Of a lock: recipes that say licenses and sources. Else the workspace's, or the "
        "catalog last indexed.",
    ),
]
Before = Annotated[Path, typer.Argument(metavar="A", help="The definition before.")]
Recipes = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DIR[@COMMIT]",
        help="A recipe repository; the first comes first. Else the catalog last indexed.",
    ),
]
TEXT = lint_words.Form.TEXT
After = Annotated[Path, typer.Argument(metavar="B", help="The definition after.")]


@stack.command("show")
def stack_show(
    file: Shown,
    platform: Platform = "",
    os_name: System = "",
    target: Target = "",
    repos: Facts = None,
    here: Annotated[
        bool, typer.Option("--here", help="Of a lock: its externals are this machine's.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show what a stack asks for, as Spack expands it; of a lock of Spack every unit it holds.

    Example: peso stack show spack.lock --json
    """
    recipes = tuple(repos or ())
    shown = peso.show_stack(
        file, platform=platform, os_name=os_name, target=target, repositories=recipes, here=here
    )
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


@stack.command("lint")
def stack_lint(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIR...", help="What to lint.")],
    repos: Recipes = None,
    host: Annotated[
        bool, typer.Option("--host", help="Look for externals on this machine.")
    ] = False,
    form: Annotated[lint_words.Form, typer.Option("--format", help="How to print.")] = TEXT,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Find what is wrong with stacks before any solve: names, versions, variants, contradictions.

    Example: peso stack lint spack.yaml --repo spack-packages/repos/spack_repo/builtin@v2026.06.0
    """
    report = peso.lint(paths, repos=repos or (), host=host)
    shown = lint_words.formed(report, form)
    screen.show(shown, as_json=json or form.is_json, quiet=quiet)
    raise typer.Exit(0 if report.ok else 1)
