"""One unit: every question is answered, whatever lies there instead."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.facility import copy_of
from tests.spack_cache_files import BASE, CACHES, manifest_file, manifest_of

from peso.base.finding import Outcome
from peso.errors import PesoError, Reason
from peso.products.engines.spack.buildcache.cache_manifest import read_manifest
from peso.products.engines.spack.buildcache.layout import MANIFESTS, blob_path, manifest_path
from peso.services.delivery.audit.cache import FolderCache
from peso.services.delivery.audit.facts import Claim, Looked, Question, proven
from peso.services.delivery.audit.unit import NO_MANIFEST, Wanted, look

PATH = manifest_path("tiny-base", "1.1", BASE)
CLAIM = Claim(
    hash=BASE, name="tiny-base", version="1.1", in_cache=True, holds=proven(Question.INDEX_SPEC)
)
HERE = {
    Question.MANIFEST,
    Question.PLACE,
    Question.SPEC_BLOB,
    Question.SPEC_HASH,
    Question.ARCHIVE_BLOB,
    Question.ARCHIVE_SPEC,
}


def looked_at(cache: Path, path: str = PATH, *, archives: bool = True) -> Looked:
    found = look(Wanted(path=path, claim=CLAIM), FolderCache(cache), archives=archives, keep=False)
    assert set(found.facts) == HERE | {Question.INDEX_SPEC}
    return found


def answers(looked: Looked) -> dict[Question, Outcome]:
    return {question: fact.outcome for question, fact in looked.facts.items()}


def test_a_unit_that_is_whole() -> None:
    found = looked_at(CACHES / "whole")
    assert set(answers(found).values()) == {Outcome.PASS}
    assert (found.name, found.version, found.hash) == ("tiny-base", "1.1", BASE)
    assert found.archive == manifest_of("whole", "tiny-base").archive.sha256
    assert found.read > manifest_of("whole", "tiny-base").archive.length
    assert not found.signed


def test_a_signed_manifest_is_kept_for_who_verifies_it() -> None:
    wanted = Wanted(path=PATH, claim=None)
    for cache in ("whole", "unsigned"):
        found = look(wanted, FolderCache(CACHES / cache), archives=False, keep=True)
        kept = manifest_file(cache, "tiny-base").read_bytes() if cache == "whole" else b""
        assert found.signed == kept


def test_a_manifest_that_is_missing_leaves_the_rest_unknown(tmp_path: Path) -> None:
    found = looked_at(tmp_path)
    assert found.facts[Question.MANIFEST].reason is Reason.MISSING
    rest = HERE - {Question.MANIFEST}
    assert {found.facts[one].why for one in rest} == {NO_MANIFEST}
    assert {found.facts[one].outcome for one in rest} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("which", ["spec", "archive"])
def test_a_blob_that_is_missing(tmp_path: Path, which: str) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    blob = getattr(manifest_of("whole", "tiny-base"), which)
    (cache / blob_path(blob.sha256)).unlink()
    found = looked_at(cache)
    question = Question.SPEC_BLOB if which == "spec" else Question.ARCHIVE_BLOB
    assert found.facts[question].reason is Reason.MISSING
    if which == "archive":
        assert found.facts[Question.ARCHIVE_SPEC].outcome is Outcome.UNKNOWN
    else:  # the archive has a spec of its own, and it is that of the place
        assert found.facts[Question.ARCHIVE_SPEC].outcome is Outcome.PASS
        assert found.facts[Question.PLACE].outcome is Outcome.UNKNOWN


def test_a_link_in_place_of_a_blob_is_not_followed(tmp_path: Path) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    blob = cache / blob_path(manifest_of("whole", "tiny-base").archive.sha256)
    blob.rename(tmp_path / "elsewhere")
    blob.symlink_to(tmp_path / "elsewhere")
    for archives in (True, False):
        found = looked_at(cache, archives=archives)
        assert found.facts[Question.ARCHIVE_BLOB].reason is Reason.UNSAFE_PATH


def test_a_file_whose_name_is_none_is_looked_at_as_it_is(tmp_path: Path) -> None:
    cache = copy_of(CACHES / "whole", tmp_path / "cache")
    path = f"{MANIFESTS}/tiny-base/notes.txt"
    (cache / path).write_text("hello")
    found = look(Wanted(path=path, claim=None), FolderCache(cache), archives=True, keep=False)
    assert (found.name, found.hash) == ("notes.txt", "")
    assert found.facts[Question.MANIFEST].outcome is Outcome.FAIL


def test_a_newer_format_is_unknown_not_wrong(tmp_path: Path) -> None:
    cache = copy_of(CACHES / "unsigned", tmp_path / "cache")
    path = cache / PATH
    path.write_text(path.read_text().replace('"version":3', '"version":4'))
    found = looked_at(cache)
    assert set(answers(found).values()) == {Outcome.UNKNOWN, Outcome.PASS}
    assert found.facts[Question.MANIFEST].why == "a manifest of layout 4; PESO reads layout 3"


def test_an_unknown_hash_is_no_wrong_one(tmp_path: Path) -> None:
    """A spec that Spack carried over from an older format keeps its hash: nobody can say."""
    cache = copy_of(CACHES / "unsigned", tmp_path / "cache")
    path = cache / PATH
    manifest = json.loads(path.read_bytes())
    (spec,) = (one for one in manifest["data"] if ".spec." in one["mediaType"])
    blob = cache / blob_path(spec["checksum"])
    old = gzip.decompress(blob.read_bytes()).replace(
        b'"original_specfile_version":5', b'"original_specfile_version":4'
    )
    spec |= {"checksum": hashlib.sha256(old).hexdigest(), "contentLength": len(old)}
    target = cache / blob_path(spec["checksum"])
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(old)
    path.write_text(json.dumps(manifest))
    found = looked_at(cache)
    assert found.facts[Question.SPEC_HASH].outcome is Outcome.UNKNOWN
    assert "older format" in found.facts[Question.SPEC_HASH].why
    assert found.facts[Question.ARCHIVE_SPEC].outcome is Outcome.UNKNOWN


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["manifest", "spec", "archive"]),
    st.floats(0, 1, exclude_max=True),
    st.binary(min_size=1, max_size=4),
)
def test_no_change_of_any_file_is_called_whole(
    tmp_path: Path, which: str, where: float, data: bytes
) -> None:
    cache = tmp_path / "cache"
    if not cache.exists():
        copy_of(CACHES / "unsigned", cache)
    manifest = manifest_of("unsigned", "tiny-base")
    path = (
        cache / PATH if which == "manifest" else cache / blob_path(getattr(manifest, which).sha256)
    )
    before = path.read_bytes()
    at = int(where * len(before))
    after = before[:at] + data + before[at + len(data) :]
    path.write_bytes(after)
    try:
        found = looked_at(cache)
    finally:
        path.write_bytes(before)
    if after == before or (which == "manifest" and _same(before, after)):
        return
    assert Outcome.FAIL in answers(found).values()


def _same(before: bytes, after: bytes) -> bool:
    """Say whether a change of a manifest leaves what counts: spaces and unknown words do not."""
    try:
        one, other = read_manifest(before, "m"), read_manifest(after, "m")
    except PesoError:
        return False
    return (one.spec.sha256, one.archive.sha256, one.spec.length, one.archive.length) == (
        other.spec.sha256,
        other.archive.sha256,
        other.spec.length,
        other.archive.length,
    )
