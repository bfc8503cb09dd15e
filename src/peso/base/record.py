"""The frozen record: what crosses a border (a file, the ledger, the Python API).

A record is closed (an unknown key is an error), cannot be changed after it is made, and has one
canonical form in bytes, so that its digest is the same on every machine. Tuples, not lists.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from peso.base.digest import canonical_json, sha256_bytes


class Record(BaseModel):
    """A frozen, closed pydantic record."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def plain(self) -> dict[str, Any]:
        """Return the record as plain JSON data; for the one place that writes it down."""
        return self.model_dump(mode="json", by_alias=True)

    def canonical(self) -> bytes:
        """Return the record's one canonical form: sorted keys, no spaces, UTF-8."""
        return canonical_json(self.plain())

    def digest(self) -> str:
        """Return the sha256 of the canonical form, 64 hex digits."""
        return sha256_bytes(self.canonical())

    @classmethod
    def parse(cls, data: bytes | str) -> Self:
        """Read a record from JSON; raises pydantic's ValidationError on anything else."""
        return cls.model_validate_json(data)
