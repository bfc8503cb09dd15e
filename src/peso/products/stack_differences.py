"""What differs between two stack definitions, in either form. Pure; reads nothing.

Products and parts of PESO's own files are compared by name; the environments of parts of one name
with each other, a bare environment with a bare one, and where only one side is bare and the other
has one environment, these two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peso.products.environments.combine import Combiner
from peso.products.environments.compare import (
    Change,
    RootChange,
    SettingChange,
    root_changes,
    setting_changes,
)
from peso.products.environments.record import Environment
from peso.products.stack_forms import StackForm

if TYPE_CHECKING:  # a bare environment needs no records of PESO's own file
    from peso.products.stack import Product, Stack

_STACK_FIELDS = ("name", "version", "channel", "policy", "platforms")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChange:
    """A product, a part or a setting of PESO's own file that differs."""

    change: Change
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentChange:
    """What differs between two environments."""

    part: str
    roots: tuple[RootChange, ...]
    settings: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackChange:
    """What differs between two stack definitions."""

    products: tuple[ProductChange, ...]
    environments: tuple[EnvironmentChange, ...]


def stack_changes(before: StackForm, after: StackForm, combiner: Combiner) -> StackChange:
    """Return what differs between two definitions."""
    found: list[EnvironmentChange] = []
    for part, one, two in _paired(before, after):
        roots = root_changes(one.roots if one else (), two.roots if two else (), combiner)
        empty = Environment(file="", sources=())
        settings = setting_changes(one or empty, two or empty)
        if roots or settings:
            found.append(EnvironmentChange(part=part, roots=roots, settings=settings))
    return StackChange(
        products=tuple(_products(before.stack, after.stack)), environments=tuple(found)
    )


def _paired(
    before: StackForm, after: StackForm
) -> Iterator[tuple[str, Environment | None, Environment | None]]:
    old = {one.part: one.environment for one in before.environments}
    new = {one.part: one.environment for one in after.environments}
    if len(old) == len(new) == 1:
        (old_part, one), (new_part, two) = *old.items(), *new.items()
        yield new_part or old_part, one, two
        return
    for part in {**old, **new}:
        yield part, old.get(part), new.get(part)


def _products(before: Stack | None, after: Stack | None) -> Iterator[ProductChange]:
    if before is not None and after is not None:
        for name in _STACK_FIELDS:
            yield from _changed(name, _said(getattr(before, name)), _said(getattr(after, name)))
    old, new = _parts(before), _parts(after)
    for name in sorted({*old, *new}):
        yield from _changed(name, old.get(name, ""), new.get(name, ""))


def _parts(stack: Stack | None) -> dict[str, str]:
    """Return what PESO's own file asks for: parts and products, by name, in words."""
    if stack is None:
        return {}
    parts = {f"part {name}": _said_part(part.plain()) for name, part in stack.parts.items()}
    products: dict[str, str] = {}
    for product in stack.products:
        products[f"{product.name} ({product.part})"] = _said_product(product)
    return {**parts, **products}


def _said_part(part: dict[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in part.items() if value is not None)


def _said_product(product: Product) -> str:
    extras = f"[{', '.join(product.extras)}]" if product.extras else ""
    return f"{product.name}{extras} {product.require}".strip()


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _changed(name: str, before: str, after: str) -> Iterator[ProductChange]:
    if before == after:
        return
    change = Change.CHANGED if before and after else Change.ADDED if after else Change.REMOVED
    yield ProductChange(change=change, name=name, before=before, after=after)
