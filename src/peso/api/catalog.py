"""The catalog of recipes.

1. Which repositories are meant is said, or remembered from the last `index_catalog`.
2. The index is kept in the workspace's `.peso/cache`, outside any workspace in the cache folder of
   this user (XDG).

Imports nothing of the workspace: a question to the catalog must be answered at once.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from peso.errors import BadInput
from peso.products.recipes.answers import CatalogStats, Hit
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe, Unreadable

Where = str | Path
_WORKSPACE = "peso.yaml"
_CURRENT = "catalog/current.json"

__all__ = [
    "Catalog",
    "Indexed",
    "catalog_stats",
    "index_catalog",
    "open_catalog",
    "search_catalog",
    "show_recipe",
]


class Indexed(Struct, frozen=True, kw_only=True):
    """What bringing the catalog up to date took."""

    repositories: tuple[str, ...]
    index: str
    recipes: int
    read: int
    """Recipes that are new or changed, or whose base classes are."""
    kept: int
    gone: int
    unreadable: int
    seconds: float


def open_catalog(
    *repositories: Where, folder: Where = ".", environment: Mapping[str, str] | None = None
) -> Catalog:
    """Open the catalog of some repositories, else of those last indexed.

    Raises:
        BadInput: none is named and none was indexed here, or one is no repository.
    """
    cache = _cache(Path(folder), os.environ if environment is None else environment)
    return Catalog.open(*(repositories or _remembered(cache)), cache=cache)


def index_catalog(*repositories: Where, folder: Where = ".") -> Indexed:
    """Read what is new or changed in recipe repositories, and remember which they are."""
    began = time.monotonic()
    catalog = open_catalog(*repositories, folder=folder)
    done = catalog.refresh()
    unreadable = catalog.stats().unreadable
    cache = catalog.path.parent.parent
    if repositories:
        from peso.base.files import write_atomic  # noqa: PLC0415 - looking up writes nothing

        # As they were named: a branch is that branch again the next time.
        named = [_absolute(str(one)) for one in repositories]
        write_atomic(cache / _CURRENT, json.dumps({"repositories": named}).encode())
    catalog.close()
    return Indexed(
        repositories=catalog.repositories,
        index=str(catalog.path),
        recipes=done.read + done.kept,
        read=done.read,
        kept=done.kept,
        gone=done.gone,
        unreadable=unreadable,
        seconds=round(time.monotonic() - began, 3),
    )


def search_catalog(
    text: str, *, repositories: tuple[Where, ...] = (), folder: Where = "."
) -> tuple[Hit, ...]:
    """Return recipes by name, virtual package, tag, maintainer or description."""
    return open_catalog(*repositories, folder=folder).search(text)


def show_recipe(
    name: str, *, repositories: tuple[Where, ...] = (), folder: Where = "."
) -> Recipe | Unreadable:
    """Return a package's recipe; raises `BadInput` with the nearest names for an unknown one."""
    return open_catalog(*repositories, folder=folder).recipe(name)


def catalog_stats(*, repositories: tuple[Where, ...] = (), folder: Where = ".") -> CatalogStats:
    """Return how much the catalog holds, and what its recipes do not say."""
    return open_catalog(*repositories, folder=folder).stats()


def _absolute(named: str) -> str:
    return os.path.abspath(os.path.expanduser(named))  # noqa: PTH100, PTH111 - may end in @COMMIT


def _cache(folder: Path, environment: Mapping[str, str]) -> Path:
    here = folder.absolute()
    for place in (here, *here.parents):
        if (place / _WORKSPACE).is_file():
            home = place / ".peso"
            if not (home / ".gitignore").is_file():
                from peso.base.files import make_folder, write_atomic  # noqa: PLC0415 - as above

                make_folder(home)
                write_atomic(home / ".gitignore", b"*\n")
            return home / "cache"
    home = Path(environment.get("HOME", "~")).expanduser()
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "peso"


def _remembered(cache: Path) -> tuple[str, ...]:
    try:
        said = json.loads((cache / _CURRENT).read_bytes())
        return tuple(str(one) for one in said["repositories"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            "no recipe repository was indexed here",
            hint="name one: `peso catalog index …/repos/spack_repo/builtin`",
        ) from None
