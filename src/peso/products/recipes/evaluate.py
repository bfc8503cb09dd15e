"""Expressions of a recipe, evaluated without running it.

1. `evaluate` returns a value of `values.py`, or raises `CannotRead` with the reason.
2. Names of other files are looked up through the machine, when they are used.
3. Nothing outside the lists of `operations.py` and `outside.py` is ever called.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

from peso.products.recipes import operations
from peso.products.recipes.bind import bind
from peso.products.recipes.directives import DIRECTIVES
from peso.products.recipes.machine import Machine, known
from peso.products.recipes.naming import spec_name
from peso.products.recipes.operations import copied, members_of, truth
from peso.products.recipes.outside import attribute_outside, call_outside, is_spack, sets_method
from peso.products.recipes.record import VariantValue
from peso.products.recipes.values import (
    CannotRead,
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

Evaluator = Callable[[ast.expr, Scope, Machine], Value]
_BUILTINS: Final = frozenset(
    "abs all any bool callable chr classmethod dict enumerate filter float format frozenset getattr "
    "hasattr int isinstance len list map max min object ord print property range repr reversed "
    "round set sorted staticmethod str sum super tuple type zip KeyError ValueError Exception "
    "RuntimeError NotImplementedError AttributeError TypeError".split()
)

SEPARATORS: Final = re.compile(r"[._-]")
YIELDED: Final = "<yielded>"
SPACK: Final = {name: Outside(f"spack.package.{name}") for name in DIRECTIVES}


def evaluate(node: ast.expr, scope: Scope, machine: Machine) -> Value:
    """Return what an expression is worth. Raises `CannotRead`, `TooMuch`."""
    if type(node) is ast.Constant:
        return node.value
    machine.left -= 1
    if machine.left < 0:
        machine.spend(0)
    found = _EVALUATORS.get(type(node))
    if found is None:
        raise CannotRead(f"it uses {type(node).__name__}")
    try:
        return found(node, scope, machine)
    except RecursionError:
        raise CannotRead("it is nested too deep") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        name = type(error).__name__
        raise CannotRead(f"it raises {name}: {error}"[:200], raised=name) from None


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
        if is_spack(dotted) and (name in _BUILTINS or name in SPACK):
            continue
        try:
            return module.machine.imports(LateImport(dotted, name), module)
        except CannotRead:
            continue
    if name in SPACK and module.stars:
        return SPACK[name]
    if name in _BUILTINS:
        return Outside(f"builtins.{name}")
    raise CannotRead(f"the name {name!r} is not known here", raised="NameError")


def _name(node: ast.Name, scope: Scope, _machine: Machine) -> Value:
    return look_up(node.id, scope)


def attribute(of: Value, name: str, machine: Machine) -> Value:
    """Return an attribute of a value; raises `CannotRead`."""
    kind = type(of)
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
    if kind is Function and name in {"__name__", "__doc__"}:
        return of.name if name == "__name__" else ""
    for plain, names in operations.METHODS.items():
        if isinstance(of, plain) and name in names:
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
                return VersionText(SEPARATORS.sub(sign, of.text))
        if name == "up_to":
            return Method(of, name)
        if name == "string":
            return of.text
    raise CannotRead(f"it asks for {name!r} of a version or spec")


def class_attribute(of: Class, name: str, machine: Machine) -> Value:
    """Return an attribute of a class, its own or an inherited one."""
    if name == "__name__":
        return of.name
    for one in of.line_of_descent():
        if name in one.names:
            value = known(one.names[name])
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


def _attribute(node: ast.Attribute, scope: Scope, machine: Machine) -> Value:
    return attribute(evaluate(node.value, scope, machine), node.attr, machine)


def arguments(
    node: ast.Call, scope: Scope, machine: Machine, *, soft: bool = False
) -> tuple[list[Value], dict[str, Value]]:
    """Return the arguments of a call; `soft`: one that is not known is an `Unknown`."""
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    for one in node.args:
        if type(one) is ast.Starred:
            args.extend(members_of(evaluate(one.value, scope, machine), machine))
        else:
            args.append(_argument(one, scope, machine, soft=soft))
    for pair in node.keywords:
        value = _argument(pair.value, scope, machine, soft=soft)
        if pair.arg is not None:
            kwargs[pair.arg] = value
        elif isinstance(value, dict):
            kwargs.update({str(name): one for name, one in value.items()})
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
    function = evaluate(node.func, scope, machine)
    if type(function) is Outside:
        last = function.name.rpartition(".")[2]
        if last in DIRECTIVES and is_spack(function.name):
            args, kwargs = arguments(node, scope, machine, soft=True)
            return machine.declare(last, args, kwargs, node.lineno, scope)
    args, kwargs = arguments(node, scope, machine)
    return call(function, args, kwargs, machine)


def call(function: Value, args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    """Call something with arguments; raises `CannotRead`."""
    kind = type(function)
    if kind is Function:
        if function.bound is not None:
            args = [function.bound, *args]
        return machine.run_function(function, args, kwargs)
    if kind is Method:
        if type(function.of) is VersionText:
            return VersionText(_up_to(function.of.text, args))
        if type(function.of) is Sets:
            return sets_method(function.of, function.name, args)
        return operations.method(function.of, function.name, args, kwargs, machine)
    if kind is Outside:
        return call_outside(function.name, args, kwargs, machine)
    raise CannotRead(f"it calls {kind.__name__}")


def _elements(nodes: list[ast.expr], scope: Scope, machine: Machine) -> list[Value]:
    found: list[Value] = []
    for one in nodes:
        if type(one) is ast.Starred:
            found.extend(members_of(evaluate(one.value, scope, machine), machine))
        else:
            found.append(_argument(one, scope, machine, soft=True))
    return found


def _up_to(text: str, args: list[Value]) -> str:
    """Return the first components of a version, or all but the last ones."""
    ends = [found.start() for found in SEPARATORS.finditer(text)] + [len(text)]
    if len(args) != 1 or type(args[0]) is not int or not -len(ends) < args[0] <= len(ends):
        raise CannotRead("it shortens a version")
    return text[: ends[args[0] - 1]]


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
    parts = [
        str(one.value) if type(one) is ast.Constant else evaluate(one, scope, machine)
        for one in node.values
    ]
    machine.text(sum(len(one) for one in parts))
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
    ast.Attribute: _attribute,  # type: ignore[dict-item]
    ast.BinOp: _binary,  # type: ignore[dict-item]
    ast.BoolOp: _boolean,  # type: ignore[dict-item]
    ast.Call: _call,  # type: ignore[dict-item]
    ast.Compare: _compare,  # type: ignore[dict-item]
    ast.Dict: _dict,  # type: ignore[dict-item]
    ast.DictComp: _mapped,  # type: ignore[dict-item]
    ast.FormattedValue: _formatted,  # type: ignore[dict-item]
    ast.GeneratorExp: _listed,  # type: ignore[dict-item]
    ast.IfExp: _choice,  # type: ignore[dict-item]
    ast.JoinedStr: _joined,  # type: ignore[dict-item]
    ast.Lambda: _lambda,  # type: ignore[dict-item]
    ast.List: _list,  # type: ignore[dict-item]
    ast.ListComp: _listed,  # type: ignore[dict-item]
    ast.Name: _name,  # type: ignore[dict-item]
    ast.NamedExpr: _walrus,  # type: ignore[dict-item]
    ast.Set: _set,  # type: ignore[dict-item]
    ast.SetComp: _listed,  # type: ignore[dict-item]
    ast.Subscript: _subscript,  # type: ignore[dict-item]
    ast.Tuple: _tuple,  # type: ignore[dict-item]
    ast.UnaryOp: _unary,  # type: ignore[dict-item]
    ast.Yield: _yield,  # type: ignore[dict-item]
}
