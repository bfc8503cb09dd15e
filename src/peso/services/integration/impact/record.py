"""What a change of one recipe touches: the answer.

1. A `Kind` says how the change arrives: the strongest of all chains counts. LINK: each step links;
   RUN: each step links or is needed to run; BUILD: a step is needed only to build; TEST: a step is
   needed only to test.
2. `always`: a chain without any condition and without any choice of a provider; else the change may
   arrive, under the conditions that the steps of the chain name.
3. The chain is the shortest of the strongest kind, an unconditional one before others.
4. What could not be known is in `unknown`, with its reason.

Frozen structs, not pydantic records: the question must not pay for importing that. What there
are ten thousand of is a named tuple, which is made in a third of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, to_builtins


class Kind(StrEnum):
    """How a change arrives, the strongest first."""

    LINK = "link"
    RUN = "run"
    BUILD = "build"
    TEST = "test"

    # As of the text it is equal to: an enumeration's own is worked out in Python, at each look-up.
    __hash__ = str.__hash__


class Step(NamedTuple):
    """One step of a chain: a package, and why it leads to the next."""

    name: str
    types: tuple[str, ...]
    """How it depends on the next."""
    on: str
    """What it depends on: the package of the next step, or a virtual package."""
    when: str = ""
    """The condition; empty: always."""
    others: int = 0
    """How many more conditions lead there too."""
    provider: str = ""
    """The package of the next step, where `on` is a virtual package that it provides."""
    provided_when: str = ""
    """The condition under which it does."""
    choice: bool = False
    """Whether another provider may be taken."""


class Touched(NamedTuple):
    """A recipe that a change touches."""

    name: str
    kind: Kind
    always: bool
    chain: tuple[Step, ...]
    """From this recipe down to the changed one."""
    direct: bool = False
    """Whether it names the changed recipe itself, or a virtual package that one provides; the
    chain may be another where that is stronger."""


class RootTouched(Struct, frozen=True, kw_only=True):
    """A root of a stack that a change touches."""

    spec: str
    where: str
    kind: Kind
    always: bool
    chain: tuple[Step, ...]
    """Empty where the root is the changed recipe itself."""


class StackTouched(Struct, frozen=True, kw_only=True):
    """A stack, and which of its roots a change touches."""

    name: str
    file: str
    roots: int
    touched: tuple[RootTouched, ...] = ()
    note: str = ""
    """Why it is not touched though its roots depend on the recipe: an external, another version."""


class ProductTouched(Struct, frozen=True, kw_only=True):
    """A product that a change touches, by one of its packages."""

    name: str
    file: str
    package: str
    kind: Kind
    always: bool
    members: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()
    """Empty where the changed recipe is the product's own."""


class Excluded(Struct, frozen=True, kw_only=True):
    """A recipe that depends on the changed one, but not on this version of it."""

    name: str
    asks: tuple[str, ...]
    """What it asks of the changed recipe."""


class Impact(Struct, frozen=True, kw_only=True):
    """What a change of one recipe touches."""

    name: str
    version: str = ""
    provides: tuple[str, ...] = ()
    recipes: tuple[Touched, ...] = ()
    stacks: tuple[StackTouched, ...] = ()
    """Every stack that was looked at, touched or not."""
    products: tuple[ProductTouched, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    of: int = 0
    """How many recipes there are."""
    unknown: tuple[str, ...] = ()
    """What could not be known, and why."""
    notes: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """The members whose products are touched."""
        return tuple(sorted({name for one in self.products for name in one.members}))

    def plain(self) -> dict[str, object]:
        """Return the answer as plain JSON data: counts first."""
        touched = [one for one in self.stacks if one.touched]
        return {
            "name": self.name,
            "version": self.version or None,
            "provides": list(self.provides),
            "counts": {
                "recipes": counted(self.recipes),
                "direct": counted(one for one in self.recipes if one.direct),
                "roots": counted(root for one in touched for root in one.touched),
                "stacks": {"touched": len(touched), "of": len(self.stacks)},
                "products": counted(self.products),
                "members": len(self.members),
                "not_with_this_version": len(self.excluded),
                "of_recipes": self.of,
            },
            "stacks": [_stack(one) for one in self.stacks],
            "products": [_with_chain(one) for one in self.products],
            "members": list(self.members),
            "recipes": [_with_chain(one) for one in self.recipes],
            "not_with_this_version": [to_builtins(one) for one in self.excluded],
            "unknown": list(self.unknown),
            "notes": list(self.notes),
        }


def counted(several: Iterable[Touched | RootTouched | ProductTouched]) -> dict[str, object]:
    """Return how many arrive by each kind, and how many of these always."""
    found = list(several)
    kinds, always = (
        Counter(one.kind for one in found),
        Counter(one.kind for one in found if one.always),
    )
    by_kind = {str(kind): {"all": kinds[kind], "always": always[kind]} for kind in Kind}
    return {"all": len(found), "always": sum(always.values()), **by_kind}


def _stack(one: StackTouched) -> dict[str, object]:
    return {
        "name": one.name,
        "file": one.file,
        "roots": one.roots,
        "counts": counted(one.touched),
        "touched": [_with_chain(root) for root in one.touched],
        "note": one.note or None,
    }


def _with_chain(one: Touched | RootTouched | ProductTouched) -> dict[str, object]:
    said = one._asdict() if isinstance(one, Touched) else _fields(one)
    return {**said, "chain": [_step(step) for step in one.chain]}


def _fields(one: RootTouched | ProductTouched) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def _step(step: Step) -> dict[str, object]:
    said: dict[str, object] = {"name": step.name, "types": step.types, "on": step.on}
    if step.when:
        said["when"] = step.when
    if step.others:
        said["other_conditions"] = step.others
    if step.provider:
        said["provider"] = step.provider
    if step.provided_when:
        said["provided_when"] = step.provided_when
    if step.choice:
        said["another_provider_possible"] = True
    return said
