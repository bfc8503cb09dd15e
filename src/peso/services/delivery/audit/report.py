"""The report of an audit: what is proven, what cannot be, what is wrong; and what follows.

1. Two verdicts. `consistent`: does the cache agree with itself? `trusted`: is it what its units'
   names say? Anything wrong makes both a no.
2. `trusted` is at best unknown. Spack's format has no word that binds an archive to a hash, and no
   time; so no audit can say yes, however well all is signed, and `unknown` is never a pass.
3. `ok` is what a script asks. It is a yes only where `trusted` is one, or where whoever asked takes
   what cannot be proven (`unsafe_unproven`), and something was looked at, and nothing is wrong.
4. Every wrong thing is a finding of its own; what cannot be known is one finding for each reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from peso.base.finding import Finding, Level, Outcome, Verdict
from peso.base.record import Record
from peso.errors import Reason
from peso.services.delivery.audit.facts import ASKED, OF_A_UNIT, TRUST, Fact, Looked, Question


class Asked(Record):
    """One question, and how often each answer was given."""

    question: Question
    text: str
    proven: int
    not_provable: int
    wrong: int


class UnitAudited(Record):
    """One unit: which questions got which answer."""

    hash: str
    name: str
    version: str
    """As its path or the index says."""
    path: str
    signers: tuple[str, ...]
    """Keys that the signatures name; empty: unsigned."""
    proven: tuple[Question, ...]
    not_provable: tuple[Question, ...]
    wrong: tuple[Question, ...]


class Signer(Record):
    """A key that signatures name."""

    key: str
    """Its fingerprint or key id; `unsigned`, or `not named`."""
    units: int
    verified: int
    """How many of them gpg found good, under a keyring that the facility gave."""


class CacheAudited(Record):
    """What an audit of a build cache of Spack found out."""

    ok: bool
    where: str
    source: Literal["folder", "address"]
    trusted: Verdict
    consistent: Verdict
    reason: Reason | None
    """Of the first thing that is wrong."""
    unsafe_unproven: bool
    """Whether what cannot be proven was taken for good enough, as asked."""
    units: int
    bytes: int
    """Bytes that were looked at."""
    asked: tuple[Asked, ...]
    signers: tuple[Signer, ...]
    findings: tuple[Finding, ...]
    not_looked_at: tuple[str, ...]
    audited: tuple[UnitAudited, ...]


def report(  # noqa: PLR0913 - one argument for each thing that is known
    units: Sequence[Looked],
    facts: Sequence[tuple[str, Fact]],
    *,
    where: str,
    folder: bool,
    size: int,
    unsafe_unproven: bool,
    not_looked_at: Sequence[str],
) -> CacheAudited:
    """Make the report.

    Args:
        units: what was looked at.
        facts: what is known of the cache as a whole, each with what it is about.
        where: the cache.
        folder: whether it is a folder.
        size: bytes that were read besides the units'.
        unsafe_unproven: whether what cannot be proven is taken for good enough.
        not_looked_at: what the report does not speak of.
    """
    told = [*facts, *((_label(one), fact) for one in units for fact in one.facts.values())]
    no = [(about, fact) for about, fact in told if fact.outcome is Outcome.FAIL]
    consistent, trusted = _consistent(units, told), _trusted(units, told)
    return CacheAudited(
        ok=not no and bool(units) and (trusted.ok or unsafe_unproven),
        where=where,
        source="folder" if folder else "address",
        trusted=trusted,
        consistent=consistent,
        reason=no[0][1].reason if no else None,
        unsafe_unproven=unsafe_unproven,
        units=len(units),
        bytes=size + sum(one.read for one in units),
        asked=tuple(_asked([fact for _, fact in told])),
        signers=tuple(_signers(units)),
        findings=tuple(_findings(units, facts)),
        not_looked_at=tuple(not_looked_at),
        audited=tuple(map(_audited, units)),
    )


def _label(one: Looked) -> str:
    return f"{one.name}@{one.version}/{one.hash[:7]}" if one.hash else one.name


def _consistent(units: Sequence[Looked], told: Sequence[tuple[str, Fact]]) -> Verdict:
    own = [fact for _, fact in told if fact.question not in TRUST]
    wrong = sum(fact.outcome is Outcome.FAIL for _, fact in told)
    if wrong:
        return Verdict(outcome=Outcome.FAIL, reason=f"{wrong} things are wrong")
    if not units:
        return Verdict(outcome=Outcome.UNKNOWN, reason="no unit was found to look at")
    why = {fact.why: None for fact in own if fact.outcome is Outcome.UNKNOWN}
    if why:
        return Verdict(outcome=Outcome.UNKNOWN, reason="; ".join(why))
    return Verdict(outcome=Outcome.PASS)


def _trusted(units: Sequence[Looked], told: Sequence[tuple[str, Fact]]) -> Verdict:
    wrong = sum(fact.outcome is Outcome.FAIL for _, fact in told)
    if wrong:
        return Verdict(outcome=Outcome.FAIL, reason=f"{wrong} things are wrong")
    if not units:
        return Verdict(outcome=Outcome.UNKNOWN, reason="no unit was found to look at")
    why = {fact.why: None for _, fact in told if fact.outcome is Outcome.UNKNOWN}
    return Verdict(outcome=Outcome.UNKNOWN, reason="; ".join(why))


def _asked(facts: Sequence[Fact]) -> Iterator[Asked]:
    counts = Counter((fact.question, fact.outcome) for fact in facts)
    for question, text in ASKED.items():
        proven, unknown, wrong = (
            counts[question, one] for one in (Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL)
        )
        if proven or unknown or wrong:
            yield Asked(
                question=question, text=text, proven=proven, not_provable=unknown, wrong=wrong
            )


def _signers(units: Sequence[Looked]) -> Iterator[Signer]:
    named, verified = Counter[str](), Counter[str]()
    for one in units:
        if not one.archive:
            continue
        fact = one.facts.get(Question.SIGNED)
        for key in {each.signer or "not named" for each in one.signatures} or {"unsigned"}:
            named[key] += 1
            verified[key] += fact is not None and fact.outcome is Outcome.PASS
    for key, number in sorted(named.items()):
        yield Signer(key=key, units=number, verified=verified[key])


def _findings(units: Sequence[Looked], facts: Sequence[tuple[str, Fact]]) -> Iterator[Finding]:
    unknown = defaultdict[tuple[Question, str], int](int)
    told: list[tuple[str, str | None, Fact]] = [(about, None, fact) for about, fact in facts]
    for one in units:
        told += ((_label(one), one.path, fact) for fact in one.facts.values())
    for about, path, fact in told:
        if fact.outcome is Outcome.FAIL:
            yield Finding(
                rule=f"cache/{fact.question}",
                level=Level.HIGH,
                subject=about,
                message=f"{fact.why} ({fact.reason})",
                where=path,
            )
        elif fact.outcome is Outcome.UNKNOWN:
            unknown[fact.question, fact.why] += 1
    for (question, why), number in unknown.items():
        whole = question not in OF_A_UNIT
        yield Finding(
            rule=f"cache/{question}",
            level=Level.UNKNOWN,
            subject="the cache" if whole else f"{number} units",
            message=why,
        )


def _audited(one: Looked) -> UnitAudited:
    def with_answer(answer: Outcome) -> tuple[Question, ...]:
        return tuple(each.question for each in one.facts.values() if each.outcome is answer)

    return UnitAudited(
        hash=one.hash,
        name=one.name,
        version=one.version,
        path=one.path,
        signers=tuple(each.signer for each in one.signatures),
        proven=with_answer(Outcome.PASS),
        not_provable=with_answer(Outcome.UNKNOWN),
        wrong=with_answer(Outcome.FAIL),
    )
