"""Target: one signed manifest, proven by length and digest; what it says is read later."""

from __future__ import annotations

from dataclasses import dataclass

from peso.services.delivery.layout.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One signed manifest, proven by length and digest."""

    role: str
    name: str
    """Its TUF target path, e.g. `testing/hpc-ai-26.11.manifest.json`."""
    place: str
    """Its path inside the publication."""
    sha256: str
    data: bytes
    label: Label | None = None
    """Which release it is, as its channel says; None: that does not say."""
