"""Runners: a facility says whose pushes the portal takes, for which platform, until when.

1. The portal gets a public key (Ed25519, PEM); the private one stays with the runner.
2. A key is registered once, for one platform, and never again: a revoked one stays revoked.
3. A platform is the organization's that first registered a runner of it.
4. What a runner is never changes; it is revoked, and another is registered. Nothing is deleted.
5. A push is on record once, in the transaction that takes its last batch, which comes after its
   files and before any page shows what is in them. So a kill leaves no push on record that is not
   there, and none on a page that is not on record; the same push again is the same digest, and no
   second row. What of it could not be used is no part of the record: `/status/` says it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from peso.errors import BadInput
from peso.portal.people.audit import Value, record
from peso.portal.people.models import Account, Change, Runner
from peso.portal.people.roles import PORTAL, Kind, Thing
from peso.portal.visible import hides
from peso.services.delivery.pushing import proving
from peso.services.delivery.pushing.batch import Holding

LONGEST: Final = timedelta(days=2 * 365)
PUSHED: Final = "ledger pushed"
UNFINISHED: Final = "push taken in, not on record as finished"


def register(  # noqa: PLR0913 - what a runner is
    organization: str, *, name: str, platform: str, public: str, until: datetime, by: Account
) -> Runner:
    """Register a runner.

    Raises:
        BadInput: No Ed25519 public key, one that was registered before, a platform of another
            organization, or no day within two years.
    """
    key = proving.public_key(public)
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise BadInput("a key is good until a day within two years", hint="choose an earlier day")
    if not platform.strip() or hides(platform):
        raise BadInput("this is no name of a platform", hint="use letters that can be seen")
    with transaction.atomic():
        if Runner.objects.filter(keyid=key.keyid).exists():
            raise BadInput(
                "this key was registered before", hint="make a new one: a key is never used again"
            )
        theirs = Runner.objects.filter(platform=platform).exclude(organization=organization)
        if theirs.exists():
            raise BadInput(
                f"the platform {platform} is another organization's", hint="choose another name"
            )
        made = Runner.objects.create(
            organization=organization,
            name=name,
            platform=platform,
            keyid=key.keyid,
            public=public,
            until=until,
            by=by,
        )
        record("runner registered", by=by, thing=thing_of(organization), after=_said(made))
    return made


def revoke(one: Runner, *, by: Account) -> None:
    """Take no more of a runner's pushes, for good; one that is revoked is left as it is."""
    with transaction.atomic():
        if Runner.objects.filter(pk=one.pk, revoked=None).update(revoked=timezone.now()):
            record("runner revoked", by=by, thing=thing_of(one.organization), before=_said(one))


def find(keyid: str) -> proving.Runner | None:
    """Return a registered key, as far as it decides."""
    one = Runner.objects.filter(keyid=keyid).first()
    if one is None:
        return None
    return proving.Runner(
        key=proving.public_key(one.public),
        platform=one.platform,
        until=one.until,
        revoked=one.revoked,
        last=one.last,
    )


def claim(keyid: str, made: datetime, *, holds: Holding | None = None) -> bool:
    """Note that a batch of this time is taken; False where a later one was, or the key went.

    Args:
        keyid: The runner's key.
        made: When the batch says that it was made.
        holds: What the ledger of its platform holds, where the batch ends a push.
    """
    with transaction.atomic():
        platform = Runner.objects.filter(keyid=keyid).values("platform")
        several = Runner.objects.select_for_update().filter(platform__in=platform)
        by = {one.keyid: one for one in several.order_by("pk")}
        one = by.get(keyid)
        if one is None or one.revoked or (one.last is not None and one.last >= made):
            return False
        one.last = made
        one.save(update_fields=["last"])
        told = next((other.told for other in by.values() if other.told), "")
        if holds and holds.sha256 != told:
            several.update(told=holds.sha256)
            _tell(one, told, holds)
    return True


def tell_unfinished(name: str, platform: str, holds: Holding) -> None:
    """Write down that whoever runs the portal takes in what no runner said it had finished; once.

    Args:
        name: The ledger's folder.
        platform: Its platform; empty: no runner of it is known.
        holds: What is in it.
    """
    with transaction.atomic():
        rows = Runner.objects.select_for_update().filter(platform=platform)
        several = [*rows.order_by("pk")] if platform else []
        known = Change.objects.filter(what=UNFINISHED, after__sha256=holds.sha256)
        if any(one.told == holds.sha256 for one in several) or known.exists():
            return
        record(
            UNFINISHED,
            by=None,
            thing=thing_of(several[0].organization) if several else PORTAL,
            after={"platform": platform, "ledger": name, **_in_words(holds)},
        )


def platforms() -> frozenset[str]:
    """Return every platform that a runner was registered for."""
    return frozenset(Runner.objects.values_list("platform", flat=True))


def _tell(one: Runner, told: str, holds: Holding) -> None:
    """Write down a push: made by the runner, about who registered it."""
    record(
        PUSHED,
        by=None,
        about=one.by,
        thing=thing_of(one.organization),
        before={"sha256": told} if told else {},
        after={"runner": one.name, "key": one.keyid, "platform": one.platform, **_in_words(holds)},
    )


def _in_words(holds: Holding) -> dict[str, Value]:
    return {"deliveries": holds.accounts, "sha256": holds.sha256}


def thing_of(organization: str) -> Thing:
    """Return what a runner is of."""
    return Thing(kind=Kind.ORGANIZATION, slug=organization)


def _said(one: Runner) -> dict[str, Value]:
    return {
        "runner": one.name,
        "platform": one.platform,
        "key": one.keyid,
        "until": one.until.isoformat(),
    }
