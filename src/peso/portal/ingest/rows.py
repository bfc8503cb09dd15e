"""Rows of test results, written in the fastest way each database has; those of before stay.

1. PostgreSQL takes them by COPY into a table of this transaction, and from there what is new.
2. SQLite takes them one by one through one prepared statement, which costs it least.
3. Either way a row is known by its key, and one that is there already is not written again.
4. What others wrote is made to fit before it is written: PostgreSQL takes no NUL, and no text
   longer than its column. So both databases hold the same rows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import CharField, JSONField, Model, TextField

from peso.portal.ingest.facts import ResultFact, cut
from peso.portal.store.models import TestResult

_FIELDS: Final = (
    *("release", "platform", "product", "test", "ranks", "outcome", "reason", "seconds", "at"),
    *("figures", "log", "error_line", "error_text", "key"),
)
_COUNT: Final = """
    INSERT INTO peso_cell
      (release_id, platform_id, product_id, passed, failed, unknown, skipped, last)
    SELECT release_id, platform_id, product_id,
      SUM(CASE WHEN outcome = 'pass' THEN 1 ELSE 0 END),
      SUM(CASE WHEN outcome = 'fail' THEN 1 ELSE 0 END),
      SUM(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END),
      SUM(CASE WHEN outcome = 'skipped' THEN 1 ELSE 0 END),
      MAX(at)
    FROM peso_test_result WHERE release_id = %s AND platform_id = %s
    GROUP BY release_id, platform_id, product_id
    ON CONFLICT (release_id, platform_id, product_id) DO UPDATE SET
      passed = excluded.passed, failed = excluded.failed, unknown = excluded.unknown,
      skipped = excluded.skipped, last = excluded.last
"""
_LARGEST: Final = 2**31 - 1
_NUL: Final = "\N{REPLACEMENT CHARACTER}"
M = TypeVar("M", bound=Model)


def storable(rows: Iterable[M]) -> list[M]:
    """Return rows whose texts any database takes: cut to their columns, without NUL."""
    several = list(rows)
    fields = several[0]._meta.concrete_fields if several else ()  # noqa: SLF001 - Django's public _meta
    texts = [
        (one.attname, one.max_length) for one in fields if isinstance(one, (CharField, TextField))
    ]
    trees = [one.attname for one in fields if isinstance(one, JSONField)]
    for row in several:
        for name, length in texts:
            text = getattr(row, name)
            if "\0" in text or (length and len(text) > length):
                setattr(row, name, cut(plain_text(text), length or len(text)))
        for name in trees:
            setattr(row, name, _plain_tree(getattr(row, name)))
    return several


def plain_text(text: str) -> str:
    """Return a text without NUL."""
    return text.replace("\0", _NUL) if "\0" in text else text


def _plain_tree(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, dict):
        return {plain_text(name): _plain_tree(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_tree(one) for one in value]
    return value


def add_rows(
    release: int, platform: int, results: Sequence[ResultFact], products: Mapping[str, int]
) -> int:
    """Write the runs that are not there yet, inside the caller's transaction; says how many."""
    table = TestResult._meta.db_table  # noqa: SLF001 - Django's public _meta
    columns = ", ".join(_columns())
    rows = _rows(release, platform, results, products)
    if connection.vendor == "postgresql":
        return _copy(table, columns, rows)
    marks = ", ".join("?" for _ in _FIELDS)
    into = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT (key) DO NOTHING"  # noqa: S608 - names of our own
    connection.ensure_connection()
    # The driver's own connection: Django would look at every row for what to quote.
    driver, moment = connection.connection, connection.ops.adapt_datetimefield_value
    before = driver.total_changes
    driver.executemany(into, ((*row[:8], moment(row[8]), *row[9:]) for row in rows))
    return int(driver.total_changes - before)


def count_cells(release: int, platform: int) -> None:
    """Count what the runs of a release on a platform add up to, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (release, platform))


def _copy(table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS peso_new_results AS"  # noqa: S608 - names of our own
            f" SELECT {columns} FROM {table} WITH NO DATA"
        )
        cursor.execute("TRUNCATE peso_new_results")
        with cursor.copy(f"COPY peso_new_results ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM peso_new_results"  # noqa: S608 - names of our own
            " ON CONFLICT (key) DO NOTHING"
        )
        return int(cursor.rowcount)


def _columns() -> Iterator[str]:
    fields = {one.name: str(one.column) for one in TestResult._meta.concrete_fields}  # noqa: SLF001 - Django's public _meta
    for name in _FIELDS:
        yield fields[name]


def _rows(
    release: int, platform: int, results: Sequence[ResultFact], products: Mapping[str, int]
) -> Iterator[tuple[Any, ...]]:
    for one in results:
        line, text = (one.error.line, plain_text(one.error.text)) if one.error else (0, "")
        yield (
            *(release, platform, products[one.product], plain_text(one.test)),
            *(min(one.ranks, _LARGEST), one.outcome, plain_text(one.reason), one.seconds, one.at),
            *(_figures(one.figures), one.log, line, text, one.key),
        )


def _figures(figures: Mapping[str, float]) -> str:
    """Return figures as JSON; one that is not finite is the word for it, as in its record."""
    return json.dumps(
        {
            plain_text(name): value if math.isfinite(value) else str(value)
            for name, value in figures.items()
        }
    )
