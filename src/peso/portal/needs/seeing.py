"""What somebody sees of the register.

1. Who runs the consortium (steering, administrator) sees all. Who speaks for an organization sees
   what is for the federation and for it; maintainers and chairs what is for the federation; all
   others, signed in or not, what is public.
2. What may not be seen is left out before anything is counted, ranked or compared.
"""

from __future__ import annotations

from collections.abc import Iterable

from peso.errors import BadInput
from peso.partnerships.needs.record import Held, Speaker
from peso.partnerships.needs.visibility import ANYBODY, STEWARD, Role, Viewer
from peso.partnerships.needs.vocabulary import OrganizationKind
from peso.portal.needs.worked import View, state
from peso.portal.people.permissions import may
from peso.portal.people.roles import Kind, Person
from peso.portal.people.roles import Role as Part
from peso.portal.people.scopes import is_slug
from peso.portal.store.consortium import kept as consortium_kept

SPEAK = (Part.LIAISON, Part.FACILITY)
_KINDS = {"member": OrganizationKind.MEMBER, "facility": OrganizationKind.FACILITY}


def organizations_of(person: Person) -> tuple[str, ...]:
    """Return the slugs of those somebody may speak for."""
    said = {one.scope for one in person.held if one.role in SPEAK}
    return tuple(sorted(one for one in said if is_slug(Kind.ORGANIZATION, one)))


def viewer_of(person: Person) -> Viewer:
    """Return what somebody is to the register."""
    if may(person, "need.decide").yes:
        return STEWARD
    spoken = organizations_of(person)
    if spoken:
        return Viewer(Role.FEDERATION, frozenset(spoken))
    if any(one.role in {Part.MAINTAINER, Part.CHAIR} for one in person.held):
        return Viewer(Role.FEDERATION)
    return ANYBODY


def view_of(viewer: Viewer) -> View:
    """Return the register as a viewer sees it now."""
    return state().view(viewer)


def organization(slug: str, person: Person) -> Speaker:
    """Return an organization with its kind: as the consortium says, else by the role.

    Raises:
        BadInput: It is no slug.
    """
    if not is_slug(Kind.ORGANIZATION, slug):
        raise BadInput(f"{slug!r} is no slug of an organization")
    held = consortium_kept()
    known = held.consortium.organization(slug) if held else None
    if known is not None:
        kind = _KINDS.get(known.kind, OrganizationKind.OTHER)
    else:
        facility = any(one.role is Part.FACILITY and one.scope == slug for one in person.held)
        kind = OrganizationKind.FACILITY if facility else OrganizationKind.MEMBER
    return Speaker(slug=slug, kind=kind)


def words(text: str) -> tuple[str, ...]:
    """Return a list that was written with commas or on lines, each once."""
    return tuple(
        dict.fromkeys(filter(None, (one.strip() for one in text.replace("\n", ",").split(","))))
    )


def fits(held: Held, asked: Iterable[str]) -> bool:
    """Say whether a need has every word that was looked for."""
    need = held.need
    said = " ".join((held.id, need.statement, need.detail, *need.products, *need.facilities))
    return all(one in said.casefold() for one in asked)


def found(view: View, need: str) -> Held:
    """Return a need that may be seen. Raises `BadInput`, the same for one that is hidden."""
    held = view.find(need)
    if held is None:
        raise BadInput("there is no such need")
    return held
