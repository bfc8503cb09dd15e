"""Speakers: the accounts of those who may speak for organizations, as of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from peso.portal.needs.seeing import SPEAK
from peso.portal.people.grants import current
from peso.portal.people.models import Account


def speakers(slugs: Iterable[str]) -> list[tuple[Account, tuple[str, ...]]]:
    """Return who may speak for some organizations, and for which; by name, open accounts only."""
    grants = current().filter(
        role__in=[one.value for one in SPEAK], scope__in=list(slugs), account__is_active=True
    )
    found: dict[Account, set[str]] = defaultdict(set)
    for grant in grants.select_related("account"):
        found[grant.account].add(grant.scope)
    ordered = sorted(found.items(), key=lambda it: (it[0].name, it[0].pk))
    return [(account, tuple(sorted(scopes))) for account, scopes in ordered]
