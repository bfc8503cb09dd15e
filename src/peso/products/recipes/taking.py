"""Plain lines of a class, taken in without a syntax tree: see `lines.py`.

What a line says is what its statement would say. Where a name in it is not surely Spack's, it goes
back to be read as a statement.
"""

from __future__ import annotations

import ast
import re
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
from peso.products.recipes.values import Declared, Scope

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
        name = _CALLED.get(found.lastindex or 0) or found[7]
        if name not in sure:
            sure[name] = is_directive(name, scope)
        declared = _declared(line, made.module) if sure[name] else None
        if declared is not None:
            made.take_in(declared)
        elif sure[name] and (given := arguments(_written(found))) is not None:
            machine.declare(name, *given, number, scope)
        else:
            yield statement(line)


def _declared(line: Line, file: str) -> Declared | None:
    """Return one of the two directives that nearly all are; None: it is another, or special."""
    number, found = line
    if found.lastindex == DEPENDENCY:
        says = (said := _tail(found[4])) and dependency(found[3], *said, (number, file))
        return Declared("depends_on", says) if says else None
    if found.lastindex == VERSION:
        text, checksum = found[1], found[2]
        says = version(text, checksum, (number, file))
        return Declared("version", says, (text, {"sha256": checksum}))
    return None


def _written(found: re.Match[str]) -> str:
    """Return the arguments of a line as they are written."""
    return f'"{found[3]}"{found[4]}' if found.lastindex == DEPENDENCY else found[8]


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
