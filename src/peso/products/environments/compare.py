"""What differs between two environments: roots, and configuration. Pure; reads and judges nothing.

1. Roots that are the same spec in the same group are no difference, whatever their order; a root
   that is there twice in one and once in the other is.
2. Of the rest, roots of one name are paired, those that differ least first; what differs is said
   in words: group, version, variants, compiler, dependencies, target, flags. What is left over was
   added or removed.
3. Configuration is compared as it is merged, value by value; a list by its items, and by their
   order where the items are the same. What a group overrides is compared for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from peso.base.yaml_nodes import Mapping, Node, Place, Scalar, Sequence
from peso.products.environments.combine import Combiner
from peso.products.environments.merge import shape
from peso.products.environments.record import Environment, Root
from peso.products.environments.texts import as_spack

_ELSEWHERE = frozenset({"definitions", "include", "specs"})
"""Sections whose differences show as differences of roots and of other sections."""


class Change(StrEnum):
    """How something differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootChange:
    """A root that differs."""

    change: Change
    name: str
    before: Root | None
    """None where it was added."""
    after: Root | None
    """None where it was removed."""
    what: tuple[str, ...] = ()
    """What differs of a changed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """A value of the configuration that differs."""

    change: Change
    path: str
    """Its keys, joined with `:`, e.g. `packages:mpi:require`."""
    before: str
    after: str
    place: Place
    """Where the new value stands; the old one where it was removed."""


def root_changes(
    before: Iterable[Root], after: Iterable[Root], combiner: Combiner
) -> tuple[RootChange, ...]:
    """Return how the roots of two environments differ, by name."""
    old, new, _ = _without_common(list(before), list(after), _same)
    old, new, moved = _without_common(old, new, _same_spec)
    changes = [
        RootChange(
            change=Change.CHANGED,
            name=combiner.aspects(one.spec).name,
            before=one,
            after=two,
            what=("group",),
        )
        for one, two in moved
    ]
    changes += _by_name(old, new, combiner)
    return tuple(sorted(changes, key=_order))


def _same(root: Root) -> tuple[str, str]:
    return root.group, root.spec


def _same_spec(root: Root) -> tuple[str, str]:
    return "", root.spec


def _without_common(
    old: list[Root], new: list[Root], of: Callable[[Root], tuple[str, str]]
) -> tuple[list[Root], list[Root], list[tuple[Root, Root]]]:
    """Return both without what they have in common, one for one, and the pairs taken out."""
    waiting: dict[tuple[str, str], list[Root]] = defaultdict(list)
    for root in new:
        waiting[of(root)].append(root)
    left: list[Root] = []
    pairs: list[tuple[Root, Root]] = []
    for root in old:
        if waiting[of(root)]:
            pairs.append((root, waiting[of(root)].pop(0)))
        else:
            left.append(root)
    rest = {id(root) for several in waiting.values() for root in several}
    return left, [root for root in new if id(root) in rest], pairs


def _by_name(old: list[Root], new: list[Root], combiner: Combiner) -> Iterator[RootChange]:
    names: dict[str, tuple[list[Root], list[Root]]] = defaultdict(lambda: ([], []))
    for side, roots in enumerate((old, new)):
        for root in roots:
            names[combiner.aspects(root.spec).name][side].append(root)
    for name, (gone, come) in names.items():
        for one, two in _nearest(gone, come, combiner):
            what = _differs(one, two, combiner)
            yield RootChange(change=Change.CHANGED, name=name, before=one, after=two, what=what)
        for root in gone:
            yield RootChange(change=Change.REMOVED, name=name, before=root, after=None)
        for root in come:
            yield RootChange(change=Change.ADDED, name=name, before=None, after=root)


def _nearest(gone: list[Root], come: list[Root], combiner: Combiner) -> Iterator[tuple[Root, Root]]:
    """Yield pairs, and take them out of both lists; those that differ least first.

    A long list is paired in its order: to find the nearest of each would take its square.
    """
    while gone and come:
        if len(gone) * len(come) > 2500:  # noqa: PLR2004 - fifty roots of one name
            yield gone.pop(0), come.pop(0)
            continue
        pairs = ((one, two) for one in gone for two in come)
        one, two = min(pairs, key=lambda pair: len(_differs(pair[0], pair[1], combiner)))
        gone.remove(one)
        come.remove(two)
        yield one, two


def _differs(one: Root, two: Root, combiner: Combiner) -> tuple[str, ...]:
    what = ["group"] if one.group != two.group else []
    what += combiner.aspects(one.spec).differs(combiner.aspects(two.spec))
    return tuple(what)


def _order(change: RootChange) -> tuple[str, str, str]:
    root = change.after or change.before
    return change.name, change.change.value, root.spec if root else ""


def setting_changes(before: Environment, after: Environment) -> tuple[SettingChange, ...]:
    """Return how the merged configuration of two environments differs, section by section."""
    names = dict.fromkeys(one.name for env in (before, after) for one in env.sections)
    found: list[SettingChange] = []
    for name in sorted(set(names) - _ELSEWHERE):
        found += _changes(name, before.section(name), after.section(name))
    return (*found, *_group_changes(before, after))


def _group_changes(before: Environment, after: Environment) -> Iterator[SettingChange]:
    """Yield how what groups override and need differs; a group that came or went shows by roots."""
    old = {group.name: group for group in before.groups}
    for new in after.groups:
        group = old.get(new.name)
        if group is None:
            continue
        yield from _changes(f"group {new.name}", group.override, new.override)
        needs = [", ".join(need.value for need in one.needs) for one in (group, new)]
        if needs[0] != needs[1]:
            yield SettingChange(
                change=Change.CHANGED,
                path=f"group {new.name}:needs",
                before=needs[0],
                after=needs[1],
                place=new.place,
            )


def _changes(path: str, old: Node | None, new: Node | None) -> Iterator[SettingChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        below = {as_spack(entry.key): entry.value for entry in reversed(old.entries)}
        above = {as_spack(entry.key): entry.value for entry in reversed(new.entries)}
        for key in sorted({*below, *above}):
            yield from _changes(f"{path}:{key}", below.get(key), above.get(key))
    elif isinstance(old, Sequence) and isinstance(new, Sequence):
        yield from _items(path, old, new)
    elif old is None or new is None:
        yield from _one_side(path, old, new)  # of two that are not there, nothing
    elif shape(old) != shape(new):
        yield _change(Change.CHANGED, path, old, new, new.place)


def _one_side(path: str, old: Node | None, new: Node | None) -> Iterator[SettingChange]:
    """Yield the values of what only one side has."""
    node = old or new
    change = Change.REMOVED if new is None else Change.ADDED
    if isinstance(node, Mapping) and node.entries:
        for entry in node.entries:
            below = f"{path}:{as_spack(entry.key)}"
            one, two = (entry.value, None) if new is None else (None, entry.value)
            yield from _one_side(below, one, two)
    elif node is not None:
        yield _change(change, path, old, new, node.place)


def _items(path: str, old: Sequence, new: Sequence) -> Iterator[SettingChange]:
    before = {shape(item): item for item in old.items}
    after = {shape(item): item for item in new.items}
    for one, item in before.items():
        if one not in after:
            yield _change(Change.REMOVED, path, item, None, item.place)
    for one, item in after.items():
        if one not in before:
            yield _change(Change.ADDED, path, None, item, item.place)
    if before.keys() == after.keys() and list(before) != list(after):
        yield _change(Change.CHANGED, path, old, new, new.place)


def _change(
    change: Change, path: str, old: Node | None, new: Node | None, place: Place
) -> SettingChange:
    return SettingChange(change=change, path=path, before=said(old), after=said(new), place=place)


def said(node: Node | None) -> str:
    """Return a value on one line, as a person would write it."""
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return as_spack(node)
    if isinstance(node, Sequence):
        return f"[{', '.join(said(item) for item in node.items)}]"
    pairs = (f"{as_spack(entry.key)}: {said(entry.value)}" for entry in node.entries)
    return f"{{{', '.join(pairs)}}}"
