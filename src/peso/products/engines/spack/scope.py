"""PESO's own scope of Spack configuration: where Spack writes, and what the workspace adds.

What it does not do: decide what is built. The rules, in order:

1. All that Spack writes goes below one folder; where units are put in the store is fixed, so that a
   unit's place can be told from the lock.
2. Mirrors and recipe repositories that the workspace names come on top of those of Spack's own
   configuration, which stays in force. Whether a mirror's binaries must be signed is said there.
3. The files are JSON, which is YAML too; one that is as it should be is not written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peso.base.files import write_atomic

PROJECTION: Final = "{architecture.platform}-{architecture.target}/{name}-{version}-{hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where Spack writes, below one folder that may be deleted at any time."""

    root: Path

    @property
    def store(self) -> Path:
        """Installed units; outlives runs, so that a restart goes on."""
        return self.root / "store"

    @property
    def stage(self) -> Path:
        """Where units are built."""
        return self.root / "stage"

    @property
    def tests(self) -> Path:
        """Where Spack's stand-alone tests run and leave their results."""
        return self.root / "tests"

    @property
    def sources(self) -> Path:
        """Fetched sources."""
        return self.root / "sources"

    @property
    def misc(self) -> Path:
        """Spack's indices of recipes and the like."""
        return self.root / "misc"

    @property
    def scope(self) -> Path:
        """PESO's own scope of configuration."""
        return self.root / "scope"

    @property
    def locks(self) -> Path:
        """Locks by the digest of what decides them."""
        return self.root / "locks"

    @property
    def outgoing(self) -> Path:
        """The build cache that Spack writes binaries into, on their way to the release."""
        return self.root / "outgoing"

    @property
    def pushed(self) -> Path:
        """What is remembered of binaries that were taken out of there."""
        return self.root / "pushed"

    @property
    def detected(self) -> Path:
        """What was found on the machine, by its fingerprint."""
        return self.root / "detected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A mirror that the workspace names."""

    name: str
    place: str
    """A URL, or an absolute folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipes:
    """A recipe repository that the workspace names."""

    namespace: str
    folder: Path


def write_scope(folders: Folders, mirrors: Iterable[Mirror], recipes: Iterable[Recipes]) -> None:
    """Write the scope's files, where they are not as they should be.

    Raises:
        Outside: The disk failed.
    """
    config = {
        "install_tree:": {"root": str(folders.store), "projections": {"all": PROJECTION}},
        "build_stage:": [str(folders.stage)],
        "test_stage": str(folders.tests),
        "source_cache": str(folders.sources),
        "misc_cache": str(folders.misc),
        "installer": "new",
    }
    sections: dict[str, dict[str, Any]] = {
        "config": config,
        "mirrors": {one.name: one.place for one in mirrors},
        "repos": {one.namespace: str(one.folder) for one in recipes},
    }
    for name, said in sections.items():
        write_section(folders.scope, name, said)


def write_section(folder: Path, name: str, said: dict[str, Any]) -> None:
    """Write the file of one section of a scope, where it is not so already.

    A name that ends in a colon overrules the section in all other scopes.
    """
    file = folder / f"{name.removesuffix(':')}.yaml"
    data = json.dumps({name: said}, indent=1).encode() + b"\n"
    if not file.is_file() or file.read_bytes() != data:
        write_atomic(file, data)
