"""Commands of trust: the roots this user pinned, and the keys of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

trust = typer.Typer(
    help="The roots you pinned: what you trust.", no_args_is_help=True, rich_markup_mode=None
)
keys = typer.Typer(
    help="The signing keys of a workspace.", no_args_is_help=True, rich_markup_mode=None
)
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]


@trust.command("add")
def trust_add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The root's file.")],
    sha256: Annotated[str, typer.Option(metavar="HEX", help="Its sha256, got another way.")],
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Pin a root: trust what its keys sign, and nothing else.

    Example: peso trust add public.root.json --sha256 5f2c…
    """
    screen.show(peso.pin_root(file, sha256), as_json=json, quiet=quiet)


@trust.command("show")
def trust_show(
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show the pinned roots, and the last versions seen under each.

    Example: peso trust show
    """
    screen.show(peso.pinned_roots(), as_json=json, quiet=quiet)


@keys.command("init")
def keys_init(
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Make the workspace's signing keys, in the folder that peso.yaml names.

    Example: peso keys init --in my-organization
    """
    done = peso.init_keys(folder=folder, ask_passphrase=screen.ask_new_passphrase)
    screen.show(done, as_json=json, quiet=quiet)


@keys.command("rotate")
def keys_rotate(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="e.g. timestamp, testing, root-1")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Replace the key of a role; the old one is trusted no more after the next delivery.

    Example: peso keys rotate timestamp --in my-organization
    """
    done = peso.rotate_key(role, folder=folder, ask_passphrase=screen.ask_passphrase)
    screen.show(done, as_json=json, quiet=quiet)


@keys.command("show")
def keys_show(
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show the roles, their keys, thresholds and expiries; opens no private key.

    Example: peso keys show --in my-organization
    """
    screen.show(peso.show_keys(folder=folder), as_json=json, quiet=quiet)
