"""Patching: what was accepted, as files that `git am` takes, for whoever keeps the ecosystem."""

from __future__ import annotations

from pathlib import Path

from peso.base.files import make_folder, write_atomic
from peso.base.record import Record
from peso.errors import BadInput
from peso.portal.config import PortalConfig
from peso.portal.django import begin, migrate


class Patched(Record):
    """The patches that were written."""

    folder: str
    files: tuple[str, ...]


def patches(how: PortalConfig, folder: Path) -> Patched:
    """Write every accepted proposal that is not in the files yet.

    Raises:
        BadInput: The folder holds something else.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("this is no empty folder", where=str(folder), hint="name a new one")
    begin(how)
    migrate()
    from peso.portal.people import proposals  # noqa: PLC0415 - its tables need Django first

    make_folder(folder)
    names = []
    for one in proposals.accepted().order_by("pk"):
        name = proposals.file_name(one)
        write_atomic(folder / name, proposals.mail_of(one, url=how.url).encode())
        names.append(name)
    return Patched(folder=str(folder), files=tuple(names))
