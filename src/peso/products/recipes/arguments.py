"""The arguments of a directive, as evaluated: each one known, or with the reason why not.

An argument the directive cannot do without raises `CannotRead` when it is not known; any other one
is noted, and the rest of the directive is kept.
"""

from __future__ import annotations

from peso.products.recipes.record import Condition
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Function,
    Outside,
    Unknown,
    Value,
    VersionText,
)

LONGEST_LIST = 10_000


class Arguments:
    """Arguments by name, the conditions around them, and what could not be known of them."""

    def __init__(
        self,
        names: tuple[str, ...],
        args: list[Value],
        kwargs: dict[str, Value],
        around: Condition,
    ) -> None:
        if not args:
            self.given = kwargs
        elif len(args) == 1 and names and names[0] not in kwargs:
            self.given = {names[0]: args[0], **kwargs}
        else:
            self.given = {**_named(names, args, kwargs), **kwargs}
        self.around = around
        self.notes: list[str] = []

    def known(self, name: str, default: Value = None) -> Value:
        """Return an argument that must be known."""
        value = self.given.get(name, default)
        if type(value) is Unknown:
            raise CannotRead(value.reason)
        return value

    def text(self, name: str) -> str:
        """Return an argument that must be known and text."""
        value = self.known(name)
        if type(value) is not str:
            raise CannotRead(f"the argument {name!r} is not text: {kind(value)}")
        return value

    def soft(self, name: str, default: str = "") -> str:
        """Return an argument as text; where it is not known, note why and return the default."""
        value = self.given.get(name)
        if value is None:
            return default
        try:
            return plain_text(value)
        except CannotRead as why:
            self.notes.append(f"{name}: {why.reason}")
            return default

    def flag(self, name: str) -> bool:
        """Return whether an argument is true; where that is not known, note why and say no."""
        value = self.given.get(name)
        if type(value) is Unknown:
            self.notes.append(f"{name}: {value.reason}")
            return False
        return bool(value)

    def when(self) -> Condition | None:
        """Return the conditions that must all hold; None where they never do."""
        return conditions(self.around, self.known("when"))


def _named(names: tuple[str, ...], args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    """Return positional arguments by name."""
    if len(args) > len(names):
        raise CannotRead("it is given more arguments than it takes", raised="TypeError")
    given = dict(zip(names, args, strict=False))
    for name in sorted(given):
        if name in kwargs:
            raise CannotRead(f"the argument {name!r} is given twice", raised="TypeError")
    return given


def conditions(around: Condition, own: Value) -> Condition | None:
    """Join the conditions around a directive with its own; None: it never applies."""
    if own is None or own is True:
        return around
    if own is False:
        return None
    if type(own) is str:
        own = own.strip()
        return (*around, own) if own else around
    if type(own) is Outside or type(own) is Unknown:
        raise CannotRead(f"its condition is not known: {kind(own)}")
    raise CannotRead(f"its condition is no text: {kind(own)}")


def texts(value: Value, what: str) -> tuple[str, ...]:
    """Return one text or several as a tuple."""
    if type(value) is str:
        return (value,)
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) <= LONGEST_LIST:
        found = tuple(value if isinstance(value, (list, tuple)) else sorted(value, key=str))
        for one in found:
            if type(one) is Unknown:
                raise CannotRead(one.reason)
            if type(one) is not str:
                raise CannotRead(f"{what} has something that is no text: {kind(one)}")
        return found
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    raise CannotRead(f"{what} is neither text nor texts: {kind(value)}")


def plain_text(value: Value) -> str:  # noqa: C901, PLR0911 - one for each kind of value
    """Return a value of a simple kind as text."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    if type(value) is Function:
        return f"function {value.name}"
    if type(value) is Outside:
        return value.name
    if type(value) is VersionText:
        return value.text
    if isinstance(value, dict) and len(value) <= LONGEST_LIST:
        return ",".join(f"{plain_text(key)}={plain_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST_LIST:
        if any(isinstance(one, (list, tuple, dict)) for one in value):
            raise CannotRead("it is nested")
        return ",".join(plain_text(one) for one in value)
    raise CannotRead(f"it is of a kind that has no text: {kind(value)}")


def kind(value: Value) -> str:
    """Name the kind of a value, for people."""
    if type(value) is Outside:
        return value.name
    if type(value) is Unknown:
        return value.reason
    return type(value).__name__
