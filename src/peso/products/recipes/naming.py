"""Names: how Spack maps a package to its folder, its module and its class, and back.

Facts of the Package API (docs of Spack, "package repositories"): version 1 keeps the package's name
as the folder's name; version 2 uses Python module names: `_` for `-`, and a leading `_` where the
name starts with a digit or is a keyword of Python.
"""

from __future__ import annotations

import keyword
import re

Api = tuple[int, int]
V1 = "spack.pkg"
V2 = "spack_repo"
"""What dotted names of modules start with, by the version of the Package API."""
_RUNS = re.compile(r"[-_]+")
_V1_NUMBER = re.compile(r"^num(\d)")
_V1_NAME = re.compile(r"\w[\w-]*")
_V2_NAME = re.compile(r"_?[a-z0-9][a-z0-9]*(?:_[a-z0-9]+)*")
_WORDS = frozenset(word for word in keyword.kwlist if word.islower())
_SPEC_NAME = re.compile(r"\s*(?:[A-Za-z_][\w-]*\.)*([A-Za-z0-9_][\w-]*)")


def package_of(folder: str, api: Api) -> str | None:
    """Return the package's name for a folder's name; None where it cannot be a package."""
    if api < (2, 0):
        return folder if _V1_NAME.fullmatch(folder) else None
    if not _V2_NAME.fullmatch(folder):
        return None
    bare = folder.removeprefix("_")
    needs = bare[0].isdigit() or bare in _WORDS
    return bare.replace("_", "-") if needs == folder.startswith("_") else None


def folder_of(package: str, api: Api) -> str:
    """Return the folder's name for a package's name."""
    if api < (2, 0):
        return package
    name = package.replace("-", "_")
    return f"_{name}" if name[:1].isdigit() or name in _WORDS else name


def class_of(package: str) -> str:
    """Return the name of the class that a package's recipe must define."""
    name = "".join(part.capitalize() for part in _RUNS.sub("-", package).split("-"))
    return f"_{name}" if name[:1].isdigit() or name in {"False", "None", "True"} else name


def v1_modules(module: str) -> tuple[str, str, str]:
    """Return the folders that a module of a version 1 repository most likely means."""
    name = _V1_NUMBER.sub(r"\1", module)
    return module, name.replace("_", "-"), name


def spec_name(spec: str) -> str:
    """Return the package's name that a spec starts with; empty where it has none."""
    found = _SPEC_NAME.match(spec)
    return found[1] if found else ""
