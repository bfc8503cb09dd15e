"""Advisories: the local folder of known vulnerabilities, by source.

    <store>/<source>.sqlite      one imported source: its records by product, and what it is

Imports OSV records from a folder or an archive; says which sources it has, how many records and how
old the newest is. Evaluates nothing: `scan.py` does. The rules, in order:

1. Importing replaces the source of that name as a whole, or leaves it as it was.
2. A file that is no record is a finding with its name; it neither ends the import nor is lost.
   Only files named like records (`.json`, `.yaml`, `.yml`) are looked at, hidden ones are not.
3. An archive is unpacked by `base/files.py`, which refuses paths that escape, links out and bombs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import disk, extract, locked, make_folder, remove_tree, sweep, temporary
from peso.base.finding import Finding, Level
from peso.base.net import Net
from peso.base.record import Record
from peso.errors import BadInput, Outside
from peso.services.assurance.index import SUFFIX, Key, read_about, read_index, write_index
from peso.services.assurance.osv import SUFFIXES, Advisory, Unreadable, read_advisory

OSV_PYPI = "https://storage.googleapis.com/osv-vulnerabilities/PyPI/all.zip"
"""OSV's public archive of every record on PyPI (https://google.github.io/osv.dev/data/)."""
OSV_PYPI_NAME = "osv-pypi"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RECORD_LIMIT = 16 << 20
_DOWNLOAD_LIMIT = 1 << 30
_UNPACKED_LIMIT = 8 << 30
_FILES_LIMIT = 2_000_000


class Source(Record):
    """One imported source of advisories."""

    name: str
    records: int
    newest: datetime | None
    """When its newest record was last changed."""
    imported: datetime
    sha256: str
    """Digest over the source's records."""
    findings: tuple[Finding, ...] = ()
    """The files that were no record, or one that names no product; each with its name."""


def import_advisories(source: Path, store: Path, *, name: str | None, now: datetime) -> Source:
    """Import OSV records from a folder or an archive (zip, tar).

    Args:
        source: The folder or archive.
        store: The folder of advisories.
        name: What the source is called; without one, its file name without what follows a dot.
        now: When this is.

    Raises:
        BadInput: There is no such file, no record in it, or the name cannot be used.
        Refused: The archive is unsafe, or too large.
        Outside: The disk failed.
    """
    called = name or source.absolute().name.partition(".")[0]
    if not _NAME.fullmatch(called):
        raise BadInput(
            f"{called!r} cannot name a source",
            where=str(source),
            hint="give a name of letters, digits, dots, dashes and underscores with --name",
        )
    if not source.exists():
        raise BadInput("there is no such file or folder", where=str(source), hint="check the path")
    with locked(store / ".lock", who="peso advisories import", wait=True):
        with _unpacked(source, store) as folder:
            records, findings = _read_all(folder)
        if not records:
            raise BadInput(
                f"no OSV record in it ({len(findings)} files were looked at)",
                where=str(source),
                hint="give a folder or an archive of OSV records in JSON or YAML",
            )
        made = _describe(called, records, findings, now)
        write_index(store / f"{called}{SUFFIX}", made.canonical().decode(), records)
    return made


def update(store: Path, net: Net, *, now: datetime, url: str = OSV_PYPI) -> Source:
    """Fetch the public OSV records on PyPI and import them.

    Raises:
        Outside: The network does not allow it; the hint says how to go on without.
    """
    make_folder(store)
    sweep(store)
    archive = temporary(store)
    try:
        net.fetch_to(url, archive, limit=_DOWNLOAD_LIMIT)
        return import_advisories(archive, store, name=OSV_PYPI_NAME, now=now)
    except Outside as error:
        raise Outside(
            f"the advisories could not be fetched: {error.message}",
            where=error.where,
            hint="fetch the archive where a network is, carry it here, then `peso advisories import"
            f" FILE --name {OSV_PYPI_NAME}`",
        ) from error
    finally:
        remove_tree(archive)


def sources(store: Path) -> tuple[Source, ...]:
    """Return the sources imported so far, by name."""
    return tuple(Source.parse(read_about(path)) for path in _indexes(store))


def records_for(store: Path, wanted: Iterable[Key]) -> dict[Key, tuple[tuple[str, Advisory], ...]]:
    """Return what every source says of products, as (source, record), by (ecosystem, name)."""
    keys = tuple(dict.fromkeys(wanted))
    found: dict[Key, list[tuple[str, Advisory]]] = {key: [] for key in keys}
    for path in _indexes(store):
        for key, records in read_index(path, keys).items():
            found[key].extend((path.name.removesuffix(SUFFIX), record) for record in records)
    return {key: tuple(records) for key, records in found.items()}


def _indexes(store: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in store.glob(f"*{SUFFIX}") if path.name[0] != "."))


def _describe(
    name: str, records: tuple[Advisory, ...], findings: tuple[Finding, ...], now: datetime
) -> Source:
    digests = [
        [one.id, sha256_bytes(canonical_json(one.model_dump(mode="json")))] for one in records
    ]
    return Source(
        name=name,
        records=len(records),
        newest=max(record.modified for record in records),
        imported=now,
        sha256=sha256_bytes(canonical_json(digests)),
        findings=findings,
    )


@contextmanager
def _unpacked(source: Path, store: Path) -> Iterator[Path]:
    """Give the folder the records are in; an archive's is gone afterwards."""
    if source.is_dir():
        yield source
        return
    sweep(store)
    folder = temporary(store)
    try:
        extract(source, folder, limit=_UNPACKED_LIMIT, files_limit=_FILES_LIMIT)
        yield folder
    finally:
        remove_tree(folder)


def _read_all(folder: Path) -> tuple[tuple[Advisory, ...], tuple[Finding, ...]]:
    """Return the records sorted by id, and what was wrong with which file."""
    records: dict[str, Advisory] = {}
    findings: list[Finding] = []
    for path in _files(folder):
        name = str(path.relative_to(folder))
        try:
            record = read_advisory(name, _read(path))
        except Unreadable as error:
            findings.append(_finding("advisory-unreadable", name, str(error)))
            continue
        if not any(one.package for one in record.affected) and record.withdrawn is None:
            message = f"{record.id} names no product, so no component is matched with it"
            findings.append(_finding("advisory-without-product", name, message))
        other = records.setdefault(record.id, record)
        if other is not record:
            message = f"{record.id} is there twice; the one changed last counts"
            findings.append(_finding("advisory-twice", name, message))
            records[record.id] = max(other, record, key=lambda one: one.modified)
    return tuple(records[key] for key in sorted(records)), tuple(findings)


def _files(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(top, name)
            if path.suffix in SUFFIXES and not name.startswith("."):
                yield path


def _read(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is a link or a special file, which is not read")
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_RECORD_LIMIT + 1)
    if len(data) > _RECORD_LIMIT:
        raise Unreadable(f"it is longer than {_RECORD_LIMIT >> 20} MiB")
    return data


def _finding(rule: str, name: str, message: str) -> Finding:
    return Finding(rule=rule, level=Level.MEDIUM, subject=name, message=message)
