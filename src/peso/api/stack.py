"""Stacks before any build: what a definition asks for, and how two differ."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from peso.api.locks import is_lock, open_lock, spack_of
from peso.api.shown import GroupShown, IncludeShown, ProductShown, RootShown, StackShown
from peso.base.finding import Finding, Level
from peso.base.record import Record
from peso.base.yaml_nodes import Trouble
from peso.products.environments.combine import Combiner
from peso.products.environments.compare import RootChange, SettingChange
from peso.products.environments.facts import Facts, facts_of_this_machine
from peso.products.environments.read import Reader
from peso.products.environments.record import Environment, Include, Legacy, Root
from peso.products.stack_differences import EnvironmentChange, stack_changes
from peso.products.stack_forms import PartEnvironment, StackForm, load_form

if TYPE_CHECKING:  # the workspace brings all services, and nothing here needs them
    from peso.products.engines.spack.lockfile import LockRead
    from peso.workspace import Where


class RootDifference(Record):
    """A root that differs."""

    change: str
    name: str
    part: str = ""
    before: str = ""
    after: str = ""
    what: tuple[str, ...] = ()
    """What differs of a changed one: group, version, variants, compiler, dependencies, …"""
    where: str = ""
    """Where the new one is asked for; the old one where it was removed."""


class SettingDifference(Record):
    """A value of the configuration that differs."""

    change: str
    path: str
    part: str = ""
    before: str = ""
    after: str = ""
    where: str = ""


class ProductDifference(Record):
    """A product, part or setting of PESO's own file that differs."""

    change: str
    name: str
    before: str = ""
    after: str = ""


class StackDifference(Record):
    """What differs between two stack definitions."""

    before: str
    after: str
    products: tuple[ProductDifference, ...] = ()
    roots: tuple[RootDifference, ...] = ()
    settings: tuple[SettingDifference, ...] = ()
    doubts: tuple[str, ...] = ()
    """What could not be read or decided in either, so that this may not be all."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.products or self.roots or self.settings)


def show_stack(  # noqa: PLR0913 - one argument for each option of the command
    file: Where,
    *,
    platform: str = "",
    os_name: str = "",
    target: str = "",
    repositories: tuple[Where, ...] = (),
    folder: Where = ".",
    here: bool = False,
) -> StackShown:
    """Show what a stack definition asks for, or what a lock of Spack holds.

    Args:
        file: A stack.yaml or spack.yaml, or its folder; or a spack.lock, packed with gzip or not.
        platform: The platform that conditions are answered for; else this machine's.
        os_name: The operating system, in Spack's words (`rhel9`); else this machine's.
        target: The target, in Spack's words (`zen4`); else this machine's.
        repositories: Of a lock: recipe repositories that say licenses and sources; else those of
            the workspace, else those last indexed. Without any these are unknown.
        folder: Of a lock: the workspace whose recipes are used.
        here: Of a lock: whether its externals are this machine's, so that its package manager can
            be asked for their packages.

    Raises:
        BadInput: The file is no stack definition or no whole lock; with every fault.
    """
    if is_lock(Path(file)):
        return _lock(
            Path(file), open_lock(Path(file), repositories=repositories, folder=folder, here=here)
        )
    form = load_form(Path(file), Reader(_facts(platform, os_name, target)))
    stack = form.stack
    return StackShown(
        file=str(form.file),
        form="peso" if stack else "spack",
        name=stack.name if stack else form.file.absolute().parent.name,
        version=stack.version if stack else "",
        products=tuple(
            ProductShown(name=one.name, part=one.part, require=one.require, extras=one.extras)
            for one in (stack.products if stack else ())
        ),
        roots=tuple(_root(root, one.part) for one in form.environments for root in _roots(one)),
        groups=tuple(group for one in form.environments for group in _groups(one)),
        includes=tuple(
            _include(include, one.part)
            for one in form.environments
            for include in one.environment.includes
        ),
        findings=tuple(
            finding for one in form.environments for finding in _findings(one.environment)
        ),
        doubts=_doubts(form),
    )


def _lock(file: Path, read: LockRead) -> StackShown:
    return StackShown(
        file=str(file),
        form="lock",
        name=file.name,
        roots=tuple(
            RootShown(spec=one.spec, group="", where=f"{file}: roots[{number}]", hash=one.hash)
            for number, one in enumerate(read.roots)
        ),
        units=read.units,
        spack=spack_of(read),
        requires=read.requires,
    )


def diff_stacks(
    before: Where, after: Where, *, platform: str = "", os_name: str = "", target: str = ""
) -> StackDifference:
    """Show what differs between two stack definitions; arguments as `show_stack`'s."""
    reader = Reader(_facts(platform, os_name, target))
    one, two = load_form(Path(before), reader), load_form(Path(after), reader)
    changes = stack_changes(one, two, Combiner())
    return StackDifference(
        before=str(one.file),
        after=str(two.file),
        products=tuple(
            ProductDifference(
                change=change.change, name=change.name, before=change.before, after=change.after
            )
            for change in changes.products
        ),
        roots=tuple(
            _root_difference(change, env) for env in changes.environments for change in env.roots
        ),
        settings=tuple(
            _setting_difference(change, env)
            for env in changes.environments
            for change in env.settings
        ),
        doubts=tuple(dict.fromkeys((*_doubts(one), *_doubts(two)))),
    )


