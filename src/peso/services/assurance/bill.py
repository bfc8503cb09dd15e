"""The bill: what both inventory documents say, before either format.

The writers beside it (`cyclonedx.py`, `spdx.py`) turn it into bytes. Equal bills give equal bytes:
what would differ by chance (serial number, namespace) is a name-based UUID of what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from peso.base.finding import Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file an item was built from, where it was built for this release."""

    filename: str
    sha256: str
    built_with: tuple[str, ...]
    """The purls of what built it, each with its sha256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a release ships."""

    ref: str
    """Unique in the bill."""
    name: str
    version: str
    purl: str
    part: str
    license: str | Unknown
    path: str
    sha256: str | None
    """None where it is not known; the documents then have no hash, and the inventory says so."""
    depends: tuple[str, ...]
    """Refs of other items."""
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A release and all it ships."""

    name: str
    version: str
    title: str
    made: datetime
    plan: str
    """The digest of the plan the release was made from."""
    tools: tuple[tuple[str, str], ...]
    """Names and versions of what resolved, built and wrote."""
    roots: tuple[str, ...]
    """Refs of the items the stack names."""
    items: tuple[Item, ...]

    @property
    def uuid(self) -> UUID:
        """What this bill is known by: the same for the same plan and the same files."""
        files = ",".join(f"{item.ref}={item.sha256}" for item in self.items)
        return uuid5(NAMESPACE_URL, f"urn:peso:inventory:{self.plan}:{files}")
