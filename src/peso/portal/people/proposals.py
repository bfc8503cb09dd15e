"""Proposing changes of the ecosystem's files, deciding on them, and what becomes of them.

1. A proposal changes no file and no fact of the portal: it is a patch, and people merge it. It is
   of a file that is there, or brings one that is not (`additions.py`).
2. It is decided once, by who has a say over its thing; its maker may withdraw it until then.
3. When the files are taken in again: what they say now is in effect; where the file is another one
   than the proposal was made of, it is outdated. Both are said in the audit, by nobody.
4. A patch names people by the name they are shown by, and no address one could write to.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from peso.base.digest import sha256_bytes
from peso.base.yamls import load_text
from peso.errors import BadInput
from peso.portal.people.audit import record
from peso.portal.people.editable import EDITABLE, thing_of
from peso.portal.people.models import Account, Proposal
from peso.portal.people.permissions import may
from peso.portal.people.roles import Person
from peso.products.catalogs.editing import Wrong, edit, patch_of

State = Proposal.State
OPEN: Final = (State.PROPOSED, State.ACCEPTED)
_NOT_A_NAME: Final = re.compile(r"[^\w .'-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a workspace, as it was taken in."""

    workspace: str
    path: str
    text: str

    @property
    def said(self) -> dict[str, Any]:
        """Return what it says, as plain data; nothing where it cannot be read."""
        try:
            data, _ = load_text(self.text, Path(self.path))
        except BadInput:
            return {}
        return data if isinstance(data, dict) else {}


class NotProposedError(ValueError):
    """What is wrong with a change, key by key."""

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__("this cannot be proposed")
        self.wrong = wrong


def drafted(what: str, slug: str, file: File, changes: Mapping[str, Any]) -> Proposal:
    """Return a proposal that is not kept yet, for its maker to look at. Raises what is wrong."""
    done = edit(EDITABLE[what].model, file.path, file.text, changes)
    if done.wrong:
        raise NotProposedError(done.wrong)
    was, now = file.said, File(workspace="", path=file.path, text=done.text).said
    thing = thing_of(what, slug, was)
    return Proposal(
        what=what,
        slug=slug,
        kind=thing.kind.value,
        scope=thing.slug,
        workspace=file.workspace,
        path=file.path,
        before=sha256_bytes(file.text.encode()),
        after=sha256_bytes(done.text.encode()),
        was={key: was[key] for key in changes if key in was},
        wanted={key: now[key] for key in changes if key in now},
        patch=patch_of(file.path, file.text, done.text),
    )


def propose(draft: Proposal, *, why: str, by: Account) -> Proposal:
    """Keep a draft as a proposal."""
    with transaction.atomic():
        draft.why, draft.by = why, by
        draft.save()
        record(
            "change proposed",
            by=by,
            thing=draft.thing,
            before={"sha256": draft.before},
            after={
                "proposal": draft.pk,
                "file": draft.path,
                "sha256": draft.after,
                "keys": list(draft.keys),
            },
        )
    return draft


def decide(one: Proposal, state: str, *, by: Account, reason: str = "") -> None:
    """Accept or refuse a proposal, or withdraw it. Raises `BadInput` where that was done."""
    with transaction.atomic():
        _move(one, state, {State.PROPOSED}, by=by, reason=reason)


def settle(file: File) -> None:
    """Say what became of the proposals of a file that was taken in."""
    rows = Proposal.objects.filter(workspace=file.workspace, path=file.path, state__in=OPEN)
    digest = sha256_bytes(file.text.encode())
    for one in rows:
        said = {key: value for key, value in file.said.items() if key in one.keys}
        if said == one.wanted:
            _move(one, State.IN_EFFECT, set(OPEN), by=None)
        elif digest != one.before:
            _move(one, State.OUTDATED, set(OPEN), by=None)


def may_see(person: Person, one: Proposal) -> bool:
    """Say whether somebody may see a proposal: who made it, who decides, who sees every change."""
    mine = person.signed_in and one.by.key == person.key
    return mine or may_decide(person, one) or may(person, "changes.all").yes


def may_decide(person: Person, one: Proposal) -> bool:
    """Say whether somebody may accept or refuse a proposal."""
    return may(person, EDITABLE[one.what].decide, one.thing).yes


def seen_by(person: Person) -> QuerySet[Proposal]:
    """Return the proposals that somebody may see."""
    rows = Proposal.objects.select_related("by", "decider")
    if may(person, "changes.all").yes:
        return rows
    mine = Q(by__key=person.key)
    for held in person.held:
        for what, kind in EDITABLE.items():
            if kind.kind is held.thing.kind and may(person, kind.decide, held.thing).yes:
                mine |= Q(what=what, kind=held.thing.kind.value, scope=held.scope)
    return rows.filter(mine)


def accepted() -> QuerySet[Proposal]:
    """Return what was accepted and is not in the files yet."""
    return Proposal.objects.filter(state=State.ACCEPTED).select_related("by", "decider")


def mail_of(one: Proposal, *, url: str) -> str:
    """Return a proposal as `git am` takes it."""
    subject = f"Add {one.path}" if one.adds else f"Change {', '.join(one.keys)} of {one.path}"
    lines = [
        f"From {'0' * 40} Mon Sep 17 00:00:00 2001",
        f"From: {_name(one.by)} <{one.by.key}@people.invalid>",
        f"Date: {format_datetime(one.made)}",
        f"Subject: [PATCH] {subject}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        textwrap.indent(one.why.replace("\r\n", "\n"), "  "),
        "",
        f"Proposed-by: {_name(one.by)}",
        *([f"Accepted-by: {_name(one.decider)}"] if one.decider else []),
        f"Proposal: {url}/proposals/{one.pk}/",
        "---",
        "",
    ]
    return "\n".join(lines) + one.patch + "-- \nPESO portal\n"


def file_name(one: Proposal) -> str:
    """Return how a proposal's patch is called."""
    return f"{one.pk:04d}-{one.what}-{re.sub(r'[^A-Za-z0-9._-]', '-', one.slug)}.patch"


def _move(
    one: Proposal, state: str, froms: set[State], *, by: Account | None, reason: str = ""
) -> None:
    before = one.state
    said = {"state": state, "decided": timezone.now(), "reason": reason}
    if by is not None:
        said["decider"] = by
    still = Proposal.objects.filter(pk=one.pk, state__in=froms)
    if not still.update(**said):
        one.refresh_from_db()
        raise BadInput(f"this proposal is {one.state} already", hint="look at it again")
    one.refresh_from_db()
    record(
        f"proposal {state}",
        by=by,
        about=one.by,
        thing=one.thing,
        before={"proposal": one.pk, "state": before},
        after={"proposal": one.pk, "state": state, "reason": reason},
    )


def _name(account: Account) -> str:
    return " ".join(_NOT_A_NAME.sub(" ", account.name).split()) or "somebody"
