"""What the index says is in the cache, and what is there: which manifests are to be looked at.

1. The index is found by its manifest and proven against the digest there; no more is signed of it.
2. Every unit that the index claims is looked at where Spack would look for it.
3. Of a folder, every other file where manifests lie is looked at too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peso.base.finding import Unknown
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.spack.buildcache import index
from peso.products.engines.spack.buildcache.cache_manifest import LARGEST, read_index_manifest
from peso.products.engines.spack.buildcache.layout import INDEX, blob_path, manifest_path
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.services.delivery.audit.cache import Cache, read_blob
from peso.services.delivery.audit.facts import Claim, Fact, Question, proven, unknown, wrong
from peso.services.delivery.audit.unit import Wanted, no

NO_INDEX = "there is no index: Spack finds a unit only by its exact hash"
_UNSIGNED = "Spack does not sign its index: whoever can write to the cache can edit it"
_NO_TIME = (
    "neither index nor manifests carry a time or an expiry: an older state of the whole cache, "
    "or of one unit, looks the same as the present one"
)
_UNSEEN = "behind an address only what the index names can be found, not what it leaves out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is to be looked at."""

    wanted: tuple[Wanted, ...]
    claims: dict[str, Claim] = field(repr=False)
    """What the index says, by hash; of dependencies that are not in the cache too."""
    index: Fact
    """Whether there is an index, and it is whole."""
    odd: tuple[str, ...]
    """Paths of what is neither a file nor a folder."""
    facts: tuple[Fact, ...]
    """About the cache as a whole."""
    bytes: int


def list_cache(cache: Cache) -> Listing:
    """List what is to be looked at.

    Raises:
        Outside: The network or the disk failed.
    """
    claims, of_index, size = _claims(cache)
    listed = cache.listed()
    at = {
        manifest_path(one.name, one.version, one.hash): one
        for one in claims.values()
        if one.in_cache
    }
    paths = sorted({*at, *(listed.files if listed else ())})
    return Listing(
        wanted=tuple(Wanted(path=path, claim=at.get(path)) for path in paths),
        claims=claims,
        index=of_index,
        odd=listed.odd if listed else (),
        facts=(
            of_index,
            unknown(Question.INDEX_SIGNED, _UNSIGNED if of_index.why != NO_INDEX else NO_INDEX),
            *(() if listed else (unknown(Question.COMPLETE, _UNSEEN),)),
            unknown(Question.FRESH, _NO_TIME),
        ),
        bytes=size,
    )


def _claims(cache: Cache) -> tuple[dict[str, Claim], Fact, int]:
    """Return what the index says, whether it is whole, and how many bytes were read."""
    size = 0
    try:
        data = cache.read(INDEX, limit=LARGEST)
        size += len(data)
        blob = read_index_manifest(data, INDEX)
        data = read_blob(cache, blob, most=index.LARGEST)
        size += len(data)
        specs = index.specs_of_index(data, blob_path(blob.sha256))
        claims = {one.hash: _claim(one) for one in specs}
    except (Refused, BadInput) as error:
        if error.reason is Reason.MISSING and error.where == INDEX:
            return {}, unknown(Question.INDEX, NO_INDEX), 0
        return {}, no(Question.INDEX, error, error.where or ""), size
    return claims, proven(Question.INDEX), size


def _claim(spec: CachedSpec) -> Claim:
    holds = spec.hash_holds
    if isinstance(holds, Unknown):
        fact = unknown(Question.INDEX_SPEC, holds.unknown)
    elif holds:
        fact = proven(Question.INDEX_SPEC)
    else:
        why = f"the index says another spec of {spec.label} than its hash stands for"
        fact = wrong(Question.INDEX_SPEC, Reason.CHANGED, why)
    return Claim(
        hash=spec.hash,
        name=spec.name,
        version=spec.version,
        in_cache=spec.in_cache,
        holds=fact,
    )
