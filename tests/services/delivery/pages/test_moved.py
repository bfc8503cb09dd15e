"""What a page says of binaries in other folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.tiny import tiny_build, tiny_lock
from tests.relocations import SEEN, leak, proof

from peso.base.finding import Level, Outcome
from peso.base.ledger import Blobs
from peso.products.engines.native import NativeBuild
from peso.services.delivery.pages.moved import (
    beyond,
    features_said,
    grave_leaks,
    leaks_said,
    moved_view,
)


@pytest.fixture
def build(tmp_path: Path) -> NativeBuild:
    blobs = Blobs(tmp_path / "blobs")
    return tiny_build(tiny_lock(blobs), blobs)


def test_what_a_reader_has_to_know_of_comes_first(build: NativeBuild) -> None:
    top, base = build.cache
    proofs = {
        top.archive.sha256: proof(top, leak(Level.NOTE)),
        base.archive.sha256: proof(base, longer=Outcome.FAIL),
    }
    view = moved_view(build, proofs)
    assert [one.hash for one in view.shown] == [base.hash, top.hash]
    assert view.counts == (
        ("longer", "fail", 1),
        ("longer", "pass", 1),
        ("shorter", "pass", 2),
    )
    assert view.levels == ((Level.NOTE, 1),)


def test_an_archive_without_a_proof_is_named(build: NativeBuild) -> None:
    view = moved_view(build, {})
    assert (view.proofs, len(view.without)) == ((), 2)


def test_leaks_are_counted_and_the_grave_ones_shown(build: NativeBuild) -> None:
    one = proof(build.cache[0], leak(Level.MEDIUM), leak(Level.NOTE, "debug"))
    assert leaks_said(one) == "1 medium, 1 note"
    assert [found.level for found in grave_leaks(one)] == [Level.MEDIUM]
    assert leaks_said(proof(build.cache[0])) == "none"


def test_instructions_in_words() -> None:
    assert (beyond(SEEN), features_said(SEEN.features)) == ("x86_64_v3", "avx avx2")
    none = SEEN.model_copy(update={"features": (), "level": ""})
    assert beyond(none) == "no general target has them all"
    assert features_said(()) == "none beyond every machine's"
