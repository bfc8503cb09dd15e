"""Advisories of our own making, as files: small, and named after the case."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

V3_CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V3_MEDIUM = "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"


def advisory(
    id_: str,
    product: str = "a",
    *,
    fixed: str | None = "2.0",
    aliases: tuple[str, ...] = (),
    vector: str | None = None,
    **more: Any,  # noqa: ANN401 - any field of a record
) -> dict[str, Any]:
    """Return a record: everything below `fixed` is affected."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return {
        "id": id_,
        "modified": "2026-10-01T00:00:00Z",
        "summary": f"What {id_} is about.",
        "aliases": list(aliases),
        "severity": [{"type": "CVSS_V3", "score": vector}] if vector else [],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": product},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
        **more,
    }


def folder_of(folder: Path, *records: dict[str, Any]) -> Path:
    """Write each record to a file named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for record in records:
        Path(folder, f"{record['id']}.json").write_text(json.dumps(record), "utf-8")
    return folder


def archive_of(path: Path, *records: dict[str, Any], **others: bytes) -> Path:
    """Write the records into a zip archive, and other members beside them."""
    with zipfile.ZipFile(path, "w") as archive:
        for record in records:
            archive.writestr(f"vulns/{record['id']}.json", json.dumps(record))
        for name, data in others.items():
            archive.writestr(name, data)
    return path
