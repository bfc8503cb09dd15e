"""Who may do what: one table of predicates, and the answer to "why may I not".

1. A predicate looks at a person and a thing, and at nothing else: no database, no clock.
2. Closed: a name that is not in the table is a fault, and what no predicate allows is not allowed.
3. The page that explains rights asks the same predicates about an example of each role, so it
   cannot say anything else than what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from peso.portal.people.roles import NOBODY, PORTAL, SCOPES, Held, Kind, Person, Role, Thing

Predicate = Callable[[Person, Thing], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Something that not everybody may do."""

    does: str
    """After "may": what is done, in words."""
    allows: Predicate
    of: tuple[Kind, ...] = (Kind.PORTAL,)
    """The kinds of thing it is done to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether somebody may, and why not."""

    yes: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A line of the page that explains rights."""

    name: str
    does: str
    cells: tuple[tuple[Role, str], ...]
    """For each role: `yes`, `no`, or `own` for what the role is held for."""


def everybody(_person: Person, _thing: Thing) -> bool:
    """Allow everybody, visitors too."""
    return True


def signed_in(person: Person, _thing: Thing) -> bool:
    """Allow whoever is signed in."""
    return person.signed_in


def holds(*roles: Role) -> Predicate:
    """Allow who holds one of these roles, for anything."""
    return lambda person, _thing: any(one.role in roles for one in person.held)


def holds_for_it(*roles: Role) -> Predicate:
    """Allow who holds one of these roles for this very thing."""
    return lambda person, thing: any(
        one.role in roles and one.thing == thing for one in person.held
    )


def either(*predicates: Predicate) -> Predicate:
    """Allow whom one of these allows."""
    return lambda person, thing: any(one(person, thing) for one in predicates)


_THEIRS: Final = (Kind.PRODUCT, Kind.ORGANIZATION, Kind.GROUP)
PERMISSIONS: Final[Mapping[str, Permission]] = {
    "pages.read": Permission(
        does="read every public page, feed and answer of the API", allows=everybody
    ),
    "account.own": Permission(
        does="see and change their own account, and end its sessions", allows=signed_in
    ),
    "changes.own": Permission(
        does="see every change that they made, or that is about them", allows=signed_in
    ),
    "changes.thing": Permission(
        does="see every change of a product, an organization or a working group",
        allows=either(
            holds_for_it(Role.MAINTAINER, Role.LIAISON, Role.FACILITY, Role.CHAIR),
            holds(Role.STEERING, Role.ADMINISTRATOR),
        ),
        of=_THEIRS,
    ),
    "changes.all": Permission(
        does="see every change there was", allows=holds(Role.STEERING, Role.ADMINISTRATOR)
    ),
    "product.propose": Permission(
        does="propose a change of what a product's file says",
        allows=either(holds_for_it(Role.MAINTAINER), holds(Role.LIAISON, Role.ADMINISTRATOR)),
        of=(Kind.PRODUCT,),
    ),
    "product.decide": Permission(
        does="accept or refuse what is proposed of a product",
        allows=either(holds_for_it(Role.MAINTAINER), holds(Role.ADMINISTRATOR)),
        of=(Kind.PRODUCT,),
    ),
    "group.propose": Permission(
        does="propose a change of a working group's charter and review date",
        allows=either(holds_for_it(Role.CHAIR), holds(Role.LIAISON, Role.ADMINISTRATOR)),
        of=(Kind.GROUP,),
    ),
    "group.decide": Permission(
        does="accept or refuse what is proposed of a working group",
        allows=either(holds_for_it(Role.CHAIR), holds(Role.ADMINISTRATOR)),
        of=(Kind.GROUP,),
    ),
    "organization.propose": Permission(
        does="propose a liaison or a stewardship of an organization, and changes of them",
        allows=either(holds_for_it(Role.LIAISON), holds(Role.ADMINISTRATOR)),
        of=(Kind.ORGANIZATION,),
    ),
    "organization.decide": Permission(
        does="accept or refuse what is proposed of liaisons and stewardships",
        allows=holds(Role.STEERING, Role.ADMINISTRATOR),
        of=(Kind.ORGANIZATION,),
    ),
    "proposals.own": Permission(
        does="see what they proposed, and what they are to decide", allows=signed_in
    ),
    "runners.see": Permission(
        does="see the runners of an organization, and until when their keys are good",
        allows=either(
            holds_for_it(Role.FACILITY, Role.LIAISON),
            holds(Role.STEERING, Role.ADMINISTRATOR),
        ),
        of=(Kind.ORGANIZATION,),
    ),
    "runners.change": Permission(
        does="register runners of an organization, and revoke their keys",
        allows=either(holds_for_it(Role.FACILITY), holds(Role.ADMINISTRATOR)),
        of=(Kind.ORGANIZATION,),
    ),
    "need.endorse": Permission(
        does="endorse needs for an organization, offer its work, and say whether something helped",
        allows=holds_for_it(Role.LIAISON, Role.FACILITY),
        of=(Kind.ORGANIZATION,),
    ),
    "need.follow": Permission(
        does="raise needs by name, follow them, and see what they are asked about",
        allows=signed_in,
    ),
    "need.decide": Permission(
        does="bring needs from files, estimate, merge, decide on, link and answer them, and freeze"
        " a ranking",
        allows=holds(Role.STEERING, Role.ADMINISTRATOR),
    ),
    "people.see": Permission(
        does="see who has an account, and which roles they hold",
        allows=holds(Role.STEERING, Role.ADMINISTRATOR),
    ),
    "people.change": Permission(
        does="grant and end roles, close accounts and forget people",
        allows=holds(Role.ADMINISTRATOR),
    ),
    "people.invite": Permission(
        does="invite people, and withdraw invitations", allows=holds(Role.ADMINISTRATOR)
    ),
}
"""Everything that is guarded. A page or an operation names its line."""


def may(person: Person, name: str, thing: Thing = PORTAL) -> Answer:
    """Say whether somebody may do something, and why not.

    Raises:
        KeyError: There is no such permission.
    """
    permission = PERMISSIONS[name]
    if permission.allows(person, thing):
        return Answer(yes=True)
    if not person.signed_in:
        return Answer(yes=False, why="you are not signed in")
    if person.waiting and permission.allows(_with_two_factors(person), thing):
        roles = " and ".join(sorted({one.role.value for one in person.waiting}))
        return Answer(yes=False, why=f"your role {roles} counts once you have a second factor")
    return Answer(yes=False, why=f"it takes the role {_who(permission)}")


def rights() -> tuple[Right, ...]:
    """Return who may do what, as the predicates say."""
    return tuple(
        Right(
            name=name,
            does=one.does,
            cells=tuple((role, _cell(one, role)) for role in Role),
        )
        for name, one in PERMISSIONS.items()
    )


def example(role: Role, scope: str = "this") -> Person:
    """Return somebody who holds one role, with all that it asks for."""
    if role is Role.VISITOR:
        return NOBODY
    slug = "" if SCOPES.get(role, Kind.PORTAL) is Kind.PORTAL else scope
    granted = frozenset() if role is Role.USER else frozenset({Held(role=role, scope=slug)})
    return Person(key="example", name="Example", granted=granted, two_factors=True)


def _cell(permission: Permission, role: Role) -> str:
    somebody = example(role)
    theirs = any(permission.allows(somebody, _thing(kind, "this")) for kind in permission.of)
    others = any(permission.allows(somebody, _thing(kind, "another")) for kind in permission.of)
    return "yes" if others else "own" if theirs else "no"


def _who(permission: Permission) -> str:
    cells = {role: _cell(permission, role) for role in Role}
    said = [role.value for role in SCOPES if cells[role] == "yes"]
    said += [f"{role.value} for it" for role in SCOPES if cells[role] == "own"]
    return ", or ".join(said)


def _thing(kind: Kind, slug: str) -> Thing:
    return PORTAL if kind is Kind.PORTAL else Thing(kind=kind, slug=slug)


def _with_two_factors(person: Person) -> Person:
    return Person(key=person.key, name=person.name, granted=person.granted, two_factors=True)
