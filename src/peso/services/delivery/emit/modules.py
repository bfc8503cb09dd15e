"""Which modules a release has, and what each does: a module for each root, one for a Python part.

The rules, in order:

1. A module is called `NAME/VERSION`. Where a release has several of that name, each has the
   beginning of its hash too: `hdf5/1.14.5-uoe5vsf`.
2. A root that the machine itself supplies has none: its folder is the machine's, and to put that
   before others would hide what does not belong to it. It is said.
3. A root loads the modules of the roots it stands on over link and run edges, the nearest only.
   What it needs to run and is no root has no module: its programs and packages come with it.
4. `LD_LIBRARY_PATH` is set where a program or library does not find what it needs by itself
   (`linking.py`), and nowhere else: it would change programs beside these. Why is said in the file.
5. What a recipe sets for its users by running code is not known here, and is said.

Looks at the folders of units; writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from peso.base.finding import Finding, Level, Unknown
from peso.errors import BadInput, Fault
from peso.products.engines.spack.built_recipe import BuiltRecipe, built_recipe
from peso.products.engines.spack.document import Node
from peso.products.engines.spack.linking import linking_of
from peso.services.delivery.emit.externals import label
from peso.services.delivery.emit.folders import folders_of
from peso.services.delivery.emit.installed import Installation, NativePart, Origin, PythonPart

_UNSAFE = re.compile(r"[^A-Za-z0-9_.+-]")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*").fullmatch
_FAMILIES: Final = {"mpi": "mpi", "c": "compiler", "cxx": "compiler", "fortran": "compiler"}
"""Families of modules by the virtual package that makes one a member."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module."""

    name: str
    """`NAME/VERSION`, as it is loaded."""
    label: str
    version: str
    description: str
    homepage: str = ""
    unit: str = ""
    """The unit, with its hash; empty for a Python part."""
    holds: tuple[str, ...] = ()
    """What is in it, a line each."""
    family: str = ""
    loads: tuple[str, ...] = ()
    """Other modules."""
    paths: tuple[tuple[str, str], ...] = ()
    """Variables and what is put before their values, the last comes to stand first."""
    variables: tuple[tuple[str, str], ...] = ()
    system_manuals: bool = False
    """Whether an empty end keeps the machine's own manual pages in `MANPATH`."""
    remarks: tuple[str, ...] = ()
    """What is not set, and why; what is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """The modules of an installation."""

    origin: Origin | None
    modules: tuple[Module, ...]
    findings: tuple[Finding, ...]


def modules_of(installation: Installation) -> Modules:
    """Return the modules of what is installed.

    Raises:
        BadInput: There is no root to make one of, or a folder that no path of folders can hold.
    """
    names = module_names(installation)
    findings = [
        _finding(
            "root-without-module", Level.MEDIUM, part.node(one), "it is not installed: no module"
        )
        for part in installation.native
        for one in part.absent
    ]
    found = [
        _native(hash_, part, names, findings)
        for part in installation.native
        for hash_ in part.roots
        if _has_module(part, hash_, findings)
    ]
    found += [_python(one, installation) for one in installation.python]
    if not found:
        raise BadInput("nothing here has a module: no root is installed", where=installation.where)
    _refuse_folders(found)
    unique = {one.name: one for one in found}
    return Modules(
        origin=installation.origin,
        modules=tuple(unique[name] for name in sorted(unique)),
        findings=tuple(findings),
    )


def module_names(installation: Installation) -> dict[str, str]:
    """Return the name of the module of each root that has one, by the root's hash."""
    roots = {
        hash_: part.node(hash_)
        for part in installation.native
        for hash_ in part.roots
        if part.node(hash_).external is None
    }
    named = {hash_: f"{node.name}/{_safe(node.version)}" for hash_, node in roots.items()}
    several = Counter(named.values())
    return {
        hash_: f"{name}-{hash_[:7]}" if several[name] > 1 else name for hash_, name in named.items()
    }


def _has_module(part: NativePart, hash_: str, findings: list[Finding]) -> bool:
    node = part.node(hash_)
    if node.external is None:
        return True
    message = f"it is the machine's own ({part.places[hash_]}): it gets no module"
    findings.append(_finding("root-without-module", Level.NOTE, node, message))
    return False


def _native(hash_: str, part: NativePart, names: dict[str, str], findings: list[Finding]) -> Module:
    node, prefix = part.node(hash_), part.places[hash_]
    recipe = built_recipe(prefix, node.name)
    if isinstance(recipe, Unknown):
        message = f"what it is, is not known: {recipe.unknown}"
        findings.append(_finding("description-unknown", Level.LOW, node, message))
        recipe = BuiltRecipe()
    elif recipe.sets_run_environment:
        message = "its recipe sets more variables by running code, which this module does not"
        findings.append(_finding("run-environment-not-known", Level.LOW, node, message))
    others = frozenset(names).difference({hash_})
    module = Module(
        name=names[hash_],
        label=label(node),
        version=node.version,
        description=recipe.description,
        homepage=recipe.homepage,
        unit=f"{node.name}@{node.version}, hash {hash_}",
        family=_family(hash_, part, recipe),
        loads=tuple(
            sorted(names[one] for one in part.below((hash_,), stop=others) if one in others)
        ),
        remarks=("variables that its recipe sets by running code: not known here",)
        if recipe.sets_run_environment
        else (),
    )
    module = _with_paths(module, hash_, part, others)
    return _with_root(_with_libraries(module, hash_, part, findings), node, prefix, findings)


