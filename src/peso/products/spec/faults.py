"""What can be wrong with a spec: how it is written, what it asks for, what cannot be answered.

1. `SpecError` says what was found where, and what was expected there.
2. `Contradiction` says which two constraints no software can meet at once.
3. `Unanswerable` is raised where yes and no would both be guesses; it is neither.
"""

from __future__ import annotations

from peso.errors import BadInput, PesoError


class SpecError(BadInput):
    """A text is no spec, or no version."""

    def __init__(self, message: str, position: int = 0, *, text: str = "") -> None:
        super().__init__(message)
        self.position = position
        """Offset of the first character that does not fit, from 0."""
        self.text = text
        """The whole text that was read; empty where it is not known."""

    def __str__(self) -> str:
        """Say what is wrong, and show the place under the text where it is known."""
        if not self.text or not self.text.isprintable():
            return f"{self.message} (at character {self.position + 1})"
        return f"{self.message}\n  {self.text}\n  {' ' * self.position}^"


class Contradiction(BadInput):
    """Two specs that no software meets at once."""


class Unanswerable(PesoError):
    """A question that takes what a spec does not say, e.g. the version a git branch stands for."""

    exit_code = 2
