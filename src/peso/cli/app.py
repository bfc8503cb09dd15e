"""The command tree, and what becomes of an error."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from peso.cli import catalog, house, product, release, screen, stack, trust
from peso.errors import PesoError


def tree() -> typer.Typer:
    """Build the command tree."""
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
    for command in (
        house.init,
        house.check,
        release.deliver,
        release.verify,
        release.install,
        house.schema,
    ):
        app.command()(command)
    app.add_typer(trust.trust, name="trust")
    app.add_typer(release.explain, name="explain")
    app.add_typer(stack.stack, name="stack")
    app.add_typer(house.advisories, name="advisories")
    app.add_typer(trust.keys, name="keys")
    app.add_typer(catalog.catalog, name="catalog")
    app.add_typer(product.product, name="product")
    return app


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code."""
    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        tree()(list(arguments))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2
    except PesoError as error:
        if debug:
            raise
        return screen.fail(error, as_json=as_json)
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
