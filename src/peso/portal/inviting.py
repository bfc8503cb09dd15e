"""Inviting from the portal's own machine: the first administrator, and anybody else.

Whoever can run the command can read the database, so it asks for no account.
"""

from __future__ import annotations

from collections.abc import Sequence

from peso.base.record import Record
from peso.errors import BadInput
from peso.portal.config import PortalConfig
from peso.portal.django import begin, migrate


class Invited(Record):
    """An invitation's link."""

    email: str
    roles: tuple[str, ...]
    link: str


def invite(
    how: PortalConfig, email: str, roles: Sequence[str] = (), *, admin: bool = False
) -> Invited:
    """Make an invitation.

    Args:
        how: The portal.
        email: Whom it is for.
        roles: `ROLE` or `ROLE:SLUG`, e.g. `product maintainer:hypre`.
        admin: Grant the role of an administrator too.

    Raises:
        BadInput: It is no address, or no such role, or there is nothing of such a slug.
    """
    begin(how)
    migrate()
    from django.core.exceptions import ValidationError  # noqa: PLC0415 - Django is ready now
    from django.core.validators import validate_email  # noqa: PLC0415 - the same

    from peso.portal.people import invitations  # noqa: PLC0415 - its tables need Django first
    from peso.portal.people.roles import Held, Role  # noqa: PLC0415 - the same
    from peso.portal.scoping import looked_up  # noqa: PLC0415 - the same

    try:
        validate_email(email)
    except ValidationError as no:
        raise BadInput("this is no e-mail address", where=email) from no
    said = [*roles, *([Role.ADMINISTRATOR.value] if admin else [])]
    asked = [invitations.role_of(one) for one in said]
    held = [Held(role=one.role, scope=looked_up(one.role, one.scope)) for one in asked]
    link = invitations.invite(email, held, by=None)
    roles = tuple(f"{one.role.value}:{one.scope}".strip(":") for one in held)
    return Invited(email=email, roles=roles, link=link)


def first_link(how: PortalConfig) -> str:
    """Return a link that makes the first administrator; empty where there is one. After `begin`."""
    from peso.portal.people import grants, invitations  # noqa: PLC0415 - needs Django first

    begin(how)
    return "" if grants.administered() else invitations.set_up()
