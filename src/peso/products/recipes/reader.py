"""One recipe, from its file to a `Recipe`, or an `Unreadable` with the reason.

1. The class is the one Spack would take: its name follows from the package's.
2. Directives come in Spack's order: inherited ones first, and `extends` after `depends_on`.
3. Of what is declared twice under one condition the last holds, as in Spack.
4. Reading is bounded: a recipe that would take too much is an `Unreadable` too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from peso.products.recipes.library import Library
from peso.products.recipes.machine import Machine
from peso.products.recipes.names import class_attribute, settle
from peso.products.recipes.naming import class_of
from peso.products.recipes.record import (
    Conflict,
    Dependency,
    Extension,
    License,
    Patch,
    Provided,
    Recipe,
    Redistribution,
    Requirement,
    Resource,
    Splice,
    StandaloneTest,
    Unread,
    Unreadable,
    Variant,
    Version,
)
from peso.products.recipes.refusals import CannotRead, TooMuch
from peso.products.recipes.repository import Repository
from peso.products.recipes.values import (
    Class,
    Function,
    LateClass,
    Module,
    Value,
)

_ATTRIBUTES = ("homepage", "url", "git", "list_url", "pypi")
_KINDS = (
    *("version", "variant", "depends_on", "extends", "conflicts", "requires", "provides", "patch"),
    *("resource", "license", "redistribute", "can_splice", "maintainers", "*"),
)
One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of reading a recipe."""

    recipe: Recipe | Unreadable
    inputs: tuple[tuple[int, str], ...] = ()
    """The other files that went into it: the repository's number, and the file."""
    complete: bool = True
    """False where a file was missing that may be there another time."""


def read_recipe(library: Library, repository: Repository, name: str, file: str) -> Read:
    """Read a recipe; never raises for anything that is in it."""
    try:
        data = repository.source.read(file)
        module = library.read(repository, file, data, "")
        made = _main_class(module, name)
        recipe = _recipe(made, module, repository, name, hashlib.sha256(data).hexdigest())
    except CannotRead as why:
        return Read(recipe=_unreadable(repository, name, file, why.reason))
    except TooMuch as why:
        return Read(recipe=_unreadable(repository, name, file, str(why)))
    except (RecursionError, MemoryError):
        return Read(recipe=_unreadable(repository, name, file, "it is nested too deep"))
    read = Read(recipe=recipe, inputs=_inputs(module), complete=not _missing(module))
    _let_go(module)
    return read


def _unreadable(repository: Repository, name: str, file: str, reason: str) -> Unreadable:
    label = repository.source.label
    return Unreadable(
        name=name, path=file, reason=reason, namespace=repository.namespace, repository=label
    )


def _main_class(module: Module, name: str) -> Class:
    wanted = class_of(name)
    if type(module.names.get(wanted)) is not LateClass:
        raise CannotRead(f"it does not define the class {wanted}")
    made = settle(module.names, wanted, module)
    if type(made) is not Class:
        raise CannotRead(f"{wanted} is no class")
    return made


def _modules(module: Module) -> dict[Module, None]:
    seen: dict[Module, None] = {}
    waiting = [module]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen[one] = None
            waiting.extend(one.imports)
    return seen


def _inputs(module: Module) -> tuple[tuple[int, str], ...]:
    return tuple(sorted(one.key for one in _modules(module) if one is not module))


def _missing(module: Module) -> bool:
    return any(one.missing for one in _modules(module))


def _let_go(module: Module) -> None:
    """Break the circles between scopes and functions, so that memory is free at once."""
    for value in module.names.values():
        if type(value) is Class and value.module == module.file:
            value.names.clear()
    module.names.clear()


class _Said:
    """What a class and all it inherits from say, by directive and kind of record."""

    def __init__(self, made: Class) -> None:
        self._by: dict[tuple[str, type], list[Value]] = {}
        for kind in made.kinds():
            for declared in made.all_declared(kind):
                for one in declared.says:
                    self._by.setdefault((kind, type(one)), []).append(one)

    def __call__(self, kind: str, of: type[One]) -> list[One]:
        return self._by.get((kind, of), [])


