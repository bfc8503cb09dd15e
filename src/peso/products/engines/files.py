"""A file a release ships, named by digest: the record every engine makes and every room reads."""

from __future__ import annotations

from typing import Literal

from peso.base.record import Record

Role = Literal[
    "artifact", "lock", "test", "sbom", "evidence", "attestation", "log", "page", "recipes"
]


class Artifact(Record):
    """A file a release ships, named by digest."""

    role: Role
    path: str
    """Relative POSIX path inside the release, e.g. `wheels/numpy-2.4.6-….whl`."""
    media_type: str
    length: int
    sha256: str
