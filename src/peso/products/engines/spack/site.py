"""Where and how Spack is run here: the Spack, its environment, and the folders PESO gives it.

What it does not do: start anything. The rules, in order:

1. Spack runs with the caller's environment, so its own configuration counts; only `PATH` leaves out
   folders that are a person's (below the home folder, a virtual environment, conda), and no
   environment is active but the one that is named.
2. What PESO adds is one scope on top (`scope.py`). All that Spack writes lies below the workbench's
   cache: the store of installed units, sources, its own caches, and the stage where it builds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from peso.base.files import make_folder
from peso.products.engines.port import Workbench
from peso.products.engines.spack.commands import Commands
from peso.products.engines.spack.scope import Folders, Mirror, Recipes, write_scope
from peso.products.engines.spack.tool import SpackTool
from peso.products.environments.facts import Facts, facts_of_this_machine

_LEFT_OUT: Final = frozenset(
    {"SPACK_ENV", "SPACK_ENV_VIEW", "SPACK_COLOR", "SPACK_LOADED_HASHES", "MAKEFLAGS"}
)
_PYTHON: Final = "SPACK_PYTHON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How Spack is run here."""

    spack: SpackTool
    environment: Mapping[str, str]
    """All of the environment of every Spack that is started; see `for_spack`."""
    mirrors: tuple[Mirror, ...] = ()
    """On top of those in Spack's own configuration."""
    config: tuple[Path, ...] = ()
    """Folders of Spack configuration that the workspace names; the last one comes first."""
    recipes: tuple[Recipes, ...] = ()
    """Recipe repositories that the workspace names, the first comes first; none: Spack's own."""

    @property
    def python(self) -> str:
        """The Python that Spack runs on, as far as that can be told without starting it."""
        found = which("python3", path=self.environment.get("PATH", ""))
        return self.environment.get(_PYTHON) or found or "python3"

    def facts(self) -> Facts:
        """Describe this machine to a reader of environments."""
        return facts_of_this_machine({**self.environment, "SPACK_ROOT": str(self.spack.root)})

    def folders(self, bench: Workbench) -> Folders:
        """Return where Spack writes; the names are few and short, for paths end up in programs."""
        return Folders(root=bench.cache.absolute() / "spack")

    def commands(self, bench: Workbench) -> Commands:
        """Return the command lines of this Spack; writes PESO's scope, where it is not as it was.

        Raises:
            Outside: The disk failed.
        """
        folders = self.folders(bench)
        for folder in (folders.store, folders.stage, folders.tests):
            make_folder(folder)
        write_scope(folders, self.mirrors, self.recipes)
        return Commands(program=self.spack.program, scopes=(*self.config, folders.scope))


def for_spack(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment Spack is started with, from the caller's."""
    kept = {name: value for name, value in environment.items() if name not in _LEFT_OUT}
    path = environment.get("PATH", os.defpath)
    kept["PATH"] = system_path(path, environment)
    if _PYTHON not in kept:
        # Spack starts with the Python the caller has, also where that one is in the home folder.
        mine = which("python3", path=path)
        if mine is not None and mine != which("python3", path=kept["PATH"]):
            kept[_PYTHON] = mine
    return kept


def system_path(path: str, environment: Mapping[str, str]) -> str:
    """Return `PATH` without folders that are a person's: home, a virtual environment, conda."""
    names = ("HOME", "VIRTUAL_ENV", "CONDA_PREFIX")
    private = [Path(value) for name in names if (value := environment.get(name))]
    private = [folder for folder in private if folder != Path("/")]
    kept = [
        folder
        for folder in path.split(os.pathsep)
        if folder and not any(Path(folder).is_relative_to(one) for one in private)
    ]
    return os.pathsep.join(kept)
