"""An engine that does nothing: a test overrides what it needs."""

from __future__ import annotations

from pathlib import Path

from peso.products.engines.port import (
    AnyBuild,
    AnyLock,
    AnyRequires,
    Place,
    Workbench,
)
from peso.products.stack import Stack


class StillEngine:
    """Answers nothing; a test says what it needs of it."""

    def identity(self) -> str:
        return "still 1"

    def plan(self, stack: Stack, part: str, bench: Workbench, *, upgrade: bool) -> AnyLock:
        raise NotImplementedError

    def build(self, lock: AnyLock, bench: Workbench) -> AnyBuild:
        raise NotImplementedError

    def lost(self, build: AnyBuild) -> str | None:
        raise NotImplementedError

    def place(
        self, build: AnyBuild, release: Path, prefix: Path, of: tuple[str, ...], bench: Workbench
    ) -> Place:
        raise NotImplementedError

    def install(self, document: Path, prefix: Path, bench: Workbench) -> None:
        raise NotImplementedError

    def mismatch(self, requires: AnyRequires) -> str | None:
        raise NotImplementedError
