"""What `packages.yaml` has to say so that Spack takes installed units as they are. Pure.

1. Emitted are the units that are used (the roots, and what they need over link and run edges), or
   the roots alone; and the machine's own compilers that these were built with: which compiler made
   a unit is a dependency of it since Spack 1.0.
2. A dependency is an edge from an entry to an entry, by id, with its types and what it is used as.
   Spack knows these since 1.1, the oldest that PESO drives. An id is of this installation alone:
   Spack refuses two files that give two entries one id.
3. Each virtual package that a unit uses another as (`mpi`, `blas`) gets that one as provider.
4. What an entry cannot say is said of it in words, and is a finding: patches; units that have no
   place; dependencies that only building needed, or that have no entry; and recipes Spack needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Level
from peso.errors import BadInput
from peso.products.engines.spack.document import LockEdge, Node
from peso.products.engines.spack.external_spec import external_spec
from peso.services.delivery.emit.installed import Installation, NativePart

EVERYTHING: Final = "all"
"""Instead of a name: every package that the release delivers."""
NOT_EXPRESSED: Final = "not-expressed"
"""The rule of findings that stand above the entry they are about, too."""
_LANGUAGES: Final = frozenset({"c", "cxx", "fortran"})
_NO_CHOICE: Final = _LANGUAGES | {"libc"}
"""Virtual packages whose provider follows from the machine or the compiler."""
_BUILTIN: Final = "builtin"
_RUNTIME: Final = "-runtime"
"""How the packages end that hold a compiler's libraries: another compiler needs another one."""
_ID_DIGITS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One dependency of an external on another."""

    id: str
    label: str
    types: tuple[str, ...]
    virtuals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One external."""

    id: str
    name: str
    label: str
    spec: str
    prefix: str
    modules: tuple[str, ...]
    attributes: str
    """What Spack's detection found of it, as JSON; empty: nothing."""
    dependencies: tuple[Dependency, ...]
    said: tuple[str, ...]
    """What it is, and what its spec cannot say, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Externals:
    """All of it, in the order it is written."""

    entries: tuple[Entry, ...]
    providers: tuple[tuple[str, tuple[str, ...]], ...]
    """Virtual packages, each with the packages the stack uses as it."""
    not_buildable: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Part:
    """A part while its units are written."""

    part: NativePart
    chosen: frozenset[str]
    ids: dict[str, str]
    modules: Mapping[str, str]
    findings: list[Finding]
    left: Counter[str] = field(default_factory=Counter)
    """Dependencies that only building needed, by unit."""


def externals_of(
    installation: Installation,
    *,
    only_roots: bool = False,
    not_buildable: Sequence[str] = (),
    modules: Mapping[str, str] | None = None,
) -> Externals:
    """Return what `packages.yaml` has to say of an installation.

    Args:
        installation: What is installed.
        only_roots: Leave out what the roots need.
        not_buildable: Packages, and virtual ones, that Spack must not build; or `all`.
        modules: The module of each unit that has one, by hash.

    Raises:
        BadInput: Nothing is installed that Spack made, or a package to be not buildable is not
            among what is emitted.
    """
    findings: list[Finding] = []
    entries: dict[str, Entry] = {}
    used: dict[str, list[str]] = {}
    for part in installation.native:
        writing = _writing(part, installation, modules or {}, findings, only_roots=only_roots)
        for hash_ in part.document.concrete_specs:
            if hash_ in writing.chosen:
                entries.setdefault(hash_, _entry(hash_, writing))
        findings += _left_out(writing)
        for virtual, name in _provided(part, writing.chosen):
            names = used.setdefault(virtual, [])
            names += [] if name in names else [name]
    _refuse_nothing(entries, installation)
    ordered = tuple(sorted(entries.values(), key=lambda one: (one.name, one.spec, one.id)))
    more = [*_recipes(installation, entries), *_several(used)]
    more += _modules_needed(installation, ordered) if modules else ()
    return Externals(
        entries=ordered,
        providers=tuple((virtual, tuple(names)) for virtual, names in sorted(used.items())),
        not_buildable=_not_buildable(not_buildable, ordered, used, _delivered(installation)),
        findings=tuple(dict.fromkeys([*findings, *more])),
    )


def _refuse_nothing(entries: Mapping[str, Entry], installation: Installation) -> None:
    if not entries:
        raise BadInput(
            "nothing that Spack made is installed here",
            where=installation.where,
            hint="externals are of native parts; a Python part has a module: peso emit module",
        )


def _writing(
    part: NativePart,
    installation: Installation,
    modules: Mapping[str, str],
    findings: list[Finding],
    *,
    only_roots: bool,
) -> _Part:
    chosen = frozenset(_chosen(part, findings, only_roots=only_roots))
    ids = {one: _id(part.node(one), part.places[one], installation) for one in chosen}
    return _Part(part, chosen, ids, modules, findings)


def _chosen(part: NativePart, findings: list[Finding], *, only_roots: bool) -> Iterator[str]:
    """Yield the hashes of what is emitted; say what has no place."""
    for hash_ in part.absent:
        message = f"it is a root, and not installed: {_absent(part.node(hash_))}"
        findings.append(_finding("root-not-installed", Level.MEDIUM, part.node(hash_), message))
    wanted = dict.fromkeys((*part.roots, *(() if only_roots else part.below(part.roots))))
    for hash_ in wanted:
        if hash_ in part.places:
            yield hash_
        else:
            message = f"it is needed, and has no place: {_absent(part.node(hash_))}"
            finding = _finding("unit-without-place", Level.HIGH, part.node(hash_), message)
            findings.append(finding)
    for hash_ in wanted:
        for edge in part.node(hash_).dependencies:
            if not _LANGUAGES.isdisjoint(edge.parameters.virtuals):
                node = part.node(edge.hash)
                if node.external and edge.hash in part.places and edge.hash not in wanted:
                    yield edge.hash


def _absent(node: Node) -> str:
    if node.external:
        return "the machine's own, known by its modules only"
    return "it was not asked for, or is gone"


def _id(node: Node, place: Path, installation: Installation) -> str:
    manifest = installation.origin.manifest if installation.origin else ""
    told = "\n".join((node.hash, str(place), manifest, installation.where))
    return f"{node.name}-{node.hash[:7]}-{sha256_bytes(told.encode())[:_ID_DIGITS]}"


def _entry(hash_: str, writing: _Part) -> Entry:
    part = writing.part
    node = part.node(hash_)
    spec = external_spec(node)
    dependencies, lost = _dependencies(node, writing)
    unsaid = (*spec.unsaid, *lost)
    for one in unsaid:
        message = f"packages.yaml cannot say: {one}"
        writing.findings.append(_finding(NOT_EXPRESSED, Level.LOW, node, message))
    module = (writing.modules[hash_],) if hash_ in writing.modules else ()
    return Entry(
        id=writing.ids[hash_],
        name=node.name,
        label=label(node),
        spec=spec.text,
        prefix=str(part.places[hash_]),
        modules=(*_modules(node), *module),
        attributes=part.attributes.get(hash_, ""),
        dependencies=dependencies,
        said=(_what(node, part), *(f"not said: {one}" for one in unsaid)),
    )


def _what(node: Node, part: NativePart) -> str:
    role = "root, " if node.hash in part.roots else ""
    origin = "the machine's own" if node.external else f"unit {node.hash}"
    return f"{node.name}@{node.version}: {role}{origin}, recipe of {node.namespace}"


def _modules(node: Node) -> tuple[str, ...]:
    module = node.external.module if node.external else None
    return (module,) if isinstance(module, str) else module or ()


def _dependencies(node: Node, writing: _Part) -> tuple[tuple[Dependency, ...], tuple[str, ...]]:
    """Return the edges that can be said, and the others in words."""
    said, lost = list[Dependency](), list[str]()
    for edge in node.dependencies:
        below = writing.part.node(edge.hash)
        types = tuple(one for one in edge.parameters.deptypes if one != "test")
        if edge.hash in writing.chosen and types:
            said.append(
                Dependency(
                    id=writing.ids[edge.hash],
                    label=label(below),
                    types=types,
                    virtuals=tuple(sorted(edge.parameters.virtuals)),
                )
            )
        elif _needed(edge):
            lost.append(f"it needs {label(below)}{_as(edge)}, which has no entry here")
        else:
            writing.left[label(node)] += 1
    return tuple(said), tuple(lost)


def _needed(edge: LockEdge) -> bool:
    """Say whether an edge tells more than how a unit was built."""
    known = {"link", "run"}.intersection(edge.parameters.deptypes)
    return bool(known) or not _LANGUAGES.isdisjoint(edge.parameters.virtuals)


def _as(edge: LockEdge) -> str:
    return f" as {', '.join(edge.parameters.virtuals)}" if edge.parameters.virtuals else ""


def _left_out(writing: _Part) -> Iterator[Finding]:
    if writing.left:
        total, units = sum(writing.left.values()), len(writing.left)
        yield Finding(
            rule="build-dependencies-not-said",
            level=Level.NOTE,
            subject=writing.part.lock,
            message=f"{total} dependencies of {units} units that only building or testing needed "
            "are not said: they are not part of the release",
        )


def _provided(part: NativePart, chosen: frozenset[str]) -> Iterator[tuple[str, str]]:
    for hash_ in part.document.concrete_specs:
        for edge in part.node(hash_).dependencies if hash_ in chosen else ():
            if edge.hash in chosen:
                for virtual in edge.parameters.virtuals:
                    if virtual not in _NO_CHOICE:
                        yield virtual, edge.name


def _several(used: dict[str, list[str]]) -> Iterator[Finding]:
    for virtual, names in sorted(used.items()):
        if len(names) > 1:
            yield Finding(
                rule="several-providers",
                level=Level.MEDIUM,
                subject=virtual,
                message=f"the release uses {' and '.join(names)} as {virtual}; Spack prefers the "
                "first of them",
                hint=f"say in a spec which one is meant: ^{names[0]}",
            )


def _recipes(installation: Installation, entries: dict[str, Entry]) -> Iterator[Finding]:
    """Say which recipes Spack needs besides its own: without them it refuses the whole file."""
    namespaces: dict[str, list[str]] = {}
    for part in installation.native:
        for hash_, node in part.document.concrete_specs.items():
            if hash_ in entries and node.namespace != _BUILTIN:
                namespaces.setdefault(node.namespace, []).append(node.name)
    for namespace, names in sorted(namespaces.items()):
        yield Finding(
            rule="recipes-needed",
            level=Level.MEDIUM,
            subject=namespace,
            message=f"{', '.join(sorted(set(names)))}: the recipes are of the repository "
            f"{namespace}; a Spack without it refuses this file",
            hint="add the repository to repos.yaml: spack repo add DIR",
        )


def _modules_needed(installation: Installation, entries: Iterable[Entry]) -> Iterator[Finding]:
    named = [one.label for one in entries if one.modules]
    yield Finding(
        rule="modules-needed",
        level=Level.NOTE,
        subject=installation.where,
        message=f"{len(named)} externals name a module, which Spack loads where it builds on them; "
        "a build where it cannot be loaded stops",
        hint="say before: module use DIR",
    )


def _delivered(installation: Installation) -> frozenset[str]:
    """Return the packages that the release brings, without compilers' libraries."""
    units = (part.node(one) for part in installation.native for one in part.used)
    return frozenset(
        one.name for one in units if one.external is None and not one.name.endswith(_RUNTIME)
    )


def _not_buildable(
    asked: Sequence[str], entries: Iterable[Entry], used: Iterable[str], delivered: frozenset[str]
) -> tuple[str, ...]:
    emitted = {one.name for one in entries}
    known = emitted | set(used)
    named = [one for one in asked if one != EVERYTHING]
    if unknown := sorted(set(named) - known):
        raise BadInput(
            f"not among what is emitted: {', '.join(unknown)}",
            where="--not-buildable",
            hint=f"there are {', '.join(sorted(known))}; or say all",
        )
    everything = delivered & emitted if EVERYTHING in asked else frozenset[str]()
    return tuple(sorted(everything.union(named)))


def _finding(rule: str, level: Level, node: Node, message: str) -> Finding:
    return Finding(rule=rule, level=level, subject=label(node), message=message)


def label(node: Node) -> str:
    """Return a unit in a few characters: `hypre@2.26.0/uoe5vsf`."""
    return f"{node.name}@{node.version}/{node.hash[:7]}"
