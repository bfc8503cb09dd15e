"""The linter's own store of facts: one SQLite file for an order of repositories, in the cache.

1. What a package's facts were made of (its file and the files of its base classes, each with size
   and time) stands beside them; where one is another now, the facts count for nothing.
2. A file that is damaged or of another format is as if it were not there. It can be deleted.
3. What is new is kept in one transaction at the end of a run; where that fails nothing is lost.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from peso.products.lint.facts import FORMAT, Facts, facts_from

_TABLES = (
    "CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS package (
         name TEXT PRIMARY KEY, made_of TEXT NOT NULL, facts TEXT NOT NULL)""",
)
MadeOf = tuple[tuple[int, str, str], ...]
"""Files: the number of their repository, the path in it, the signature."""


class Store(Struct):
    """Facts kept from run to run."""

    path: Path
    _new: dict[str, tuple[MadeOf, Facts]] = field(default_factory=dict)
    _about: dict[str, str] = field(default_factory=dict)
    _db: sqlite3.Connection | None = None
    _tried: bool = False

    def package(self, name: str) -> tuple[MadeOf, Facts] | None:
        """Return a package's facts and what they were made of."""
        row = self._row("SELECT made_of, facts FROM package WHERE name = ?", name)
        if row is None:
            return None
        try:
            made_of = tuple((int(n), str(file), str(sign)) for n, file, sign in json.loads(row[0]))
            return made_of, facts_from(json.loads(row[1]))
        except (ValueError, TypeError):
            return None

    def said(self, key: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return something kept about the repositories; None where it is not there."""
        row = self._row("SELECT value FROM about WHERE key = ?", f"{FORMAT}:{key}")
        with suppress(ValueError):
            return json.loads(row[0]) if row else None
        return None

    def keep(self, name: str, made_of: MadeOf, facts: Facts) -> None:
        """Keep a package's facts, when `save` is called."""
        self._new[name] = (made_of, facts)

    def say(self, key: str, value: object) -> None:
        """Keep something about the repositories, when `save` is called."""
        self._about[f"{FORMAT}:{key}"] = json.dumps(value)

    def save(self) -> None:
        """Write what is new. A cache that cannot be written costs time, not the run."""
        if not (self._new or self._about):
            return
        self.close()
        rows = [
            (name, json.dumps(made_of), json.dumps(facts))
            for name, (made_of, facts) in self._new.items()
        ]
        with suppress(OSError, sqlite3.Error):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=5)) as db, db:
                for table in _TABLES:
                    db.execute(table)
                db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", self._about.items())
                db.executemany("INSERT OR REPLACE INTO package VALUES (?, ?, ?)", rows)
        self._new.clear()
        self._about.clear()

    def forget(self) -> None:
        """Remove the file, so that the next run makes it anew."""
        self.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
        self._db, self._tried = None, False

    def _row(self, query: str, value: str) -> tuple[Any, ...] | None:
        if not self._tried:
            self._tried = True
            if self.path.is_file():
                with suppress(sqlite3.Error):
                    self._db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        if self._db is None:
            return None
        try:
            found: tuple[Any, ...] | None = self._db.execute(query, (value,)).fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            self.forget()
            self._tried = True
            return None
        return found
