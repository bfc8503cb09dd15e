"""The recipe a unit was built with, from the unit's own folder: read, never run.

Spack leaves a copy of it below `.spack/repos/` of every unit it installs, so that a facility needs
no recipes to know what a unit is. What is asked of it is little, and is read from the package's
class alone; what it inherits is not looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.finding import Unknown

_MOST: Final = 1 << 20
_MOST_PARAGRAPHS: Final = 3
_SPACES = re.compile(r"\s+")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_RUN_ENVIRONMENT: Final = "setup_run_environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRecipe:
    """What a unit's own recipe says of it."""

    description: str = ""
    """Its first paragraphs, each on one line."""
    homepage: str = ""
    provides: tuple[str, ...] = ()
    """Virtual packages, whatever their condition."""
    sets_run_environment: bool = False
    """Whether it sets variables for who runs it, which only running it can tell."""


def built_recipe(prefix: Path, name: str) -> BuiltRecipe | Unknown:
    """Return what the recipe says that lies in a unit's folder.

    Args:
        prefix: Where the unit is installed.
        name: The package.
    """
    folder = name.replace("-", "_")
    places = [
        *prefix.glob(f".spack/repos/spack_repo/*/packages/{folder}/package.py"),
        *prefix.glob(f".spack/repos/*/packages/{name}/package.py"),
        *prefix.glob(f".spack/repos/spack_repo/*/packages/_{folder}/package.py"),
    ]
    if not places:
        return Unknown(unknown="its folder has no recipe in it")
    try:
        with min(places).open("rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError as error:
        return Unknown(unknown=f"its recipe cannot be read: {error.strerror or error}")
    if len(data) > _MOST:
        return Unknown(unknown=f"its recipe has more than {_MOST >> 20} MiB")
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Unknown(unknown=f"its recipe is no Python: {error}")
    classes = [one for one in tree.body if isinstance(one, ast.ClassDef)]
    wanted = name.replace("-", "").replace("_", "").lower()
    for one in classes:
        if one.name.lower().lstrip("_").replace("_", "") == wanted:
            return _said(one, classes)
    return Unknown(unknown=f"its recipe has no class of the package {name}")


def _said(made: ast.ClassDef, classes: list[ast.ClassDef]) -> BuiltRecipe:
    text = ast.get_docstring(made) or ""
    paragraphs = [_SPACES.sub(" ", one).strip() for one in _PARAGRAPHS.split(text)]
    return BuiltRecipe(
        description="\n".join(one for one in paragraphs[:_MOST_PARAGRAPHS] if one),
        homepage=next(_assigned(made, "homepage"), ""),
        provides=tuple(dict.fromkeys(_provided(made))),
        sets_run_environment=any(
            isinstance(one, ast.FunctionDef) and one.name == _RUN_ENVIRONMENT
            for each in classes  # builders too
            for one in each.body
        ),
    )


def _assigned(made: ast.ClassDef, name: str) -> Iterator[str]:
    for one in made.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            named = any(isinstance(at, ast.Name) and at.id == name for at in one.targets)
            if named and isinstance(one.value.value, str):
                yield one.value.value


def _provided(made: ast.ClassDef) -> Iterator[str]:
    for one in ast.walk(made):
        if (
            isinstance(one, ast.Call)
            and isinstance(one.func, ast.Name)
            and one.func.id == "provides"
        ):
            for said in one.args:
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value.partition("@")[0].strip()
