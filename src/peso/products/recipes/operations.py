"""Operations on plain values: operators, formatting and methods, each bounded before it runs.

Only what is listed here is done; everything else is `CannotRead`. An exception that Python raises
is one the recipe would raise too, and is told as such.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Final

from peso.products.recipes.machine import LONGEST, Machine
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Outside,
    Sets,
    SpecText,
    Unknown,
    Value,
    VersionText,
)

_PLAIN: Final = (str, int, float, bool, type(None))
_BIG = 1 << 64
_SHORT = 31
"""Letters; looking at a text that short is free."""
_WIDTH = re.compile(r"\d{5}")
_HUGE_FIELD = re.compile(r"\{[^{}]*(?:\d{5}|:[^{}]*\{)|__")
"""In a text to be formatted: a width of five digits, or one that is given as an argument."""
_HUGE_PERCENT = re.compile(r"%[^a-zA-Z%]*(?:\d{5}|\*)")
_ORDERED: Final[dict[type, Callable[[Value, Value], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: Final[dict[type, Callable[[Value, Value], Value]]] = {
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
METHODS: Final[dict[type, frozenset[str]]] = {
    str: frozenset(
        [
            "capitalize",
            "casefold",
            "count",
            "endswith",
            "find",
            "format",
            "index",
            "isalnum",
            "isalpha",
            "isdigit",
            "isdecimal",
            "isidentifier",
            "islower",
            "isnumeric",
            "isspace",
            "istitle",
            "isupper",
            "join",
            "lower",
            "lstrip",
            "partition",
            "replace",
            "removeprefix",
            "removesuffix",
            "rfind",
            "rindex",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
            "zfill",
            "ljust",
            "rjust",
            "center",
        ]
    ),
    list: frozenset(
        [
            "append",
            "clear",
            "copy",
            "count",
            "extend",
            "index",
            "insert",
            "pop",
            "remove",
            "reverse",
            "sort",
        ]
    ),
    tuple: frozenset(("count", "index")),
    dict: frozenset(
        (
            *(
                "clear",
                "copy",
                "get",
                "items",
                "keys",
                "pop",
                "setdefault",
                "update",
                "values",
            ),
        )
    ),
    set: frozenset(
        [
            "add",
            "clear",
            "copy",
            "difference",
            "discard",
            "intersection",
            "isdisjoint",
            "issubset",
            "issuperset",
            "pop",
            "remove",
            "symmetric_difference",
            "union",
            "update",
        ]
    ),
    frozenset: frozenset(
        (
            *(
                "copy",
                "difference",
                "intersection",
                "isdisjoint",
                "issubset",
                "issuperset",
            ),
            *("union",),
        )
    ),
}


def weigh(value: Value, machine: Machine) -> None:
    """Pay for looking at all of a value, and refuse one with something unknown in it."""
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    if type(value) is str:
        if len(value) > _SHORT:
            machine.spend(len(value) >> 5)
        return
    if isinstance(value, _PLAIN):
        return
    machine.spend(1)
    if isinstance(value, dict):
        for key, one in value.items():
            weigh(key, machine)
            weigh(one, machine)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            if type(one) is not str or len(one) > _SHORT:
                weigh(one, machine)


def copied(value: Value, machine: Machine) -> Value:
    """Return a value that nobody else sees changes of."""
    if isinstance(value, (list, dict, set)):
        weigh(value, machine)
        return _copy(value)
    return value


def _copy(value: Value) -> Value:
    if type(value) is list:
        return [_copy(one) for one in value]
    if type(value) is dict:
        return {key: _copy(one) for key, one in value.items()}
    return set(value) if type(value) is set else value


def members_of(value: Value, machine: Machine) -> list[Value]:
    """Return the members of a value that can be gone through."""
    if isinstance(value, (list, tuple, set, frozenset, dict, str)):
        machine.members(len(value))
        if isinstance(value, (set, frozenset)):
            return sorted(value, key=str)  # Python's own order differs from run to run
        return list(value)
    if type(value) is Sets:
        return [one for several in value.sets for one in several]
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    raise CannotRead(f"it goes through {type(value).__name__}")


def truth(value: Value, machine: Machine) -> bool:
    """Return whether a value counts as true."""
    if type(value) is Outside:
        raise CannotRead(f"it depends on {value.name}")
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    machine.spend(1)
    return bool(value)


def binary(kind: type, left: Value, right: Value, machine: Machine) -> Value:
    """Return `left op right`."""
    if kind is ast.Add:
        return _add(left, right, machine)
    if kind is ast.Mod and type(left) is str:
        return _percent(left, right, machine)
    if kind is ast.Mult:
        return _times(left, right, machine)
    if kind is ast.Div and type(right) is Outside:
        raise CannotRead(f"it uses {right.name}")
    done = operator.mod if kind is ast.Mod else _ARITHMETIC.get(kind)
    if done is None:
        raise CannotRead(f"it uses the operator {kind.__name__}")
    for one in (left, right):
        if not isinstance(one, (int, float, set, frozenset, dict)):
            raise CannotRead(f"it computes with {type(one).__name__}")
        weigh(one, machine)
    return done(left, right)


def _add(left: Value, right: Value, machine: Machine) -> Value:
    if type(left) is str and type(right) is str:
        machine.text(len(left) + len(right))
        return left + right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        machine.members(len(left) + len(right))
    elif not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        raise CannotRead(f"it adds {type(left).__name__} and {type(right).__name__}")
    return left + right


def _times(left: Value, right: Value, machine: Machine) -> Value:
    if isinstance(left, int) and isinstance(right, (str, list, tuple)):
        left, right = right, left
    if isinstance(left, str) and isinstance(right, int):
        machine.text(len(left) * max(right, 0))
    elif isinstance(left, (list, tuple)) and isinstance(right, int):
        machine.members(len(left) * max(right, 0))
    elif not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        raise CannotRead(f"it multiplies {type(left).__name__}")
    elif abs(left) > _BIG or abs(right) > _BIG:
        raise CannotRead("it computes with huge numbers")
    return left * right


def _shown(value: Value, machine: Machine) -> int:
    """Return how long a value is as text, at most; only what is plain, or plain in one list."""
    if type(value) is str:
        machine.left -= len(value) >> 5  # whoever makes the text pays, and looks at what is left
        return len(value)
    weigh(value, machine)
    if isinstance(value, _PLAIN):
        return 32
    if isinstance(value, (VersionText, SpecText)):
        return len(value.text)
    if isinstance(value, (list, tuple)) and all(isinstance(one, _PLAIN) for one in value):
        return sum(4 + 4 * _shown(one, machine) for one in value)
    raise CannotRead(f"it makes a text of {type(value).__name__}")


def as_text(value: Value, machine: Machine) -> str:
    """Return `str(value)`."""
    machine.text(_shown(value, machine))
    return value.text if isinstance(value, (VersionText, SpecText)) else str(value)


def formatted(value: Value, spec: str, conversion: int, machine: Machine) -> str:
    """Return a value as an f-string puts it."""
    if _WIDTH.search(spec):
        raise CannotRead("it formats with a huge width")
    machine.text(_shown(value, machine))
    if isinstance(value, (VersionText, SpecText)):
        value = value.text
    if conversion == ord("r"):
        value = repr(value)
    elif conversion in {ord("s"), ord("a")}:
        value = str(value)
    return format(value, spec)


def _percent(text: str, values: Value, machine: Machine) -> str:
    if _HUGE_PERCENT.search(text):
        raise CannotRead("it formats with a huge width")
    values = _plain(values)
    if isinstance(values, dict):
        long = sum(_shown(one, machine) for one in values.values()) * text.count("%")
    elif isinstance(values, tuple):
        long = sum(_shown(one, machine) for one in values)
    else:
        long = _shown(values, machine)
    machine.text(len(text) + long)
    if isinstance(values, tuple):
        values = tuple(map(_plain, values))
    elif isinstance(values, dict):
        values = {name: _plain(one) for name, one in values.items()}
    return str(text % values)


def _plain(value: Value) -> Value:
    return value.text if isinstance(value, (VersionText, SpecText)) else value


def compare(kind: type, left: Value, right: Value, machine: Machine) -> bool:
    """Return `left op right` for a comparison."""
    if kind is ast.Is or kind is ast.IsNot:
        same = left is right or (type(left) is Outside and left == right)
        return same if kind is ast.Is else not same
    weigh(left, machine)
    weigh(right, machine)
    if kind is ast.In or kind is ast.NotIn:
        if not isinstance(right, (str, list, tuple, dict, set, frozenset)):
            raise CannotRead(f"it looks into {type(right).__name__}")
        return (left in right) is (kind is ast.In)
    if type(left) is Outside or type(right) is Outside:
        raise CannotRead("it compares something outside the recipe")
    if type(left) is VersionText and type(right) is VersionText:
        left, right = left.key(), right.key()
    return bool(_ORDERED[kind](left, right))


def method(
    of: Value, name: str, args: list[Value], kwargs: dict[str, Value], machine: Machine
) -> Value:
    """Call a method of a plain value."""
    if type(of) is str:
        args = [_plain(one) for one in args]
        kwargs = {name: _plain(one) for name, one in kwargs.items()}
        _afford_text_method(of, name, args, kwargs, machine)
    else:
        for one in (*args, *kwargs.values()):
            if name not in {"append", "insert", "get", "setdefault", "pop", "update", "extend"}:
                weigh(one, machine)
        _afford_collection_method(of, name, args, machine)
    found = getattr(of, name)(*args, **kwargs)
    if isinstance(of, dict) and name in {"items", "keys", "values"}:
        return list(found)
    return found


def _afford_text_method(
    of: str, name: str, args: list[Value], kwargs: dict[str, Value], machine: Machine
) -> None:
    long = len(of)
    if name == "format":
        if _HUGE_FIELD.search(of):
            raise CannotRead("it formats with a huge width or looks inside a value")
        most = max((_shown(one, machine) for one in (*args, *kwargs.values())), default=0)
        long += most * of.count("{")
    elif name == "join":
        parts = args[0] if args else ()
        if not isinstance(parts, (list, tuple, set, dict, frozenset, str)):
            raise CannotRead(f"it joins {type(parts).__name__}")
        weigh(parts, machine)
        long = sum(len(one) + len(of) for one in parts if isinstance(one, str))
    elif name == "replace" and len(args) > 1 and type(args[1]) is str:
        long += (of.count(args[0]) if type(args[0]) is str else 0) * len(args[1])
    elif name in {"zfill", "ljust", "rjust", "center"} and args and type(args[0]) is int:
        long = max(long, args[0])
    for one in args:
        weigh(one, machine)
    machine.text(long)


def _afford_collection_method(of: Value, name: str, args: list[Value], machine: Machine) -> None:
    if name in {"append", "add", "insert", "setdefault"}:
        machine.spend(1)
    elif name in {"extend", "update", "union"}:
        machine.members(sum(len(one) for one in args if hasattr(one, "__len__")))
    else:
        weigh(of, machine)
    if hasattr(of, "__len__") and len(of) > LONGEST:
        raise CannotRead(f"it makes a collection of {len(of)} members")
