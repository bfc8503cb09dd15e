"""What the portal's commands say to people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.portal.ingest.taken import Ingested


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
