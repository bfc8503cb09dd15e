"""Shelf: the folder `vex/` of a workspace, where its statements are, in documents of OpenVEX.

1. Every file that ends in `.openvex.json` is read, also in folders below; a fault in any of them is
   an error with all faults of all files: a statement that cannot be read is not passed over.
2. A statement is added to the document of its vulnerability and author, whose version is raised;
   nothing that is there is changed.
3. What is added needs an exact product, a reason and an expiry; `not_affected` a justification;
   `affected` an action. Everything that is wrong is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.base.files import disk, locked, make_folder, write_atomic
from peso.errors import BadInput, Fault
from peso.services.assurance.vex.naming import is_exact
from peso.services.assurance.vex.openvex import (
    ENDING,
    LARGEST,
    WireDocument,
    document_of,
    read_document,
    statements_of,
    text_of,
)
from peso.services.assurance.vex.record import JUSTIFICATIONS, Statement

FOLDER = "vex"
_LONGEST = timedelta(days=3 * 366)
"""Nobody knows what holds for longer."""
_SIGN = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The statements of a workspace."""

    statements: tuple[Statement, ...]
    files: Mapping[str, str]
    """Each document by its path in the workspace, with its sha256."""


def read_shelf(root: Path) -> Shelf:
    """Read all statements of a workspace; none where there is no such folder.

    Raises:
        BadInput: With all faults of all documents.
        Outside: The disk failed.
    """
    statements: list[Statement] = []
    files: dict[str, str] = {}
    faults: list[Fault] = []
    for file in documents(root):
        name = file.relative_to(root).as_posix()
        data = _bytes(file)
        files[name] = sha256_bytes(data)
        try:
            statements.extend(statements_of(read_document(data, name), name))
        except BadInput as error:
            said = Fault(where=error.where or name, message=error.message, hint=error.hint)
            faults.extend(error.faults or (said,))
    if faults:
        raise BadInput(
            "there are statements that cannot be read",
            where=str(root / FOLDER),
            faults=tuple(faults),
        )
    return Shelf(statements=tuple(statements), files=files)


def documents(root: Path) -> tuple[Path, ...]:
    """Return the documents of a workspace, in order."""
    folder = root / FOLDER
    with disk(folder, "read"):
        found = folder.rglob(f"*{ENDING}") if folder.is_dir() else ()
        return tuple(sorted(one for one in found if one.is_file()))


def add_statement(
    statement: Statement, root: Path, *, lock: Path, now: datetime, tooling: str
) -> Path:
    """Write a statement into the workspace's folder; returns the document's file.

    Args:
        statement: What is said; `document` and `where` are this function's.
        root: The workspace.
        lock: A file that the one who writes holds.
        now: When this is.
        tooling: What writes it.

    Raises:
        BadInput: With everything that is wrong with the statement, or the document that is there.
    """
    if faults := tuple(_faults(statement, now)):
        raise BadInput("the statement is not one that can be kept", where="vex add", faults=faults)
    folder = root / FOLDER
    make_folder(folder, mode=0o755)
    file = folder / f"{_slug(statement.vulnerability)}.{_slug(statement.role)}{ENDING}"
    with locked(lock, who="peso vex add"):
        before = read_document(_bytes(file), str(file)) if file.is_file() else None
        if before is not None and (before.author, before.role or "") != (
            statement.author,
            statement.role,
        ):
            raise BadInput(f"this document is by {before.author}", where=str(file))
        write_atomic(file, text_of(_with(before, statement, now, tooling)), mode=0o644)
    return file


def _with(
    before: WireDocument | None, statement: Statement, now: datetime, tooling: str
) -> WireDocument:
    alone = document_of((statement,), made=now, tooling=tooling)
    if before is None:
        return alone
    # A statement that has the document's time keeps it, now that the document gets another.
    kept = tuple(
        one if one.timestamp else one.model_copy(update={"timestamp": before.timestamp})
        for one in before.statements
    )
    return before.model_copy(
        update={
            "statements": (*kept, *alone.statements),
            "version": before.version + 1,
            "last_updated": now,
            "tooling": tooling,
        }
    )


def _faults(one: Statement, now: datetime) -> Iterator[Fault]:
    if not one.vulnerability.strip():
        yield Fault(where="vulnerability", message="no vulnerability is named")
    if not one.products:
        yield Fault(where="product", message="no product is named", hint="e.g. pkg:pypi/a@1.0")
    for product in one.products:
        if not is_exact(product):
            named = product.purl or "nothing"
            yield Fault(
                where="product",
                message=f"{named} names no exact product",
                hint="a purl with a version, e.g. pkg:pypi/a@1.0, or the sha256 of its file",
            )
    if not one.reason.strip():
        yield Fault(where="reason", message="no reason is given", hint="what was looked at?")
    if not one.role.strip():
        yield Fault(where="role", message="nobody answers for it", hint="e.g. 'security team'")
    yield from _of_expiry(one.expires, now)
    yield from _of_status(one)


def _of_expiry(expires: datetime | None, now: datetime) -> Iterator[Fault]:
    if expires is None:
        yield Fault(where="expires", message="no expiry is given", hint="e.g. 2027-06-30")
    elif expires <= now:
        yield Fault(where="expires", message=f"it expired on {expires:%Y-%m-%d}")
    elif expires - now > _LONGEST:
        yield Fault(where="expires", message="it would hold for more than three years")


def _of_status(one: Statement) -> Iterator[Fault]:
    if one.status == "not_affected" and not one.justification:
        known = ", ".join(JUSTIFICATIONS)
        said = "`not_affected` needs a justification"
        yield Fault(where="justification", message=said, hint=f"one of {known}")
    if one.status != "not_affected" and one.justification:
        said = f"`{one.status}` has no justification"
        yield Fault(where="justification", message=said, hint="leave it out")
    if one.status == "affected" and not one.action.strip():
        yield Fault(where="action", message="`affected` needs an action: what is to be done")


def _slug(text: str) -> str:
    return _SIGN.sub("-", text).strip("-.")[:80] or "statement"


def _bytes(file: Path) -> bytes:
    with disk(file, "read"), file.open("rb") as stream:
        return stream.read(LARGEST + 1)
