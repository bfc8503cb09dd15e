"""The store of advisories: one SQLite file, records by the sha256 of their canonical form.

    <folder>/advisories.db      every imported source, its records, the keys they are filed under

1. The file is written whole beside its place, synced, and renamed: a reader sees the old store or
   the new one, so a source is replaced as a whole or left as it was. It is read without locks and
   never changed, so it may lie on a file system without any.
2. A record that several sources hold is kept once. Each is read with its digest, so one that was
   changed is refused.
3. A file that is damaged, of another program, or of another version of PESO is refused with what
   to do; it is never taken for a store that holds nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from pydantic import ValidationError

from peso.base.files import disk, make_folder, settle, sweep, sync, temporary
from peso.errors import Outside
from peso.services.assurance.advisories.record import KEV, Advisory, Exploited, Key
from peso.services.assurance.advisories.source import Source

FILE: Final = "advisories.db"
_APPLICATION: Final = 0x5045534F
_FORMAT: Final = 2
_OLDER: Final = ".sqlite"
"""What the files of the first version ended with: one for each source, Python only."""
_TABLES: Final = """
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE record (number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE held (source INTEGER NOT NULL, id TEXT NOT NULL, record INTEGER NOT NULL,
  PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE subject (space TEXT NOT NULL, name TEXT NOT NULL, source INTEGER NOT NULL,
  record INTEGER NOT NULL, PRIMARY KEY (space, name, source, record)) WITHOUT ROWID;
"""
T = TypeVar("T")
_CVE: Final = "CVE-"
"""How the ids begin that catalogs of exploited vulnerabilities have."""
_AT_ONCE = 400
"""Keys or records of one question; SQLite of old took 999 values at most."""
_DECODER: Final = msgspec.json.Decoder(Advisory)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as the store keeps it."""

    id: str
    modified: float
    """Seconds since 1970; 0 where the source does not say."""
    withdrawn: bool
    keys: tuple[Key, ...]
    digest: bytes
    """sha256 of the body."""
    body: bytes
    """The record's canonical form."""


def row_of(record: Advisory) -> Row:
    """Return a record as the store keeps it."""
    body = _ENCODER.encode(record)
    return Row(
        id=record.id,
        modified=record.modified.timestamp() if record.modified else 0.0,
        withdrawn=record.withdrawn is not None,
        keys=record.keys,
        digest=hashlib.sha256(body).digest(),
        body=body,
    )


def sources(store: Path) -> tuple[Source, ...]:
    """Return the sources imported so far, by name.

    Raises:
        Outside: The store cannot be read; the hint says what to do.
    """
    with _opened(store) as database:
        if database is None:
            return ()
        rows = database.execute("SELECT body FROM source ORDER BY name").fetchall()
        return tuple(Source.parse(body) for (body,) in rows)


def records_for(store: Path, wanted: Iterable[Key]) -> dict[Key, tuple[tuple[str, Advisory], ...]]:
    """Return what every source says of products, as (source, record), by key.

    Every key that was asked for is in the answer. Withdrawn records are not.

    Raises:
        Outside: The store cannot be read; the hint says what to do.
    """
    keys = tuple(dict.fromkeys(wanted))
    with _opened(store) as database:
        if database is None:
            return dict.fromkeys(keys, ())
        names = dict(database.execute("SELECT number, name FROM source"))
        rows = [row for some in _pieces(keys) for row in _subjects(database, some)]
        numbers = tuple(dict.fromkeys(number for _, _, _, number in rows))
        records = {
            number: record
            for some in _pieces(numbers)
            for number, record in _records(database, some)
        }
        if len(records) != len(numbers):
            raise sqlite3.DatabaseError("a record is not there")
        said: dict[Key, list[tuple[str, Advisory]]] = {key: [] for key in keys}
        for space, name, source, number in rows:
            said[space, name].append((names[source], records[number]))
        return {
            key: tuple(sorted(several, key=lambda one: (one[0], one[1].id)))
            for key, several in said.items()
        }


def known_exploited(store: Path, ids: Iterable[str]) -> dict[str, Exploited]:
    """Return what is said of the vulnerabilities among `ids` that are known to be exploited.

    Raises:
        Outside: The store cannot be read; the hint says what to do.
    """
    found = records_for(store, [(KEV, id_) for id_ in ids if id_.startswith(_CVE)])
    return {
        id_: record.exploited
        for (_, id_), records in found.items()
        for _, record in records
        if record.exploited
    }


def _pieces(several: Sequence[T]) -> Iterator[Sequence[T]]:
    return (several[start : start + _AT_ONCE] for start in range(0, len(several), _AT_ONCE))


def _subjects(
    database: sqlite3.Connection, keys: Sequence[Key]
) -> Iterator[tuple[str, str, int, int]]:
    """Give space, name, source and record of what is filed under some keys."""
    places = ", ".join(["(?, ?)"] * len(keys))
    yield from database.execute(
        f"WITH wanted (space, name) AS (VALUES {places}) "  # noqa: S608 - places only
        "SELECT space, name, source, record FROM wanted JOIN subject USING (space, name)",
        [part for key in keys for part in key],
    )


def _records(
    database: sqlite3.Connection, numbers: Sequence[int]
) -> Iterator[tuple[int, Advisory]]:
    """Give some records by their numbers; each must be what its digest says."""
    places = ", ".join("?" * len(numbers))
    found = database.execute(
        f"SELECT number, digest, body FROM record WHERE number IN ({places})",  # noqa: S608 - as above
        numbers,
    )
    for number, digest, body in found:
        if hashlib.sha256(body).digest() != digest:
            raise sqlite3.DatabaseError("a record is not what its digest says")
        yield number, _DECODER.decode(body)


@contextmanager
def _opened(store: Path) -> Iterator[sqlite3.Connection | None]:
    """Give the store for reading; None where nothing was imported yet."""
    older = sorted(path for path in store.glob(f"*{_OLDER}") if path.name[0] != ".")
    if older:
        raise Outside(
            f"the advisories in {', '.join(path.name for path in older[:5])} are of an older PESO",
            where=str(store),
            hint="import each of these sources again under its name (`peso advisories import FILE"
            f" --name {older[0].stem}`), or remove its file",
        )
    path = store / FILE
    if not path.exists() and not path.is_symlink():
        yield None
        return
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with _readable(path), closing(sqlite3.connect(address, uri=True)) as database:
        _judge(database, path)
        yield database


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValidationError, msgspec.MsgspecError, TypeError, KeyError) as error:
        raise Outside(
            f"the store of advisories cannot be read: {error}",
            where=str(path),
            hint="remove the file, and import the sources again (`peso advisories import`)",
        ) from error


def _judge(database: sqlite3.Connection, path: Path) -> None:
    """Raise sqlite3.Error if this is no store of ours, or not of this version."""
    [whose] = database.execute("PRAGMA application_id").fetchone()
    [version] = database.execute("PRAGMA user_version").fetchone()
    if whose != _APPLICATION:
        raise sqlite3.DatabaseError("it is not a store of PESO's advisories")
    if version != _FORMAT:
        age = "an older" if version < _FORMAT else "a newer"
        raise sqlite3.DatabaseError(f"it is of {age} version of PESO ({version}, not {_FORMAT})")
    [pages] = database.execute("PRAGMA page_count").fetchone()
    [size] = database.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size != pages * size:  # SQLite takes a last page that was cut for zeros
        raise sqlite3.DatabaseError("a part of it is missing")


class Writing:
    """The new content of a source, on its way into the store."""

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database, self._name = database, name
        self._rows: dict[str, Row] = {}

    def add(self, row: Row) -> bool:
        """Take a record; of two with one id the one changed last counts. False: it is there.

        Of two that were changed at one moment the digest decides, so that no order of files does.
        """
        self._database.execute(
            "INSERT OR IGNORE INTO record (digest, body) VALUES (?, ?)", (row.digest, row.body)
        )
        other = self._rows.get(row.id)
        if other is None or (row.modified, row.digest) > (other.modified, other.digest):
            self._rows[row.id] = Row(
                id=row.id,
                modified=row.modified,
                withdrawn=row.withdrawn,
                keys=row.keys,
                digest=row.digest,
                body=b"",
            )
        return other is None

    def rows(self) -> tuple[Row, ...]:
        """Return the records that count, by id, without their bodies."""
        return tuple(self._rows[id_] for id_ in sorted(self._rows))

    def finish(self, source: Source) -> None:
        """File the records under the source and their keys, in place of what it held before."""
        execute = self._database.execute
        for table in ("held", "subject"):
            execute(
                f"DELETE FROM {table} WHERE source ="  # noqa: S608 - one of two names
                " (SELECT number FROM source WHERE name = ?)",
                (self._name,),
            )
        execute("DELETE FROM source WHERE name = ?", (self._name,))
        body = source.canonical().decode()
        execute("INSERT INTO source (name, body) VALUES (?, ?)", (self._name, body))
        [number] = execute("SELECT number FROM source WHERE name = ?", (self._name,)).fetchone()
        for row in self.rows():
            [record] = execute(
                "SELECT number FROM record WHERE digest = ?", (row.digest,)
            ).fetchone()
            execute("INSERT INTO held VALUES (?, ?, ?)", (number, row.id, record))
            if not row.withdrawn:
                self._database.executemany(
                    "INSERT INTO subject VALUES (?, ?, ?, ?)",
                    ((*key, number, record) for key in row.keys),
                )
        execute("DELETE FROM record WHERE number NOT IN (SELECT record FROM held)")


@contextmanager
def replacing(store: Path, name: str) -> Iterator[Writing]:
    """Give what the new content of a source is written to; it is there when the block has ended.

    The caller holds the store's lock, and calls `finish`. When the block raises, the store is as
    it was.

    Raises:
        Outside: The disk refused, or what is there cannot be read.
    """
    make_folder(store)
    sweep(store)
    path, unfinished = store / FILE, temporary(store)
    try:
        with disk(path, "write"), _readable(path):
            _copy(path, unfinished)
        with closing(sqlite3.connect(unfinished)) as database:
            database.execute("PRAGMA journal_mode = OFF")  # a torn file never gets its name
            database.execute("PRAGMA synchronous = OFF")  # synced whole, before the rename
            yield Writing(database, name)
            database.commit()
        with disk(path, "write"):
            sync(unfinished)
            settle(unfinished, path)
            (store / f"{name}{_OLDER}").unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise Outside(f"cannot write: {error}", where=str(path)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _copy(path: Path, unfinished: Path) -> None:
    """Start from the store that is there, looked through whole; or from an empty one."""
    if path.exists():
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        with (
            closing(sqlite3.connect(address, uri=True)) as old,
            closing(sqlite3.connect(unfinished)) as new,
        ):
            _judge(old, path)
            old.backup(new)
            [said] = new.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise sqlite3.DatabaseError(str(said))
        return
    with closing(sqlite3.connect(unfinished)) as new:
        new.execute(f"PRAGMA application_id = {_APPLICATION}")
        new.execute(f"PRAGMA user_version = {_FORMAT}")
        new.executescript(_TABLES)
