"""Checking PESO's own records: what a steward runs before a pull request.

Looks at every file, and says all that is wrong at once. A link is refused; nothing is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from peso.base.finding import Finding, Level
from peso.base.record import Record
from peso.errors import BadInput
from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.own import Knows, faults
from peso.services.assurance.advisories.places import files_in, read_file
from peso.services.assurance.advisories.record import Unreadable, finding

_LIMIT = 1 << 20


class OwnChecked(Record):
    """What was looked at, and what is wrong with it."""

    files: int
    names: bool
    """Whether Spack names were looked up; without recipes at hand they were not."""
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(one.level is Level.NOTE for one in self.findings)


def check_own(paths: Iterable[Path], *, today: date, knows: Knows | None) -> OwnChecked:
    """Check records that a steward wrote: files, and folders of them.

    Args:
        paths: The files and folders.
        today: The day that dates are compared with.
        knows: Whether a Spack name is one; None where no recipes are at hand.

    Raises:
        BadInput: A path is not there, or no record is in any.
        Outside: The disk failed.
    """
    found: list[Finding] = []
    places: dict[str, str] = {}
    count = 0
    for path in paths:
        if not path.exists():
            raise BadInput(
                "there is no such file or folder", where=str(path), hint="check the path"
            )
        for file in files_in(path):
            count += 1
            name = str(file.path)
            try:
                data = read_file(file, _LIMIT)
                record = read_advisory(file.name, data)
            except Unreadable as error:
                found.append(finding("advisory-unreadable", name, str(error), Level.HIGH))
                continue
            found += faults(name, data, record, today=today, knows=knows)
            if places.setdefault(record.id, name) != name:
                message = f"{record.id} is also in {places[record.id]}"
                found.append(finding("advisory-twice", name, message, Level.HIGH))
    if not count:
        raise BadInput(
            "there is no record to check", hint="name files, or folders with .yaml files"
        )
    return OwnChecked(files=count, names=knows is not None, findings=tuple(found))
