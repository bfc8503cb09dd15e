"""Bringing the index up to date: what is new, changed or gone is read, everything else is kept.

1. A file whose signature (time, size, number) is as before is as before. Where it differs, its
   sha256 decides; so a checkout that only touched files reads nothing again.
2. A recipe is read again when its own file changed, when a file it imports from changed, or when a
   file was missing that may be there now.
3. Reading is spread over all cores. One process at a time writes; others wait, and then find the
   work done.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from peso.base.files import locked
from peso.base.pool import Died, cores, map_each
from peso.products.recipes.host import Host
from peso.products.recipes.index import Foreign, Index, Row, filling, put_files, put_in
from peso.products.recipes.library import Library
from peso.products.recipes.parse import quiet
from peso.products.recipes.reader import Read, read_recipe
from peso.products.recipes.record import Unreadable
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.repository import Repositories
from peso.products.recipes.rows import row_of

FEW = 200
"""So many recipes are read here; starting workers would take longer."""
BATCHES = 48
"""For each worker; many, so that all of them end at the same time."""
Key = tuple[int, str]
Now = Mapping[Key, tuple[str, str]]
"""Each recipe's file and signature by repository and name."""
ABSENT = b""
"""Stands for the row of a recipe that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A recipe to be read."""

    repository: int
    name: str
    file: str
    signature: str
    """Empty: it was not looked at, not even whether it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What bringing an index up to date took."""

    read: int
    kept: int
    gone: int


