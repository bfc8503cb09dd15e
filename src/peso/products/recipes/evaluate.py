"""Expressions of a recipe, evaluated without running it.

1. `evaluate` returns a value of `values.py`, or raises `CannotRead` with the reason.
2. Names of other files are looked up through the machine, when they are used.
3. Nothing outside the lists of `operations.py` and `outside.py` is ever called.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, Final

from peso.products.recipes import operations
from peso.products.recipes.bind import bind
from peso.products.recipes.directives import DIRECTIVES
from peso.products.recipes.machine import Machine, known
from peso.products.recipes.names import SPACK, attribute, look_up, up_to
from peso.products.recipes.operations import members_of, truth
from peso.products.recipes.outside import call_outside, is_spack, sets_method
from peso.products.recipes.patterns import Match
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Function,
    Method,
    Outside,
    Scope,
    Sets,
    Unknown,
    Value,
    VersionText,
)

Evaluator = Callable[[Any, Scope, Machine], Value]
YIELDED: Final = "<yielded>"
_TEXT: Final = operations.METHODS[str]
_FROM_SPACK: Final = ["spack.package"]
_THERE: Final = frozenset((str, list, tuple, dict, int, bool, VersionText, Function))
"""Of these is what a name is worth at once: nothing was put off, nothing is unknown."""


def evaluate(node: ast.expr, scope: Scope, machine: Machine) -> Value:
    """Return what an expression is worth. Raises `CannotRead`, `TooMuch`."""
    kind = type(node)
    if kind is ast.Constant:
        return node.value  # type: ignore[attr-defined]
    machine.left -= 1
    if machine.left < 0:
        machine.spend(0)
    if kind is ast.Name:  # most names are texts of a loop around, or arguments
        value = scope.names.get(node.id)  # type: ignore[attr-defined]
        if type(value) in _THERE:
            return value
    found = _EVALUATORS.get(kind)
    if found is None:
        raise CannotRead(f"it uses {type(node).__name__}")
    try:
        return found(node, scope, machine)
    except RecursionError:
        raise CannotRead("it is nested too deep") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        name = type(error).__name__
        raise CannotRead(f"it raises {name}: {error}"[:200], raised=name) from None


def _name(node: ast.Name, scope: Scope, _machine: Machine) -> Value:
    return look_up(node.id, scope)


def _attribute(node: ast.Attribute, scope: Scope, machine: Machine) -> Value:
    return attribute(evaluate(node.value, scope, machine), node.attr, machine)


def arguments(
    node: ast.Call, scope: Scope, machine: Machine, *, soft: bool = False
) -> tuple[list[Value], dict[str, Value]]:
    """Return the arguments of a call; `soft`: one that is not known is an `Unknown`."""
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    for one in node.args:
        if type(one) is ast.Constant:
            args.append(one.value)
        elif type(one) is ast.Starred:
            args.extend(members_of(evaluate(one.value, scope, machine), machine))
        else:
            args.append(_argument(one, scope, machine, soft=soft))
    for pair in node.keywords:
        said, name = pair.value, pair.arg
        if type(said) is ast.Constant and name is not None:
            kwargs[name] = said.value
            continue
        value = _argument(said, scope, machine, soft=soft)
        if name is not None:
            kwargs[name] = value
        elif isinstance(value, dict):
            kwargs.update({str(key): one for key, one in value.items()})
        else:
            raise CannotRead("its arguments come from something that is no dict")
    return args, kwargs


def _argument(node: ast.expr, scope: Scope, machine: Machine, *, soft: bool) -> Value:
    if type(node) is ast.Constant:
        return node.value
    if not soft:
        return evaluate(node, scope, machine)
    try:
        return evaluate(node, scope, machine)
    except CannotRead as why:
        if machine.trying and why.raised:
            raise
        return Unknown(why.reason)


def _call(node: ast.Call, scope: Scope, machine: Machine) -> Value:
    if type(node.func) is ast.Name and is_directive(node.func.id, scope):
        args, kwargs = arguments(node, scope, machine, soft=True)
        return machine.declare(node.func.id, args, kwargs, node.lineno, scope)
    if type(node.func) is ast.Attribute:
        of, name = evaluate(node.func.value, scope, machine), node.func.attr
        if type(of) is str and name in _TEXT:  # nearly all methods that are called
            args, kwargs = arguments(node, scope, machine)
            return operations.method(of, name, args, kwargs, machine)
        function = attribute(of, name, machine)
    else:
        function = evaluate(node.func, scope, machine)
    if type(function) is Outside:
        last = function.name.rpartition(".")[2]
        if last in DIRECTIVES and is_spack(function.name):
            args, kwargs = arguments(node, scope, machine, soft=True)
            return machine.declare(last, args, kwargs, node.lineno, scope)
    args, kwargs = arguments(node, scope, machine)
    return call(function, args, kwargs, machine)


def is_directive(name: str, scope: Scope) -> bool:
    """Say quickly whether a name surely is the directive; else the long way is gone."""
    spack = SPACK.get(name)
    if spack is None:
        return False
    inside: Scope | None = scope
    while inside is not None:
        found = inside.names.get(name)
        if found is not None:
            return found is spack
        inside = inside.parent
    module = scope.module
    if module.stars != _FROM_SPACK:
        return False
    module.names[name] = spack  # `from spack.package import *` alone: nothing else can bring it
    return True


def call(function: Value, args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    """Call something with arguments; raises `CannotRead`."""
    kind = type(function)
    if kind is Function:
        if function.bound is not None:
            args = [function.bound, *args]
        return machine.run_function(function, args, kwargs)
    if kind is Method:
        if type(function.of) is VersionText:
            return VersionText(up_to(function.of.text, args))
        if type(function.of) is Match:
            return function.of[0]
        if type(function.of) is Sets:
            return sets_method(function.of, function.name, args)
        return operations.method(function.of, function.name, args, kwargs, machine)
    if kind is Outside:
        return call_outside(function.name, args, kwargs, machine)
    raise CannotRead(f"it calls {kind.__name__}")


def _elements(nodes: list[ast.expr], scope: Scope, machine: Machine) -> list[Value]:
    found: list[Value] = []
    for one in nodes:
        if type(one) is ast.Constant:
            found.append(one.value)
        elif type(one) is ast.Starred:
            found.extend(members_of(evaluate(one.value, scope, machine), machine))
        else:
            found.append(_argument(one, scope, machine, soft=True))
    return found


def _yield(node: ast.Yield, scope: Scope, machine: Machine) -> None:
    """A function that yields is run to its end, and returns all it yields."""
    value = None if node.value is None else evaluate(node.value, scope, machine)
    inside: Scope | None = scope
    while inside is not None and YIELDED not in inside.names:
        inside = inside.parent
    if inside is None:
        raise CannotRead("it yields outside a function")
    machine.members(0)
    inside.names[YIELDED].append(value)


def _binary(node: ast.BinOp, scope: Scope, machine: Machine) -> Value:
    left = evaluate(node.left, scope, machine)
    right = evaluate(node.right, scope, machine)
    return operations.binary(type(node.op), left, right, machine)


def _boolean(node: ast.BoolOp, scope: Scope, machine: Machine) -> Value:
    wanted = type(node.op) is ast.Or
    value: Value = None
    for one in node.values:
        value = evaluate(one, scope, machine)
        if truth(value, machine) is wanted:
            return value
    return value


def _unary(node: ast.UnaryOp, scope: Scope, machine: Machine) -> Value:
    value = evaluate(node.operand, scope, machine)
    if type(node.op) is ast.Not:
        return not truth(value, machine)
    if type(node.op) is ast.USub and isinstance(value, (int, float)):
        return -value
    raise CannotRead(f"it uses {type(node.op).__name__}")


def _compare(node: ast.Compare, scope: Scope, machine: Machine) -> bool:
    left = evaluate(node.left, scope, machine)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(right_node, scope, machine)
        if not operations.compare(type(op), left, right, machine):
            return False
        left = right
    return True


def _choice(node: ast.IfExp, scope: Scope, machine: Machine) -> Value:
    yes = truth(evaluate(node.test, scope, machine), machine)
    return evaluate(node.body if yes else node.orelse, scope, machine)


def _joined(node: ast.JoinedStr, scope: Scope, machine: Machine) -> str:
    parts: list[str] = []
    names = scope.names
    for one in node.values:
        if type(one) is ast.Constant:
            parts.append(str(one.value))
        elif (
            type(inner := one.value) is ast.Name  # type: ignore[attr-defined]
            and type(value := names.get(inner.id)) is str
            and one.format_spec is None  # type: ignore[attr-defined]
            and one.conversion == -1  # type: ignore[attr-defined]
        ):
            parts.append(value)
        elif one.format_spec is None and one.conversion == -1:  # type: ignore[attr-defined]
            value = evaluate(one.value, scope, machine)  # type: ignore[attr-defined]
            plain = type(value) is str
            parts.append(value if plain else operations.formatted(value, "", -1, machine))
        else:
            parts.append(evaluate(one, scope, machine))
    if len(parts) > 1:
        machine.text(sum(map(len, parts)))
    return "".join(parts)


def _formatted(node: ast.FormattedValue, scope: Scope, machine: Machine) -> str:
    spec = "" if node.format_spec is None else evaluate(node.format_spec, scope, machine)
    value = evaluate(node.value, scope, machine)
    return operations.formatted(value, spec, node.conversion, machine)


def _dict(node: ast.Dict, scope: Scope, machine: Machine) -> dict[Value, Value]:
    found: dict[Value, Value] = {}
    for key, one in zip(node.keys, node.values, strict=True):
        value = _argument(one, scope, machine, soft=True)
        if key is None:
            found.update(known(value))
        else:
            name = evaluate(key, scope, machine)
            operations.weigh(name, machine)
            found[name] = value
    machine.members(len(found))
    return found


def _subscript(node: ast.Subscript, scope: Scope, machine: Machine) -> Value:
    value = evaluate(node.value, scope, machine)
    if not isinstance(value, (str, list, tuple, dict)):
        raise CannotRead(f"it looks into {type(value).__name__}")
    if type(node.slice) is ast.Slice:
        ends = [
            None if one is None else evaluate(one, scope, machine)
            for one in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        machine.text(len(value))
        return known(value[slice(*ends)])
    index = evaluate(node.slice, scope, machine)
    operations.weigh(index, machine)
    return known(value[index])


def comprehend(
    generators: list[ast.comprehension], scope: Scope, machine: Machine
) -> Iterator[Scope]:
    """Yield the scope of every round of a comprehension."""
    first, *rest = generators
    for value in members_of(evaluate(first.iter, scope, machine), machine):
        machine.spend(1)
        inner = Scope({}, scope.module, scope, scope.of_class)
        bind(first.target, value, inner, machine)
        if all(truth(evaluate(one, inner, machine), machine) for one in first.ifs):
            if rest:
                yield from comprehend(rest, inner, machine)
            else:
                yield inner


def _listed(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, machine: Machine
) -> Value:
    found: list[Value] = []
    for inner in comprehend(node.generators, scope, machine):
        found.append(evaluate(node.elt, inner, machine))
        machine.members(0)
    return set(found) if type(node) is ast.SetComp else found


def _mapped(node: ast.DictComp, scope: Scope, machine: Machine) -> dict[Value, Value]:
    found: dict[Value, Value] = {}
    for inner in comprehend(node.generators, scope, machine):
        key = evaluate(node.key, inner, machine)
        operations.weigh(key, machine)
        found[key] = evaluate(node.value, inner, machine)
    return found


def _lambda(node: ast.Lambda, scope: Scope, _machine: Machine) -> Function:
    return Function(node, scope)


def _walrus(node: ast.NamedExpr, scope: Scope, machine: Machine) -> Value:
    value = evaluate(node.value, scope, machine)
    scope.names[node.target.id] = value
    return value


def _list(node: ast.List, scope: Scope, machine: Machine) -> list[Value]:
    return _elements(node.elts, scope, machine)


def _tuple(node: ast.Tuple, scope: Scope, machine: Machine) -> tuple[Value, ...]:
    return tuple(_elements(node.elts, scope, machine))


def _set(node: ast.Set, scope: Scope, machine: Machine) -> set[Value]:
    found = _elements(node.elts, scope, machine)
    operations.weigh(found, machine)
    return set(found)


_EVALUATORS: Final[dict[type, Evaluator]] = {
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.Dict: _dict,
    ast.DictComp: _mapped,
    ast.FormattedValue: _formatted,
    ast.GeneratorExp: _listed,
    ast.IfExp: _choice,
    ast.JoinedStr: _joined,
    ast.Lambda: _lambda,
    ast.List: _list,
    ast.ListComp: _listed,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Set: _set,
    ast.SetComp: _listed,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.UnaryOp: _unary,
    ast.Yield: _yield,
}
