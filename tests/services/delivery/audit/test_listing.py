"""What is to be looked at: what the index says, and what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.facility import copy_of
from tests.spack_cache_files import BASE, CACHES, EXTERNAL, TOP

from peso.base.finding import Outcome
from peso.errors import Reason
from peso.products.engines.spack.buildcache.cache_manifest import read_index_manifest
from peso.products.engines.spack.buildcache.layout import INDEX, MANIFESTS, blob_path
from peso.services.delivery.audit.cache import FolderCache
from peso.services.delivery.audit.facts import Question
from peso.services.delivery.audit.listing import NO_INDEX, Listing, list_cache


def listed(folder: Path) -> Listing:
    return list_cache(FolderCache(folder))


def test_what_the_index_claims_is_looked_for_where_spack_would() -> None:
    found = listed(CACHES / "whole")
    assert [one.claim.hash if one.claim else None for one in found.wanted] == [BASE, TOP]
    assert found.claims[EXTERNAL].in_cache is False
    assert found.index.outcome is Outcome.PASS


def test_what_the_index_leaves_out_is_looked_at_too() -> None:
    found = listed(CACHES / "hidden-in-index")
    assert [one.claim.hash if one.claim else None for one in found.wanted] == [BASE, None]


def test_an_edited_entry_is_told() -> None:
    claims = listed(CACHES / "edited-in-index").claims
    assert claims[BASE].holds.outcome is Outcome.FAIL
    assert claims[TOP].holds.outcome is Outcome.PASS


def test_no_index_is_not_wrong_but_said(tmp_path: Path) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    (cache / INDEX).unlink()
    found = listed(cache)
    assert (found.index.outcome, found.index.why) == (Outcome.UNKNOWN, NO_INDEX)
    assert len(found.wanted) == 2


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda index, _blob: index.write_bytes(b"{}"), Reason.CHANGED),
        (lambda _index, blob: blob.write_bytes(b"{}"), Reason.CHANGED),
        (lambda _index, blob: blob.unlink(), Reason.MISSING),
        (lambda index, _blob: index.write_bytes(bytes(2 << 20)), Reason.TOO_LARGE),
    ],
)
def test_an_index_that_is_not_whole_is_wrong(
    tmp_path: Path, damage: Callable[[Path, Path], object], reason: Reason
) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    index = cache / INDEX
    blob = cache / blob_path(read_index_manifest(index.read_bytes(), "i").sha256)
    damage(index, blob)
    found = listed(cache)
    assert found.index.reason is reason
    assert found.claims == {}
    assert len(found.wanted) == 2


def test_what_no_cache_can_say_is_said_of_every_one() -> None:
    facts = {one.question: one for one in listed(CACHES / "whole").facts}
    assert facts[Question.INDEX_SIGNED].outcome is Outcome.UNKNOWN
    assert facts[Question.FRESH].outcome is Outcome.UNKNOWN


def test_links_are_told(tmp_path: Path) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    (cache / MANIFESTS / "link").symlink_to("tiny-base")
    assert listed(cache).odd == (f"{MANIFESTS}/link",)