def _last(several: Iterable[One], key: Callable[[One], object]) -> tuple[One, ...]:
    """Keep the last of those with one key, at the place of the first."""
    kept: dict[object, One] = {}
    for one in several:
        kept[key(one)] = one
    return tuple(kept.values())


def _recipe(made: Class, module: Module, repository: Repository, name: str, digest: str) -> Recipe:
    machine = module.machine
    said = _Said(made)
    notes: list[Unread] = []
    variants = _last(said("variant", Variant), lambda one: (one.when, one.name))
    systems = [one for one in variants if one.name == "build_system"]
    maintainers = set(_texts(made, "maintainers", machine, notes))
    maintainers.update(said("maintainers", str))
    texts: dict[str, Any] = {one: _text(made, one, machine, notes) for one in _ATTRIBUTES}
    return Recipe(
        name=name,
        namespace=repository.namespace,
        repository=repository.source.label,
        path=module.key[1],
        digest=digest,
        class_name=made.name,
        line=made.line,
        bases=tuple(one.name for one in made.line_of_descent()[1:]),
        description=made.description,
        has_code=_flag(made, "has_code", machine, notes, default=True),
        virtual=_flag(made, "virtual", machine, notes, default=False),
        maintainers=tuple(sorted(maintainers)),
        tags=_tags(made, machine, notes),
        build_systems=tuple(
            dict.fromkeys(str(value.value) for one in systems for value in one.values)
        ),
        variants=variants,
        **_declared(said, name),
        tests=_tests(made),
        unread=(*(one for kind in _KINDS for one in said(kind, Unread)), *notes),
        **texts,
    )


def _declared(said: _Said, name: str) -> dict[str, Any]:
    """Return the directives by the fields of a recipe."""
    fields: dict[str, Any] = {
        "versions": _last(said("version", Version), lambda one: one.number),
        "dependencies": (
            *said("depends_on", Dependency),
            *(one for one in said("extends", Dependency) if one.name != name),
        ),
        "extensions": tuple(said("extends", Extension)),
        "conflicts": tuple(said("conflicts", Conflict)),
        "requirements": tuple(said("requires", Requirement)),
        "provided": tuple(said("provides", Provided)),
        "patches": tuple(said("patch", Patch)),
        "resources": tuple(said("resource", Resource)),
        "licenses": _last(said("license", License), lambda one: one.when),
        "redistributions": tuple(said("redistribute", Redistribution)),
        "splices": tuple(said("can_splice", Splice)),
    }
    return fields


def _attribute(made: Class, name: str, machine: Machine, notes: list[Unread]) -> Value:
    """Return a class attribute; None where it is not set or not known, the latter noted."""
    for one in made.line_of_descent():
        if name in one.names:
            try:
                return class_attribute(made, name, machine)
            except CannotRead as why:
                line = one.lines.get(name, one.line)
                note = Unread(directive=name, line=line, file=one.module, reason=why.reason)
                notes.append(note)
                return None
    return None


def _text(made: Class, name: str, machine: Machine, notes: list[Unread]) -> str:
    value = _attribute(made, name, machine, notes)
    return value if type(value) is str else ""


def _texts(made: Class, name: str, machine: Machine, notes: list[Unread]) -> tuple[str, ...]:
    value = _attribute(made, name, machine, notes)
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(one for one in value if type(one) is str)


def _tags(made: Class, machine: Machine, notes: list[Unread]) -> tuple[str, ...]:
    """Return the tags; Spack adds one to packages it can look for on a machine."""
    tags = _texts(made, "tags", machine, notes)
    names = {
        name
        for one in made.line_of_descent()
        for name in ("executables", "libraries")
        if name in one.names
    }
    return (*tags, "detectable") if names and "detectable" not in tags else tags


def _flag(made: Class, name: str, machine: Machine, notes: list[Unread], *, default: bool) -> bool:
    value = _attribute(made, name, machine, notes)
    return value if type(value) is bool else default


def _tests(made: Class) -> tuple[StandaloneTest, ...]:
    found: dict[str, StandaloneTest] = {}
    for one in made.line_of_descent():
        for name, value in one.names.items():
            if name.startswith("test_") and name not in found and type(value) is Function:
                line = one.lines.get(name, value.node.lineno)
                found[name] = StandaloneTest(name=name, line=line, file=one.module)
    return tuple(found.values())
