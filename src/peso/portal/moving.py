"""Moving: all that a portal's database holds into another one, e.g. from SQLite to PostgreSQL.

1. Everything is read from where it is and written in one transaction; a move that was killed leaves
   the new database empty, and the old one as it was.
2. Afterwards every row of both is compared; what differs is a fault, and nothing is kept then.
3. The other database is empty, or refused: two portals are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Final

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models, transaction

from peso.base.record import Record
from peso.errors import BadInput, Outside, PesoError
from peso.portal.config import PortalConfig
from peso.portal.django import begin, migrate

OTHER: Final = "other"
PRIVATE: Final = ("people", "account", "mfa", "socialaccount", "needs")
"""Applications whose rows no file can give back. Sessions are not moved: people sign in again."""
BATCH: Final = 2000


class MovedTable(Record):
    """One table."""

    table: str
    rows: int


class Moved(Record):
    """What was moved, and compared."""

    tables: tuple[MovedTable, ...]

    @property
    def rows(self) -> int:
        """Return how many rows that were."""
        return sum(one.rows for one in self.tables)


def move(how: PortalConfig, to: str, *, seen: Callable[[str], None] = lambda _what: None) -> Moved:
    """Move what a portal's database holds into another database, which is made ready first.

    Args:
        how: The portal as it is.
        to: The URL of an empty PostgreSQL database; empty: SQLite in the portal's folder.
        seen: Is told which table is being moved.

    Raises:
        BadInput: It is no address, the same database, or one that holds something.
        Outside: The other database cannot be reached.
    """
    there = replace(how, database=to).databases()
    if how.databases() == there:
        raise BadInput("this is the database the portal has already", hint="name another one")
    begin(how)
    migrate()
    said = connections.configure_settings(there)
    connections.settings[OTHER] = said[DEFAULT_DB_ALIAS]
    try:
        call_command("migrate", database=OTHER, interactive=False, verbosity=0)
        tables = _tables()
        _refuse_full(tables)
        with transaction.atomic(), transaction.atomic(using=OTHER):
            for model in tables:
                seen(model._meta.db_table)  # noqa: SLF001 - Django's public _meta
                _copy(model)
            _go_on_counting(tables)
            return Moved(tables=tuple(_compared(model) for model in tables))
    except OperationalError as error:
        raise Outside(
            f"the other database cannot be used: {str(error).splitlines()[0]}",
            hint="check its address, and that it was made (createdb)",
        ) from error
    finally:
        connections[OTHER].close()
        del connections.settings[OTHER]
        del connections[OTHER]


def _tables() -> list[type[models.Model]]:
    """Return every table of the store and of people, the small ones between two others included."""
    return [
        one
        for label in ("store", *PRIVATE)
        for one in apps.get_app_config(label).get_models(include_auto_created=True)
    ]


def _refuse_full(tables: list[type[models.Model]]) -> None:
    for model in tables:
        if model._default_manager.using(OTHER).exists():  # noqa: SLF001 - Django's public name
            raise BadInput(
                f"the other database is not empty: {model._meta.db_table} has rows",  # noqa: SLF001
                hint="name a new one, or delete that one: it can be made again from files",
            )


def _copy(model: type[models.Model]) -> None:
    there = model._default_manager.using(OTHER)  # noqa: SLF001 - Django's public name
    batch: list[models.Model] = []
    for row in model._default_manager.order_by("pk").iterator(chunk_size=BATCH):  # noqa: SLF001
        batch.append(row)
        if len(batch) == BATCH:
            there.bulk_create(batch)
            batch = []
    there.bulk_create(batch)


def _go_on_counting(tables: list[type[models.Model]]) -> None:
    """Let new rows get numbers above those that were moved."""
    other = connections[OTHER]
    with other.cursor() as cursor:
        for sql in other.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(sql)


def _compared(model: type[models.Model]) -> MovedTable:
    """Compare all rows of a table. Raises `PesoError`."""
    table, count = model._meta.db_table, 0  # noqa: SLF001 - Django's public _meta
    for here, there in zip_longest(_rows(model, DEFAULT_DB_ALIAS), _rows(model, OTHER)):
        if here != there:
            raise PesoError("a row is another one after it was moved", where=f"{table}: {here}")
        count += 1
    return MovedTable(table=table, rows=count)


def _rows(model: type[models.Model], alias: str) -> Iterator[Any]:
    rows = model._default_manager.using(alias).order_by("pk")  # noqa: SLF001 - Django's public name
    names = [one.attname for one in model._meta.concrete_fields]  # noqa: SLF001
    return iter(rows.values_list(*names).iterator(chunk_size=BATCH))
