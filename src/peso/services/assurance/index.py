"""The index of one advisory source: records by ecosystem and normalised name, in one file.

A file is written whole beside its place, synced, and then renamed, so a reader sees the old source
or the new one. It is read without locks and never changed. SQLite, so that asking about 500
products reads a few pages and not the source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from peso.base.files import disk, make_folder, settle, sweep, sync, temporary
from peso.errors import Outside
from peso.services.assurance.osv import Advisory

SUFFIX = ".sqlite"
_FORMAT = 1
Key = tuple[str, str]
"""An ecosystem, and the normalised name of a product in it."""


def write_index(path: Path, about: str, records: Iterable[Advisory]) -> None:
    """Write the index of a source; replaces an older one by rename.

    Args:
        path: Where it goes.
        about: What `read_about` gives back.
        records: The records; one that names no product, or is withdrawn, is not found again.

    Raises:
        Outside: The disk refused.
    """
    make_folder(path.parent)
    sweep(path.parent)
    unfinished = temporary(path.parent)
    with disk(path, "write"):
        try:
            _fill(unfinished, about, records)
            sync(unfinished)
            settle(unfinished, path)
        except sqlite3.Error as error:
            raise Outside(f"cannot write: {error}", where=str(path)) from error
        finally:
            with suppress(OSError):
                unfinished.unlink()


def _fill(path: Path, about: str, records: Iterable[Advisory]) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # a torn file never gets its name
        database.execute("PRAGMA synchronous = OFF")  # synced as a whole, before the rename
        database.execute(f"PRAGMA user_version = {_FORMAT}")
        database.execute("CREATE TABLE about (body TEXT NOT NULL)")
        database.execute(
            "CREATE TABLE affected (ecosystem TEXT, name TEXT, id TEXT, body TEXT NOT NULL,"
            " PRIMARY KEY (ecosystem, name, id)) WITHOUT ROWID"
        )
        database.execute("INSERT INTO about VALUES (?)", (about,))
        rows = ((*key, record.id, body) for record in records for key, body in _by_product(record))
        database.executemany("INSERT INTO affected VALUES (?, ?, ?, ?)", rows)
        database.commit()


def _by_product(record: Advisory) -> Iterator[tuple[Key, str]]:
    """Give the record once for each product it names, with what it says of that one."""
    if record.withdrawn is None:
        for key in sorted({one.package.key for one in record.affected if one.package}):
            part = record.model_copy(update={"affected": record.of(key)})
            yield key, part.model_dump_json(exclude_defaults=True)


def read_about(path: Path) -> str:
    """Return what the source says of itself."""
    with _opened(path) as database:
        return str(database.execute("SELECT body FROM about").fetchone()[0])


def read_index(path: Path, wanted: Iterable[Key]) -> dict[Key, tuple[Advisory, ...]]:
    """Return the records on these products; a product without any is left out."""
    query = "SELECT body FROM affected WHERE ecosystem = ? AND name = ? ORDER BY id"
    with _opened(path) as database:
        found = {
            key: tuple(Advisory.model_validate_json(row[0]) for row in database.execute(query, key))
            for key in wanted
        }
    return {key: records for key, records in found.items() if records}


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            if database.execute("PRAGMA user_version").fetchone() != (_FORMAT,):
                raise sqlite3.DatabaseError("not an index of this version of PESO")
            yield database
    except (sqlite3.Error, ValidationError, TypeError) as error:
        raise Outside(
            f"the advisory index cannot be read: {error}",
            where=str(path),
            hint="import the source again (`peso advisories import`), or remove the file",
        ) from error
