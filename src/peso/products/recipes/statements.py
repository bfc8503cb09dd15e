"""Statements of a recipe: blocks, loops and conditions, classes and functions.

1. A statement that cannot be read does not end the reading: a directive in it becomes an `Unread`,
   a name it would bind becomes an `Unknown`, and the next statement is read.
2. Where a condition or a loop is not known, that holds for everything inside it.
3. Method bodies are not read; a function is, when something calls it while a class is made.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from inspect import cleandoc
from typing import Any, Final

from peso.products.recipes.bind import bind, bind_arguments
from peso.products.recipes.doubt import doubt
from peso.products.recipes.evaluate import YIELDED, arguments, call, evaluate, is_directive
from peso.products.recipes.imports import bind_imports
from peso.products.recipes.lines import Lines
from peso.products.recipes.machine import Machine
from peso.products.recipes.names import look_up
from peso.products.recipes.operations import binary, members_of, truth
from peso.products.recipes.outside import is_spack
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.taking import take_in
from peso.products.recipes.values import (
    Class,
    Computed,
    Function,
    LateClass,
    Outside,
    Scope,
    Unknown,
    Value,
)

_BREAK, _CONTINUE = "break", "continue"
_NO_PACKAGE: Final = frozenset(("property", "when", "classmethod"))


@dataclass(frozen=True, slots=True)
class Returned:
    """A function ended with a value."""

    value: Value


Signal = str | Returned | None
Reader = Callable[[Any, Scope, Machine], Signal]


def run_block(body: list[ast.stmt], scope: Scope, machine: Machine) -> Signal:
    """Read statements one after the other; says how the block was left, if not at its end."""
    for node in body:
        machine.left -= 1
        if machine.left < 0:
            machine.spend(0)
        reader = _READERS.get(type(node))
        if reader is None:
            continue
        try:
            signal = reader(node, scope, machine)
        except CannotRead as why:
            if machine.trying and why.raised:
                raise
            doubt(node, why.reason, scope, machine)
            continue
        if signal is not None:
            return signal
    return None


def _expression(node: ast.Expr, scope: Scope, machine: Machine) -> Signal:
    value = node.value
    if type(value) is ast.Call and type(value.func) is ast.Name:
        name = value.func.id
        if is_directive(name, scope):  # nearly all of a recipe: the short way
            if machine.declare_written(name, value, scope):
                return None
            args, kwargs = arguments(value, scope, machine, soft=True)
            machine.declare(name, args, kwargs, value.lineno, scope)
            return None
    if type(value) is not ast.Constant:
        evaluate(value, scope, machine)
    return None


def _lines(node: Lines, scope: Scope, machine: Machine) -> Signal:
    for other in take_in(node, scope, machine):
        run_block([other], scope, machine)
    return None


def _assign(node: ast.Assign, scope: Scope, machine: Machine) -> Signal:
    value = evaluate(node.value, scope, machine)
    for target in node.targets:
        bind(target, value, scope, machine)
        if scope.of_class is not None and type(target) is ast.Name:
            scope.of_class.lines[target.id] = node.lineno
    return None


def _annotated(node: ast.AnnAssign, scope: Scope, machine: Machine) -> Signal:
    if node.value is not None:
        bind(node.target, evaluate(node.value, scope, machine), scope, machine)
    return None


def _augmented(node: ast.AugAssign, scope: Scope, machine: Machine) -> Signal:
    before = node.target
    if isinstance(before, ast.Name):
        left = look_up(before.id, scope)
    elif isinstance(before, ast.Subscript):
        left = evaluate(before, scope, machine)
    else:
        raise CannotRead("it changes something in place")
    value = binary(type(node.op), left, evaluate(node.value, scope, machine), machine)
    bind(before, value, scope, machine)
    return None


def _for(node: ast.For, scope: Scope, machine: Machine) -> Signal:
    for value in members_of(evaluate(node.iter, scope, machine), machine):
        machine.spend(1)
        bind(node.target, value, scope, machine)
        signal = run_block(node.body, scope, machine)
        if signal == _BREAK:
            return None
        if isinstance(signal, Returned):
            return signal
    return run_block(node.orelse, scope, machine)


def _while(node: ast.While, scope: Scope, machine: Machine) -> Signal:
    while truth(evaluate(node.test, scope, machine), machine):
        machine.spend(1)
        signal = run_block(node.body, scope, machine)
        if signal == _BREAK:
            return None
        if isinstance(signal, Returned):
            return signal
    return run_block(node.orelse, scope, machine)


def _if(node: ast.If, scope: Scope, machine: Machine) -> Signal:
    yes = truth(evaluate(node.test, scope, machine), machine)
    return run_block(node.body if yes else node.orelse, scope, machine)


def _with(node: ast.With, scope: Scope, machine: Machine) -> Signal:
    conditions, defaults = len(machine.conditions), len(machine.defaults)
    try:
        for item in node.items:
            _enter(item.context_expr, scope, machine)
        return run_block(node.body, scope, machine)
    finally:
        del machine.conditions[conditions:]
        del machine.defaults[defaults:]


def _enter(node: ast.expr, scope: Scope, machine: Machine) -> None:
    if not isinstance(node, ast.Call):
        raise CannotRead("it is inside a block of an unknown kind")
    block = evaluate(node.func, scope, machine)
    name = block.name.rpartition(".")[2] if type(block) is Outside else ""
    if name == "when" and len(node.args) == 1:
        condition = evaluate(node.args[0], scope, machine)
        if type(condition) is str:
            machine.conditions.append(condition)
        elif type(condition) is not bool:  # Spack takes no notice of True and False here
            raise CannotRead("the condition around it is no text")
    elif name == "default_args" and not node.args:
        more = {}
        for pair in node.keywords:
            if pair.arg is None:
                raise CannotRead("the defaults around it come from a dict")
            more[pair.arg] = evaluate(pair.value, scope, machine)
        machine.defaults.append(more)
    else:
        raise CannotRead("it is inside a block of an unknown kind")


def _try(node: ast.Try, scope: Scope, machine: Machine) -> Signal:
    machine.trying += 1
    try:
        signal = run_block(node.body, scope, machine)
    except CannotRead as why:
        handler = _handler(node, why.raised)
        if handler is None:
            raise
        machine.trying -= 1
        try:
            return run_block(handler.body, scope, machine)
        finally:
            machine.trying += 1
    finally:
        machine.trying -= 1
    return signal or run_block([*node.orelse, *node.finalbody], scope, machine)


def _handler(node: ast.Try, raised: str) -> ast.ExceptHandler | None:
    for one in node.handlers:
        kinds = one.type.elts if isinstance(one.type, ast.Tuple) else [one.type]
        names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
        if raised and (one.type is None or names & {raised, "Exception", "LookupError"}):
            return one
    return None


def _function(node: ast.FunctionDef, scope: Scope, machine: Machine) -> Signal:
    if scope.of_class is not None:
        scope.of_class.lines[node.name] = node.lineno
    value: Value = Function(node, scope)
    for decorator in node.decorator_list:
        last = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = last.id if isinstance(last, ast.Name) else ""
        if name == "classproperty":
            value = Computed(value)
        elif name in _NO_PACKAGE and name != "classmethod":
            value = Unknown(f"{node.name} needs an installed package")
    machine.spend(len(node.decorator_list))
    scope.names[node.name] = value
    return None


def _class(node: ast.ClassDef, scope: Scope, _machine: Machine) -> Signal:
    scope.names[node.name] = LateClass(node, scope)
    return None


def _imports(node: ast.Import | ast.ImportFrom, scope: Scope, _machine: Machine) -> Signal:
    bind_imports(node, scope)
    return None


def _return(node: ast.Return, scope: Scope, machine: Machine) -> Signal:
    return Returned(None if node.value is None else evaluate(node.value, scope, machine))


def _raise(node: ast.Raise, _scope: Scope, _machine: Machine) -> Signal:
    what = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = what.id if isinstance(what, ast.Name) else "an error"
    raise CannotRead(f"it raises {name}", raised=name)


def _delete(node: ast.Delete, scope: Scope, _machine: Machine) -> Signal:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.names.pop(target.id, None)
    return None


def _break(_node: ast.stmt, _scope: Scope, _machine: Machine) -> Signal:
    return _BREAK


def _continue(_node: ast.stmt, _scope: Scope, _machine: Machine) -> Signal:
    return _CONTINUE


_READERS: Final[dict[type, Reader]] = {
    ast.AnnAssign: _annotated,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.Break: _break,
    ast.ClassDef: _class,
    ast.Continue: _continue,
    ast.Delete: _delete,
    ast.Expr: _expression,
    ast.For: _for,
    ast.FunctionDef: _function,
    ast.If: _if,
    ast.Import: _imports,
    ast.ImportFrom: _imports,
    ast.Raise: _raise,
    ast.Return: _return,
    ast.Try: _try,
    ast.While: _while,
    ast.With: _with,
    Lines: _lines,
}


class Python:
    """The language of recipes: what a machine reads with."""

    evaluate = staticmethod(evaluate)
    call = staticmethod(call)

    @staticmethod
    def run_function(
        function: Function, args: list[Value], kwargs: dict[str, Value], machine: Machine
    ) -> Value:
        """Run a function of a recipe, with what surrounds the caller."""
        machine.spend(1)
        names = bind_arguments(function, args, kwargs, machine)
        inner = Scope(names, function.scope.module, function.scope, function=True)
        if isinstance(function.node, ast.Lambda):
            return evaluate(function.node.body, inner, machine)
        body = function.statements()
        yields = _yields(function.node)
        if yields:
            names[YIELDED] = []
        signal = run_block(body, inner, machine)
        if yields:
            return names[YIELDED]
        return signal.value if isinstance(signal, Returned) else None

    @staticmethod
    def make_class(node: ast.ClassDef, scope: Scope, machine: Machine) -> Class:
        """Read a class with what it inherits."""
        made = Class(name=node.name, module=scope.module.file, line=node.lineno)
        made.description = _description(node.body[0])
        before = machine.sink, machine.conditions, machine.defaults
        machine.sink, machine.conditions, machine.defaults = made, [], []
        made.names["__qualname__"] = node.name
        inner = Scope(made.names, scope.module, scope, made)
        try:
            for base in node.bases:
                with suppress(_Skip):
                    made.bases.append(_base(base, inner, machine))
            run_block(node.body, inner, machine)
        finally:
            machine.sink, machine.conditions, machine.defaults = before
        return made


def _description(first: ast.stmt) -> str:
    """Return what the first statement of a class says of it, if that is a text."""
    if type(first) is ast.Expr and type(first.value) is ast.Constant:
        text = first.value.value
        if type(text) is str:
            return text.lstrip() if text.isascii() and text.isprintable() else cleandoc(text)
    return ""


@lru_cache(maxsize=64)
def _yields(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Yield) for one in ast.walk(node))


class _Skip(Exception):
    """A base class that adds nothing."""


def _base(node: ast.expr, scope: Scope, machine: Machine) -> Class:
    """Return a base class; where it cannot be read, note that and go on without it."""
    try:
        found = evaluate(node, scope, machine)
    except CannotRead as why:
        reason = f"the base class {ast.unparse(node)[:80]} is not known: {why.reason}"
        machine.unread("*", node.lineno, reason, scope)
        raise _Skip from None
    if type(found) is Class:
        return found
    if type(found) is Outside and not is_spack(found.name):
        raise _Skip  # Python's own classes declare nothing
    if type(found) is Outside and found.name.rpartition(".")[2] in _PLAIN_SPACK:
        raise _Skip
    reason = f"the base class {ast.unparse(node)[:80]} is not known"
    machine.unread("*", node.lineno, reason, scope)
    raise _Skip


_PLAIN_SPACK: Final = frozenset(
    [
        "PackageBase",
        "BaseBuilder",
        "Builder",
        "BuilderWithDefaults",
        "GenericBuilder",
        "SpackError",
        "InstallError",
        "Prefix",
        "EnvironmentModifications",
    ]
)
"""Classes of Spack itself without directives."""
