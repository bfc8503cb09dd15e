"""Facts of an audit: a question, its answer, and why where it is not a plain yes.

1. Three answers: proven, not provable (always with the reason), wrong (always with a `Reason`).
2. A question that was not reached is not provable, never left out: the numbers add up.
3. Hot records: an audit of 10,000 units has 100,000 facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from peso.base.finding import Outcome
from peso.errors import Reason
from peso.products.engines.spack.buildcache.record import Signature


class Question(StrEnum):
    """What is asked; the first eleven of each unit, the others of the whole cache."""

    MANIFEST = "manifest"
    PLACE = "place"
    SPEC_BLOB = "spec-blob"
    SPEC_HASH = "spec-hash"
    ARCHIVE_BLOB = "archive-blob"
    ARCHIVE_SPEC = "archive-spec"
    INDEXED = "indexed"
    INDEX_SPEC = "index-spec"
    ALONE = "alone"
    SIGNED = "signed"
    BOUND = "bound"
    INDEX = "index"
    INDEX_SIGNED = "index-signed"
    COMPLETE = "complete"
    FRESH = "fresh"


ASKED: Mapping[Question, str] = {
    Question.MANIFEST: "is its manifest there, and does it name one pair of blobs?",
    Question.PLACE: "is it the manifest of the name, version and hash that its path says?",
    Question.SPEC_BLOB: "is the spec blob there, with that digest and length?",
    Question.SPEC_HASH: "does the spec have the hash that Spack gives such a spec?",
    Question.ARCHIVE_BLOB: "is the archive there, with that digest and length?",
    Question.ARCHIVE_SPEC: "is the spec inside the archive that spec?",
    Question.INDEXED: "do the index and what is there agree that it is in the cache?",
    Question.INDEX_SPEC: "is the spec in the index the one that its hash stands for?",
    Question.ALONE: "is it the only manifest of its hash, and its archive nobody else's?",
    Question.SIGNED: "is the manifest signed by a key that counts?",
    Question.BOUND: "does a signature that counts reach its hash, by the spec inside the archive?",
    Question.INDEX: "is the index there and whole?",
    Question.INDEX_SIGNED: "does a signature say that this is the index?",
    Question.COMPLETE: "does the index leave nothing out?",
    Question.FRESH: "does anything say from when this cache is, and until when it holds?",
}
TRUST = frozenset(
    {Question.SIGNED, Question.BOUND, Question.INDEX_SIGNED, Question.COMPLETE, Question.FRESH}
)
"""Questions about whose word it is; the others are about whether the cache agrees with itself."""
OF_A_UNIT = tuple(Question)[: tuple(Question).index(Question.INDEX)]


@dataclass(frozen=True, slots=True)
class Fact:
    """The answer to one question."""

    question: Question
    outcome: Outcome
    why: str = ""
    """Empty where it is proven."""
    reason: Reason | None = None
    """Of what is wrong."""


def proven(question: Question) -> Fact:
    """Return a yes."""
    return Fact(question, Outcome.PASS)


def unknown(question: Question, why: str) -> Fact:
    """Return what cannot be known here, and why."""
    return Fact(question, Outcome.UNKNOWN, why)


def wrong(question: Question, reason: Reason, why: str) -> Fact:
    """Return a no."""
    return Fact(question, Outcome.FAIL, why, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the index says of a unit."""

    hash: str
    name: str
    version: str
    in_cache: bool
    holds: Fact
    """Whether it is the spec that its hash stands for."""


@dataclass(slots=True, kw_only=True)
class Looked:
    """One manifest, or the place where one should be, and what was found out about it."""

    path: str
    hash: str
    name: str
    version: str
    """As its path or the index says; empty: neither does."""
    archive: str = ""
    """sha256 of the archive that its manifest names."""
    spec: str = ""
    """sha256 of the spec blob that its manifest names."""
    read: int = 0
    """Bytes that were looked at."""
    signatures: tuple[Signature, ...] = ()
    signed: bytes = field(default=b"", repr=False)
    """The manifest, if it is signed and somebody wants to know by whom."""
    facts: dict[Question, Fact] = field(default_factory=dict)

    def say(self, *facts: Fact) -> None:
        """Note facts; what is wrong is not made better by a later one."""
        for one in facts:
            before = self.facts.get(one.question)
            if before is None or before.outcome is not Outcome.FAIL:
                self.facts[one.question] = one
