"""Locks of Spack: told from stack definitions, read with a bound, with what is known of units.

What reads them is imported late: most who ask whether a file is a lock have none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peso.base.files import disk
from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.products.engines.native import Checkout

if TYPE_CHECKING:
    from peso.products.engines.spack.lockfile import LockRead

Where = str | Path
_START = 4096
_ELSEWHERE = "the lock may be of another machine: --here says that it is of this one"


def is_lock(file: Path) -> bool:
    """Say whether a file is a lock by how it starts: JSON, or packed with gzip; YAML is neither."""
    try:
        with file.open("rb") as stream:
            start = stream.read(_START).lstrip()
    except OSError:
        return False
    return start.startswith((b"\x1f\x8b", b'{"')) or (start[:1] == b"{" and b'"_meta"' in start)


def lock_bytes(file: Path) -> bytes:
    """Return a lock's bytes, at most as many as a lock may have."""
    from peso.products.engines.spack.document import LARGEST  # noqa: PLC0415 - see above

    with disk(file, "read"), file.open("rb") as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadInput(f"the lock has more than {LARGEST >> 20} MiB", where=str(file))
    return data


def open_lock(
    file: Path, *, repositories: tuple[Where, ...] = (), folder: Where = ".", here: bool = False
) -> LockRead:
    """Read a lock into units; arguments as `show_stack`'s."""
    from peso.api.recipes import recipe_facts  # noqa: PLC0415 - see above
    from peso.products.engines.spack.distribution import NoDistribution  # noqa: PLC0415
    from peso.products.engines.spack.lockfile import read_lock  # noqa: PLC0415
    from peso.products.engines.spack.packages_here import packages_here  # noqa: PLC0415

    packages = packages_here() if here else NoDistribution(_ELSEWHERE)
    recipes = recipe_facts(repositories, folder)
    return read_lock(lock_bytes(file), where=str(file), recipes=recipes, packages=packages)


def spack_of(read: LockRead) -> Checkout:
    """Return the Spack that wrote a lock."""
    commit: str | Unknown = read.spack_commit
    return Checkout(name="spack", version=read.spack_version, commit=commit)
