"""A record as a steward writes it, and ways to spoil it."""

from __future__ import annotations

import copy
from typing import Any

GOOD: dict[str, Any] = {
    "schema_version": "1.7.0",
    "id": "PESO-2026-1",
    "published": "2026-03-01T00:00:00Z",
    "modified": "2026-03-02T00:00:00Z",
    "aliases": ["CVE-2026-1000"],
    "summary": "A message that is too long overwrites the stack of the daemon",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PESO", "name": "libthing"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [
                        {"introduced": "0"},
                        {"fixed": "4.1.7"},
                        {"introduced": "5.0"},
                        {"fixed": "5.0.2"},
                    ],
                }
            ],
            "versions": ["4.0rc1"],
        }
    ],
    "references": [{"type": "ADVISORY", "url": "https://example.org/advisory"}],
    "database_specific": {"review_by": "2027-03-01"},
}


def spoilt(*path: str | int, to: object = None) -> dict[str, Any]:
    """Return the good record with one thing changed; without `to` it is left out."""
    record = copy.deepcopy(GOOD)
    place: Any = record
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return record


def with_events(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    """Return the good record with other events."""
    return spoilt("affected", 0, "ranges", 0, to={"type": kind, "events": list(events)})
