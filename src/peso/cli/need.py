"""Commands that write in the register of needs: from add to check."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.need_reading import add_reading
from peso.cli.options import Debug, Json, Quiet

need = typer.Typer(
    help="What the ecosystem is asked for: raised, endorsed, ranked, decided, answered.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NeedId = Annotated[str, typer.Argument(metavar="ID", help="The need.")]
Organization = Annotated[
    str, typer.Argument(metavar="SLUG:KIND", help="The kind: member, facility or other.")
]
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]
By = Annotated[
    str, typer.Option(metavar="TOKEN", help="Who does this, by a token; else this user's name.")
]
Reason = Annotated[str, typer.Option(help="Why.")]
Visibility = Annotated[
    str,
    typer.Option("--for", metavar="WHO", help="Who may see it: public, federation, member:SLUG."),
]
Products = Annotated[
    list[str] | None, typer.Option("--product", metavar="NAME", help="It is about; repeatable.")
]
NeededBy = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is needed.")
]
KINDS = "bug, feature, integration, packaging, docs, training, policy, security or platform."


@need.command("add")
def need_add(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="As a …, I need …")],
    kind: Annotated[str, typer.Option(help=KINDS)] = "unsorted",
    organization: Annotated[
        str, typer.Option(metavar="SLUG:KIND", help="Who raises it: member, facility or other.")
    ] = "",
    stakeholder: Annotated[str, typer.Option(help="Their class in the charter.")] = "unsorted",
    visibility: Visibility = "federation",
    detail: Annotated[str, typer.Option(help="What does not fit in the statement.")] = "",
    facilities: Annotated[
        list[str] | None, typer.Option("--facility", metavar="SLUG", help="It concerns.")
    ] = None,
    products: Products = None,
    needed_by: NeededBy = None,
    severity: Annotated[str, typer.Option(help="useful, important or blocking.")] = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Raise a need.

    Example: peso need add "As a user I need HDF5 with MPI on GPUs" --product hdf5 --for public
    """
    held = peso.add_need(
        statement,
        kind=kind,
        organization=organization,
        stakeholder=stakeholder,
        visibility=visibility,
        detail=detail,
        facilities=facilities or (),
        products=products or (),
        needed_by=needed_by.date() if needed_by else None,
        severity=severity,
        folder=folder,
        by=by,
    )
    screen.show(held, as_json=json, quiet=quiet)


add_reading(need)


@need.command("import")
def need_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or exported issues.")],
    visibility: Visibility = "federation",
    products: Products = None,
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Take in needs from CSV, or issues exported from GitHub or GitLab; says what was not read.

    Example: peso need import answers.csv --for federation
    """
    about = tuple(products or ())
    done = peso.import_needs(file, visibility=visibility, products=about, folder=folder, by=by)
    screen.show(done, as_json=json, quiet=quiet)


@need.command("revise")
def need_revise(
    need_id: NeedId,
    reason: Reason,
    statement: Annotated[str, typer.Option(help="What it says.")] = "",
    kind: Annotated[str, typer.Option(help=KINDS)] = "",
    visibility: Visibility = "",
    products: Products = None,
    effort: Annotated[
        tuple[int, int] | None, typer.Option(metavar="LOW HIGH", help="Person-days.")
    ] = None,
    estimated_by: Annotated[str, typer.Option(help="Who estimates the effort.")] = "",
    places: Annotated[
        int | None, typer.Option(help="In how many places the work must be done.")
    ] = None,
    needed_by: NeededBy = None,
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Correct what a need says; what is not named stays, and what it said before is kept.

    Example: peso need revise n-0123456789 --reason "looked at" --effort 10 30 --estimated-by lead
    """
    held = peso.revise_need(
        need_id,
        reason=reason,
        statement=statement,
        kind=kind,
        visibility=visibility,
        products=products or (),
        effort=effort,
        estimated_by=estimated_by,
        places=places,
        needed_by=needed_by.date() if needed_by else None,
        folder=folder,
        by=by,
    )
    screen.show(held, as_json=json, quiet=quiet)


@need.command("endorse")
def need_endorse(
    need_id: NeedId,
    organization: Organization,
    level: Annotated[str, typer.Option(help="useful, important or blocking.")] = "important",
    note: Annotated[str, typer.Option(help="What it is needed for.")] = "",
    offers: Annotated[int, typer.Option(metavar="DAYS", help="Work it offers.")] = 0,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back.")] = False,
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Endorse a need for an organization, once; offer work; or take an endorsement back.

    Example: peso need endorse n-0123456789 olcf:facility --level blocking
    """
    held = peso.endorse_need(
        need_id,
        organization,
        level=level,
        note=note,
        offers=offers,
        withdraw=withdraw,
        folder=folder,
        by=by,
    )
    screen.show(held, as_json=json, quiet=quiet)


@need.command("merge")
def need_merge(
    need_id: NeedId,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The need it is the same as.")],
    reason: Reason = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say that a need is the same as another; every endorser and source is kept.

    Example: peso need merge n-0123456789 n-9876543210
    """
    held = peso.merge_needs(need_id, into, reason=reason, folder=folder, by=by)
    screen.show(held, as_json=json, quiet=quiet)


@need.command("unmerge")
def need_unmerge(
    need_id: NeedId,
    reason: Reason = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Take a merge back; everything is as it was.

    Example: peso need unmerge n-0123456789
    """
    held = peso.unmerge_need(need_id, reason=reason, folder=folder, by=by)
    screen.show(held, as_json=json, quiet=quiet)


@need.command("decide")
def need_decide(
    need_id: NeedId,
    status: Annotated[str, typer.Argument(metavar="STATUS", help="acknowledged, accepted, …")],
    reason: Reason = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Bring a need to another status; a refusal needs a reason.

    Example: peso need decide n-0123456789 refused --reason "the vendor ships it"
    """
    held = peso.decide_need(need_id, status, reason=reason, folder=folder, by=by)
    screen.show(held, as_json=json, quiet=quiet)


@need.command("link")
def need_link(
    need_id: NeedId,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="issue, change, stack, release or page.")
    ],
    where: Annotated[str, typer.Argument(metavar="WHERE", help="Its address or name.")],
    sha256: Annotated[str, typer.Option(help="Of a release: its manifest's.")] = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Link work to a need, or the release that carries it.

    Example: peso need link n-0123456789 issue https://example.org/issues/7
    """
    held = peso.link_need(need_id, kind, where, sha256=sha256, folder=folder, by=by)
    screen.show(held, as_json=json, quiet=quiet)


@need.command("answer")
def need_answer(
    need_id: NeedId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What they are told.")],
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Answer everybody who raised or endorsed a need, or one that was merged into it.

    Example: peso need answer n-0123456789 "It is in the release hpc 26.11."
    """
    screen.show(peso.answer_need(need_id, text, folder=folder, by=by), as_json=json, quiet=quiet)


@need.command("check")
def need_check(
    need_id: NeedId,
    organization: Organization,
    helped: Annotated[str, typer.Argument(metavar="HELPED", help="yes, partly, no or unknown.")],
    note: Annotated[str, typer.Option(help="How.")] = "",
    folder: Folder = Path(),
    by: By = "",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Say, three months after, whether what was delivered helped an organization.

    Example: peso need check n-0123456789 olcf:facility yes
    """
    held = peso.check_need(need_id, organization, helped, note=note, folder=folder, by=by)
    screen.show(held, as_json=json, quiet=quiet)
