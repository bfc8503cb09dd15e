"""Receipts: what is installed in a prefix, where it came from, and what was proven of it.

A receipt comes last: a prefix without one was cut short. It is nobody's proof; it says what was
proven when it was written.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from peso.base.files import disk
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.engines.port import Artifact

SHARE = Path("share/peso")
"""Where in a prefix PESO keeps what is not software."""
_LIMIT = 64 << 20


class Installed(Record):
    """One product that was installed."""

    name: str
    version: str
    purl: str


class InstalledUnit(Record):
    """One unit of Spack's that was brought."""

    part: str
    hash: str
    """Spack's hash of it, which the release's manifest binds to its archive."""
    name: str
    version: str
    archive: str
    """sha256 of the archive it is from."""
    folder: str
    """Where it is, relative to the prefix."""
    asked: bool
    """Whether it was asked for, or came because another needs it."""


class NotInstalled(Record):
    """One part that was not installed."""

    part: str
    engine: str
    document: str
    """The part's lock, relative to the folder in which the release's other files were laid."""
    build: str
    """The command that builds it from its lock, to be run in that folder."""
    because: Literal["no-binaries", "not-asked"] = "no-binaries"
    """The release holds no binaries of it, or nothing of it was asked for."""


class Receipt(Record):
    """What is installed in a prefix, where it came from, and what was proven of it."""

    schema_: Literal["peso.receipt/1"] = Field(default="peso.receipt/1", alias="schema")
    channel: str
    stack: str
    version: str
    title: str
    manifest: str
    """The sha256 of the release's signed manifest."""
    where: str
    root_sha256: str
    development: bool
    as_of: datetime
    freshness: str
    installed: datetime
    prefix: str
    parts: tuple[str, ...]
    """The folder of each part that was installed, relative to the prefix; `.` for an only one."""
    products: tuple[Installed, ...]
    files: tuple[Artifact, ...]
    """Every file of the release, as its manifest names it."""
    units: tuple[InstalledUnit, ...] = ()
    """The units of native parts, each in a folder of its own."""
    not_installed: tuple[NotInstalled, ...] = ()
    """The parts that were left out."""
    not_looked_at: tuple[str, ...] = ()
    """What of the publication was not proven, for people."""


def receipts(prefix: Path) -> tuple[Receipt, ...]:
    """Return the receipts in a prefix, proven by nothing; none for a prefix PESO did not finish."""
    found = []
    for path in sorted((prefix / SHARE).glob("*/receipt.json")):
        with disk(path, "read"), path.open("rb") as stream:
            data = stream.read(_LIMIT)
        try:
            found.append(Receipt.parse(data))
        except ValidationError as error:
            raise BadInput(
                "the prefix's receipt was damaged",
                where=str(path),
                hint="install into another prefix, or remove this one",
            ) from error
    return tuple(found)
