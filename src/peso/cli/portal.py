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
            hint="install them with PESO: pip install 'peso[portal]'; in a checkout: make portal",
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
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import inviting, serve, taking  # noqa: PLC0415 - Django is loaded here only

    how = serve.config_in(folder, url=url, otherwise=f"http://{host}:{port}")
    serve.prepare(how)
    if (folder / "peso.yaml").is_file():
        taking.take_in(
            how, [folder], seen=lambda what: screen.tell(f"taking in {what}", quiet=quiet)
        )
    done = serve.Served(url=how.url, set_up=inviting.first_link(how))
    screen.show(done if json else portal_words.served_words(done), as_json=json, quiet=quiet)
    serve.run(host=host, port=port, workers=workers)


@portal.command("invite")
def portal_invite(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whom it is for.")],
    folder: Folder = Path(),
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE[:SLUG]", help="A role; can be repeated.")
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Let them run the portal.")] = False,
    url: Annotated[str, typer.Option(help="Where readers find it; else PESO_PORTAL_URL.")] = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Make a link that gives somebody an account, once.

    Example: peso portal invite ann@example.org --role "product maintainer:hypre"
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import inviting, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = inviting.invite(serve.config_in(folder, url=url), email, role or (), admin=admin)
    screen.show(done if json else portal_words.invited_words(done), as_json=json, quiet=quiet)


@portal.command("ingest")
def portal_ingest(
    places: Annotated[list[Path], typer.Argument(metavar="WORKSPACE|LEDGER|PUBLICATION...")],
    folder: Folder = Path(),
    root: Annotated[Path | None, typer.Option(help="The root to trust; else those pinned.")] = None,
    unsafe_development_keys: Annotated[
        bool, typer.Option("--unsafe-development-keys", help="Take what such keys signed.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Empty the index first.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Take workspaces, ledgers and publications into the portal; the same again changes nothing.

    Example: peso portal ingest public --root public.root.json
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import serve, taking  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder)
    unsafe = unsafe_development_keys
    done = taking.take_in(how, places, root=root, unsafe_development_keys=unsafe, anew=anew)
    screen.show(done if json else portal_words.ingested_words(done), as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 1)


@portal.command("push")
def portal_push(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="e.g. .peso/ledger")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The portal's address.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The runner's key.")],
    platform: Annotated[str, typer.Option(help="Its platform; else that of its tests.")] = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Send a runner's ledger to a portal, signed; after a kill, the same again goes on.

    Example: peso portal push .peso/ledger --to https://portal.example.org --key runner.pem
    """
    from peso.api.push import push_ledger  # noqa: PLC0415 - what it needs is loaded here only
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows

    done = push_ledger(
        ledger,
        to=to,
        key=key,
        platform=platform,
        ask_passphrase=screen.ask_passphrase,
        seen=lambda what: screen.tell(what, quiet=quiet),
    )
    screen.show(done if json else portal_words.pushed_words(done), as_json=json, quiet=quiet)
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

    how = serve.config_in(folder)
    done = moving.move(how, to, seen=lambda what: screen.tell(f"moving {what}", quiet=quiet))
    screen.show(done if json else portal_words.moved_words(done), as_json=json, quiet=quiet)


@portal.command("backup")
def portal_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Copy accounts, audit and what runners pushed; all else is made again from files.

    Example: peso portal backup portal-2026-11-26.backup
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import keeping, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = keeping.backup(serve.config_in(folder), file)
    screen.show(done if json else portal_words.kept_words(done), as_json=json, quiet=quiet)


@portal.command("restore")
def portal_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Put a copy back into a portal that has no accounts; every row is compared.

    Example: peso portal restore portal-2026-11-26.backup
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import keeping, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = keeping.restore(serve.config_in(folder), file)
    screen.show(done if json else portal_words.kept_words(done), as_json=json, quiet=quiet)


@portal.command("remind")
def portal_remind(
    folder: Folder = Path(),
    again: Annotated[int, typer.Option(min=1, help="Days until somebody is asked again.")] = 30,
    times: Annotated[int, typer.Option(min=1, help="How often somebody is asked at most.")] = 2,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent.")] = False,
    url: Annotated[str, typer.Option(help="Where readers find it; else PESO_PORTAL_URL.")] = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Ask by mail whether what was delivered three months ago helped; for cron, each day.

    Example: peso portal remind --url https://portal.example.org --dry-run
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import reminding, serve  # noqa: PLC0415 - Django is loaded for the portal only

    how = serve.config_in(folder, url=url)
    done = reminding.remind(how, again=again, times=times, dry_run=dry_run)
    screen.show(done if json else portal_words.reminded_words(done), as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 3)


@portal.command("patches")
def portal_patches(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write what was proposed and accepted as patches, for review in the ecosystem's repository.

    Example: peso portal patches --out accepted
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import patching, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = patching.patches(serve.config_in(folder), out)
    screen.show(done if json else portal_words.patched_words(done), as_json=json, quiet=quiet)


@portal.command("export")
def portal_export(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    folder: Folder = Path(),
    url: Annotated[str, typer.Option(help="Where readers will find it.")] = "",
    logs: Annotated[bool, typer.Option("--logs", help="Write logs too.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write the public part of the portal as a static site.

    Example: peso portal export site --url https://example.org
    """
    from peso.cli import portal_words, screen  # noqa: PLC0415 - with what it shows
    from peso.portal import export, serve  # noqa: PLC0415 - Django is loaded for the portal only

    done = export.export(serve.config_in(folder, url=url), to, logs=logs)
    screen.show(done if json else portal_words.exported_words(done), as_json=json, quiet=quiet)
