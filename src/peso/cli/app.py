"""The command tree, and what becomes of an error.

The tree is two tables. A command line that begins with one of their names builds that branch only,
and of a group the one command that is named: typer evaluates the annotations of every command it is
given, which takes longer than most commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from importlib import import_module
from typing import Any

import typer

from peso.cli import screen
from peso.errors import PesoError

COMMANDS = {
    "init": "house",
    "check": "house",
    "deliver": "release",
    "verify": "release",
    "install": "release",
    "scan": "scan",
    "schema": "house",
}
"""Each command that stands alone, and its module."""
NOUNS = {
    "trust": "trust",
    "explain": "explain_units",
    "stack": "stack",
    "advisories": "advisories",
    "keys": "trust",
    "catalog": "catalog",
    "identity": "identity",
    "product": "product",
    "consortium": "consortium",
    "mirror": "mirror",
    "emit": "emit",
    "spack": "spack",
    "vex": "vex",
    "need": "need",
    "portal": "portal",
}
"""Each group of commands, and its module."""


def tree(first: str | None = None, second: str | None = None) -> typer.Typer:
    """Build the command tree, or of it only the branch and the command whose names come first."""
    app = typer.Typer(
        name="peso",
        help="From a stack definition to a release that a facility can prove and install.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_version)
    whole = first not in {*COMMANDS, *NOUNS}
    for name, module in COMMANDS.items():
        if whole or name == first:
            app.command(name)(_of(module, name))
    for name, module in NOUNS.items():
        if whole or name == first:
            app.add_typer(_only(second, _of(module, name)), name=name)
    return app


def _only(name: str | None, group: typer.Typer) -> typer.Typer:
    """Return a group with one command alone; as it is where it has none of that name."""
    alone = copy(group)
    named = [one for one in group.registered_commands if one.name == name]
    alone.registered_commands = named or group.registered_commands
    return alone


def _of(module: str, name: str) -> Any:  # noqa: ANN401 - a command or a group of them
    return getattr(import_module(f"peso.cli.{module}"), name)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code."""
    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        tree(*arguments[:2])(list(arguments))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2
    except PesoError as error:
        if debug:
            raise
        return screen.fail(error, as_json=as_json, quiet="--quiet" in arguments)
    except KeyboardInterrupt:
        return screen.fail(Interrupted("stopped; the same command goes on"), as_json=as_json)
    except Exception as error:  # the roof: whatever gets here is a fault of PESO
        if debug:
            raise
        return screen.fail(
            PesoError(
                f"a fault of PESO: {type(error).__name__}: {error}",
                hint="run the command again with --debug and report what it shows",
            ),
            as_json=as_json,
        )
    return 0


class Interrupted(PesoError):
    """Somebody pressed Ctrl-C."""

    exit_code = 130


def _version(
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        screen.show_version()
        raise typer.Exit
