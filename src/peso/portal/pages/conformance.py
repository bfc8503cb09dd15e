"""Conformance: for each criterion of WCAG 2.2 and of Section 508, the answer and its proof.

The data are `conformance.yaml` beside this; the statement, the report and `docs/accessibility` are
made from it. What nobody tried is said, and counts as nothing.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from peso.base.record import Record
from peso.base.yamls import parse_record

_FILE: Final = Path(__file__).with_name("conformance.yaml")
Answer = Literal[
    "supports", "partially supports", "does not support", "not applicable", "not evaluated"
]
"""The words of the Voluntary Product Accessibility Template 2.5."""


class Criterion(Record):
    """One criterion, the answer, and what proves it."""

    id: str
    name: str
    level: Literal["A", "AA", ""] = ""
    answer: Answer
    proof: tuple[str, ...] = ()
    """`axe`, `review`, or the name of a test."""
    remark: str = ""

    @property
    def proofs(self) -> tuple[str, ...]:
        """What proves it, in words."""
        return tuple(_words(one) for one in self.proof)


class Conformance(Record):
    """All that is known."""

    schema_: Literal["peso.conformance/1"] = Field(alias="schema")
    looked: str
    """When it was looked at last."""
    axe: str
    browser: str
    not_tried: tuple[str, ...]
    wcag: tuple[Criterion, ...]
    section_508: tuple[Criterion, ...]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many criteria of WCAG have each answer."""
        return tuple(Counter(one.answer for one in self.wcag).most_common())

    @property
    def wanting(self) -> tuple[Criterion, ...]:
        """What is not, or not wholly, met."""
        return tuple(
            one
            for one in (*self.wcag, *self.section_508)
            if one.answer not in {"supports", "not applicable"}
        )


@cache
def conformance() -> Conformance:
    """Return what is known; read once."""
    return parse_record(Conformance, _FILE)


def _words(proof: str) -> str:
    if proof == "axe":
        return "axe-core"
    if proof == "review":
        return "looked at by a person"
    return f"test: {proof.removeprefix('test_').replace('_', ' ')}"
