"""Plain lines of a class, taken in without a syntax tree: see `lines.py`.

What a line says is what its statement would say. Where a name in it is not surely Spack's, it goes
back to be read as a statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

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

_CALLED: Final = {VERSION: "version", DEPENDENCY: "depends_on"}


def take_in(node: Lines, scope: Scope, machine: Machine) -> Iterator[ast.stmt]:
    """Take lines in, one after the other; yields each that must be read as a statement, then."""
    machine.spend(len(node.several))
    made = scope.of_class
    if made is None:
        yield from map(statement, node.several)
        return
    sure: dict[str, bool] = {}
    for line in node.several:
        number, found = line
        if found.lastindex == ATTRIBUTE:
            made.names[found[5]] = found[6]
            made.lines[found[5]] = number
            continue
        name = _CALLED.get(found.lastindex) or found[7]
        if name not in sure:
            sure[name] = is_directive(name, scope)
        if not (sure[name] and _taken(line, made, scope, machine)):
            yield statement(line)


def _taken(line: Line, made: Class, scope: Scope, machine: Machine) -> bool:
    number, found = line
    if found.lastindex == VERSION:
        text, checksum = found[1], found[2]
        says = version(text, checksum, (number, made.module))
        made.take_in(Declared("version", says, (text, {"sha256": checksum})))
        return True
    if found.lastindex != DEPENDENCY:
        return _declared(found[7], found[8], number, scope, machine)
    said = _tail(found[4])
    plainly = said and dependency(found[3], *said, (number, made.module))
    if not plainly:
        return _declared("depends_on", f'"{found[3]}"{found[4]}', number, scope, machine)
    made.take_in(Declared("depends_on", plainly))
    return True


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
