"""What a workspace holds, found and read lightly: for questions that must be answered at once.

Beside `workspace.py`, which wires a delivery and validates what it reads. Here:

1. A workspace is the nearest folder at or above a given one that holds `peso.yaml`.
2. Its recipes are the repositories that its `recipes:` names, relative to it; `@COMMIT` stays.
3. Its stacks are every `stack.yaml` and `spack.yaml` in it; of both in one folder, the first.
   What is in a folder whose name begins with a dot is not looked at, nor a workspace's products
   and consortium, of which one may be called `spack`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from peso.errors import BadInput

if TYPE_CHECKING:
    from peso.products.environments.record import Doubt

FILE = "peso.yaml"
STACKS = ("stack.yaml", "spack.yaml")
RECORDS = ("products", "consortium")
"""The folders of a workspace whose files are records of products and of the consortium."""


def workspace_root(folder: Path) -> Path | None:
    """Return the workspace a folder is in; None where it is in none."""
    here = folder.absolute()
    return next((one for one in (here, *here.parents) if (one / FILE).is_file()), None)


def recipe_repositories(root: Path) -> tuple[str, ...]:
    """Return the recipe repositories a workspace names.

    Raises:
        BadInput: Its `peso.yaml` is not YAML, or names them in another way than in a list.
    """
    import yaml  # noqa: PLC0415 - not every question needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    file = root / FILE
    try:
        said = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 - a safe loader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = str(error).partition("\n")[0]
        raise BadInput(f"it cannot be read: {reason}", where=str(file)) from None
    named = said.get("recipes", []) if isinstance(said, dict) else []
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise BadInput("`recipes` is no list of folders", where=str(file))
    return tuple(os.path.normpath(root / Path(one).expanduser()) for one in named)


def stack_definitions(places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the stack definitions that files and folders stand for, each once.

    Raises:
        BadInput: One is not there.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            found.extend(_inside(place))
        elif place.is_file():
            found.append(place)
        else:
            raise BadInput("there is no such file or folder", where=str(place))
    return tuple(dict.fromkeys(found))


def _inside(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        left_out = RECORDS if FILE in files else ()
        folders[:] = sorted(
            one for one in folders if not one.startswith(".") and one not in left_out
        )
        named = [one for one in STACKS if one in files]
        if named:
            yield Path(place) / named[0]


def said_once(doubts: Iterable[Doubt]) -> Iterator[str]:
    """Yield what could not be read or decided, once for all places that have it."""
    found: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        found.setdefault(doubt.reason, []).append(doubt)
    for reason, several in found.items():
        more = f" and {len(several) - 1} more places" if len(several) > 1 else ""
        yield f"{reason} ({several[0].place}{more}); what is asked for there is not known"
