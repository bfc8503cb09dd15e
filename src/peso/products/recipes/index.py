"""The index of recipes: an SQLite file in a cache folder, keyed by content.

1. A file that is damaged, of another format, of another PESO or of other repositories is put aside
   and made anew; it is never trusted.
2. A change is one transaction; a first filling is made beside and renamed, so that a reader sees
   the old index, the new one, or none.
3. It can be deleted at any time.

Knows rows, not recipes; `refresh.py` decides what is read again.
"""

from __future__ import annotations

import marshal
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

import peso
from peso.errors import Outside
from peso.products.recipes.record import Condition, Recipe, Unreadable


class Row(NamedTuple):
    """One recipe as the index keeps it. A tuple, because thousands go from process to process."""

    repository: int
    name: str
    file: str
    signature: str
    sha256: str
    complete: bool
    readable: bool
    whole: bool
    """Whether all of it was parsed, the bodies of methods too."""
    words: str
    """What a search looks at, in lower case: names, tags, maintainers, description."""
    figures: tuple[int, ...]
    """In the order of `FIGURES`."""
    record: bytes
    """The record, without fields that have their default."""
    inputs: tuple[tuple[int, str], ...]
    dependencies: tuple[tuple[str, bytes], ...] = ()
    """Name, and `Terms` as MessagePack."""
    provided: tuple[tuple[str, str, str], ...] = ()
    """Virtual name, spec, condition."""

    def packed(self) -> bytes:
        """Return the row as bytes for another process of the same Python: half of pickle's cost."""
        return marshal.dumps(tuple(self))

    @classmethod
    def unpacked(cls, data: bytes) -> Row:
        """Return the row that was packed."""
        return cls._make(marshal.loads(data))  # noqa: S302 - from a process of ours


Terms = tuple[tuple[tuple[str, ...], Condition], ...]
"""Types and condition of each dependency of a recipe on one package."""
_TERMS = msgspec.msgpack.Decoder(Terms)
FIGURES = (
    *("versions", "deprecated", "unproven", "variants", "dependencies", "conflicts", "patches"),
    *("licensed", "maintained", "tested", "unread", "splices"),
)


FORMAT = 6
APPLICATION = 0x7065736F
"""`peso` in ASCII; tells our files from others."""
_WAIT = 60.0
"""Seconds."""
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_AT_ONCE = 50
"""Rows of one statement; SQLite of old took 999 values at most."""

_TABLES = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE recipe (
  id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL,
  signature TEXT NOT NULL, sha256 TEXT NOT NULL, complete INTEGER NOT NULL,
  readable INTEGER NOT NULL, whole INTEGER NOT NULL, words TEXT NOT NULL,
  {", ".join(f"{one} INTEGER NOT NULL" for one in FIGURES)},
  UNIQUE (name, repository));
