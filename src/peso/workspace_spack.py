"""How Spack is run for a workspace: its settings and a machine's environment go in, a `Site` out.

Paths in `peso.yaml` are relative to it. A recipe repository that is named at a commit has to be a
checkout of that commit: Spack reads folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from peso.errors import BadInput
from peso.products.engines.spack.checkouts import head_of, namespace_of
from peso.products.engines.spack.scope import Mirror, Recipes
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import find_spack
from peso.workspace_settings import FILE, Settings


def spack_site(settings: Settings, root: Path, environment: Mapping[str, str]) -> Site:
    """Return how Spack is run for a workspace.

    Args:
        settings: What its `peso.yaml` says.
        root: Its folder.
        environment: The environment that outside tools may see.

    Raises:
        Outside: There is no Spack that will do.
        BadInput: A folder that `peso.yaml` names is not there, or is not what it has to be.
    """
    said, file = settings.spack, root / FILE
    named = _folder(root, said.root) if said.root else None
    return Site(
        spack=find_spack(named, environment),
        environment=for_spack(environment),
        mirrors=tuple(
            Mirror(name=name, place=_mirror(root, place)) for name, place in said.mirrors.items()
        ),
        config=tuple(_there(_folder(root, one), file, "config") for one in said.config),
        recipes=tuple(_recipes(root, one, file) for one in settings.recipes),
    )


def _folder(root: Path, said: str) -> Path:
    return Path(os.path.normpath(root / Path(said).expanduser()))


def _there(folder: Path, file: Path, what: str) -> Path:
    if not folder.is_dir():
        raise BadInput(f"`{what}` names {folder}, which is no folder", where=str(file))
    return folder


def _mirror(root: Path, place: str) -> str:
    return place if "://" in place else str(_folder(root, place))


def _recipes(root: Path, said: str, file: Path) -> Recipes:
    place, at, commit = said.rpartition("@")
    folder = _there(_folder(root, place if at else said), file, "recipes")
    if at and not str(head_of(folder)).startswith(commit):
        raise BadInput(
            f"Spack needs a checkout of {commit}, and {folder} is at another commit",
            where=str(file),
            hint=f"say: git -C {folder} checkout {commit}",
        )
    return Recipes(namespace=namespace_of(folder), folder=folder)
