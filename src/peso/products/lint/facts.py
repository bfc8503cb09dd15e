"""What the linter needs of a recipe, as small as it gets, and its form in the store.

A recipe's record has everything; most of it (dependencies, patches, sources) no rule looks at.
These facts are a small part of it, so that a run over one file is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from peso.products.recipes.record import Recipe, Unreadable

FORMAT = 1
"""Of the stored form; another one is made anew."""


class Released(NamedTuple):
    """A version."""

    number: str
    proven: bool
    deprecated: bool
    branch: str


class Offered(NamedTuple):
    """A variant under one condition."""

    name: str
    default: str | bool
    values: Sequence[tuple[str, bool]]
    """Each with whether it is switched off for good."""
    accepts: str
    sets: Sequence[Sequence[str]]
    multi: bool
    when: Sequence[str]


class Forbidden(NamedTuple):
    """A conflict."""

    spec: str
    when: Sequence[str]
    message: str
    line: int


class Demanded(NamedTuple):
    """A requirement."""

    specs: Sequence[str]
    policy: str
    when: Sequence[str]
    message: str
    line: int


class Facts(NamedTuple):
    """A package."""

    name: str
    path: str
    readable: bool
    """Whether its recipe could be read at all."""
    virtual: bool
    has_code: bool
    unread: Sequence[str]
    """The kinds of directives of which some could not be read."""
    versions: Sequence[Released]
    variants: Sequence[Offered]
    conflicts: Sequence[Forbidden]
    requirements: Sequence[Demanded]


def facts_of(recipe: Recipe | Unreadable) -> Facts:
    """Return the facts of a recipe."""
    from peso.products.recipes.record import Recipe  # noqa: PLC0415 - only where one was read

    if not isinstance(recipe, Recipe):
        return Facts(recipe.name, recipe.path, False, False, False, (), (), (), (), ())  # noqa: FBT003
    return Facts(
        name=recipe.name,
        path=recipe.path,
        readable=True,
        virtual=recipe.virtual,
        has_code=recipe.has_code,
        unread=tuple(sorted({one.directive for one in recipe.unread})),
        versions=tuple(
            Released(one.number, one.proven, one.deprecated, one.branch) for one in recipe.versions
        ),
        variants=tuple(
            Offered(
                one.name,
                one.default,
                tuple((str(value.value), value.never) for value in one.values),
                one.accepts,
                one.sets,
                one.multi,
                one.when,
            )
            for one in recipe.variants
        ),
        conflicts=tuple(
            Forbidden(one.spec, one.when, one.message, one.line) for one in recipe.conflicts
        ),
        requirements=tuple(
            Demanded(one.specs, one.policy, one.when, one.message, one.line)
            for one in recipe.requirements
        ),
    )


def facts_from(plain: Sequence[Any]) -> Facts:
    """Return facts from their plain form, lists in lists; raises TypeError for anything else."""
    name, path, readable, virtual, has_code, unread, versions, variants, *rules = plain
    conflicts, requirements = rules
    return Facts(
        name,
        path,
        readable,
        virtual,
        has_code,
        unread,
        [Released(*one) for one in versions],
        [Offered(*one) for one in variants],
        [Forbidden(*one) for one in conflicts],
        [Demanded(*one) for one in requirements],
    )
