"""What lies in the folder of something installed that a user's environment must lead to.

Looks at the disk; decides which folders exist, not whether they are wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PKGCONFIG = ("lib/pkgconfig", "lib64/pkgconfig", "share/pkgconfig")
_MANUALS = ("share/man", "man")
_PROGRAMS = ("bin", "sbin")
_PACKAGES = ("lib/python*/site-packages", "lib64/python*/site-packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Folders that are there, with something in them."""

    programs: tuple[Path, ...] = ()
    manuals: tuple[Path, ...] = ()
    pkgconfig: tuple[Path, ...] = ()
    python: tuple[Path, ...] = ()
    """Of packages of Python; empty for a Python itself, which knows its own."""


def folders_of(prefix: Path) -> Folders:
    """Return what there is below a prefix."""
    packages = [one for pattern in _PACKAGES for one in sorted(prefix.glob(pattern))]
    is_python = any((prefix / "bin").glob("python3*"))
    return Folders(
        programs=_there(prefix, _PROGRAMS),
        manuals=_there(prefix, _MANUALS),
        pkgconfig=_there(prefix, _PKGCONFIG),
        python=() if is_python else tuple(one for one in packages if _filled(one)),
    )


def _there(prefix: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(prefix / name for name in names if _filled(prefix / name))


def _filled(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False
