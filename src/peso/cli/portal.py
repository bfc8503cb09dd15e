"""Commands of the portal: serve, ingest, export."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from peso.cli.options import Debug, Json, Quiet
from peso.errors import Outside

portal = typer.Typer(
    help="The portal: what PESO knows, where people meet it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The portal's workspace.")]


@portal.callback()
def needs_extra() -> None:
    """Say how the portal's own libraries are had, where they are not there."""
    if find_spec("django") is None:
        raise Outside(
            "the portal's libraries are not installed here",
            hint="install them with PESO: pip install 'peso[portal]'",
        )


@portal.command("serve")
def portal_serve(
    folder: Folder = Path(),
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 2,
    url: Annotated[str, typer.Option(help="Where readers find it, https:// behind a proxy.")] = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Start the portal of a workspace: makes its database, takes in what is there, and serves it.

    Example: peso portal serve --in my-organization
    """
    from peso.cli import screen  # noqa: PLC0415 - with what it shows
    from peso.portal import serve, taking  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder, url=url or f"http://{host}:{port}")
    serve.prepare(how)
    if (folder / "peso.yaml").is_file():
        taking.take_in(
            how, [folder], seen=lambda what: screen.tell(f"taking in {what}", quiet=quiet)
        )
    said = serve.Served(url=how.url) if json else f"the portal is at {how.url}"
    screen.show(said, as_json=json, quiet=quiet)
    serve.run(host=host, port=port, workers=workers)


@portal.command("ingest")
def portal_ingest(
    places: Annotated[list[Path], typer.Argument(metavar="WORKSPACE|LEDGER|PUBLICATION...")],
    folder: Folder = Path(),
    root: Annotated[Path | None, typer.Option(help="The root to trust; else those pinned.")] = None,
    unsafe_development_keys: Annotated[
        bool, typer.Option("--unsafe-development-keys", help="Take what such keys signed.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Take workspaces, ledgers and publications into the portal; the same again changes nothing.

    Example: peso portal ingest public --root public.root.json
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import serve, taking  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder, url="http://127.0.0.1:8000")
    done = taking.take_in(how, places, root=root, unsafe_development_keys=unsafe_development_keys)
    screen.show(done if json else portal_words.ingested_words(done), as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 1)


@portal.command("move")
def portal_move(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="postgresql://user@host/name")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Move the portal's database into an empty one, and compare every row.

    Example: peso portal move --to postgresql://portal@localhost/portal
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import moving, serve  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder, url="http://127.0.0.1:8000")
    done = moving.move(how, to, seen=lambda what: screen.tell(f"moving {what}", quiet=quiet))
    screen.show(done if json else portal_words.moved_words(done), as_json=json, quiet=quiet)


@portal.command("export")
def portal_export(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    folder: Folder = Path(),
    url: Annotated[str, typer.Option(help="Where readers will find it.")] = "http://127.0.0.1:8000",
    logs: Annotated[bool, typer.Option("--logs", help="Write logs too.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write the public part of the portal as a static site.

    Example: peso portal export site --url https://example.org
    """
    from peso.cli import screen  # noqa: PLC0415 - with what it shows
    from peso.portal import export, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = export.export(serve.config_in(folder, url=url), to, logs=logs)
    screen.show(done, as_json=json, quiet=quiet)