def _facts(platform: str, os_name: str, target: str) -> Facts:
    here = facts_of_this_machine(os.environ)
    elsewhere = bool(platform) and platform != here.platform
    return replace(
        here,
        platform=platform or here.platform,
        # of another platform this machine's system and target say nothing
        os=os_name or ("" if elsewhere else here.os),
        target=target or ("" if elsewhere else here.target),
    )


def _roots(one: PartEnvironment) -> Iterable[Root]:
    return one.environment.roots


def _root(root: Root, part: str) -> RootShown:
    return RootShown(
        spec=root.spec,
        group=root.group,
        where=str(root.place),
        definition=root.definition,
        matrix=str(root.matrix) if root.matrix else "",
        texts=tuple(piece.value for piece in root.pieces),
        part=part,
        doubts=tuple(map(str, root.doubts)),
    )


def _groups(one: PartEnvironment) -> Iterable[GroupShown]:
    for group in one.environment.groups:
        yield GroupShown(
            name=group.name,
            where=str(group.place),
            part=one.part,
            needs=tuple(need.value for need in group.needs),
            explicit=group.explicit,
            overrides=tuple(entry.key.text for entry in group.override.entries)
            if group.override
            else (),
            roots=sum(root.group == group.name for root in one.environment.roots),
        )


def _include(include: Include, part: str) -> IncludeShown:
    return IncludeShown(
        path=include.path.value,
        where=str(include.path.place),
        reached=include.reached,
        reason=include.reason,
        found=include.found,
        part=part,
    )


def _findings(environment: Environment) -> Iterable[Finding]:
    yield from (_finding(trouble) for trouble in environment.troubles)
    yield from (_legacy(form) for form in environment.legacy)


def _finding(trouble: Trouble) -> Finding:
    also = f" (see {', '.join(map(str, trouble.also))})" if trouble.also else ""
    return Finding(
        rule=trouble.rule,
        level=Level.HIGH,
        subject=trouble.place.file,
        message=trouble.message + also,
        where=str(trouble.place),
        hint=trouble.hint or None,
    )


def _legacy(form: Legacy) -> Finding:
    return Finding(
        rule=f"legacy-{form.form}",
        level=Level.LOW,
        subject=form.place.file,
        message=form.message,
        where=str(form.place),
        hint=form.hint,
    )


def _doubts(form: StackForm) -> tuple[str, ...]:
    found = (
        str(doubt)
        for one in form.environments
        for doubt in (
            *one.environment.doubts,
            *(doubt for root in one.environment.roots for doubt in root.doubts),
        )
    )
    return tuple(dict.fromkeys(found))


def _root_difference(change: RootChange, env: EnvironmentChange) -> RootDifference:
    root = change.after or change.before
    return RootDifference(
        change=change.change,
        name=change.name,
        part=env.part,
        before=change.before.spec if change.before else "",
        after=change.after.spec if change.after else "",
        what=change.what,
        where=str(root.place) if root else "",
    )


def _setting_difference(change: SettingChange, env: EnvironmentChange) -> SettingDifference:
    return SettingDifference(
        change=change.change,
        path=change.path,
        part=env.part,
        before=change.before,
        after=change.after,
        where=str(change.place),
    )
