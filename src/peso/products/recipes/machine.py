"""The state of reading one file: what may still be spent, the blocks around, where directives go.

1. Every step and every piece of data made is paid for from one purse, so that a recipe made to hurt
   ends as `TooMuch` in bounded time and memory.
2. `with when(...)` and `with default_args(...)` are stacks, as in Spack: a function called inside a
   block is inside it too.
3. What depends on the machine that reads (`sys.platform`) is answered for a `Host` that is handed
   in, never for this process.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Protocol

from peso.products.recipes.directives import say
from peso.products.recipes.host import LINUX, Host
from peso.products.recipes.plain import PLAIN, written
from peso.products.recipes.refusals import CannotRead, TooMuch
from peso.products.recipes.said import unread
from peso.products.recipes.values import (
    Class,
    Declared,
    Function,
    LateImport,
    Module,
    Scope,
    Unknown,
    Value,
)

STEPS = 2_000_000
"""What a file may spend; the largest real recipe spends a tenth of it."""
LONGEST_TEXT = 1 << 20
LONGEST = 100_000
"""How many members a tuple, list, set or dict may have."""
DEEPEST = 40
"""How deep functions may call each other."""


Imports = Callable[[LateImport, Module], Value]
"""Looks up a name of another file; raises `CannotRead`."""


class Language(Protocol):
    """How expressions, classes and functions are read; each raises `CannotRead`."""

    def evaluate(self, node: ast.expr, scope: Scope, machine: Machine) -> Value:
        """Return what an expression is worth."""

    def call(
        self, function: Value, args: list[Value], kwargs: dict[str, Value], machine: Machine
    ) -> Value:
        """Call anything that can be called."""

    def run_function(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], machine: Machine
    ) -> Value:
        """Run a function of a recipe."""

    def make_class(self, node: ast.ClassDef, scope: Scope, machine: Machine) -> Class:
        """Read a class."""


class Machine:
    """What reading a file needs beside its code."""

    def __init__(
        self, language: Language, imports: Imports, host: Host = LINUX, steps: int = STEPS
    ) -> None:
        self.language = language
        self.imports = imports
        self.host = host
        self.left = steps
        self.conditions: list[str] = []
        self.defaults: list[dict[str, Value]] = []
        self.sink: Class | None = None
        self.depth = 0
        self.trying = 0
        """How many `try` blocks are around."""

    def spend(self, steps: int) -> None:
        """Pay for steps or data; raises `TooMuch` when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuch("reading it takes more steps than any honest recipe")

    def text(self, length: int) -> None:
        """Pay for a text of a length before it is made."""
        if length > LONGEST_TEXT:
            raise CannotRead(f"it makes a text of {length} letters")
        self.spend(1 + (length >> 5))

    def members(self, count: int) -> None:
        """Pay for a collection of so many members before it is made."""
        if count > LONGEST:
            raise CannotRead(f"it makes a collection of {count} members")
        self.spend(1 + count)

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Return what an expression is worth."""
        return self.language.evaluate(node, scope, self)

    def call(self, function: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Call anything that can be called."""
        return self.language.call(function, args, kwargs, self)

    def run_function(
        self, function: Function, args: list[Value], kwargs: dict[str, Value]
    ) -> Value:
        """Run a function of a recipe, no deeper than it makes sense."""
        if self.depth >= DEEPEST:
            raise CannotRead("its functions call each other too deep")
        self.depth += 1
        try:
            return self.language.run_function(function, args, kwargs, self)
        finally:
            self.depth -= 1

    def make_class(self, node: ast.ClassDef, scope: Scope) -> Class:
        """Read a class."""
        return self.language.make_class(node, scope, self)

    def declare(
        self, directive: str, args: list[Value], kwargs: dict[str, Value], line: int, scope: Scope
    ) -> Declared | None:
        """Take in a call of a directive; what it says, or why that is not known."""
        if self.defaults:
            merged: dict[str, Value] = {}
            for more in self.defaults:
                merged.update(more)
            kwargs = {**merged, **kwargs}
        place, around = (line, scope.module.file), tuple(self.conditions)
        try:
            short = PLAIN.get(directive)
            says = None if short is None else short(args, kwargs, around, place)
            if says is None:
                says = say(directive, args, kwargs, around, place)
        except CannotRead as why:
            says = (unread(directive, place, why.reason),)
        declared = Declared("variant" if directive == "build_system" else directive, says)
        if directive == "version" and args:
            declared.given = str(args[0]), kwargs
        sink = self.sink
        if sink is not None:
            sink.take_in(declared)
            if "patches" in kwargs:
                _take_back(sink, kwargs["patches"])
        return declared

    def declare_written(self, directive: str, call: ast.Call, scope: Scope) -> bool:
        """Take in a directive that is written plainly; False: nothing was done."""
        if self.defaults or self.sink is None:
            return False
        around, file = tuple(self.conditions), scope.module.file
        says = written(directive, call, scope.names, around, file)
        if says is None:
            return False
        declared = Declared(directive, says)
        if directive == "version":
            fields = says[0][1]
            declared.given = fields["number"], {"sha256": fields["checksum"]}
        self.sink.take_in(declared)
        return True

    def unread(self, directive: str, line: int, reason: str, scope: Scope) -> None:
        """Note that something in the class being read is not known."""
        if self.sink is not None:
            note = unread(directive, (line, scope.module.file), reason)
            declared = Declared(kind="*", says=(note,))
            self.sink.declared.setdefault("*", []).append(declared)


def _take_back(sink: Class, patches: Value) -> None:
    """A patch that is an argument is not a patch of this package."""
    for one in patches if isinstance(patches, (list, tuple)) else (patches,):
        if type(one) is Declared:
            kept = [other for other in sink.declared.get(one.kind, ()) if other is not one]
            sink.declared[one.kind] = kept


def known(value: Value) -> Value:
    """Return a value that must be known."""
    if type(value) is Unknown:
        raise CannotRead(value.reason)
    return value
