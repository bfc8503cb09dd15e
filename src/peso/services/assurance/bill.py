"""The bill: what both inventory documents say, before either format.

The writers beside it (`cyclonedx.py`, `spdx.py`) turn it into bytes. Equal bills give equal bytes:
what would differ by chance (serial number, namespace) is a name-based UUID of what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from peso.base.finding import Unknown

State = Literal["shipped", "supplied", "building", "missing"]
"""What an item is to the release: part of it; needed, and supplied by the machine; needed only to
build what is in it; asked for, and not there."""
Type = Literal["build", "link", "run", "test"]
USED: frozenset[Type] = frozenset({"link", "run"})
"""The types of what an item needs where it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file an item was built from, where it was built for this release."""

    filename: str
    sha256: str
    built_with: tuple[str, ...]
    """The purls of what built it, each with its sha256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One thing an item is made from, and where it is to be had."""

    kind: Literal["archive", "git", "resource", "patch"]
    url: str
    """Empty where it is beside the recipe, or on the machine that built."""
    sha256: str
    other: str
    """`commit:…`, `md5:…` and the like, where there is no sha256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing an item needs, and how."""

    ref: str
    types: tuple[Type, ...]
    tool: bool = False
    """Whether it is used as a compiler."""

    @property
    def used(self) -> bool:
        """Whether it is needed where the item is used, and not only to build or test it."""
        return not USED.isdisjoint(self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a release ships, or that was needed for it."""

    ref: str
    """Unique in the bill."""
    name: str
    version: str
    purl: str
    part: str
    license: str | Unknown
    path: str
    """Empty for what is no file of the release."""
    sha256: str | None
    """None where it is not known, or there is no file; the documents then have no hash."""
    depends: tuple[Need, ...]
    source: Source | None = None
    state: State = "shipped"
    unit: str = ""
    """Spack's hash; empty for a Python unit."""
    origins: tuple[Origin, ...] = ()
    patches: tuple[str, ...] = ()
    """sha256 of each patch that is among no origins."""
    supplier: str = ""
    """The distribution that an external is from."""
    also: tuple[str, ...] = ()
    """purls of the same thing, where other indexes have it."""
    facts: tuple[tuple[str, str], ...] = ()
    """What else is known: names and values."""
    external: bool = False
    """Whether the machine supplied it, and nothing of it was built from a recipe."""
    unknown: tuple[tuple[str, str], ...] = ()
    """What is not known beside the license, and why."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The refs of what it needs where it is used."""
        return tuple(need.ref for need in self.depends if need.used)


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
        files = ",".join(f"{item.ref}={item.sha256 or item.state}" for item in self.items)
        return uuid5(NAMESPACE_URL, f"urn:peso:inventory:{self.plan}:{files}")


def written(document: dict[str, Any]) -> bytes:
    """Return a document as bytes: keys sorted, a line for each value, the same each time."""
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1)
