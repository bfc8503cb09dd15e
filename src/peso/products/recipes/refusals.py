"""Why something in a recipe is not known, and why reading one was given up."""

from __future__ import annotations


class CannotRead(Exception):
    """Something that cannot be known without running the recipe."""

    def __init__(self, reason: str, *, raised: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.raised = raised
        """The Python exception that running it would surely raise; empty where that is unknown."""


class TooMuch(Exception):
    """The recipe would take more steps or memory than any honest one."""
