"""Moving: the step relocate; what decides it and when it is stale.

Each proof is filed under the digest of its archive, besides the step's own record: a release with
one new archive has that one tried, and no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from pydantic import ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Level, Outcome
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.products.engines.relocation import DIRECTIONS, LOOK, Relocation
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations, archives, relocate
from peso.services.steps.port import Life, Ports, Said, Seen, Step

ARCHIVE = "relocation"
"""What the proof of one archive is filed under, by the archive's digest."""


def relocate_inputs(life: Life, _ports: Ports) -> Mapping[str, str]:
    """What decides it: the archives, and what kind of look is taken."""
    found = [[part.part, one.hash, one.archive.sha256] for part, one in archives(life.of(Build))]
    return {"archives": sha256_bytes(canonical_json(found)), "look": str(LOOK)}


def do_relocate(life: Life, ports: Ports, seen: Seen) -> Relocations:
    """Try what is new, and file each proof."""
    build = life.of(Build)
    wanted = [one.archive.sha256 for _, one in archives(build)]
    known = {sha256: one for sha256 in wanted if (one := _filed(sha256, ports.ledger)) is not None}
    bench, now = ports.bench("relocate", seen), ports.clock()
    made = relocate(life.of(Plan), build, ports.engines, known, bench, now=now)
    for one in made.proofs:
        if known.get(one.archive) != one:
            ports.ledger.append(ARCHIVE, one.archive, one.canonical(), made=now)
    return made


def _filed(sha256: str, ledger: Ledger) -> Relocation | None:
    data = ledger.read(ARCHIVE, sha256)
    try:
        return Relocation.parse(data) if data is not None else None
    except ValidationError:
        return None  # written by another version of PESO


def stale_relocate(_life: Life, _ports: Ports, record: Record) -> str | None:
    """What was moved both ways stands, for an archive does not change; the rest is tried again."""
    left = [one.label for one in cast("Relocations", record).proofs if not one.stands]
    if not left:
        return None
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return f"not all could be moved the last time ({left[0]}{more})"


def said_relocate(record: Record) -> Said:
    """Say how many archives could be moved, and what was seen."""
    found = cast("Relocations", record)
    if not found.proofs:
        return Said("no binaries")
    words = [f"{len(found.proofs)} archives, {found.anew} of them new"]
    for into in DIRECTIONS:
        counts = Counter(one.landing(into).verdict.outcome for one in found.proofs)
        named = ", ".join(f"{counts[one]} {one}" for one in Outcome if counts[one])
        words.append(f"{into}: {named}")
    levels = Counter(leak.level for one in found.proofs for leak in one.leaks)
    leaks = ", ".join(f"{levels[one]} {one}" for one in Level if levels[one])
    return Said("; ".join([*words, f"build paths: {leaks or 'none'}"]))


RELOCATE = Step(
    name="relocate",
    record=Relocations,
    inputs=relocate_inputs,
    do=do_relocate,
    stale=stale_relocate,
    said=said_relocate,
)
