"""What changed: an index compared with its repositories. Reads no recipe; `refresh.py` does.

1. A file whose signature (time, size, number) is as before is as before. Where it differs, its
   sha256 decides; so a checkout that only touched files reads nothing again.
2. A recipe is read again when its own file changed, when a file it imports from changed, or when a
   file was missing that may be there now.
3. That nothing changed is said at once, without what it takes to read recipes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from peso.products.recipes.index import Foreign, Index
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.repository import Repositories

Key = tuple[int, str]
Files = dict[Key, tuple[str, str]]
"""Signature and sha256 of files, by repository and file."""


class Item(Struct, frozen=True, kw_only=True):
    """A recipe to be read."""

    repository: int
    name: str
    file: str
    signature: str
    """Empty: it was not looked at, not even whether it is there."""


class Refreshed(Struct, frozen=True, kw_only=True):
    """What bringing an index up to date took."""

    read: int
    kept: int
    gone: int


class Plan(Struct, frozen=True):
    """What must be done to an index."""

    items: tuple[Item, ...]
    gone: tuple[int, ...]
    signatures: tuple[tuple[str, int], ...]
    files: Files
    removed: int


class There:
    """The recipes that are there; looked for once, and only where somebody asks."""

    def __init__(self, repositories: Repositories) -> None:
        self.repositories = repositories

    @cached_property
    def now(self) -> Mapping[Key, str]:
        """The signature of each recipe by repository and name."""
        return {
            (one.number, name): signature
            for one in self.repositories.ordered
            for name, signature in one.recipes().items()
        }

    def item(self, key: Key) -> Item:
        """Return a recipe as one to be read."""
        number, name = key
        file = self.repositories.ordered[number].file_of(name)
        return Item(repository=number, name=name, file=file, signature=self.now[key])


def unchanged(there: There, path: Path, about: Mapping[str, str]) -> Refreshed | None:
    """Say that the index at `path` is of what is there; None where anything is not as it was."""
    query = "SELECT repository, name, signature FROM recipe WHERE complete"
    try:
        index = Index(path, about)
        try:
            noted, _ = _changed_files(index, there.repositories)
            known = None if noted else {*index.rows(query)}
        finally:
            index.close()
    except Foreign:
        return None
    if known != {(number, name, said) for (number, name), said in there.now.items()}:
        return None
    return Refreshed(read=0, kept=len(there.now), gone=0)


def plan_of(index: Index, there: There) -> Plan:
    """Return what must be done to an index. Raises `Foreign`."""
    files, changed = _changed_files(index, there.repositories)
    dirty: set[object] = set()
    for number, file in changed:
        query = "SELECT recipe FROM input WHERE repository = ? AND file = ?"
        dirty.update(one for (one,) in index.rows(query, (number, file)))
    items: list[Item] = []
    gone: list[int] = []
    signatures: list[tuple[str, int]] = []
    seen: set[Key] = set()
    removed = 0
    query = "SELECT id, repository, name, signature, sha256, complete FROM recipe"
    for number, repository, name, signature, sha256, complete in index.rows(query):
        key: Key = (repository, name)
        seen.add(key)
        now = there.now.get(key)
        if now is None:
            gone.append(number)
            removed += 1
            continue
        same = now == signature
        if complete and number not in dirty and (same or _same(there, key, sha256)):
            if not same:
                signatures.append((now, number))
            continue
        gone.append(number)
        items.append(there.item(key))
    items.extend(there.item(key) for key in there.now if key not in seen)
    return Plan(tuple(items), tuple(gone), tuple(signatures), files, removed)


def digest_of(repositories: Repositories, key: Key) -> str:
    """Return the sha256 of a file; empty where it cannot be read."""
    try:
        data = repositories.ordered[key[0]].source.read(key[1])
    except CannotRead:
        return ""
    return hashlib.sha256(data).hexdigest()


def _same(there: There, key: Key, sha256: object) -> bool:
    file = there.repositories.ordered[key[0]].file_of(key[1])
    return bool(sha256) and digest_of(there.repositories, (key[0], file)) == sha256


def _changed_files(index: Index, repositories: Repositories) -> tuple[Files, list[Key]]:
    """Return what must be noted of imported files, and which of them have other content."""
    noted: Files = {}
    changed: list[Key] = []
    for number, file, signature, sha256 in index.rows("SELECT * FROM file"):
        key: Key = (number, file)
        now = repositories.ordered[number].source.signature(file)
        if now == signature:
            continue
        digest = digest_of(repositories, key)
        noted[key] = (now, digest)
        if digest != sha256:
            changed.append(key)
    return noted, changed
