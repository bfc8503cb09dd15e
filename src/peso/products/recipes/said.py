"""What a recipe says before it is a record: fields by name, only where a default does not hold.

1. Nearly all that is read goes into the index and is a record only when somebody asks for that
   recipe. So no record is made before: fields are written as MessagePack; a record comes of that.
2. A field that is left out has the default of `record.py`; so what is kept is small.
3. `Said` names the field of `Recipe` that a directive belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from peso.products.recipes.record import Condition, Recipe

Fields = dict[str, Any]
"""The fields of a record of `record.py`."""
Said = tuple[str, Any]
"""A field of `Recipe` and what to put there: the fields of a directive, or a text."""
Says = tuple[Said, ...]
Place = tuple[int, str]
"""Line and file."""


def at(place: Place, when: Condition = ()) -> Fields:
    """Return the fields that every directive has."""
    line, file = place
    if when:
        return {"line": line, "file": file, "when": when} if file else {"line": line, "when": when}
    return {"line": line, "file": file} if file else {"line": line}


def unread(directive: str, place: Place, reason: str) -> Said:
    """Return what says that something is not known."""
    return "unread", {"directive": directive, **at(place), "reason": reason}


def recipe_of(fields: Mapping[str, Any]) -> Recipe:
    """Return the record of a recipe's fields."""
    return msgspec.convert(fields, Recipe)
