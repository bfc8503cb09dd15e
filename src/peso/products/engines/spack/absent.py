"""The Spack engine of a machine without Spack: it says so, and how to get one.

A facility that installs Python parts only needs no Spack; it is missed where a native part is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Never

from peso.errors import Outside
from peso.products.engines.port import AnyBuild, AnyRequires


@dataclass(frozen=True, slots=True)
class AbsentSpack:
    """Answers everything with why there is no Spack."""

    why: Outside

    def identity(self) -> str:
        """Name it."""
        return f"no Spack: {self.why.message}"

    def mismatch(self, requires: AnyRequires) -> str | None:  # noqa: ARG002 - none fits
        """Say what is missing."""
        said = self.why.message
        return f"{said} ({self.why.hint})" if self.why.hint else said

    def lost(self, build: AnyBuild) -> str | None:  # noqa: ARG002 - nothing of it is here
        """Say why nothing can be here."""
        return self.why.message

    def plan(self, *_: object, **__: object) -> Never:
        """Say why not."""
        raise self.why

    def build(self, *_: object) -> Never:
        """Say why not."""
        raise self.why

    def place(self, *_: object) -> Never:
        """Say why not."""
        raise self.why

    def install(self, *_: object) -> Never:
        """Say why not."""
        raise self.why
