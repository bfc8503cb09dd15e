"""Many people with accounts, and all that they did, beside the small ecosystem."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.portal.folk import PASSWORD, account

from peso.portal.people.models import (
    Account,
    Change,
    Grant,
    Invitation,
    Proposal,
    Runner,
    Token,
)
from peso.portal.people.roles import Held, Role
from peso.portal.store.models import Consortium, WorkspaceFile

PEOPLE, CHANGES, PROPOSALS, INVITATIONS, RUNNERS, TOKENS, LIAISONS = (
    600,
    4000,
    400,
    300,
    40,
    40,
    500,
)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=700)
_LIAISON = (
    "schema: peso.liaison/1\nperson: Person {n}\norganization: {of}\nto: lake\ntopic: T {n}\n"
)


def fill_people() -> tuple[Account, Account]:
    """Add them; returns an administrator and a liaison, who did most of it."""
    ada = account("Ada", Held(role=Role.ADMINISTRATOR), two_factors=True, password=PASSWORD)
    held = [Held(role=role, scope="pond") for role in (Role.LIAISON, Role.FACILITY)]
    lia = account("Lia", *held, password=PASSWORD)
    Account.objects.bulk_create(
        Account(email=f"p{n}@example.org", name=f"Person Number {n}") for n in range(PEOPLE)
    )
    several = [*Account.objects.exclude(pk__in=(ada.pk, lia.pk))]
    Grant.objects.bulk_create(
        Grant(account=one, role=role, scope=f"p{n}", since=NOW, by=ada)
        for n, one in enumerate(several)
        for role in (Role.MAINTAINER.value, Role.LIAISON.value)
    )
    Change.objects.bulk_create(
        Change(
            at=NOW + timedelta(minutes=n),
            what="role granted",
            by=ada if n % 2 else lia,
            about=several[n % PEOPLE],
            kind="organization",
            slug="pond",
            after={"role": "product maintainer", "scope": f"p{n}", "until": "2027-01-01"},
        )
        for n in range(CHANGES)
    )
    Proposal.objects.bulk_create(_proposal(n, lia) for n in range(PROPOSALS))
    Invitation.objects.bulk_create(
        Invitation(digest=f"{n:064}", email=f"i{n}@example.org", expires=LATER, by=ada)
        for n in range(INVITATIONS)
    )
    Runner.objects.bulk_create(
        Runner(
            organization="pond",
            name=f"A runner with the number {n}",
            platform=f"platform-{n:02}",
            keyid=f"{n:064}",
            public="PEM",
            until=LATER,
            by=lia,
        )
        for n in range(RUNNERS)
    )
    Token.objects.bulk_create(
        Token(
            account=lia,
            name=f"A program {n}",
            digest=f"{n:064}",
            scopes=["runners.see"],
            expires=LATER,
        )
        for n in range(TOKENS)
    )
    _files()
    return ada, lia


def _proposal(n: int, by: Account) -> Proposal:
    path = f"consortium/liaisons/l{n}.yaml"
    return Proposal(
        what="liaison",
        slug=f"l{n}",
        kind="organization",
        scope="pond",
        workspace="crowd",
        path=path,
        before="0" * 64,
        after="1" * 64,
        was={"topic": "Data"},
        wanted={"topic": f"Data {n}", "funding": "Somebody"},
        patch=f"diff --git a/{path} b/{path}\n" + "-topic: Data\n+topic: More\n" * 40,
        why="Because. " * 30,
        by=by,
    )


def _files() -> None:
    """Add liaisons, a few of them of the organization that has roles here."""
    WorkspaceFile.objects.bulk_create(
        WorkspaceFile(
            workspace="crowd",
            path=f"consortium/liaisons/l{n}.yaml",
            what="liaison",
            slug=f"l{n}",
            scope="pond" if n % 50 == 0 else "far",
            digest=f"{n:064}",
            text=_LIAISON.format(n=n, of="pond" if n % 50 == 0 else "far"),
        )
        for n in range(LIAISONS)
    )
    Consortium.objects.update(workspace="crowd")