def _family(hash_: str, part: NativePart, recipe: BuiltRecipe) -> str:
    used = [
        virtual
        for node in part.document.concrete_specs.values()
        for edge in node.dependencies
        if edge.hash == hash_
        for virtual in edge.parameters.virtuals
    ]
    known = {_FAMILIES[one] for one in (*used, *recipe.provides) if one in _FAMILIES}
    return min(known, default="")


def _with_paths(module: Module, hash_: str, part: NativePart, others: frozenset[str]) -> Module:
    """Add the folders of the unit, and of what it runs with and has no module of its own."""
    runs = [
        part.places[one]
        for one in part.below((hash_,), types=frozenset({"run"}), stop=others)
        if one not in others and one in part.places and part.node(one).external is None
    ]
    own = part.places[hash_]
    paths: list[tuple[str, str]] = []
    for prefix in (*reversed(runs), own):  # what is put before last stands first
        there = folders_of(prefix)
        paths += [("PATH", str(one)) for one in reversed(there.programs)]
        paths += [("PYTHONPATH", str(one)) for one in there.python]
    there = folders_of(own)
    paths += [("MANPATH", str(one)) for one in there.manuals]
    paths += [("PKG_CONFIG_PATH", str(one)) for one in reversed(there.pkgconfig)]
    paths.append(("CMAKE_PREFIX_PATH", str(own)))
    return replace(module, paths=tuple(paths), system_manuals=bool(there.manuals))


def _with_libraries(
    module: Module, hash_: str, part: NativePart, findings: list[Finding]
) -> Module:
    node, own = part.node(hash_), part.places[hash_]
    below = (
        part.places[one]
        for one in part.below((hash_,))
        if one in part.places and part.node(one).external is None
    )
    seen = linking_of(own, below)
    unread = f"; {seen.unread} could not be read" if seen.unread else ""
    if not seen.lacking:
        why = "it has no program and no library that is linked"
        if seen.looked_at:
            why = f"{seen.looked_at} programs and libraries find what they need by themselves"
        remark = f"LD_LIBRARY_PATH is not set: {why}{unread}"
        return replace(module, remarks=(*module.remarks, remark))
    folders = dict.fromkeys(one.folder for one in seen.lacking)
    named = ", ".join(f"{one.file.name} needs {one.library}" for one in seen.lacking[:_SHOWN])
    more = f" and {len(seen.lacking) - _SHOWN} more" if len(seen.lacking) > _SHOWN else ""
    message = f"it does not find libraries by itself: {named}{more}"
    findings.append(_finding("library-path-needed", Level.LOW, node, message))
    return replace(
        module,
        paths=(*module.paths, *(("LD_LIBRARY_PATH", str(one)) for one in reversed([*folders]))),
        remarks=(*module.remarks, f"LD_LIBRARY_PATH is set: {named}{more}{unread}"),
    )


def _with_root(module: Module, node: Node, prefix: Path, findings: list[Finding]) -> Module:
    variable = f"{node.name.upper().replace('-', '_')}_ROOT"
    if not _VARIABLE(variable):
        message = f"{variable} is no name of a variable: it is not set"
        findings.append(_finding("root-variable-not-set", Level.NOTE, node, message))
        return replace(module, remarks=(*module.remarks, message))
    return replace(module, variables=((variable, str(prefix)),))


def _python(part: PythonPart, installation: Installation) -> Module:
    origin = installation.origin
    stack, version = (origin.stack, origin.version) if origin else ("", "")
    paths = [("PATH", str(part.folder / "bin"))]
    manuals = folders_of(part.folder).manuals
    paths += [("MANPATH", str(one)) for one in manuals]
    return Module(
        name=f"{_safe(stack)}-{_safe(part.name)}/{_safe(version)}",
        label=f"{stack} {version}, its Python part",
        version=version,
        description=f"The Python packages of {origin.title}." if origin else "",
        holds=(f"virtual environment {part.folder}", *part.products),
        paths=tuple(paths),
        variables=(("VIRTUAL_ENV", str(part.folder)),),
        system_manuals=bool(manuals),
        remarks=(
            "PYTHONPATH is not set: the environment's own python knows its packages",
            "LD_LIBRARY_PATH is not set: wheels bring their libraries and know where these are",
        ),
    )


def _refuse_folders(modules: list[Module]) -> None:
    """Refuse folders that a path of folders cannot hold."""
    faults = {
        folder: Fault(where=folder, message="a colon or an end of line is in its name")
        for one in modules
        for _, folder in one.paths
        if ":" in folder or not folder.isprintable()
    }
    if faults:
        raise BadInput(
            "no path of folders can hold these",
            faults=tuple(faults.values()),
            hint="install the release into a prefix without such characters",
        )


def _safe(text: str) -> str:
    """Return a text as a part of a file's name."""
    return _UNSAFE.sub("_", text) or "_"


def _finding(rule: str, level: Level, node: Node, message: str) -> Finding:
    return Finding(rule=rule, level=level, subject=label(node), message=message)
