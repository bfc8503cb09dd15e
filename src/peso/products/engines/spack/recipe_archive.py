"""The recipes a release brings with its binaries: as few as Spack needs to take the binaries in.

Before Spack unpacks a unit it makes objects of its recipe and of those of what it depends on. A
facility's recipes may be older, newer, or not there at all; so the release brings these, as they
were when the units were built. The rules, in order:

1. Whose recipes: the units that are shipped, what these depend on themselves, and what any of their
   files imports, from whichever repository. With them come a repository's description and what is
   not a recipe in it (`build_systems`). A recipe comes with its patches: Spack looks for them.
2. One archive, the same bytes for the same recipes. Repositories lie in it as Spack wants them,
   `spack_repo/<namespace>`.
3. What cannot be found is left out; whether what is there will do, Spack says at the facility.
4. At the facility it is unpacked into a folder of the run. Recipes are programs, and these are
   run as the binaries are: on the word of the same signature.
"""

from __future__ import annotations

import ast
import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from peso.base.files import disk, extract
from peso.base.ledger import Blobs
from peso.products.engines.files import Artifact
from peso.products.engines.native import NativeLock
from peso.products.engines.spack.checkouts import namespace_of
from peso.products.recipes.naming import V1, V2, folder_of

NAME: Final = "recipes.tar.gz"
_ROOT: Final = V2
_PACKAGES: Final = "packages"
_LARGEST: Final = 4 << 20
_MOST: Final = 256 << 20
_APIS: Final = ((2, 0), (1, 0))
_NOT_TAKEN: Final = frozenset({"__pycache__", "tests", _PACKAGES})

Key = tuple[str, str]
"""A repository's namespace, and the folder of a recipe in it; empty: what is no recipe in it."""


def pack_recipes(
    lock: NativeLock, shipped: Iterable[str], folders: Iterable[Path], blobs: Blobs
) -> Artifact | None:
    """Put the recipes that taking these units in needs into the store, as one file.

    Args:
        lock: The lock.
        shipped: Hashes of the units that are shipped.
        folders: Recipe repositories, the first comes first.
        blobs: The store.

    Returns:
        The file, at its place in the part; None where no recipe was found.

    Raises:
        Outside: The disk failed.
    """
    repositories = {namespace_of(one): one for one in reversed([*folders])}
    files: dict[str, bytes] = {}
    waiting = list(_asked(lock, shipped))
    seen: set[Key] = set()
    while waiting:
        key = waiting.pop()
        root = repositories.get(key[0])
        if key in seen or root is None:
            continue
        seen.add(key)
        taken = _files(root / _PACKAGES / key[1]) if key[1] else ()
        used = bool(taken) or not key[1]
        if used and f"{_ROOT}/{key[0]}/repo.yaml" not in files:
            taken = (*taken, *_around(root))
        for file in taken:
            data = _bytes(file)
            inside = file.relative_to(root)
            files[f"{_ROOT}/{key[0]}/{inside.as_posix()}"] = data
            if file.suffix == ".py":
                waiting += _imports(data, (V2, key[0], *inside.parts[:-1]))
    if not files:
        return None
    sha256, length = blobs.put(_packed(files))
    return Artifact(
        role="recipes",
        path=f"{lock.part}/{NAME}",
        media_type="application/gzip",
        length=length,
        sha256=sha256,
    )


def unpack_recipes(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Unpack an archive of recipes into a new folder; return the repositories in it.

    Raises:
        Refused: A path leaves the folder, or it is too large.
        BadInput: It is no archive.
        Outside: The disk failed.
    """
    extract(archive, folder, limit=_MOST)
    return tuple(sorted(one.parent for one in (folder / _ROOT).glob("*/repo.yaml")))


def _asked(lock: NativeLock, shipped: Iterable[str]) -> Iterator[Key]:
    """Give the recipes of units and of what they depend on, under every name one may have."""
    units = {unit.hash: unit for unit in lock.units}
    for hash_ in shipped:
        unit = units[hash_]
        for one in (unit, *(units[edge.hash] for edge in unit.depends if edge.hash in units)):
            for api in _APIS:
                yield one.namespace, folder_of(one.name, api)


def _files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a recipe; Spack looks for its patches, too."""
    if not (folder / "package.py").is_file():
        return ()
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return tuple(sorted(file for file in files if "__pycache__" not in file.parts))


def _around(root: Path) -> Iterator[Path]:
    """Give what a repository has besides recipes."""
    with disk(root, "read the recipes"):
        for entry in sorted(root.iterdir()):
            if entry.is_file() and entry.suffix in {".py", ".yaml"}:
                yield entry
            elif entry.is_dir() and entry.name not in _NOT_TAKEN:
                found = (file for file in entry.rglob("*.py") if file.is_file())
                yield from sorted(file for file in found if "__pycache__" not in file.parts)


def _bytes(file: Path) -> bytes:
    with disk(file, "read the recipe"), file.open("rb") as stream:
        return stream.read(_LARGEST)


def _imports(data: bytes, here: tuple[str, ...]) -> Iterator[Key]:
    """Give the recipes whose modules a file imports.

    Args:
        data: The file.
        here: Names of the package it is in, e.g. `spack_repo`, `builtin`, `packages`, `lz4`.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [tuple(one.name.split(".")) for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            module = (*above, *(node.module.split(".") if node.module else ()))
            modules = [(*module, one.name) for one in node.names]
        else:
            continue
        yield from (key for one in modules if (key := _recipe(one)) is not None)


def _recipe(module: tuple[str, ...]) -> Key | None:
    """Return the recipe that a module is of: `spack_repo.NS.packages.X`, `spack.pkg.NS.X`."""
    match module:
        case (_, namespace, "packages", folder, *_) if module[0] == V2:
            return namespace, folder
        case (_, namespace, *_) if module[0] == V2:
            return namespace, ""
        case (_, _, namespace, folder, *_) if ".".join(module[:2]) == V1:
            return namespace, folder
    return None


def _packed(files: dict[str, bytes]) -> bytes:
    """Return an archive in its one form: sorted, of nobody, of no time."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            info = tarfile.TarInfo(path)
            info.size = len(files[path])
            tar.addfile(info, io.BytesIO(files[path]))
    return gzip.compress(plain.getvalue(), mtime=0)
