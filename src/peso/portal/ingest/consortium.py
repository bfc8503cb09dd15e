"""The consortium of a workspace: what its files say becomes one record, without any address."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.partnerships.consortium.reading import consortium_files, read_consortium
from peso.portal.ingest.taken import Taken
from peso.portal.store.models import Consortium

_ONLY = 1


def take_consortium(workspace: Path, name: str, now: datetime) -> list[Taken]:
    """Take in the consortium; a file that cannot be read is refused, and the rest goes on."""
    read = read_consortium(workspace)
    said = {"data": read.consortium.plain(), "taken": now, "workspace": name}
    Consortium.objects.update_or_create(pk=_ONLY, defaults=said)
    refused: dict[str, Taken] = {}
    for one in read.findings:
        place = (one.where or "").rpartition(":")[0]
        refused.setdefault(
            place, Taken(kind="consortium", place=place, state="refused", reason=one.message)
        )
    whole = Taken(kind="consortium", place="consortium", state="taken", rows=len(read.files))
    return [*refused.values(), whole]


def digest_of_consortium(workspace: Path, name: str) -> str:
    """Return a digest over the files of the consortium and the products; empty: there are none.

    Whose they are is in it: the same files of another workspace are taken in as that one's.
    """
    files = consortium_files(workspace)
    if not files:
        return ""
    products = sorted((workspace / "products").glob("*.yaml"))
    paths = [*files, *(one.relative_to(workspace).as_posix() for one in products)]
    said = [f"{one} {sha256_bytes((workspace / one).read_bytes())}" for one in paths]
    return sha256_bytes("\n".join((name, *said)).encode())
