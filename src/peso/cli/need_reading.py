"""Commands that read the register of needs: list, show, rank, snapshot, compare, choose, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet
from peso.errors import BadInput

Viewer = Annotated[
    str,
    typer.Option("--as", metavar="WHO", help="public, federation, steward, or an organization."),
]
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]
Weights = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="TERM=N", help="Another weight of a term; repeatable."),
]
On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")]
Repos = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DIR[@COMMIT]",
        help="Recipes; else the workspace's `recipes`, else those last indexed.",
    ),
]


def need_list(
    viewer: Viewer = "steward",
    status: Annotated[str, typer.Option(help="Only those of this status.")] = "",
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Pairs that may be the same, too.")
    ] = False,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """List the needs, and what of the ledger was refused.

    Example: peso need list --status new --duplicates
    """
    told = peso.list_needs(viewer=viewer, status=status, duplicates=duplicates, folder=folder)
    screen.show(told, as_json=json, quiet=quiet)


def need_show(
    need_id: Annotated[str, typer.Argument(metavar="ID", help="The need.")],
    viewer: Viewer = "steward",
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show a need: who endorses it, what happened to it, what it is like.

    Example: peso need show n-0123456789
    """
    screen.show(peso.show_need(need_id, viewer=viewer, folder=folder), as_json=json, quiet=quiet)


def need_rank(
    viewer: Viewer = "steward",
    weights: Weights = None,
    on: On = None,
    repos: Repos = None,
    snapshot: Annotated[Path | None, typer.Option(help="Make this snapshot again …")] = None,
    check: Annotated[Path | None, typer.Option(help="… from this export, and compare.")] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Rank the open needs, every term shown; or make a snapshot again and compare bit for bit.

    Example: peso need rank --snapshot snapshot.json --check export.json
    """
    if snapshot and check:
        again = peso.recompute_needs(snapshot, check)
        screen.show(again, as_json=json, quiet=quiet)
        raise typer.Exit(0 if again.equal else 1)
    given = dict(_given(weights, on, repos, folder), viewer=viewer)
    screen.show(peso.rank_needs(**_alone(given, snapshot, check)), as_json=json, quiet=quiet)


def need_snapshot(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A folder for the two files.")],
    viewer: Viewer = "public",
    weights: Weights = None,
    on: On = None,
    repos: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Freeze the ranking, with the export from which anybody can make it again.

    Example: peso need snapshot rankings/2026-11
    """
    given = _given(weights, on, repos, folder)
    screen.show(peso.freeze_needs(to, viewer=viewer, **given), as_json=json, quiet=quiet)


def need_compare(
    before: Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="The earlier one.")],
    now: Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="The later one.")],
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say which needs moved between two snapshots, and by which terms.

    Example: peso need compare rankings/2026-08/snapshot.json rankings/2026-11/snapshot.json
    """
    screen.show(peso.compare_needs(before, now), as_json=json, quiet=quiet)


def need_choose(
    budget: Annotated[int, typer.Argument(metavar="DAYS", help="The budget in person-days.")],
    viewer: Viewer = "steward",
    voices: Annotated[
        list[str] | None,
        typer.Option("--voice", metavar="KIND", help="Who has a share; else members."),
    ] = None,
    organizations: Annotated[
        list[str] | None,
        typer.Option("--share", metavar="SLUG", help="Has a share, though it endorsed nothing."),
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Choose needs under a budget by equal shares, so that small members are served.

    Example: peso need choose 400
    """
    who: dict[str, Any] = {"voices": voices or ("member",), "organizations": organizations or ()}
    chosen = peso.choose_needs(budget, viewer=viewer, folder=folder, **who)
    screen.show(chosen, as_json=json, quiet=quiet)


def need_agenda(
    viewer: Viewer = "federation",
    since: Annotated[
        Path | None, typer.Option(metavar="SNAPSHOT", help="Say what moved since.")
    ] = None,
    weights: Weights = None,
    on: On = None,
    repos: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Print what those who decide are to look at, in Markdown.

    Example: peso need agenda --since rankings/2026-08/snapshot.json
    """
    given = _given(weights, on, repos, folder)
    told = peso.needs_agenda(viewer=viewer, since=since, **given)
    screen.show(told, as_json=json, quiet=quiet)


def need_brief(
    organization: Annotated[str, typer.Argument(metavar="SLUG", help="A member or a facility.")],
    on: On = None,
    repos: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Print what concerns a member or a facility, as it may see it, in Markdown.

    Example: peso need brief olcf
    """
    day = on.date() if on else None
    told = peso.needs_brief(organization, on=day, repos=repos or (), folder=folder)
    screen.show(told, as_json=json, quiet=quiet)


def need_done(
    viewer: Viewer = "public",
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Print what was asked and what was done, in Markdown.

    Example: peso need done
    """
    screen.show(peso.needs_done(viewer=viewer, folder=folder), as_json=json, quiet=quiet)


def need_export(
    viewer: Viewer = "public",
    repos: Repos = None,
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Export all that somebody may have of the register.

    Example: peso need export --as federation --json
    """
    told = peso.export_needs(viewer=viewer, repos=repos or (), folder=folder)
    screen.show(told, as_json=json, quiet=quiet)


_READING: dict[str, Callable[..., None]] = {
    "list": need_list,
    "show": need_show,
    "rank": need_rank,
    "snapshot": need_snapshot,
    "compare": need_compare,
    "choose": need_choose,
    "agenda": need_agenda,
    "brief": need_brief,
    "done": need_done,
    "export": need_export,
}


def add_reading(need: typer.Typer) -> None:
    """Add the commands of this file to the group."""
    for name, command in _READING.items():
        need.command(name)(command)


def _given(
    weights: Iterable[str] | None, on: datetime | None, repos: list[str] | None, folder: Path
) -> dict[str, Any]:
    """Return what every command that ranks is given."""
    day: date | None = on.date() if on else None
    return {
        "weights": dict(map(_weight, weights or ())),
        "on": day,
        "repos": repos or (),
        "folder": folder,
    }


def _weight(said: str) -> tuple[str, int]:
    term, _, number = said.partition("=")
    if not number.isascii() or not number.isdigit():
        raise BadInput(f"{said!r} is no weight", hint="write it like members=5")
    return term, int(number)


def _alone(given: dict[str, Any], snapshot: Path | None, check: Path | None) -> dict[str, Any]:
    if snapshot or check:
        raise BadInput("--snapshot and --check go together", hint="name both files")
    return given
