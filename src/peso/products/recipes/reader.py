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
from operator import itemgetter

from peso.products.recipes.library import Library
from peso.products.recipes.machine import Machine
from peso.products.recipes.names import class_attribute, settle
from peso.products.recipes.naming import class_of
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.refusals import CannotRead, TooMuch
from peso.products.recipes.repository import Repository
from peso.products.recipes.said import Fields, at, recipe_of, unread
from peso.products.recipes.source_urls import compute_urls, more_urls
from peso.products.recipes.values import (
    Class,
    LateClass,
    Module,
    Value,
)

_ATTRIBUTES = ("homepage", "url", "git", "list_url", "pypi")
_KINDS = (
    *("version", "variant", "depends_on", "extends", "conflicts", "requires", "provides", "patch"),
    *("resource", "license", "redistribute", "can_splice", "maintainers", "*"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of reading a recipe."""

    said: Fields | Unreadable
    """The fields of the recipe, as far as they are not the defaults of `Recipe`."""
    inputs: tuple[tuple[int, str], ...] = ()
    """The other files that went into it: the repository's number, and the file."""
    signature: str = ""
    """That the recipe's file had when it was read; empty where it could not be read."""
    complete: bool = True
    """False where a file was missing that may be there another time."""

    @property
    def recipe(self) -> Recipe | Unreadable:
        """The recipe as a record."""
        return self.said if isinstance(self.said, Unreadable) else recipe_of(self.said)


def read_recipe(
    library: Library, repository: Repository, name: str, file: str, *, bodies: bool = True
) -> Read:
    """Read a recipe; never raises for anything that is in it.

    Args:
        library: the files that recipes import.
        repository: where the recipe is.
        name: of the package.
        file: its name there.
        bodies: False where many are read: what only the bodies of methods say is left out, their
            faults of syntax and the URLs that they compute.
    """
    signature = ""
    try:
        data, signature = repository.source.look(file)
        module = library.read(repository, file, data, "", bodies=bodies)
        made = _main_class(module, name)
        said = _recipe(made, module, repository, name, urls=bodies)
    except (CannotRead, TooMuch, RecursionError, MemoryError) as why:
        reason = _reason(why)
        return Read(said=_unreadable(repository, name, file, reason), signature=signature)
    said["digest"] = hashlib.sha256(data).hexdigest()
    modules = _modules(module)
    complete = not any(one.missing for one in modules)
    read = Read(
        said=said,
        inputs=_inputs(module, modules),
        signature=signature,
        complete=complete,
    )
    _let_go(module)
    return read


def _reason(why: Exception) -> str:
    if isinstance(why, CannotRead):
        return why.reason
    return str(why) if isinstance(why, TooMuch) else "it is nested too deep"


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


def _inputs(module: Module, modules: Iterable[Module]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted([one.key for one in modules if one is not module]))


def _let_go(module: Module) -> None:
    """Break the circles between scopes and functions, so that memory is free at once."""
    for value in module.names.values():
        if type(value) is Class and value.module == module.file:
            value.let_go()
    module.names.clear()


def _said(made: Class) -> dict[str, list[Value]]:
    """Return what a class and all it inherits from say, by the fields of a recipe."""
    by: dict[str, list[Value]] = {}
    used = made.kinds()
    for kind in _KINDS:
        if kind in used:
            for field, several in made.said(kind).items():
                by[field] = [*by[field], *several] if field in by else several
    return by


def _last(several: Iterable[Fields], key: Callable[[Fields], object]) -> list[Fields]:
    """Keep the last of those with one key, at the place of the first."""
    several = [*several]
    if len({key(one) for one in several}) == len(several):  # nearly always
        return several
    kept: dict[object, Fields] = {}
    for one in several:
        kept[key(one)] = one
    return [*kept.values()]


def _when(one: Fields) -> object:
    return one.get("when", ())


def _name_and_when(one: Fields) -> object:
    return one["name"], one.get("when", ())


def _recipe(
    made: Class, module: Module, repository: Repository, name: str, *, urls: bool
) -> Fields:
    machine = module.machine
    said = _said(made)
    notes: list[Fields] = []
    maintainers = set(_texts(made, "maintainers", machine, notes))
    maintainers.update(said.get("maintainers", ()))
    _take_overridden_out(said, name)
    fields: Fields = {
        "name": name,
        "namespace": repository.namespace,
        "repository": repository.source.label,
        "path": module.key[1],
        "class_name": made.name,
        "line": made.line,
        **{one: text for one in _ATTRIBUTES if (text := _text(made, one, machine, notes))},
        **more_urls(made, machine),
        "bases": [one.name for one in made.line_of_descent()[1:]],
        "description": made.description,
        "has_code": _flag(made, "has_code", machine, notes, default=True),
        "virtual": _flag(made, "virtual", machine, notes, default=False),
        **said,
        "maintainers": sorted(maintainers),
        "tags": _tags(made, machine, notes),
        "build_systems": _build_systems(said.get("variants", ())),
        "tests": _tests(made),
    }
    if urls and "computes_url" in fields:
        compute_urls(fields.get("versions", []), made, machine)
    if notes:
        fields["unread"] = [*said.get("unread", ()), *notes]
    return fields


def _take_overridden_out(said: dict[str, list[Value]], name: str) -> None:
    if "variants" in said:
        said["variants"] = _last(said["variants"], _name_and_when)
    if "versions" in said:
        said["versions"] = _last(said["versions"], itemgetter("number"))
    if "licenses" in said:
        said["licenses"] = _last(said["licenses"], _when)
    if "extensions" in said:  # what extends itself does not depend on itself
        said["dependencies"] = [
            one for one in said["dependencies"] if one["name"] != name or "directive" not in one
        ]


def _build_systems(variants: Iterable[Fields]) -> list[str]:
    systems = (one for one in variants if one["name"] == "build_system")
    values = (value for one in systems for value in one.get("values", ()))
    return [*dict.fromkeys(str(one["value"]) for one in values)]


def _attribute(made: Class, name: str, machine: Machine, notes: list[Fields]) -> Value:
    """Return a class attribute; None where it is not set or not known, the latter noted."""
    owner = made.owner(name)
    if owner is None or type(value := owner.names[name]) is str:  # nearly always
        return None if owner is None else value
    try:
        return class_attribute(made, name, machine)
    except CannotRead as why:
        line = owner.lines.get(name, owner.line)
        notes.append(unread(name, (line, owner.module), why.reason)[1])
        return None


def _text(made: Class, name: str, machine: Machine, notes: list[Fields]) -> str:
    value = _attribute(made, name, machine, notes)
    return value if type(value) is str else ""


def _texts(made: Class, name: str, machine: Machine, notes: list[Fields]) -> tuple[str, ...]:
    value = _attribute(made, name, machine, notes)
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(one for one in value if type(one) is str)


def _tags(made: Class, machine: Machine, notes: list[Fields]) -> tuple[str, ...]:
    """Return the tags; Spack adds one to packages it can look for on a machine."""
    tags = _texts(made, "tags", machine, notes)
    found = made.owner("executables") or made.owner("libraries")
    return (*tags, "detectable") if found and "detectable" not in tags else tags


def _flag(made: Class, name: str, machine: Machine, notes: list[Fields], *, default: bool) -> bool:
    value = _attribute(made, name, machine, notes)
    return value if type(value) is bool else default


def _tests(made: Class) -> list[Fields]:
    found: dict[str, Fields] = {}
    for one in made.line_of_descent():
        for name, value in one.tests():
            if name not in found:
                line = one.lines.get(name, value.node.lineno)
                found[name] = {"name": name, **at((line, one.module))}
    return [*found.values()]
