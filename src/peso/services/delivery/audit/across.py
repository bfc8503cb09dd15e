"""What takes more than one unit to know: what the index leaves out, and one hash in two places.

1. A unit that is there and that the index does not claim is hidden: Spack will not find it. An
   index that claims what is not there is told by the manifest that is missing.
2. One hash has one manifest. A second one, even of the same pair, is another unit to who lists it.
3. An archive holds the spec of one unit, so it is no two units' archive.
4. Spack's signature names no hash. But what is signed is the archive's digest, and in the archive
   lies the unit's spec, of which the hash can be computed. Where all of that is proven, the word of
   who signed reaches the hash. It says nothing about time: an older build of that hash passes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from peso.base.finding import Outcome
from peso.errors import Reason
from peso.services.delivery.audit.facts import Claim, Looked, Question, proven, unknown, wrong
from peso.services.delivery.audit.listing import Listing
from peso.services.delivery.audit.unit import NO_MANIFEST

NOT_CLAIMED = "the index says nothing of it"
_UNBOUND = (
    "unbound: a signature of Spack's covers the digests of two blobs, and no name and no hash; it "
    "reaches a hash only where it is verified, and the archive was looked at and has that spec"
)
_BINDING = (
    Question.SIGNED,
    Question.ARCHIVE_BLOB,
    Question.ARCHIVE_SPEC,
    Question.SPEC_HASH,
    Question.PLACE,
)


def compare(units: Sequence[Looked], listing: Listing) -> None:
    """Note on each unit what the others and the index say of it."""
    claimed = {one.path for one in listing.wanted if one.claim is not None}
    for one in units:
        _indexed(one, one.path in claimed, listing)
    _alone(units)


def edited(listing: Listing) -> Iterable[Claim]:
    """Yield what the index says wrongly of units that it does not claim to be in the cache."""
    for one in listing.claims.values():
        if not one.in_cache and one.holds.outcome is Outcome.FAIL:
            yield one


def _indexed(one: Looked, claimed: bool, listing: Listing) -> None:  # noqa: FBT001 - of each unit
    if listing.index.outcome is not Outcome.PASS:
        one.say(unknown(Question.INDEXED, "there is no index that could be read"))
    elif not claimed:
        claim = listing.claims.get(one.hash)
        why = "the index leaves it out: it is old, or somebody hid the unit"
        if claim is not None and claim.in_cache:
            why = f"the index has this hash as {claim.name}@{claim.version}"
        one.say(wrong(Question.INDEXED, Reason.ADDITIONAL, why))
    elif one.archive:
        one.say(proven(Question.INDEXED))
    else:
        manifest = one.facts[Question.MANIFEST]
        why = "the index has it, and there is no manifest that could be read"
        one.say(wrong(Question.INDEXED, manifest.reason or Reason.MISSING, why))


def bind(units: Sequence[Looked]) -> None:
    """Note on each unit whether a signature reaches its hash; after all else is known."""
    for one in units:
        for question in (Question.INDEX_SPEC, Question.ALONE, Question.SIGNED):
            if question not in one.facts:
                why = NOT_CLAIMED if question is Question.INDEX_SPEC else NO_MANIFEST
                one.say(unknown(question, why))
        bound = all(one.facts[each].outcome is Outcome.PASS for each in _BINDING)
        one.say(proven(Question.BOUND) if bound else unknown(Question.BOUND, _UNBOUND))


def _alone(units: Sequence[Looked]) -> None:
    of_hash, of_archive = defaultdict[str, list[Looked]](list), defaultdict[str, set[str]](set)
    for one in units:
        if one.archive:
            of_hash[one.hash].append(one)
            of_archive[one.archive].add(one.hash)
    for one in units:
        if not one.archive:
            continue
        same, others = of_hash[one.hash], of_archive[one.archive]
        if len(same) > 1:
            pairs = len({(other.spec, other.archive) for other in same})
            what = "one pair" if pairs == 1 else f"{pairs} different pairs"
            why = f"{len(same)} manifests have this hash, of {what}"
            one.say(wrong(Question.ALONE, Reason.ADDITIONAL, why))
        elif len(others) > 1:
            why = f"its archive is also that of {_named(others - {one.hash})}"
            one.say(wrong(Question.ALONE, Reason.SWAPPED, why))
        else:
            one.say(proven(Question.ALONE))


def _named(hashes: Iterable[str]) -> str:
    return ", ".join(f"/{one[:7]}" for one in sorted(hashes)[:5])
