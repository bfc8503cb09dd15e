"""Which package of Debian or Ubuntu a file is from, read from dpkg's own database; no process.

1. Links are followed first: `/usr/bin/gcc` leads to `gcc-12`, whose version is the compiler's; a
   link that is nobody's file (an alternative) is passed over.
2. Before and after `/usr` was merged files have two names (`/bin/x`, `/usr/bin/x`): both are tried.
3. A diverted file is its diverter's under its name, and its own package's under the other one.
4. The source package is said where it has another name or version than the package: a distribution
   files its advisories under that one.
5. The database is read when the first file is asked for, once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage

DATABASE = "var/lib/dpkg"
_MERGED = ("/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/")
_MOST_LINKS = 40
_FIELD = re.compile(r"^(Package|Status|Version|Architecture|Source): (.*)$", re.MULTILINE)
_SOURCE = re.compile(r"(\S+)(?: \((\S+)\))?")
_NOT_ASKED_FOR = b"/usr/share/"


class Dpkg:
    """The packages of dpkg on this machine."""

    def __init__(self, distribution: str, root: Path = Path("/")) -> None:
        self._distribution, self._root = distribution, root

    def owner_of(self, path: str) -> DistributionPackage | Unknown:
        """Return the package that a file is from."""
        chain = tuple(links(path, self._root))
        if not os.path.lexists(self._root / path.lstrip("/")):
            return Unknown(unknown=f"there is no file {path}")
        for one in reversed(chain):
            for name in _names(one):
                owner = self._database.owners.get(name)
                package = self._database.packages.get(owner) if owner else None
                if owner and package:
                    return DistributionPackage(
                        manager="dpkg",
                        name=owner.partition(":")[0],
                        version=package.version,
                        architecture=package.architecture,
                        distribution=self._distribution,
                        file=one,
                        source=package.source,
                        source_version=package.source_version,
                    )
        return Unknown(unknown=f"{path} is of no package of dpkg")

    @cached_property
    def _database(self) -> _Database:
        return _read(self._root / DATABASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    version: str
    architecture: str
    source: str
    """The source package it is built from, where its name is another."""
    source_version: str
    """That one's version, where it is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Database:
    owners: dict[str, str]
    """The package (`gcc`, `libc6:amd64`) of each file."""
    packages: dict[str, _Package]
    """Each package, under both forms of its name."""


def links(path: str, root: Path) -> Iterator[str]:
    """Yield a file's name, then what it leads to, link by link."""
    path = normpath(path)
    for _ in range(_MOST_LINKS):
        yield path
        try:
            target = str((root / path.lstrip("/")).readlink())
        except OSError:
            return
        path = normpath(join(dirname(path), target))


def _names(path: str) -> Iterator[str]:
    """Yield a file's name before and after `/usr` was merged."""
    yield path
    if path.startswith("/usr/"):
        yield path.removeprefix("/usr")
    elif path.startswith(_MERGED):
        yield f"/usr{path}"


def _read(folder: Path) -> _Database:
    diverted = dict(_diversions(folder))
    owners: dict[str, str] = {}
    with suppress(OSError):
        for entry in sorted((folder / "info").glob("*.list")):
            package = entry.name.removesuffix(".list")
            with suppress(OSError):
                for line in entry.read_bytes().split(b"\n"):
                    if not line.startswith(_NOT_ASKED_FOR):
                        owners[line.decode(errors="replace")] = package
            for name, (other, by) in diverted.items():
                if owners.get(name) == package and package.partition(":")[0] != by:
                    owners[other] = owners.pop(name)
    return _Database(owners=owners, packages=dict(_packages(folder / "status")))


def _diversions(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each diverted name, with the name it went to and who took its place."""
    with suppress(OSError):
        lines = (folder / "diversions").read_text(errors="replace").splitlines()
        for name, other, by in zip(lines[::3], lines[1::3], lines[2::3], strict=False):
            yield name, (other, by)


def _packages(status: Path) -> Iterator[tuple[str, _Package]]:
    with suppress(OSError):
        for stanza in status.read_text(errors="replace").split("\n\n"):
            said = dict(_FIELD.findall(stanza))
            if said.get("Status", "").endswith(" installed") and said.get("Version"):
                name, architecture = said.get("Package", ""), said.get("Architecture", "")
                source = _SOURCE.fullmatch(said.get("Source", "").strip())
                package = _Package(
                    version=said["Version"],
                    architecture=architecture,
                    source=source[1] if source else "",
                    source_version=(source[2] or "") if source else "",
                )
                yield name, package
                yield f"{name}:{architecture}", package
