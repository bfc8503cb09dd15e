"""Commands of the portal: serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peso.cli.options import Debug, Quiet
from peso.errors import Outside

portal = typer.Typer(
    help="The portal: what PESO knows, where people meet it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@portal.callback()
def needs_extra() -> None:
    """Say how the portal's own libraries are had, where they are not there."""
    try:
        import django  # noqa: F401, PLC0415 - only asks whether it is there
    except ImportError:
        raise Outside(
            "the portal's libraries are not installed here",
            hint="install them with PESO: pip install 'peso[portal]'",
        ) from None


@portal.command("serve")
def portal_serve(
    folder: Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")] = Path(),
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 2,
    url: Annotated[str, typer.Option(help="Where readers find it, https:// behind a proxy.")] = "",
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Start the portal of a workspace: makes its database, takes in what is there, and serves it.

    Example: peso portal serve --in my-organization
    """
    from peso.cli import screen  # noqa: PLC0415 - with what it shows
    from peso.portal import serve  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder, url=url or f"http://{host}:{port}")
    serve.prepare(how)
    screen.show(f"the portal is at {how.url}", as_json=False, quiet=quiet)
    serve.run(host=host, port=port, workers=workers)
