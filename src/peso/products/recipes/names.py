"""What names and attributes are worth: in scopes, in other files, of classes and other values.

1. Names of other files and classes are read when they are first used.
2. A function does not see the names of the class it is in, as in Python.
3. An attribute of a class is looked up in the order of Python; one that a function computes from
   the class (`classproperty`) is computed.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from peso.products.recipes.directives import DIRECTIVES
from peso.products.recipes.machine import Machine, known
from peso.products.recipes.naming import spec_name
from peso.products.recipes.operations import METHODS, copied
from peso.products.recipes.outside import attribute_outside, is_spack
from peso.products.recipes.patterns import Match
from peso.products.recipes.record import VariantValue
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Class,
    Computed,
    Function,
    LateClass,
    LateImport,
    Method,
    Module,
    Outside,
    Scope,
    Sets,
    SpecText,
    Unknown,
    Value,
    VersionText,
)

BUILTINS: Final = frozenset(
    (
        *("abs", "all", "any", "bool", "callable", "chr", "classmethod", "dict", "enumerate"),
        *("filter", "float", "format", "frozenset", "getattr", "hasattr", "int", "isinstance"),
        *("len", "list", "map", "max", "min", "object", "ord", "print", "property", "range"),
        *("repr", "reversed", "round", "set", "sorted", "staticmethod", "str", "sum", "super"),
        *("tuple", "type", "zip", "AttributeError", "Exception", "KeyError", "RuntimeError"),
        *("NotImplementedError", "TypeError", "ValueError", "bytes", "delattr", "dir", "divmod"),
        *("eval", "exec", "globals", "hash", "id", "input", "iter", "locals", "next", "open"),
        *("pow", "setattr", "slice", "vars"),
    )
)
_BUILTIN: Final = {name: Outside(f"builtins.{name}") for name in BUILTINS}
SPACK: Final = {name: Outside(f"spack.package.{name}") for name in DIRECTIVES}
_SEPARATORS: Final = re.compile(r"[._-]")


def look_up(name: str, scope: Scope) -> Value:
    """Return what a name is worth; raises `CannotRead`."""
    inside: Scope | None = scope
    while inside is not None:
        # A function does not see the names of the class it is in.
        if name in inside.names and not (scope.function and inside.of_class is not None):
            return settle(inside.names, name, inside.module)
        inside = inside.parent
    return star(name, scope.module)


def settle(names: dict[str, Value], name: str, module: Module) -> Value:
    """Return a name's value, where it was put off: now."""
    value = names[name]
    if type(value) is Outside:
        return value
    if type(value) is LateImport:
        names[name] = Unknown(f"{name} is imported in a circle")
        try:
            value = module.machine.imports(value, module)
        except CannotRead as why:
            value = Unknown(why.reason)
        names[name] = value
    elif type(value) is LateClass:
        names[name] = Unknown(f"the class {name} inherits from itself")
        value = names[name] = module.machine.make_class(value.node, value.scope)
    return known(value)


def star(name: str, module: Module) -> Value:
    """Look for a name in what `from ... import *` brings, then among Python's own."""
    for dotted in reversed(module.stars):
        if is_spack(dotted) and (name in BUILTINS or name in SPACK):
            continue
        try:
            return module.machine.imports(LateImport(dotted, name), module)
        except CannotRead:
            continue
    if name in SPACK and module.stars:
        found = module.names[name] = SPACK[name]
        return found
    if name in _BUILTIN:
        return _BUILTIN[name]
    raise CannotRead(f"the name {name!r} is not known here", raised="NameError")


def attribute(  # noqa: PLR0911 - one for each kind of value
    of: Value, name: str, machine: Machine
) -> Value:
    """Return an attribute of a value; raises `CannotRead`."""
    kind = type(of)
    if kind in METHODS and name in METHODS[kind]:
        return Method(of, name)
    if kind is Outside:
        return attribute_outside(of, name, machine)
    if kind is Class:
        return class_attribute(of, name, machine)
    if kind is Module:
        return settle(of.names, name, of) if name in of.names else star(name, of)
    if kind is Sets:
        return Method(of, name)
    if kind in {VariantValue, VersionText, SpecText}:
        return attribute_of_text(of, name)
    if kind is Match and name == "group":
        return Method(of, name)
    if kind is Function and name in {"__name__", "__doc__"}:
        return of.name if name == "__name__" else ""
    if any(isinstance(of, plain) and name in names for plain, names in METHODS.items()):
        return Method(of, name)
    raise CannotRead(f"{kind.__name__} has no attribute {name!r} that can be read")


def attribute_of_text(of: VariantValue | VersionText | SpecText, name: str) -> Value:
    """Return an attribute of what stands for a value, a version or a spec."""
    if type(of) is VariantValue and name in {"value", "when"}:
        return of.value if name == "value" else " ".join(of.when)
    if type(of) is SpecText and name == "name":
        return spec_name(of.text)
    if type(of) is VersionText:
        for way, sign in (("joined", ""), ("dotted", "."), ("underscored", "_"), ("dashed", "-")):
            if name == way:
                return VersionText(_SEPARATORS.sub(sign, of.text))
        if name == "up_to":
            return Method(of, name)
        if name == "string":
            return of.text
    raise CannotRead(f"it asks for {name!r} of a version or spec")


def class_attribute(of: Class, name: str, machine: Machine) -> Value:
    """Return an attribute of a class, its own or an inherited one."""
    if name == "__name__":
        return of.name
    owner = of.owner(name)
    if owner is not None:
        value = known(owner.names[name])
        if type(value) is Computed:
            return machine.run_function(value.function, [of], {})
        if type(value) is Function and _is_class_method(value):
            return Function(value.node, value.scope, bound=of)
        return copied(value, machine)
    if name == "versions":
        declared = (one.given for one in of.all_declared("version"))
        return {VersionText(one[0]): one[1] for one in declared if one is not None}
    raise CannotRead(f"the class {of.name} has no {name!r} that can be read")


def _is_class_method(value: Function) -> bool:
    decorators = getattr(value.node, "decorator_list", ())
    return any(isinstance(one, ast.Name) and one.id == "classmethod" for one in decorators)


def up_to(text: str, args: list[Value]) -> str:
    """Return the first components of a version, or all but the last ones."""
    ends = [found.start() for found in _SEPARATORS.finditer(text)] + [len(text)]
    if len(args) != 1 or type(args[0]) is not int or not -len(ends) < args[0] <= len(ends):
        raise CannotRead("it shortens a version")
    return text[: ends[args[0] - 1]]