CREATE TABLE record (recipe INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE input (recipe INTEGER NOT NULL, repository INTEGER NOT NULL, file TEXT NOT NULL);
CREATE TABLE file (
  repository INTEGER NOT NULL, file TEXT NOT NULL, signature TEXT NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (repository, file));
CREATE TABLE dependency (
  recipe INTEGER NOT NULL, name TEXT NOT NULL, terms BLOB NOT NULL);
CREATE TABLE provider (
  recipe INTEGER NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, condition TEXT NOT NULL);
"""
_INDICES = """
CREATE INDEX input_recipe ON input (recipe);
CREATE INDEX input_file ON input (file);
CREATE INDEX dependency_recipe ON dependency (recipe);
CREATE INDEX dependency_name ON dependency (name);
CREATE INDEX provider_recipe ON provider (recipe);
CREATE INDEX provider_name ON provider (name);
"""


class Foreign(Exception):
    """A file that is no index of these repositories."""


class Index:
    """An open index file."""

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        """Open an index that is there. Raises `Foreign`."""
        if not path.is_file():
            raise Foreign(f"{path} is not there")
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            self._check(about)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self.close()
            raise Foreign(str(error)) from None
        except Foreign:
            self.close()
            raise

    def _check(self, about: Mapping[str, str]) -> None:
        if self._db.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
            raise Foreign("it is not PESO's")
        said = dict(self._db.execute("SELECT key, value FROM about"))
        if said != about_of(about):
            raise Foreign("it is of other repositories or of another PESO")

    def close(self) -> None:
        """Close the file."""
        with suppress(AttributeError, sqlite3.Error):
            self._db.close()

    def rows(self, statement: str, values: Iterable[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield what a query finds.

        Raises:
            Foreign: the file is damaged.
            Outside: another process has held it for a minute; that is no damage.
        """
        try:
            yield from self._db.execute(statement, tuple(values))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD:
                hint = "wait for it, or end it, then ask again"
                raise Outside(
                    "another process holds the index", where=str(self.path), hint=hint
                ) from None
            raise Foreign(str(error)) from None

    @property
    def state(self) -> int:
        """What is another number after each change of what recipes say. Raises `Foreign`."""
        (found,) = next(self.rows("PRAGMA user_version"))
        return int(found)

    def keep_whole(self, number: int, record: bytes, state: int) -> None:
        """Keep the record of a recipe that was read whole; not where that cannot be done at once.

        It says no more of dependencies than before: the state stays. `state` is that of before the
        recipe was read: where it is another one by now, the number may be another recipe's.
        """
        try:
            with suppress(sqlite3.Error), self._db:
                self._db.execute("PRAGMA busy_timeout = 0")
                self._db.execute("BEGIN IMMEDIATE")
                if self.state == state:
                    self._db.execute(
                        "UPDATE record SET data = ? WHERE recipe = ?", (record, number)
                    )
                    self._db.execute("UPDATE recipe SET whole = 1 WHERE id = ?", (number,))
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {_WAIT * 1000:.0f}")

    def change(
        self,
        gone: Iterable[int],
        rows: Sequence[Row],
        files: Mapping[tuple[int, str], tuple[str, str]],
        signatures: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Take recipes out, put others in, note files and signatures; all of it or nothing."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                _take_out(self._db, gone)
                _put_in(self._db, rows)
                _put_files(self._db, files)
                self._db.executemany("UPDATE recipe SET signature = ? WHERE id = ?", signatures)
                _mark(self._db)
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            raise Foreign(str(error)) from None


def record_of(data: bytes, *, readable: bool) -> Recipe | Unreadable:
    """Return the record of a row. Raises `Foreign`."""
    try:
        if readable:
            return msgspec.msgpack.decode(data, type=Recipe)
        return msgspec.msgpack.decode(data, type=Unreadable)
    except msgspec.DecodeError as error:
        raise Foreign(str(error)) from None


def terms_of(data: bytes) -> Terms:
    """Return what a row of `dependency` says. Raises `Foreign`."""
    try:
        return _TERMS.decode(data)
    except msgspec.DecodeError as error:
        raise Foreign(str(error)) from None


def about_of(about: Mapping[str, str]) -> dict[str, str]:
    """Return what an index says of itself."""
    return {**about, "format": str(FORMAT), "peso": peso.__version__}


@contextmanager
def filling(path: Path, about: Mapping[str, str]) -> Iterator[sqlite3.Connection]:
    """Yield an empty index to fill; it gets its place when the block ends well."""
    from peso.base.files import disk, make_folder  # noqa: PLC0415 - looking up writes nothing

    make_folder(path.parent)
    unfinished = path.with_name(f"{path.name}.new")  # one at a time: the caller holds the lock
    with disk(path, "write the index"):
        unfinished.unlink(missing_ok=True)
        database = sqlite3.connect(unfinished, isolation_level=None)
        try:
            # Beside its place and renamed when complete: a crash costs nothing but the work.
            database.executescript(
                "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            )
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.executescript(_TABLES)
            _mark(database)
            database.execute("BEGIN")
            yield database
            database.executemany("INSERT INTO about VALUES (?, ?)", about_of(about).items())
            database.execute("COMMIT")
            database.executescript(_INDICES)
            database.close()
            unfinished.replace(path)
        finally:
            database.close()
            unfinished.unlink(missing_ok=True)


def _mark(database: sqlite3.Connection) -> None:
    """Give the index's state another number."""
    database.execute(f"PRAGMA user_version = {time.time_ns() & 0x7FFF_FFFF}")


def _take_out(database: sqlite3.Connection, gone: Iterable[int]) -> None:
    several = [(one,) for one in gone]
    for table, column in (
        *(("recipe", "id"), ("record", "recipe"), ("input", "recipe")),
        *(("dependency", "recipe"), ("provider", "recipe")),
    ):
        database.executemany(f"DELETE FROM {table} WHERE {column} = ?", several)  # noqa: S608 - ours


_RECIPE = f"INSERT INTO recipe VALUES ({', '.join('?' * (10 + len(FIGURES)))})"  # noqa: S608 - ours


def _put_in(database: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Put recipes in, table by table: ten times fewer calls than recipe by recipe."""
    (first,) = database.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM recipe").fetchone()
    numbered = [*enumerate(rows, first)]
    database.executemany(
        _RECIPE,
        (
            (
                number,
                one.repository,
                one.name,
                one.file,
                one.signature,
                one.sha256,
                one.complete,
                one.readable,
                one.whole,
                one.words,
                *one.figures,
            )
            for number, one in numbered
        ),
    )
    database.executemany(
        "INSERT INTO record VALUES (?, ?)", ((number, one.record) for number, one in numbered)
    )
    _insert(
        database,
        "input",
        [(number, where, file) for number, one in numbered for where, file in one.inputs],
    )
    _insert(
        database,
        "dependency",
        [(number, name, terms) for number, one in numbered for name, terms in one.dependencies],
    )
    _insert(
        database,
        "provider",
        [(number, *cells) for number, one in numbered for cells in one.provided],
    )


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Put many short rows in, many with one statement: a third less than one by one."""
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    statement = f"INSERT INTO {table} VALUES "  # noqa: S608 - ours
    many, rest = statement + ", ".join([one] * _AT_ONCE), len(rows) % _AT_ONCE
    for start in range(0, len(rows) - rest, _AT_ONCE):
        database.execute(many, [*chain.from_iterable(rows[start : start + _AT_ONCE])])
    database.executemany(statement + one, rows[len(rows) - rest :])


def _put_files(
    database: sqlite3.Connection, files: Mapping[tuple[int, str], tuple[str, str]]
) -> None:
    database.executemany(
        "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
        [(*key, *said) for key, said in files.items()],
    )


put_in, put_files = _put_in, _put_files
