"""Commands of VEX: list, suggest, add."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, DevelopmentKeys, Json, Quiet, Root

vex = typer.Typer(
    help="What people state on vulnerabilities, in exact products and with an expiry.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
STATUS = "not_affected, affected, fixed or under_investigation."
GROUND = (
    "Of not_affected: component_not_present, vulnerable_code_not_present, "
    "vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary or "
    "inline_mitigations_already_exist."
)
Workspace = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]


@vex.command("list")
def vex_list(
    target: Annotated[
        str,
        typer.Argument(metavar="[DIR|PUBLICATION[#RELEASE]]", help="A workspace, or a release."),
    ] = ".",
    root: Root = None,
    unsafe_development_keys: DevelopmentKeys = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show the statements of a workspace or a release, and which have expired.

    Example: peso vex list
    """
    told = peso.list_vex(target, root=root, unsafe_development_keys=unsafe_development_keys)
    screen.show(told, as_json=json, quiet=quiet)


@vex.command("suggest")
def vex_suggest(
    target: Annotated[
        str,
        typer.Argument(
            metavar="LOCK|STACK|PUBLICATION[#RELEASE]",
            help="A spack.lock, a planned stack, or a release.",
        ),
    ],
    repos: Annotated[
        list[str] | None,
        typer.Option("--repo", metavar="DIR[@COMMIT]", help="Recipes; else the last indexed."),
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
    """Suggest statements for a person to sign, each with its evidence; applies nothing.

    Example: peso vex suggest spack.lock --repo spack-packages/repos/spack_repo/builtin
    """
    trust: dict[str, Any] = {"root": root, "unsafe_development_keys": unsafe_development_keys}
    told = peso.suggest_vex(target, repos=repos or (), folder=folder, **trust)
    screen.show(told, as_json=json, quiet=quiet)


@vex.command("add")
def vex_add(
    vulnerability: Annotated[str, typer.Argument(metavar="ID", help="Of the vulnerability.")],
    products: Annotated[
        list[str], typer.Option("--product", metavar="PURL", help="An exact product; repeatable.")
    ],
    status: Annotated[str, typer.Option(help=STATUS)],
    reason: Annotated[str, typer.Option(help="What was looked at, and what follows.")] = "",
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="From then on it decides nothing."),
    ] = None,
    role: Annotated[str, typer.Option(help="Who answers for it, by role.")] = "",
    justification: Annotated[str | None, typer.Option(help=GROUND)] = None,
    action: Annotated[str, typer.Option(help="Of affected: what is to be done.")] = "",
    aliases: Annotated[
        list[str] | None, typer.Option("--alias", metavar="ID", help="Another id of it.")
    ] = None,
    author: Annotated[
        str | None, typer.Option(help="The organization; else the workspace's name.")
    ] = None,
    folder: Workspace = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write a statement into the workspace's folder vex/, to be reviewed and committed.

    Example: peso vex add CVE-2026-1 --product pkg:pypi/a@1.0 --status fixed --reason "patch 3"
        --role "security team" --expires 2027-06-30
    """
    done = peso.add_vex(
        vulnerability,
        products=products,
        status=cast("Any", status),
        reason=reason,
        expires=expires.replace(tzinfo=UTC) if expires else None,
        role=role,
        justification=cast("Any", justification),
        action=action,
        aliases=aliases or (),
        author=author,
        folder=folder,
    )
    screen.show(done, as_json=json, quiet=quiet)
