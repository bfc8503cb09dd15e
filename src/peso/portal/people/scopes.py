"""What a role may be held for: the slug of a thing, folded, and known where things are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from peso.errors import BadInput
from peso.portal.people.roles import SCOPES, Kind, Role

_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAMES: Final = re.compile(r"[a-z0-9_][a-z0-9._-]{0,119}")
_SLUGS: Final[Mapping[Kind, tuple[re.Pattern[str], str]]] = {
    Kind.PRODUCT: (_NAMES, "letters a to z, digits, hyphens, dots and underscores"),
    Kind.ORGANIZATION: (_PLAIN, "letters a to z, digits and hyphens, at most 63"),
    Kind.GROUP: (_NAMES, "letters a to z, digits, hyphens, dots and underscores"),
}
_NEAREST: Final = 3


def is_slug(kind: Kind, text: str) -> bool:
    """Say whether a text can be the slug of a thing of a kind."""
    return kind in _SLUGS and _SLUGS[kind][0].fullmatch(text) is not None


def scope_of(role: Role, text: str, known: Collection[str] = ()) -> str:
    """Return the slug that a role is held for; empty: the whole portal.

    Args:
        role: The role.
        text: The slug as somebody wrote it: space around it and capitals do not matter.
        known: The slugs of what there is of the role's kind; empty: nothing is known yet.

    Raises:
        BadInput: The role is for another kind of thing, it is no slug, or there is no such thing.
    """
    kind, slug = SCOPES[role], text.strip().lower()
    if kind is Kind.PORTAL:
        if slug:
            raise BadInput(
                f"the role {role.value} is for the whole portal", hint="leave the slug out"
            )
        return ""
    if not slug:
        raise BadInput(
            f"the role {role.value} is for one {kind.value}", hint=f"give the {kind.value}'s slug"
        )
    if not is_slug(kind, slug):
        raise BadInput(
            f"{text.strip()!r} is no slug of {_a(kind)}", hint=f"a slug has {_SLUGS[kind][1]}"
        )
    if known and slug not in known:
        raise BadInput(f"there is no {kind.value} {slug!r}", hint=_instead(kind, slug, known))
    return slug


def _instead(kind: Kind, slug: str, known: Collection[str]) -> str:
    near = get_close_matches(slug, sorted(known), n=_NEAREST)
    if near:
        return f"the nearest: {', '.join(near)}"
    return f"give the slug of {_a(kind)} that the portal has taken in, e.g. {min(known)}"


def _a(kind: Kind) -> str:
    return f"{'an' if kind is Kind.ORGANIZATION else 'a'} {kind.value}"
