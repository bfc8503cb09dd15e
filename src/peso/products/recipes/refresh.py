"""Bringing the index up to date: what is new, changed or gone is read, everything else is kept.

1. What is new, changed or gone, `changes.py` says.
2. Reading is spread over all cores. One process at a time writes; others wait, and then find the
   work done.
3. Of many recipes the bodies of methods are not parsed. What is wrong in one is seen when that
   recipe is asked for (`catalog.py`), or read again after an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from peso.base.collecting import uncollected
from peso.base.files import locked
from peso.base.pool import Died, cores, map_each
from peso.products.recipes.changes import Item, Key, Refreshed, There, digest_of, plan_of
from peso.products.recipes.host import Host
from peso.products.recipes.index import Foreign, Index, Row, filling, put_files, put_in
from peso.products.recipes.library import Library
from peso.products.recipes.reader import Read, read_recipe
from peso.products.recipes.record import Unreadable
from peso.products.recipes.repository import Repositories
from peso.products.recipes.rows import row_of
from peso.products.recipes.syntax import quiet

FEW = 200
"""So many recipes are read here; starting workers would take longer."""
BATCHES = 48
"""For each worker; many, so that all of them end at the same time."""
ABSENT = b""
"""Stands for the row of a recipe that is not there."""


def refresh(
    there: There,
    path: Path,
    about: Mapping[str, str],
    host: Host,
    workers: int | None = None,
) -> Refreshed:
    """Bring the index at `path` up to date with what is there. Raises `Outside`."""
    work = _Work(there, path, about, host, workers)
    lock = path.with_name(f"{path.name}.lock")
    # Syntax trees have no circles, and what has is let go of by hand; workers inherit it.
    with locked(lock, who="peso catalog", wait=True), uncollected():
        return work.update()


class _Work:
    """Reading, and writing what was read."""

    def __init__(
        self,
        there: There,
        path: Path,
        about: Mapping[str, str],
        host: Host,
        workers: int | None,
    ) -> None:
        self._there, self._path, self._about = there, path, about
        self._repositories = there.repositories
        self._host, self._workers = host, workers

    def update(self) -> Refreshed:
        """Do what must be done, with the lock held."""
        try:
            index = Index(self._path, self._about)
        except Foreign:
            return self._fill()
        try:
            plan = plan_of(index, self._there)  # another may have done the work
            rows = [row for several in self._read(plan.items) for row in several]
            known = {key: self._noted(key) for row in rows for key in row.inputs}
            index.change(plan.gone, rows, {**plan.files, **known}, plan.signatures)
        except Foreign:
            return self._fill()
        finally:
            index.close()
        read = len(plan.items)
        return Refreshed(read=read, kept=len(self._there.now) - read, gone=plan.removed)

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
        return signature, digest_of(self._repositories, key)

    def _read(self, items: Sequence[Item]) -> Iterator[list[Row]]:
        count = cores() if self._workers is None else self._workers
        count = count if len(items) > FEW else 1
        batch = -(-len(items) // (BATCHES * count)) if count > 1 else FEW
        function = _Reader(self._repositories, self._host, whole=len(items) <= FEW)
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
    return row_of(Read(said=recipe), item.repository, signature, whole=True)


class _Reader:
    """Reads batch after batch of recipes with one library of base classes."""

    def __init__(self, repositories: Repositories, host: Host, *, whole: bool) -> None:
        self._ordered, self._library = repositories.ordered, Library(repositories, host)
        self._whole = whole

    def __call__(self, items: Sequence[Item]) -> list[bytes]:
        """Read recipes one after the other; returns their rows, packed."""
        with quiet():
            return [self._row(one) for one in items]

    def _row(self, one: Item) -> bytes:
        repository = self._ordered[one.repository]
        read = read_recipe(self._library, repository, one.name, one.file, bodies=self._whole)
        signature = read.signature or repository.source.signature(one.file)
        if not signature:
            return ABSENT
        return row_of(read, one.repository, signature, whole=self._whole).packed()
