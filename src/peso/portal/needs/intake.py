"""Needs from a form: by somebody who is signed in, or by a visitor who confirms it by mail.

Against spam, without a puzzle:
1. a field that people leave empty, and programs fill in: a program is told nothing, what it sent is
   dropped, and the answer looks alike;
2. a form that is sent within seconds, or after a day, is to be sent once more, and says so;
3. one network address may send a few an hour, and one mail address may have few that wait.
4. A link's token is random and kept as a digest; it works once, for a week.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from peso.base.digest import sha256_bytes
from peso.errors import BadInput, Fault
from peso.partnerships.needs import events
from peso.partnerships.needs.events import need_id
from peso.partnerships.needs.record import Evidence, Need, Raiser, Source, Speaker
from peso.partnerships.needs.vocabulary import PUBLIC, Grade
from peso.portal.needs.ledger import VISITOR, add
from peso.portal.needs.models import Sent
from peso.portal.needs.seeing import words
from peso.portal.people.models import Account
from peso.portal.posting import why_not
from peso.portal.settings import CONFIG

_LOG: Final = logging.getLogger(__name__)
LASTS: Final = timedelta(days=7)
QUICKEST: Final = 3
"""Seconds."""
_SLOWEST: Final = 24 * 3600
AN_HOUR: Final = 10
"""How many one network address may send in an hour."""
_WAITING: Final = 3
_SALT: Final = "peso.needs.form"
GONE: Final = "this link was used, or has ended"


def begun() -> str:
    """Return what a form carries, so that it is known when it was asked for."""
    return signing.TimestampSigner(salt=_SALT).sign("form")


def by_a_program(said: Mapping[str, Any]) -> bool:
    """Say whether a program filled in a form: what people do not see is filled in, too."""
    return bool(said.get("website"))


def sent_amiss(said: Mapping[str, Any]) -> str:
    """Return why a form has to be sent once more: too quick or too old; empty: it has not."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        signer.unsign(said.get("began", ""), max_age=_SLOWEST)
    except signing.BadSignature:
        return "This form is from yesterday or before. Nothing was sent yet: send it once more."
    try:
        signer.unsign(said["began"], max_age=QUICKEST)
    except signing.SignatureExpired:
        return ""
    return (
        f"It came back within {QUICKEST} seconds, as programs send it. Nothing was sent yet: "
        "look it over, and send it once more."
    )


def too_often(address: str) -> bool:
    """Count one more from a network address; says whether these are too many."""
    key = f"needs-{sha256_bytes(address.encode())[:32]}"
    cache.add(key, 0, 3600)
    return bool(cache.incr(key) > AN_HOUR)


def need_of(
    said: Mapping[str, Any],
    *,
    raiser: Speaker | None,
    visibility: str,
    actor: str,
    source: Source,
) -> Need:
    """Return the need that a form says. Raises `BadInput` with everything that is wrong."""
    some = {"kind": said["kind"], "needed_by": said["needed_by"], "severity": said["severity"]}
    now = timezone.now()
    try:
        return Need(
            id=need_id(said["statement"], time=now, actor=actor, source=source),
            statement=said["statement"],
            detail=said["detail"],
            raised_by=_raiser(said, raiser, actor),
            products=words(said["products"]),
            facilities=words(said["facilities"].lower()),
            evidence=_evidence(said),
            visibility=visibility,
            source=source,
            **{name: value for name, value in some.items() if value},
        )
    except ValidationError as no:
        raise no_need(no) from no


def no_need(no: ValidationError) -> BadInput:
    """Return everything that is wrong with a need, in words."""
    faults = tuple(
        Fault(where=".".join(map(str, one["loc"])), message=_wrong(one)) for one in no.errors()
    )
    return BadInput("this is no need yet", faults=faults)


def raise_need(need: Need, *, by: Account | None) -> str:
    """Write a new need into the register; returns its id."""
    add(lambda _register: (events.Raised(need=need),), by=by)
    return need.id


def wait(need: Need, email: str) -> None:
    """Keep what a visitor sent until it is confirmed, and send the link. Raises `BadInput`."""
    email = email.strip().lower()
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Sent.objects.filter(confirmed=None, expires__lte=now).delete()
        if Sent.objects.filter(email=email, confirmed=None).count() >= _WAITING:
            return  # its owner has three mails with links already; others learn nothing of it
        Sent.objects.create(
            digest=sha256_bytes(token.encode()),
            email=email,
            need=need.canonical().decode(),
            expires=now + LASTS,
        )
        text = (
            f"Somebody, you we hope, sent a need to the PESO portal:\n\n{need.statement}\n\n"
            f"Confirm it within a week: {CONFIG.url}/needs/confirm/{token}/\n\n"
            "If it was not you, do nothing: it is dropped then."
        )
        transaction.on_commit(lambda: send(email, "Confirm your need", text))


def waiting(token: str) -> Sent | None:
    """Return what a link confirms, if it still works."""
    now = timezone.now()
    rows = Sent.objects.filter(digest=sha256_bytes(token.encode()), confirmed=None)
    return rows.filter(expires__gt=now).first()


def statement_of(one: Sent) -> str:
    """Return what a visitor asked for."""
    return Need.model_validate_json(one.need).statement


def confirm(one: Sent) -> str:
    """Raise what a visitor confirmed; the second of two is refused. Raises `BadInput`."""
    with transaction.atomic():
        need = Need.model_validate_json(one.need)
        still = Sent.objects.filter(pk=one.pk, confirmed=None)
        if not still.update(confirmed=timezone.now(), need="", about=need.id):
            raise BadInput(GONE)
        return raise_need(need, by=None)


def send(to: str, subject: str, text: str) -> None:
    """Send a mail; where that fails, the page goes on, and the portal's log says so."""
    try:
        send_mail(f"[PESO portal] {subject}", text, None, [to])
    except OSError as no:  # smtplib's faults are of this kind too
        _LOG.warning("a mail (%s) could not be sent: %s", subject, why_not(no))


def visitor_need(said: Mapping[str, Any]) -> Need:
    """Return the need of a visitor: public. Raises `BadInput`."""
    source = Source(kind="form")
    return need_of(said, raiser=None, visibility=PUBLIC, actor=VISITOR, source=source)


def _wrong(one: ErrorDetails) -> str:
    """Return what is wrong with one value, in words."""
    match one["loc"][0], one["type"]:
        case "facilities", _:
            return (
                f"{one['input']!r} is no slug of a facility: a slug has letters a to z,"
                " digits and hyphens, at most 63. Write several with commas, e.g. olcf, alcf."
            )
        case "statement", "string_pattern_mismatch":
            return "Write one line, without tabs and other signs that are not shown."
        case _, "string_too_long":
            return f"This is too long: at most {one['ctx']['max_length']:,} letters."
        case _:
            return one["msg"]


def _raiser(said: Mapping[str, Any], raiser: Speaker | None, actor: str) -> Raiser:
    more = {"stakeholder": said["stakeholder"]} if said["stakeholder"] else {}
    return Raiser(organization=raiser, person=actor, **more)


def _evidence(said: Mapping[str, Any]) -> tuple[Evidence, ...]:
    text = said["evidence"].strip()
    if not text:
        return ()
    link = text if text.startswith(("https://", "http://")) and " " not in text else ""
    return (Evidence(grade=Grade(said["grade"] or Grade.SAID), text=text, link=link[:2000]),)
