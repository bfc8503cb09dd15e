"""A file of needs, brought in two steps: it is looked at first, then taken as it was looked at.

1. Between the steps the file waits here, one for each account and for an hour; a browser sends only
   the digest of it and of what was chosen. It waits in the cache, so it may be gone sooner.
2. What it comes to is worked out of the register as it stands, when it is shown and again when it
   is taken: what came in meanwhile is not taken twice.
3. What no need can be made of is kept in the register as it came: nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from peso.base.digest import canonical_json, sha256_bytes
from peso.errors import BadInput
from peso.partnerships.needs.events import Body, need_id
from peso.partnerships.needs.importing import News, news, read_needs, taken
from peso.partnerships.needs.intake import Intake
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.register import Register
from peso.portal.needs.ledger import add, kept
from peso.portal.people.models import Account

LASTS: Final = 3600
"""Seconds that a file waits."""
MOST: Final = 2000
"""So many entries are taken at once: others wait for the register meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file, and what was chosen for it."""

    name: str
    data: bytes
    visibility: str
    products: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return what names it: another file, or another choice, is another one."""
        said = [self.name, self.visibility, list(self.products), sha256_bytes(self.data)]
        return sha256_bytes(canonical_json(said))

    def read(self) -> Intake:
        """Return what is in it. Raises `BadInput`."""
        intake = read_needs(
            self.data, self.name, visibility=self.visibility, products=self.products
        )
        count = len(intake.needs) + len(intake.aside)
        if count > MOST:
            raise BadInput(
                f"it has {count} entries; at most {MOST} are taken at once",
                where=self.name,
                hint="split it into several files",
            )
        return intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a file comes to, as the register stands."""

    intake: Intake
    news: News


def look(one: Brought) -> Looked:
    """Return what a file comes to; nothing is written. Raises `BadInput`."""
    intake = one.read()
    return Looked(intake=intake, news=news(intake, kept().register))


def keep(one: Brought, account: Account) -> str:
    """Let a file wait, in place of one that waited; returns what names it."""
    said = (one.name, one.data, one.visibility, one.products)
    cache.set(_place(account), said, LASTS)
    return one.digest


def waiting(account: Account) -> Brought | None:
    """Return the file of an account that waits."""
    said = cache.get(_place(account))
    if said is None:
        return None
    name, data, visibility, products = said
    return Brought(name=name, data=data, visibility=visibility, products=products)


def drop(account: Account) -> None:
    """Let it wait no more."""
    cache.delete(_place(account))


def take(one: Brought, account: Account) -> Looked:
    """Write what is new of a file into the register; returns it. Raises `BadInput`, `Refused`."""
    intake, found = one.read(), list[News]()
    time = timezone.now()

    def named(need: Need) -> Need:
        identity = need_id(need.statement, time=time, actor=account.key, source=need.source)
        return need.model_copy(update={"id": identity})

    def make(register: Register) -> list[Body]:
        found.append(news(intake, register))
        return list(taken(found[0], named))

    add(make, by=account)
    if (still := waiting(account)) is not None and still.digest == one.digest:
        drop(account)  # and none that was brought meanwhile
    return Looked(intake=intake, news=found[0])


def _place(account: Account) -> str:
    return f"needs-brought-{account.key}"
