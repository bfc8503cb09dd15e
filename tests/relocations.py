"""Made-up proofs of archives: what the step, the gate and the pages are tried on."""

from __future__ import annotations

from peso.base.finding import Level, Outcome, Verdict
from peso.products.engines.native import CacheEntry
from peso.products.engines.relocation import Instructions, Landing, Leak, LeakKind, Relocation

SEEN = Instructions(
    features=("avx", "avx2"), level="x86_64_v3", asks=False, files=2, sampled=1000, of=4000
)


def landing(outcome: Outcome) -> Landing:
    """Return how an archive fared in one folder."""
    reason = None if outcome is Outcome.PASS else "this is why"
    return Landing(verdict=Verdict(outcome=outcome, reason=reason), length=40)


def proof(
    of: CacheEntry | Relocation,
    *leaks: Leak,
    longer: Outcome = Outcome.PASS,
    shorter: Outcome = Outcome.PASS,
) -> Relocation:
    """Return the proof of an archive; without a word of how it fared, it was moved."""
    return Relocation(
        archive=of.archive if isinstance(of, Relocation) else of.archive.sha256,
        hash=of.hash,
        name=of.name,
        version=of.version,
        target="x86_64",
        longer=landing(longer),
        shorter=landing(shorter),
        files=3,
        leaks=leaks,
        instructions=SEEN,
        tool="spack 1.3.0",
    )


def leak(level: Level, kind: LeakKind = "data", file: str = "lib/libx.so") -> Leak:
    """Return a leak of this level."""
    return Leak(
        file=file,
        kind=kind,
        place="store",
        level=level,
        reason="of its kind",
        where="offset 0x10",
        text="<store>/x",
        times=1,
        into=("longer",),
    )
