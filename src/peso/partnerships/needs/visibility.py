"""Who may see what: a pure function, and the register as somebody sees it.

1. Public: everybody. Federation: whoever speaks for an organization of it, or is known as one of
   it. `member:SLUG`: whoever speaks for that organization. Who runs the register sees all.
2. A view is made of what may be seen alone, as if nothing else had ever been: no id, count, merge,
   endorsement or rank of a need that may not be seen goes into it (`fold` keeps a merge from
   reaching where it would tell).
3. Tokens of people, refused events and what was set aside are for those who run the register.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from peso.errors import BadInput
from peso.partnerships.needs.record import Held, Need
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import FEDERATION, MEMBER, PUBLIC

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Role(StrEnum):
    """What somebody is to the register."""

    ANYBODY = "public"
    FEDERATION = "federation"
    STEWARD = "steward"
    """Who runs the register."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: by role, and by the organizations they speak for."""

    role: Role = Role.ANYBODY
    organizations: frozenset[str] = frozenset()

    @property
    def named(self) -> str:
        """The viewer in words: what a snapshot says it was made for."""
        if self.role is Role.STEWARD or not self.organizations:
            return self.role.value
        return ", ".join(f"{MEMBER}{one}" for one in sorted(self.organizations))


ANYBODY, STEWARD = Viewer(), Viewer(Role.STEWARD)


def viewer_of(name: str) -> Viewer:
    """Return the viewer that `public`, `federation`, `steward` or an organization's slug names.

    Raises:
        BadInput: It names none of these.
    """
    if name in list(Role):
        return Viewer(Role(name))
    if not _SLUG.fullmatch(name):
        raise BadInput(
            f"{name!r} is nobody", hint="name public, federation, steward or an organization's slug"
        )
    return Viewer(Role.FEDERATION, frozenset((name,)))


def sees(viewer: Viewer, visibility: str) -> bool:
    """Say whether somebody may see what has a visibility."""
    if viewer.role is Role.STEWARD or visibility == PUBLIC:
        return True
    if visibility == FEDERATION:
        return viewer.role is Role.FEDERATION or bool(viewer.organizations)
    return visibility.removeprefix(MEMBER) in viewer.organizations


def may_see(viewer: Viewer, need: Need) -> bool:
    """Say whether somebody may see a need."""
    return sees(viewer, need.visibility)


def seen_by(
    register: Register, viewer: Viewer, bare: Callable[[Held], Held] | None = None
) -> Register:
    """Return the register as somebody sees it.

    `bare` gives needs without what nobody else is told; whoever asks often keeps them.
    """
    if viewer.role is Role.STEWARD:
        return register
    show = bare or without_tokens
    several = {one.need.visibility for one in register.needs}
    seen = {one for one in several if sees(viewer, one)}
    return Register(tuple(show(one) for one in register.needs if one.need.visibility in seen))


def without_tokens(held: Held) -> Held:
    """Return a need without tokens of people and the text it came as."""
    need = held.need
    return held.model_copy(
        update={
            "need": need.model_copy(
                update={
                    "raised_by": need.raised_by.model_copy(update={"person": ""}),
                    "source": need.source.model_copy(update={"text": ""}),
                }
            ),
            "followers": (),
            **{
                name: tuple(one.model_copy(update={"by": ""}) for one in getattr(held, name))
                for name in ("endorsements", "offers", "decisions", "answers", "checks")
            },
        }
    )
