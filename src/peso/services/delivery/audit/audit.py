"""The audit of a build cache of Spack: what can be proven about it, and what cannot.

The order: what the index says and what is there (`listing.py`); every unit (`unit.py`), a few at a
time; what takes more than one to know (`across.py`); whose word the manifests are (`signed.py`);
the report (`report.py`). Nothing the cache holds stops it: every fault is a finding. It writes
nothing and trusts nothing; of layout 2 it says only that it is that.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from peso.base.net import Net
from peso.errors import BadInput, Reason
from peso.services.delivery.audit.across import bind, compare, edited
from peso.services.delivery.audit.cache import Cache, FolderCache, open_cache
from peso.services.delivery.audit.facts import Fact, Question, wrong
from peso.services.delivery.audit.listing import NO_INDEX, Listing, list_cache
from peso.services.delivery.audit.report import CacheAudited, report
from peso.services.delivery.audit.signed import Verifier, judge_signatures
from peso.services.delivery.audit.unit import look

_OLD = "layout 2 (`build_cache/`), of Spack before 1.0, lies beside it"
_KEYS = "the keys that the cache itself offers: they are no word for it"
_VIEWS = "views (named parts of the cache with an index of their own)"
_BLOBS = "blobs that no manifest names"
_ARCHIVES = "the bytes of archives"


def audit(
    where: str | Path,
    *,
    verifier: Verifier,
    archives: bool = True,
    unsafe_unproven: bool = False,
    net: Net,
) -> CacheAudited:
    """Say what can be proven about a build cache of Spack, of whomever.

    Args:
        where: its folder, or its http(s) address.
        verifier: gpg, and the keys that count.
        archives: whether the bytes of archives are looked at.
        unsafe_unproven: whether what cannot be proven is taken for good enough.
        net: the network.

    Raises:
        BadInput: There is no cache, or only one of layout 2; or the keyring holds no key.
        Outside: The network, the disk or gpg failed.
    """
    cache = open_cache(where, net)
    listing = list_cache(cache)
    old = cache.is_old()
    if listing.index.why == NO_INDEX and not listing.wanted:
        raise _nothing(cache, old=old)
    one = partial(look, cache=cache, archives=archives, keep=verifier.keyring is not None)
    with ThreadPoolExecutor(max_workers=cache.readers) as threads:
        units = list(threads.map(one, listing.wanted))
    compare(units, listing)
    judge_signatures(units, verifier)
    bind(units)
    beside = [*([_OLD] if old else []), _KEYS, _VIEWS, _BLOBS]
    return report(
        units,
        _whole(listing),
        where=cache.where,
        folder=isinstance(cache, FolderCache),
        size=listing.bytes,
        unsafe_unproven=unsafe_unproven,
        not_looked_at=beside if archives else [*beside, _ARCHIVES],
    )


def _whole(listing: Listing) -> list[tuple[str, Fact]]:
    """Return what is known of the cache as a whole, each with what it is about."""
    facts = [("the cache", one) for one in listing.facts]
    facts += [(f"{one.name}@{one.version}/{one.hash[:7]}", one.holds) for one in edited(listing)]
    why = "neither a file nor a folder"
    facts += [(one, wrong(Question.MANIFEST, Reason.UNSAFE_PATH, why)) for one in listing.odd]
    return facts


def _nothing(cache: Cache, *, old: bool) -> BadInput:
    if old:
        return BadInput(
            "a build cache of layout 2 (`build_cache/`), of Spack before 1.0: PESO reads layout 3",
            where=cache.where,
            hint="`spack buildcache migrate` makes layout 3 of it; then look again",
        )
    return BadInput(
        "no build cache of Spack is there: neither an index nor a manifest",
        where=cache.where,
        hint="give the folder or address that `spack mirror add` is given",
    )