def refresh(
    repositories: Repositories,
    path: Path,
    about: Mapping[str, str],
    host: Host,
    workers: int | None = None,
) -> Refreshed:
    """Bring the index at `path` up to date with its repositories. Raises `Outside`."""
    work = _Work(repositories, path, about, host, workers)
    try:
        index = Index(path, about)
        try:
            plan = _plan(index, repositories, work.now)
        finally:
            index.close()
        if plan.nothing:
            return Refreshed(read=0, kept=len(work.now), gone=0)
    except Foreign:
        pass
    lock = path.with_name(f"{path.name}.lock")
    with locked(lock, who="peso catalog", wait=True), _no_collecting():
        return work.update()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What must be done to an index."""

    items: tuple[Item, ...]
    gone: tuple[int, ...]
    signatures: tuple[tuple[str, int], ...]
    files: Mapping[Key, tuple[str, str]]
    removed: int

    @property
    def nothing(self) -> bool:
        return not (self.items or self.gone or self.signatures or self.files)


def _plan(index: Index, repositories: Repositories, now: Now) -> _Plan:
    files, changed = _changed_files(index, repositories)
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
        said = now.get(key)
        if said is None:
            gone.append(number)
            removed += 1
            continue
        same = said[1] == signature
        if complete and number not in dirty and (same or _same(repositories, key, said, sha256)):
            if not same:
                signatures.append((said[1], number))
            continue
        gone.append(number)
        items.append(_item(key, said))
    items.extend(_item(key, said) for key, said in now.items() if key not in seen)
    return _Plan(tuple(items), tuple(gone), tuple(signatures), files, removed)


def _item(key: Key, said: tuple[str, str]) -> Item:
    return Item(repository=key[0], name=key[1], file=said[0], signature=said[1])


def _same(repositories: Repositories, key: Key, said: tuple[str, str], sha256: object) -> bool:
    return bool(sha256) and _digest(repositories, (key[0], said[0])) == sha256


def _digest(repositories: Repositories, key: Key) -> str:
    """Return the sha256 of a file; empty where it cannot be read."""
    try:
        data = repositories.ordered[key[0]].source.read(key[1])
    except CannotRead:
        return ""
    return hashlib.sha256(data).hexdigest()


def _changed_files(
    index: Index, repositories: Repositories
) -> tuple[dict[Key, tuple[str, str]], list[Key]]:
    """Return what must be noted of imported files, and which of them have other content."""
    noted: dict[Key, tuple[str, str]] = {}
    changed: list[Key] = []
    for number, file, signature, sha256 in index.rows("SELECT * FROM file"):
        key: Key = (number, file)
        now = repositories.ordered[key[0]].source.signature(key[1])
        if now == signature:
            continue
        digest = _digest(repositories, key)
        noted[key] = (now, digest)
        if digest != sha256:
            changed.append(key)
    return noted, changed


class _Work:
    """Reading, and writing what was read."""

    def __init__(
        self,
        repositories: Repositories,
        path: Path,
        about: Mapping[str, str],
        host: Host,
        workers: int | None,
    ) -> None:
        self._repositories, self._path, self._about = repositories, path, about
        self._host, self._workers = host, workers

    @cached_property
    def now(self) -> Now:
        """What is there; looked for once, and not at all where everything is read anyway."""
        return {
            (one.number, name): said
            for one in self._repositories.ordered
            for name, said in one.recipes().items()
        }

    def update(self) -> Refreshed:
        """Do what must be done, with the lock held."""
        try:
            index = Index(self._path, self._about)
        except Foreign:
            return self._fill()
        try:
            plan = _plan(index, self._repositories, self.now)  # another may have done the work
            rows = [row for several in self._read(plan.items) for row in several]
            known = {key: self._noted(key) for row in rows for key in row.inputs}
            index.change(plan.gone, rows, {**plan.files, **known}, plan.signatures)
        except Foreign:
            return self._fill()
        finally:
            index.close()
        read = len(plan.items)
        return Refreshed(read=read, kept=len(self.now) - read, gone=plan.removed)

    def _fill(self) -> Refreshed:
        items = [
            Item(repository=one.number, name=name, file=file, signature="")
            for one in self._repositories.ordered
            for name, file in one.possible()
        ]
        inputs: set[Key] = set()
        read = 0
        with filling(self._path, self._about) as database:
            for rows in self._read(items):
                inputs.update(key for row in rows for key in row.inputs)
                read += len(rows)
                put_in(database, rows)
            put_files(database, {key: self._noted(key) for key in sorted(inputs)})
        return Refreshed(read=read, kept=0, gone=0)

    def _noted(self, key: Key) -> tuple[str, str]:
        signature = self._repositories.ordered[key[0]].source.signature(key[1])
        return signature, _digest(self._repositories, key)

    def _read(self, items: Sequence[Item]) -> Iterator[list[Row]]:
        count = cores() if self._workers is None else self._workers
        count = count if len(items) > FEW else 1
        batch = -(-len(items) // (BATCHES * count)) if count > 1 else FEW
        function = _Reader(self._repositories, self._host)
        place = 0
        for rows in map_each(function, items, batch=batch, workers=count):
            yield [
                _died(items[number], self._repositories)
                if isinstance(row, Died)
                else Row.unpacked(row)
                for number, row in enumerate(rows, place)
                if row != ABSENT
            ]
            place += len(rows)


def _died(item: Item, repositories: Repositories) -> Row:
    one = repositories.ordered[item.repository]
    recipe = Unreadable(
        name=item.name,
        path=item.file,
        reason="it ended the process that read it",
        namespace=one.namespace,
        repository=one.source.label,
    )
    signature = item.signature or one.source.signature(item.file)
    return row_of(Read(said=recipe), item.repository, signature)


class _Reader:
    """Reads batch after batch of recipes with one library of base classes."""

    def __init__(self, repositories: Repositories, host: Host) -> None:
        self._ordered, self._library = repositories.ordered, Library(repositories, host)

    def __call__(self, items: Sequence[Item]) -> list[bytes]:
        """Read recipes one after the other; returns their rows, packed."""
        with quiet():
            return [self._row(one) for one in items]

    def _row(self, one: Item) -> bytes:
        repository = self._ordered[one.repository]
        read = read_recipe(self._library, repository, one.name, one.file)
        signature = read.signature or repository.source.signature(one.file)
        if not signature:
            return ABSENT
        return row_of(read, one.repository, signature).packed()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Spare the search for circles: syntax trees have none, and what has is let go of by hand.

    Here and, inherited, in the workers; turned on again only when all rows are written and gone.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
