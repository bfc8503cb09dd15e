"""Plan: the exact units of every part of a stack, before anything is built.

Asks each part's engine for its lock. Builds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from peso.base.record import Record
from peso.errors import BadInput, Fault
from peso.products.engines.native import NativeLock
from peso.products.engines.port import AnyLock, Engine, Lock, Workbench
from peso.products.stack import Stack


class Plan(Record):
    """The exact resolution of a stack."""

    stack: str
    version: str
    locks: tuple[AnyLock, ...]

    @property
    def python(self) -> tuple[Lock, ...]:
        """The locks of Python parts."""
        return tuple(lock for lock in self.locks if isinstance(lock, Lock))

    @property
    def native(self) -> tuple[NativeLock, ...]:
        """The locks of native parts."""
        return tuple(lock for lock in self.locks if isinstance(lock, NativeLock))


def plan(stack: Stack, engines: Mapping[str, Engine], bench: Workbench, *, upgrade: bool) -> Plan:
    """Resolve every part of a stack, in the order the stack file names them.

    Args:
        stack: The stack.
        engines: Engines by part name, or by engine name where one serves every part.
        bench: What an engine may use.
        upgrade: Let each engine move the versions it keeps beside the stack file.

    Raises:
        BadInput: A part has no engine, or the engine refuses what the part says.
        Outside: Resolving failed.
    """
    serving = {name: engine_of(name, part.engine, engines) for name, part in stack.parts.items()}
    if faults := [
        Fault(where=f"parts.{name}", message=f"no engine {stack.parts[name].engine!r} here")
        for name, engine in serving.items()
        if engine is None
    ]:
        raise BadInput("the stack has parts nobody can make", faults=tuple(faults))
    locks = tuple(
        engine.plan(stack, name, bench, upgrade=upgrade)
        for name, engine in serving.items()
        if engine is not None
    )
    return Plan(stack=stack.name, version=stack.version, locks=locks)


def engine_of(part: str, engine: str, engines: Mapping[str, Engine]) -> Engine | None:
    """Return the engine of a part: the one made for it by name, else the one of that kind."""
    return engines.get(part) or engines.get(engine)
