"""What a statement that cannot be read leaves behind: nothing it might have done is known.

A directive in it is an `Unread`, a name it would bind and a collection it would change are unknown,
and a function that might have ended there has no known value.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Final

from peso.products.recipes.directives import DIRECTIVES
from peso.products.recipes.machine import Machine
from peso.products.recipes.names import look_up
from peso.products.recipes.outside import is_spack
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import Function, Outside, Scope, Unknown

_CHANGES: Final = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)
"""Methods that change what they are called on."""
_MAKES_CODE: Final = frozenset(("eval", "exec", "globals", "locals", "vars", "setattr"))
"""Functions of Python that can do anything."""


_CALLS, _BINDS, _CHANGED = range(3)
_Deed = tuple[int, str, int]
"""What it does, to which name, in which line."""


def doubt(node: ast.stmt, reason: str, scope: Scope, machine: Machine) -> None:
    """Mark everything a statement would do as not known."""
    nodes, deeds, leaves = _deeds(node)
    machine.spend(nodes)
    for kind, name, line in deeds:
        if kind == _BINDS:
            scope.names[name] = Unknown(reason)
        elif kind == _CHANGED:
            _poison(name, Unknown(reason), scope)
        elif name in DIRECTIVES:
            machine.unread(name, line, reason, scope)
        elif not scope.function and _declares(name, scope):
            machine.unread("*", line, reason, scope)
    if leaves and scope.function and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        raise CannotRead(reason)


@lru_cache(maxsize=256)
def _deeds(node: ast.stmt) -> tuple[int, tuple[_Deed, ...], bool]:
    """Return how many nodes a statement has, what it would do, and whether it may end a function.

    Kept: a function that is called for a hundred versions fails at the same statements each time.
    """
    deeds: list[_Deed] = []
    nodes, leaves = 0, False
    for one in ast.walk(node):
        nodes += 1
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            deeds.append((_CALLS, one.func.id, one.lineno))
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            deeds.append((_BINDS, one.id, 0))
        elif isinstance(one, (ast.Attribute, ast.Subscript)) and isinstance(one.value, ast.Name):
            # A list that something unknown was done to is not known any more.
            stored = not isinstance(one.ctx, ast.Load)
            if stored or (isinstance(one, ast.Attribute) and one.attr in _CHANGES):
                deeds.append((_CHANGED, one.value.id, 0))
        elif isinstance(one, ast.Return):
            leaves = True
    return nodes, tuple(deeds), leaves


def _poison(name: str, unknown: Unknown, scope: Scope) -> None:
    """Make a collection unknown here, and for everybody else who has it under another name."""
    try:
        value = look_up(name, scope)
    except CannotRead:
        value = None
    if isinstance(value, list):
        value.append(unknown)
    elif isinstance(value, set):
        value.add(unknown)
    elif isinstance(value, dict):
        value[unknown] = unknown
    scope.names[name] = unknown


def _declares(name: str, scope: Scope) -> bool:
    """Say whether a function that could not be called may declare something."""
    try:
        function = look_up(name, scope)
    except CannotRead:
        return True
    if type(function) is Outside:
        return is_spack(function.name) or function.name.rpartition(".")[2] in _MAKES_CODE
    if type(function) is not Function:
        return True
    return any(
        isinstance(one, ast.Name) and one.id in DIRECTIVES
        for several in function.statements()
        for one in ast.walk(several)
    )
