"""Answer a `when` of a definition or an include. Runs no code: Spack evaluates it as Python.

1. What is understood: comparisons, `and`, `or`, `not`, `in`, texts, the names `platform`, `os`,
   `target`, `arch`, `arch_str`, `hostname`, `env`, `re.search|match|fullmatch`, `arch.satisfies`.
2. Anything else, and a fact nobody told, makes the answer unknown, unless it does not matter:
   `False and x` is no.
3. A regular expression that could run for ever (a repeated group) is not run.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from peso.errors import PesoError
from peso.products.environments.facts import Facts
from peso.products.environments.record import Answer, Condition, Text
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import satisfies

_LONGEST: Final = 2000
_REPEATED_GROUP = re.compile(r"\)\s*[*+?{]")
_METHODS: Final = frozenset({"startswith", "endswith", "lower", "upper", "strip"})
_SEARCHES: Final[Mapping[str, Callable[[str, str], object]]] = {
    "search": re.search,
    "match": re.match,
    "fullmatch": re.fullmatch,
}
_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: lambda a, b: bool(a == b),
    ast.NotEq: lambda a, b: bool(a != b),
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b or (isinstance(a, str) and a == b),
    ast.IsNot: lambda a, b: not (a is b or (isinstance(a, str) and a == b)),
    ast.Lt: lambda a, b: bool(a < b),
    ast.LtE: lambda a, b: bool(a <= b),
    ast.Gt: lambda a, b: bool(a > b),
    ast.GtE: lambda a, b: bool(a >= b),
}


class _UnknownError(Exception):
    """A part of the condition that cannot be answered, and why."""


class _Variables(Struct, frozen=True):
    """The name `env` in a condition."""

    of: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.of


class _Machine(Struct, frozen=True, eq=False):
    """The name `arch` in a condition: a spec of the machine."""

    text: str


def answer(text: Text, facts: Facts) -> Condition:
    """Answer a condition for a machine."""
    try:
        said = _Reader(facts).value(_parsed(text.value))
    except _UnknownError as unknown:
        return Condition(text=text, answer=Answer.UNKNOWN, reason=str(unknown))
    except RecursionError:
        return Condition(text=text, answer=Answer.UNKNOWN, reason="it is nested too deeply")
    return Condition(text=text, answer=Answer.YES if said else Answer.NO)


def _parsed(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise _UnknownError(f"it is longer than {_LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in patterns that are not ours
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError) as error:
        said = getattr(error, "msg", None) or str(error)
        raise _UnknownError(f"it is not Python: {said}") from None


class _Reader:
    """Reads the tree of a condition."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._readers: dict[type[ast.expr], Callable[[Any], object]] = {
            ast.Constant: lambda node: node.value,
            ast.Name: lambda node: self._name(node.id),
            ast.BoolOp: self._either,
            ast.UnaryOp: self._not,
            ast.Compare: self._compare,
            ast.List: self._several,
            ast.Tuple: self._several,
            ast.Set: self._several,
            ast.IfExp: lambda node: self.value(node.body if self.value(node.test) else node.orelse),
            ast.Subscript: lambda node: self._item(self.value(node.value), self.value(node.slice)),
            ast.Call: self._call,
        }

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401 - any Python value
        """Return the value of an expression; raises `_UnknownError`."""
        read = self._readers.get(type(node))
        if read is None:
            raise _UnknownError(f"`{_short(node)}` is not understood")
        return read(node)

    def _name(self, name: str) -> object:
        facts = self._facts
        if name == "env":
            return _Variables(facts.variables)
        if name in {"arch", "architecture", "arch_str"}:
            for part in ("platform", "os", "target"):
                self._told(getattr(facts, part), part)
            text = f"arch={facts.platform}-{facts.os}-{facts.target}"
            return text if name == "arch_str" else _Machine(text)
        known = {
            "platform": facts.platform,
            "os": facts.os,
            "target": facts.target,
            "hostname": facts.hostname,
        }
        if name not in known:
            raise _UnknownError(f"the name `{name}` is not one of a condition's")
        self._told(known[name], name)
        return known[name]

    def _not(self, node: ast.UnaryOp) -> bool:
        if not isinstance(node.op, ast.Not):
            raise _UnknownError(f"`{_short(node)}` is not understood")
        return not self.value(node.operand)

    def _several(self, node: ast.List | ast.Tuple | ast.Set) -> tuple[object, ...]:
        return tuple(self.value(one) for one in node.elts)

    def _told(self, value: str, name: str) -> None:
        if not value:
            raise _UnknownError(f"the {name} of the machine is not known here")

    def _either(self, node: ast.BoolOp) -> object:
        """Answer `and` and `or`; an unknown part counts only where it decides."""
        stop = isinstance(node.op, ast.Or)
        unknown: _UnknownError | None = None
        found: object = None
        for one in node.values:
            try:
                found = self.value(one)
            except _UnknownError as error:
                unknown = unknown or error
                continue
            if bool(found) is stop:
                return found
        if unknown is not None:
            raise unknown
        return found

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for sign, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            if isinstance(left, (_Variables, _Machine)) or isinstance(right, _Machine):
                raise _UnknownError(f"`{_short(node)}` is not understood")
            if isinstance(right, _Variables) and not isinstance(sign, (ast.In, ast.NotIn)):
                raise _UnknownError("`env` can be asked for a name only")
            try:
                if not _COMPARE[type(sign)](left, right):
                    return False
            except TypeError as error:
                raise _UnknownError(f"`{_short(node)}`: {error}") from None
            left = right
        return True

    def _item(self, of: object, key: object) -> object:
        if not isinstance(of, _Variables):
            raise _UnknownError("only `env[…]` is understood")
        if key not in of:
            raise _UnknownError(f"the variable {key} is not set, and Spack stops there")
        return of.of[str(key)]

    def _call(self, node: ast.Call) -> object:
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            raise _UnknownError(f"`{_short(node)}` is not understood")
        called = node.func.attr
        arguments = [self.value(one) for one in node.args]
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            return self._search(called, arguments)
        of = self.value(node.func.value)
        if isinstance(of, _Variables) and called == "get" and len(arguments) in {1, 2}:
            return of.of.get(str(arguments[0]), arguments[1] if len(arguments) > 1 else None)
        if isinstance(of, _Machine) and called == "satisfies" and len(arguments) == 1:
            return _is(of, arguments[0])
        if isinstance(of, str) and called in _METHODS:
            try:
                return getattr(of, called)(*arguments)
            except TypeError as error:
                raise _UnknownError(f"`{_short(node)}`: {error}") from None
        raise _UnknownError(f"`{_short(node)}` is not understood")

    def _search(self, how: str, arguments: list[Any]) -> object:
        if how not in _SEARCHES or [type(one) for one in arguments] != [str, str]:
            raise _UnknownError(f"`re.{how}` is not understood")
        pattern, text = arguments
        if _REPEATED_GROUP.search(pattern) or len(text) > _LONGEST:
            raise _UnknownError("a regular expression that may run for ever is not run")
        try:
            return _SEARCHES[how](pattern, text)
        except (re.error, RecursionError, OverflowError) as error:
            raise _UnknownError(f"the regular expression is wrong: {error}") from None


def _is(machine: _Machine, constraint: object) -> bool:
    """Say whether the machine satisfies a spec."""
    try:
        return satisfies(parse_spec(machine.text), parse_spec(str(constraint)))
    except PesoError as error:
        raise _UnknownError(f"{constraint!r}: {error.message}") from None


def _short(node: ast.AST) -> str:
    try:
        return ast.unparse(node)[:60]
    except (RecursionError, ValueError):
        return type(node).__name__
