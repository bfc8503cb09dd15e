"""People with accounts who want to harm readers: what they may write is hostile where it is free.

They raise, endorse, refuse and answer needs, propose changes, name tokens and runners, and are
invited. What a form would refuse is left out: `hostile_people` uses what stands behind the forms.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from tests.portal.folk import PASSWORD, account
from tests.portal.hostile import EVIL, LINKS
from tests.portal.needs.past import delivered

from peso.base.digest import sha256_bytes
from peso.partnerships.needs import events
from peso.partnerships.needs.record import Evidence, Need, Raiser, Source, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import (
    Grade,
    Helped,
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)
from peso.portal.ingest.files import take_files
from peso.portal.needs.bringing import Brought, keep
from peso.portal.needs.frozen import freeze_now
from peso.portal.needs.ledger import add
from peso.portal.needs.models import Sent
from peso.portal.people import invitations, proposals, runners, tokens
from peso.portal.people.addable import Known, said_of
from peso.portal.people.additions import drafted_new
from peso.portal.people.models import Account
from peso.portal.people.roles import Held, Role

SAID: Final = EVIL.replace("\0", "")
"""PostgreSQL and YAML take no null byte."""
NEED: Final = "n-0123456789"
_LINE: Final = re.sub(r"[\x00-\x1f\x7f]", "", SAID)
_SEEN: Final = "".join(letter for letter in SAID if letter.isprintable())
_MAILED: Final = "what-a-mail-holds"
_OURS: Final = Speaker(slug="evil", kind=OrganizationKind.MEMBER)
_FILE: Final = "schema: peso.product/1\nname: Evil files\nspack: [evil]\nlicense: MIT\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written."""

    administrator: Account
    """Who sees all of it."""
    mailed: tuple[str, ...]
    """Addresses that only mails hold."""


def hostile_people(folder: Path) -> Written:
    """Write all that people may write, hostile."""
    administrator = account(
        SAID,
        Held(role=Role.ADMINISTRATOR),
        Held(role=Role.LIAISON, scope="evil"),
        two_factors=True,
        password=PASSWORD,
    )
    _needs(administrator)
    _proposal(folder, administrator)
    tokens.make(administrator, SAID, ["account.own"], lasts=timedelta(days=1))
    public = Ed25519PrivateKey.generate().public_key()
    runners.register(
        "evil",
        name=SAID,
        platform=_SEEN[:60],
        public=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        until=timezone.now() + timedelta(days=9),
        by=administrator,
    )
    invited = invitations.invite(SAID, [Held(role=Role.LIAISON, scope="evil")], by=administrator)
    return Written(
        administrator=administrator, mailed=(urlsplit(invited).path, f"/needs/confirm/{_MAILED}/")
    )


def _needs(by: Account) -> None:
    evidence = tuple(Evidence(grade=Grade.SAID, text=SAID, link=link) for link in (SAID, *LINKS))
    need = Need(
        id=NEED,
        statement=_LINE[:500],
        detail=SAID,
        raised_by=Raiser(organization=_OURS, person=SAID[:200]),
        products=(SAID,),
        communities=(SAID,),
        evidence=evidence,
        visibility="public",
        source=Source(kind=SAID[:40], where=SAID, text=SAID),
    )
    Sent.objects.create(
        digest=sha256_bytes(_MAILED.encode()),
        email=SAID,
        need=need.canonical().decode(),
        expires=timezone.now() + timedelta(days=1),
    )
    twin = need.model_copy(update={"id": "n-1123456789"})
    refused = need.model_copy(update={"id": "n-2123456789"})
    reaching = need.model_copy(update={"id": "n-3123456789", "products": ("evil-two",)})
    several = (need, twin, refused, reaching)
    told: list[events.Body] = [events.Raised(need=one) for one in several]
    told += [
        events.Endorsed(about=NEED, organization=_OURS, level=Level.BLOCKING, note=SAID),
        events.Offered(about=NEED, organization=_OURS, days=3, note=SAID),
        events.Merged(about=twin.id, into=NEED, reason=SAID),
        events.Decided(about=refused.id, status=Status.REFUSED, reason=SAID),
        *(events.Linked(about=NEED, kind=kind, where=SAID) for kind in LinkKind),
        *(events.Linked(about=NEED, kind=LinkKind.ISSUE, where=link) for link in LINKS),
        events.SetAside(source=need.source, faults=(SAID,)),
    ]
    _tell(told, by)
    freeze_now("public", by=by)
    steps = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS, Status.DELIVERED)
    release = events.Linked(about=NEED, kind=LinkKind.RELEASE, where=SAID, sha256="a" * 64)
    after: tuple[events.Body, ...] = (
        release,
        *(events.Decided(about=NEED, status=status, reason=SAID) for status in steps),
        events.Answered(about=NEED, text=SAID),
        events.Checked(about=NEED, organization=_OURS, helped=Helped.YES, note=SAID),
    )
    _tell(after, by)
    freeze_now("public", by=by)
    delivered(_LINE[:500], "evil")
    rows = [["statement", "kind", "odd" + _SEEN], [_SEEN[:400], SAID, SAID], ["", SAID, SAID]]
    rows += [[f"{_SEEN[:400]} {number}", "", ""] for number in range(120)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    name = f"{_SEEN[:100]}.csv"
    keep(Brought(name=name, data=text.getvalue().encode(), visibility="public", products=()), by)


def _tell(several: Iterable[events.Body], by: Account) -> None:
    for one in several:
        add(partial(_only, one), by=by)


def _only(one: events.Body, _register: Register) -> tuple[events.Body, ...]:
    return (one,)


def _proposal(folder: Path, by: Account) -> None:
    path = "products/evil-files.yaml"
    (folder / "products").mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(_FILE)
    take_files(folder, "evil-files")
    file = proposals.File(workspace="evil-files", path=path, text=_FILE)
    for key in ("description", "long_description"):
        draft = proposals.drafted("product", "evil-files", file, {key: _SEEN})
        made = proposals.propose(draft, why=SAID, by=by)
    proposals.decide(made, "accepted", by=by, reason=SAID)
    form = {"person": _SEEN, "target": "product-community", "to": _SEEN, "topic": _SEEN}
    nobody = Known(people=frozenset(), organizations=frozenset(), products=frozenset())
    new = drafted_new(
        "liaison", "evil-files", said_of("liaison", "evil", form), there=(), taken=(), known=nobody
    )
    proposals.propose(new, why=SAID, by=by)
