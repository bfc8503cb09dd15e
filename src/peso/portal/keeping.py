"""Keeping: a copy of what a portal alone has, and putting it back.

1. Kept are the rows that no file can give back (accounts and audit), the secret that second factors
   are encrypted with, and what runners pushed. Not kept: the index (`ingest` makes it again),
   sessions (people sign in again).
2. A copy is one file (`copies.py`), of either database, for either database. Rows are read before
   what was pushed: the audit never tells of a push that is not in the copy.
3. All of a copy is read and proven before anything is changed. It is put back into a portal that
   has no accounts, and where nothing was pushed that is not in the copy: what was pushed first,
   each thing by one rename, then the rows in one transaction, every one compared. So one that was
   killed is started again, and goes on.
4. It can sign in as anybody: written with mode 0600.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

import peso
from peso.base.digest import sha256_bytes
from peso.base.files import make_folder, write_atomic
from peso.base.record import Record
from peso.errors import BadInput, PesoError
from peso.portal.config import PortalConfig
from peso.portal.copies import Copy, Head, Tail, damaged, read_copy, write_copy
from peso.portal.django import begin, migrate
from peso.portal.ingest import pushed
from peso.portal.moving import PRIVATE
from peso.portal.taking import take_in


class Kept(Record):
    """What was copied, or put back."""

    file: str
    accounts: int
    changes: int
    rows: int
    pushed: int
    """Records and logs that runners pushed."""
    pushed_bytes: int
    left_out: tuple[str, ...] = ()
    """What of them is damaged and is not in the copy; its runner sends it again."""
    taken: int = 0
    """How many releases were taken in of what was put back."""


def backup(how: PortalConfig, file: Path) -> Kept:
    """Write what only this portal has into a file.

    Raises:
        BadInput: The file is there already.
    """
    if file.exists():
        raise BadInput("this file is there already", where=str(file), hint="name a new one")
    begin(how)
    migrate()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        lines = [*_lines()]
    body = "".join(f"{line}\n" for line in lines).encode()
    head = Head(
        made_by=peso.__version__,
        form=_form(),
        rows=len(lines),
        secret=how.secret(),
        sha256=sha256_bytes(body),
    )
    left_out: list[str] = []
    tail = write_copy(file, head, body, pushed.held(how.folder, damaged=left_out.append))
    return _kept(file, tail, left_out=tuple(left_out))


def restore(how: PortalConfig, file: Path) -> Kept:
    """Put it back into a portal that has none of it, and take in what runners pushed.

    Raises:
        BadInput: It is no copy, of another form, damaged, or the portal has accounts, or things
            that runners pushed and the copy has not.
    """
    with read_copy(file) as copy:
        head, lines = copy.head, copy.lines
        tail = _proven(copy, how, file)
    _secret(how, head)
    begin(how)
    migrate()
    _refuse_full(head, file)
    with read_copy(file) as copy:
        for one, data in copy.pushed():
            pushed.put_back(how.folder, one, data)
    with transaction.atomic():
        _fill(lines, file)
        if [*_lines()] != lines:
            raise PesoError("a row is another one after it was put back", where=str(file))
    done = take_in(how, [])
    return _kept(file, tail, taken=sum(one.state == "taken" for one in done.taken))


def _proven(copy: Copy, how: PortalConfig, file: Path) -> Tail:
    """Read all of a copy; refuse it where something was pushed that the copy has not."""
    there = {one for one, _ in pushed.held(how.folder)}
    for one, _ in copy.pushed():
        there.discard(one)
    if copy.tail is None:
        raise damaged(file)
    if there:
        raise BadInput(
            f"runners pushed {len(there)} things to this portal that the copy has not",
            where=str(how.folder / pushed.FOLDER),
            hint="restore into a new portal's folder, or move that one away first",
        )
    return copy.tail


def _refuse_full(head: Head, file: Path) -> None:
    """Refuse a copy of other tables, and a portal that has accounts."""
    if head.form != _form():
        raise BadInput(
            "this copy is of tables of another form",
            where=str(file),
            hint=f"it was written by PESO {head.made_by}: restore it with that, then upgrade",
        )
    for model in private():
        if model._default_manager.exists():  # noqa: SLF001 - Django's public name
            raise BadInput(
                f"this portal has accounts: {model._meta.db_table} has rows",  # noqa: SLF001
                hint="restore into a new portal, or an empty database",
            )


def private() -> list[type[models.Model]]:
    """Return every table that no file can give back."""
    return [one for label in PRIVATE for one in apps.get_app_config(label).get_models()]


def _lines() -> Iterator[str]:
    """Return every row, in one order, as JSON."""
    for model in private():
        rows = model._default_manager.order_by("pk")  # noqa: SLF001 - Django's public name
        for one in serializers.serialize("python", rows.iterator(chunk_size=1000)):
            yield json.dumps(one, sort_keys=True, default=_said)


def _said(value: object) -> str:
    """Return a day or a time as a row of a copy has it."""
    if isinstance(value, date):  # a time is one, too
        return value.isoformat()
    raise TypeError(f"a copy holds no {type(value).__name__}")


def _fill(lines: list[str], file: Path) -> None:
    try:
        for one in serializers.deserialize("python", map(json.loads, lines)):
            models.Model.save_base(one.object, raw=True, force_insert=True)
    except (DeserializationError, ValueError) as no:
        raise BadInput("a row of this copy cannot be read", where=str(file)) from no
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), private()):
            cursor.execute(sql)


def _form() -> tuple[str, ...]:
    """Return the migrations that the private tables have."""
    rows = MigrationRecorder.Migration.objects.filter(app__in=PRIVATE)
    return tuple(sorted(f"{app} {name}" for app, name in rows.values_list("app", "name")))


def _secret(how: PortalConfig, head: Head) -> None:
    """Let the portal have the secret of the copy: second factors are encrypted with it."""
    path = how.folder / "secret"
    if path.exists() and path.read_text() != head.secret:
        raise BadInput(
            "this portal has another secret than the copy",
            where=str(path),
            hint="restore into a new portal's folder, or remove that file first",
        )
    make_folder(how.folder)
    write_atomic(path, head.secret.encode(), mode=0o600)


def _kept(file: Path, tail: Tail, *, left_out: tuple[str, ...] = (), taken: int = 0) -> Kept:
    people = apps.get_app_config("people")
    return Kept(
        file=str(file),
        accounts=people.get_model("Account")._default_manager.count(),  # noqa: SLF001
        changes=people.get_model("Change")._default_manager.count(),  # noqa: SLF001
        rows=sum(one._default_manager.count() for one in private()),  # noqa: SLF001
        pushed=tail.items,
        pushed_bytes=tail.bytes,
        left_out=left_out,
        taken=taken,
    )
