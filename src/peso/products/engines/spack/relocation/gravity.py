"""How grave it is that a path of the builder's stands where it stands, and why.

One table: what reads the place decides. What a loader or a shell follows is high, for a program
does not start, or takes what somebody else put there; what a program may look for is medium; what
says only where something was made is low or a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from peso.base.finding import Level
from peso.products.engines.relocation import LeakKind, Place

Grave = tuple[Level, str]

_BY_KIND: Mapping[LeakKind, Grave] = MappingProxyType(
    {
        "shebang": (Level.HIGH, "the script is started by a program in that folder"),
        "run path": (
            Level.HIGH,
            "the loader looks for libraries in that folder, and takes what anybody puts there",
        ),
        "interpreter": (Level.HIGH, "the program is started by a loader in that folder"),
        "library": (Level.HIGH, "the loader takes a library by this path, and by no other"),
        "link": (Level.MEDIUM, "the link leads into that folder, which is not there"),
        "text": (Level.LOW, "as a rule it says how the unit was built"),
        "data": (Level.LOW, "as a rule it is the name of a source file, for messages"),
        "debug": (Level.NOTE, "only a debugger reads it"),
        "leftover": (Level.NOTE, "nothing reads it: it is what a longer path left behind"),
        "bytecode": (Level.NOTE, "only a traceback of Python shows it"),
        "documentation": (Level.NOTE, "only a person reads it"),
        "account": (Level.NOTE, "it is Spack's own account of the build"),
    }
)
_IN_STORE: Mapping[LeakKind, Grave] = MappingProxyType(
    {
        "text": (Level.MEDIUM, "what reads the file looks in a folder that is not there"),
        "data": (Level.MEDIUM, "the program may look in that folder while it runs"),
    }
)
"""A store is where a unit and what it needs were installed: what names it means to use it."""


def gravity(kind: LeakKind, place: Place) -> Grave:
    """Return the level of a leak, and the reason."""
    if place == "store" and kind in _IN_STORE:
        return _IN_STORE[kind]
    return _BY_KIND[kind]
