"""Taking in: ingest from outside a web server, with the ways of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from peso.base.ledger import Blobs
from peso.portal.config import PortalConfig
from peso.portal.django import begin, migrate
from peso.portal.ingest.taken import Ingested
from peso.workspace import this_machine


def empty_index() -> None:
    """Empty every table of the store, and none of people. After `begin`."""
    from peso.portal.store.generation import changed  # noqa: PLC0415 - needs Django first

    names = [
        one._meta.db_table  # noqa: SLF001 - Django's public _meta
        for one in apps.get_app_config("store").get_models(include_auto_created=True)
    ]
    with transaction.atomic():
        for sql in connection.ops.sql_flush(no_style(), names):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        changed()


def take_in(  # noqa: PLR0913 - the ways of a command
    how: PortalConfig,
    places: Sequence[Path],
    *,
    root: Path | None = None,
    unsafe_development_keys: bool = False,
    anew: bool = False,
    seen: Callable[[str], None] = lambda _what: None,
) -> Ingested:
    """Take in workspaces, ledgers and publications; makes the database where there is none.

    Args:
        how: The portal.
        places: Their folders; what runners pushed is taken in after them.
        root: A root to trust for this run; else the roots this user pinned.
        unsafe_development_keys: Take publications in that development keys sign.
        anew: Empty the index first; accounts and their audit stay.
        seen: Is told what is being taken in.

    Raises:
        BadInput: A place is nothing that can be taken in.
    """
    begin(how)
    migrate()
    from peso.portal.ingest.pushed import ledgers  # noqa: PLC0415 - reads records, not for a mere CLI
    from peso.portal.ingest.run import Ways, ingest  # noqa: PLC0415 - its tables need Django first

    if anew:
        empty_index()
    machine = this_machine()
    ways = Ways(
        blobs=Blobs(how.blobs),
        trust=machine.state,
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        clock=machine.clock,
        seen=seen,
    )
    _tell_unfinished(how.folder)
    return ingest([*places, *ledgers(how.folder)], ways)


def _tell_unfinished(folder: Path) -> None:
    """Write down what no runner said it had finished, before it is taken in all the same."""
    from peso.portal.ingest.pushed import contents, ledger_of, ledgers  # noqa: PLC0415 - as above
    from peso.portal.people import runners  # noqa: PLC0415 - its tables need Django first

    known = {ledger_of(folder, one): one for one in runners.platforms()}
    for place in ledgers(folder):
        if holds := contents(place):
            runners.tell_unfinished(place.name, known.get(place, ""), holds)
