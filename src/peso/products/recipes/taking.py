"""Plain lines of a class, taken in without a syntax tree: see `lines.py`.

What a line says is what its statement would say. Where a name in it is not surely Spack's, it goes
back to be read as a statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from peso.products.recipes.evaluate import is_directive
from peso.products.recipes.lines import (
    ATTRIBUTE,
    DEPENDENCY,
    VERSION,
    Line,
    Lines,
    arguments,
    statement,
)
from peso.products.recipes.machine import Machine
from peso.products.recipes.plain import DEFAULT, dependency, types_written, version
from peso.products.recipes.record import Condition
from peso.products.recipes.values import Class, Declared, Scope


def take_in(node: Lines, scope: Scope, machine: Machine) -> Iterator[ast.stmt]:
    """Take lines in, one after the other; yields each that must be read as a statement, then."""
    machine.spend(len(node.several))
    made = scope.of_class
    for line in node.several:
        if made is None or not _taken(line, made, scope, machine):
            yield statement(line)


def _taken(line: Line, made: Class, scope: Scope, machine: Machine) -> bool:
    number, found = line
    what = found.lastindex
    if what == ATTRIBUTE:
        name, text = found.group(5, 6)
        scope.names[name] = text
        made.lines[name] = number
        return True
    if what == DEPENDENCY:
        if not is_directive("depends_on", scope):
            return False
        spec, tail = found.group(3, 4)
        if (said := _tail(tail)) and (says := dependency(spec, *said, (number, made.module))):
            made.take_in(Declared("depends_on", says))
            return True
        return _declared("depends_on", f'"{spec}"{tail}', number, scope, machine)
    if what == VERSION:
        if not is_directive("version", scope):
            return False
        text, checksum = found.group(1, 2)
        says = version(text, checksum, (number, made.module))
        made.take_in(Declared("version", says, (text, {"sha256": checksum})))
        return True
    name, text = found.group(7, 8)
    return is_directive(name, scope) and _declared(name, text, number, scope, machine)


def _declared(directive: str, text: str, number: int, scope: Scope, machine: Machine) -> bool:
    """Take a directive in by the long way; False: its arguments are not as they should be."""
    given = arguments(text)
    if given is None:
        return False
    machine.declare(directive, *given, number, scope)
    return True


@lru_cache(maxsize=1 << 13)
def _tail(text: str) -> tuple[tuple[str, ...], Condition] | None:
    """Return the types and the condition after a dependency's spec; few in all recipes together."""
    given = arguments(text)
    if given is None:
        return None
    types, when = types_written(given[1].get("type", DEFAULT)), given[1].get("when", "")
    if types is None or type(when) is not str:
        return None
    own = when.strip()
    return types, ((own,) if own else ())
