"""The Spack of this machine: where it is, which one it is, and whether it will do.

What it does not do: start it. Version and commit are read from the checkout's own files, so that a
delivery with nothing changed costs no process. The rules, in order:

1. `spack: {root: …}` of the workspace, else `PESO_SPACK` (a root, or its `bin/spack`), else the
   first `spack` on `PATH`, links followed. What is named and is no Spack is an error; no other is
   tried in its place.
2. A Spack is a tree with `bin/spack` and its version in `lib/spack/spack/__init__.py`.
3. One that is older than `OLDEST` is refused: its configuration and its locks are another language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from peso.base.finding import Unknown
from peso.errors import Outside
from peso.products.engines.spack.head import commit_of

VARIABLE: Final = "PESO_SPACK"
OLDEST: Final = (1, 1)
GET: Final = (
    "`peso spack get` clones one; or say where yours is: `spack: {root: DIR}` in peso.yaml, or "
    f"{VARIABLE}=DIR"
)
_VERSION = re.compile(r"""^__version__ = ["'](\d+)\.(\d+)([\w.+-]*)["']""", re.MULTILINE)
_INIT: Final = Path("lib", "spack", "spack", "__init__.py")
_MOST: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SpackTool:
    """A Spack that will do."""

    root: Path
    version: str
    """E.g. `1.1.0`, `1.3.0.dev0`."""
    commit: str | Unknown
    """The commit its checkout is at; Unknown where it is no git checkout."""

    @property
    def program(self) -> Path:
        """What is started."""
        return self.root / "bin" / "spack"

    @property
    def label(self) -> str:
        """What to call it, e.g. `spack 1.1.0`."""
        return f"spack {self.version}"


def find_spack(named: Path | None, environment: Mapping[str, str]) -> SpackTool:
    """Return the Spack of this machine; starts nothing.

    Args:
        named: The root that the workspace names, if it names one.
        environment: The caller's environment variables.

    Raises:
        Outside: There is none, what is named is none, or it is too old; the hint says how to get
            one.
    """
    variable = environment.get(VARIABLE, "")
    if named is not None:
        return _open(named, "`spack: {root: …}` of peso.yaml names")
    if variable:
        return _open(Path(variable).expanduser(), f"{VARIABLE} names")
    found = which("spack", path=environment.get("PATH", ""))
    if found is None:
        raise Outside("there is no Spack on this machine", hint=GET)
    return _open(Path(found), "PATH has")


def _open(place: Path, who: str) -> SpackTool:
    root = _root(place.absolute())
    if root is None:
        why = "which is no Spack" if place.exists() else "which is not there"
        raise Outside(
            f"{who} {place}, {why}: a Spack is a folder with bin/spack and {_INIT}",
            where=str(place),
            hint=GET,
        )
    version = _version(root)
    if version is None:
        raise Outside("this Spack does not say its version", where=str(root / _INIT), hint=GET)
    numbers, text = version
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Outside(
            f"this is Spack {text}; PESO needs {oldest} or newer", where=str(root), hint=GET
        )
    return SpackTool(root=root, version=text, commit=commit_of(root))


def _root(place: Path) -> Path | None:
    """Return the root of the tree a path is in: the root itself, or its `bin/spack`."""
    program = place.resolve() if place.is_file() else place / "bin" / "spack"
    root = program.parent.parent
    return root if program.is_file() and (root / _INIT).is_file() else None


def _version(root: Path) -> tuple[tuple[int, int], str] | None:
    try:
        with (root / _INIT).open("rb") as stream:
            text = stream.read(_MOST).decode(errors="replace")
    except OSError:
        return None
    found = _VERSION.search(text)
    if found is None:
        return None
    return (int(found[1]), int(found[2])), f"{found[1]}.{found[2]}{found[3]}"
