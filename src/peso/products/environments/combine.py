"""Put the texts of a root together into one spec. (temporary: without the grammar)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Texts put together."""

    text: str
    fault: str = ""
    contradicts: bool = False
    text_at_fault: str = ""
    position: int = -1


class Combiner:
    """Puts texts together."""

    def combined(self, texts: Sequence[str]) -> Combined:
        return Combined(text=" ".join(t for t in texts if t))

    def satisfies(self, texts: Sequence[str], constraint: str) -> bool:
        return False

    def printed(self, text: str) -> str:
        return text

    def signed(self, sigil: str, text: str) -> str:
        return sigil + text
