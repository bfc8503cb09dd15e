"""Names bound to values: by assignments, loops, comprehensions and calls of functions."""

from __future__ import annotations

import ast

from peso.products.recipes.machine import Machine
from peso.products.recipes.operations import members_of, weigh
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Function,
    Scope,
    Unknown,
    Value,
)


def bind(target: ast.expr, value: Value, scope: Scope, machine: Machine) -> None:
    """Bind a value to a name, or its members to several."""
    if type(target) is ast.Name:
        scope.names[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(target.elts, value, scope, machine)
    elif type(target) is ast.Subscript:
        of = machine.evaluate(target.value, scope)
        if not isinstance(of, (dict, list)):
            raise CannotRead(f"it writes into {type(of).__name__}")
        key = machine.evaluate(target.slice, scope)  # a slice is refused
        weigh(key, machine)
        of[key] = value
        machine.spend(1)
    elif type(target) is not ast.Attribute:
        raise CannotRead(f"it assigns to {type(target).__name__}")


def _unpack(targets: list[ast.expr], value: Value, scope: Scope, machine: Machine) -> None:
    if type(value) is Unknown:
        for one in targets:
            bind(one.value if type(one) is ast.Starred else one, value, scope, machine)
        return
    members = members_of(value, machine)
    starred = [number for number, one in enumerate(targets) if type(one) is ast.Starred]
    if starred:
        before, after = starred[0], len(targets) - starred[0] - 1
        middle = members[before : len(members) - after]
        members = [*members[:before], middle, *members[len(members) - after :]]
    if len(members) != len(targets):
        raise CannotRead("it unpacks another number of values", raised="ValueError")
    for one, member in zip(targets, members, strict=True):
        bind(one.value if type(one) is ast.Starred else one, member, scope, machine)


def _is_simple(spec: ast.arguments) -> bool:
    return not (spec.posonlyargs or spec.vararg or spec.kwonlyargs or spec.kwarg)


def bind_arguments(
    function: Function, args: list[Value], kwargs: dict[str, Value], machine: Machine
) -> dict[str, Value]:
    """Return the arguments of a call by the names the function gives them."""
    spec = function.node.args
    if not kwargs and len(args) == len(spec.args) and _is_simple(spec):
        return {one.arg: value for one, value in zip(spec.args, args, strict=True)}
    return _bind_any(function, args, kwargs, machine)


def _bind_any(
    function: Function, args: list[Value], kwargs: dict[str, Value], machine: Machine
) -> dict[str, Value]:
    spec = function.node.args
    names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
    found: dict[str, Value] = dict(zip(names, args, strict=False))
    rest = dict(kwargs)
    wrong = f"{function.name} is called with other arguments than it takes"
    if len(args) > len(names) and spec.vararg is None:
        raise CannotRead(wrong, raised="TypeError")
    if spec.vararg is not None:
        found[spec.vararg.arg] = tuple(args[len(names) :])
    for name in (*names, *(one.arg for one in spec.kwonlyargs)):
        if name in rest:
            found[name] = rest.pop(name)
    if spec.kwarg is not None:
        found[spec.kwarg.arg] = rest
    elif rest:
        raise CannotRead(wrong, raised="TypeError")
    defaults = [*zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True)]
    keywords = [one.arg for one in spec.kwonlyargs]
    for name, node in (*defaults, *zip(keywords, spec.kw_defaults, strict=True)):
        if name not in found and node is not None:
            found[name] = machine.evaluate(node, function.scope)
    if any(name not in found for name in (*names, *keywords)):
        raise CannotRead(wrong, raised="TypeError")
    return found
