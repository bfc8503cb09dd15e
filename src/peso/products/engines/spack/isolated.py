"""Isolated: Spack for one run, with a configuration of this run only.

Used where PESO brings back what a signed release binds: what is installed, from where and to where
must not hang on what else is configured. The rules, in order:

1. Neither the user's nor the system's configuration is read: both are switched off, and Spack's
   own folders for a user are empty ones of this run. So none of them is changed either.
2. What stands in the Spack's own tree (`etc/spack`) is read by it, and overruled section by
   section: the tree to install into, caches, other trees to take units from (none), recipes,
   hooks that write modules, permissions. One mirror, a folder of this run; its files are unsigned
   towards Spack because PESO has proven them (docs/explanation/binaries.md).
3. Recipes are those the release brings, else those of the Spack at hand. Spack's indices of the
   latter may be kept, for they take seconds to make; all else is of this run.
4. Nothing may be fetched: where Spack lacks a tool of its own, it has to say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peso.base.digest import sha256_bytes
from peso.base.files import make_folder
from peso.products.engines.spack.checkouts import namespace_of
from peso.products.engines.spack.commands import Commands
from peso.products.engines.spack.scope import write_section
from peso.products.engines.spack.tool import SpackTool

PROJECTION: Final = "{name}-{version}-{hash}"
_KEPT: Final = ("SPACK_PYTHON",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolated:
    """A Spack for one run."""

    spack: SpackTool
    work: Path
    """A folder of this run; what is in it may go afterwards."""
    tree: Path
    """Where units are installed."""
    mirror: Path
    """The one build cache there is."""
    recipes: Sequence[Path]
    """Recipe repositories, the first comes first."""
    indices: Path
    """Where Spack's indices of recipes are kept; recipes at one place must stay the same."""

    def environment(self, caller: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment Spack is started with, from that of the caller's Spack."""
        kept = {
            name: value
            for name, value in caller.items()
            if name in _KEPT or not name.startswith("SPACK_")
        }
        return {
            **kept,
            "SPACK_DISABLE_LOCAL_CONFIG": "1",
            "SPACK_USER_CONFIG_PATH": str(self.work / "user"),
            "SPACK_USER_CACHE_PATH": str(self.work / "user-cache"),
        }

    def commands(self) -> Commands:
        """Return the command lines; writes the scope of this run.

        Raises:
            Outside: The disk failed.
        """
        scope = self.work / "scope"
        for folder in (scope, self.work / "user", self.work / "user-cache", self._misc):
            make_folder(folder, mode=0o700)
        for name, said in self._sections().items():
            write_section(scope, name, said)
        return Commands(program=self.spack.program, scopes=(scope,))

    @property
    def _misc(self) -> Path:
        """Return where indices of exactly these recipes are kept."""
        said = "\n".join([str(self.spack.root), self.spack.version, *map(str, self.recipes)])
        return self.indices / sha256_bytes(said.encode())[:16]

    def _sections(self) -> dict[str, Any]:
        """Return what overrules; a name with a colon at its end leaves nothing of other scopes."""
        return {
            "config": {
                "install_tree:": {"root": str(self.tree), "projections": {"all": PROJECTION}},
                "build_stage:": [str(self.work / "stage")],
                "source_cache": str(self.work / "sources"),
                "test_stage": str(self.work / "tests"),
                "misc_cache": str(self._misc),
                "installer": "new",
            },
            "mirrors:": {"peso": {"url": self.mirror.as_uri(), "signed": False}},
            "upstreams:": {},
            "repos:": {namespace_of(one): str(one) for one in self.recipes},
            "modules:": {"default": {"enable": []}},
            "packages:": {},
            # Switched off, Spack would not look on PATH for its own tools either.
            "bootstrap:": {
                "enable": True,
                "root": str(self.work / "bootstrap"),
                "sources": [],
                "trusted": {},
            },
        }
