"""What the portal's commands say to people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.portal.ingest.taken import Ingested
    from peso.portal.moving import Moved


def ingested_words(done: Ingested) -> str:
    """Say what was taken in, and every refusal with its reason."""
    counts = Counter((one.kind, one.state) for one in done.taken)
    lines = [f"{n} {kind}: {state}" for (kind, state), n in sorted(counts.items())]
    lines += [
        f"refused: {one.kind} {one.place}: {one.reason}"
        for one in done.taken
        if one.state == "refused"
    ]
    return "\n".join(lines or ["nothing was there to take in"])


def moved_words(done: Moved) -> str:
    """Say what was moved, and what to do next."""
    lines = [f"{one.rows:>9} rows of {one.table}" for one in done.tables if one.rows]
    lines += [
        f"{done.rows:>9} rows moved, and every one compared",
        "start the portal with PESO_PORTAL_DATABASE set to the new address from now on",
    ]
    return "\n".join(lines)
