"""Taking in: ingest from outside a web server, with the ways of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from peso.base.ledger import Blobs
from peso.portal.config import PortalConfig
from peso.portal.django import begin, migrate
from peso.portal.ingest.taken import Ingested
from peso.workspace import this_machine


def take_in(
    how: PortalConfig,
    places: Sequence[Path],
    *,
    root: Path | None = None,
    unsafe_development_keys: bool = False,
    seen: Callable[[str], None] = lambda _what: None,
) -> Ingested:
    """Take in workspaces, ledgers and publications; makes the database where there is none.

    Args:
        how: The portal.
        places: Their folders.
        root: A root to trust for this run; else the roots this user pinned.
        unsafe_development_keys: Take publications in that development keys sign.
        seen: Is told what is being taken in.

    Raises:
        BadInput: A place is nothing that can be taken in.
    """
    begin(how)
    migrate()
    from peso.portal.ingest.run import Ways, ingest  # noqa: PLC0415 - its tables need Django first

    machine = this_machine()
    ways = Ways(
        blobs=Blobs(how.blobs),
        trust=machine.state,
        root=root,
        unsafe_development_keys=unsafe_development_keys,
        clock=machine.clock,
        seen=seen,
    )
    return ingest(places, ways)
