"""Commands of a release's life: deliver; and the facility's side: verify, install."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import (
    Archives,
    AsOf,
    Debug,
    DevelopmentKeys,
    Json,
    Keyring,
    Quiet,
    Root,
    SpackCache,
    StackFile,
    Unproven,
    Where,
)
from peso.errors import BadInput


def deliver(
    stack: StackFile,
    to: Annotated[Path, typer.Option(help="The publication; made if missing.")] = Path("public"),
    until: Annotated[str | None, typer.Option(metavar="STEP", help="Stop after STEP.")] = None,
    upgrade: Annotated[bool, typer.Option(help="Move the constraints to new versions.")] = False,
    fail_fast: Annotated[bool, typer.Option(help="Stop building at the first failure.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Take a stack through the whole life of a release; resumes by itself.

    Example: peso deliver examples/hpc-ai/stack.yaml --to public
    """
    with screen.watched(as_json=json, quiet=quiet) as observer:
        done = peso.deliver(
            stack,
            to=to,
            until=until,
            upgrade=upgrade,
            fail_fast=fail_fast,
            observer=observer,
            ask_passphrase=screen.ask_passphrase,
        )
    screen.show(done, as_json=json, quiet=quiet)


def verify(
    where: Where,
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    unsafe_as_of: AsOf = None,
    spack_cache: SpackCache = False,
    keyring: Keyring = None,
    archives: Archives = True,
    unsafe_unproven: Unproven = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Prove a publication against a pinned root; nothing is trusted that is not proven.

    With --spack-cache: say what can be proven about a build cache of Spack, and what cannot.

    Example: peso verify public --root public.root.json
    """
    of_cache, of_publication = keyring or not archives or unsafe_unproven, root or unsafe_as_of
    _refuse_mixed(bool(of_cache), bool(of_publication or unsafe_development_keys), spack_cache)
    if spack_cache:
        audited = peso.audit_cache(
            where, keyring=keyring, archives=archives, unsafe_unproven=unsafe_unproven
        )
        screen.show(audited, as_json=json, quiet=quiet)
        raise typer.Exit(0 if audited.ok else 1)
    report = peso.verify(
        where,
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=_moment(unsafe_as_of),
    )
    screen.show(report, as_json=json, quiet=quiet)


def install(
    where: Where,
    prefix: Annotated[Path, typer.Option(metavar="P", help="Where to install; made new.")],
    release: Annotated[
        str | None, typer.Option(metavar="NAME[@VERSION]", help="Which release.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Look in this channel only.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this product, and what it needs; several times."),
    ] = None,
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    unsafe_as_of: AsOf = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Prove one release, then install it offline from what was proven; `verify` proves all.

    Example: peso install public --prefix /opt/hpc-ai-26.11 --root public.root.json
    """
    receipt = peso.install(
        where,
        prefix,
        release=release,
        channel=channel,
        only=only or (),
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=_moment(unsafe_as_of),
    )
    screen.show(receipt, as_json=json, quiet=quiet)


def _refuse_mixed(of_cache: bool, of_publication: bool, spack_cache: bool) -> None:
    """Refuse options that would be passed over: whoever gives one relies on it."""
    if of_cache and not spack_cache:
        raise BadInput(
            "--keyring, --no-archives and --unsafe-unproven are for a build cache of Spack",
            where="verify",
            hint="add --spack-cache, or leave them out: a publication is proven from its root",
        )
    if of_publication and spack_cache:
        raise BadInput(
            "a build cache of Spack has no root and no timestamp",
            where="verify",
            hint="leave --root and the --unsafe options of a publication out",
        )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is not a date", where="--unsafe-as-of", hint="write it like 2026-11-23"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
