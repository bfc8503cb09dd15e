"""One unit of a cache: its manifest, its two blobs, and whether they are what they should be.

The order: the manifest, then the spec blob, then its place and hash, then what the index says of
it, then the archive and the spec inside. What hangs on something that failed is not provable.
Whose word a manifest is, is looked at elsewhere (`signed.py`), and so is what takes more than one
unit to know (`across.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from peso.base.finding import Outcome, Unknown
from peso.errors import BadInput, PesoError, Reason, Refused
from peso.products.engines.spack.buildcache import cache_manifest, spec_blob
from peso.products.engines.spack.buildcache.archive import inside_stream
from peso.products.engines.spack.buildcache.formats import OtherFormat
from peso.products.engines.spack.buildcache.layout import blob_path, manifest_path, place_of
from peso.products.engines.spack.buildcache.record import CachedSpec, SpecManifest
from peso.services.delivery.audit.cache import Cache, read_blob
from peso.services.delivery.audit.facts import (
    Claim,
    Fact,
    Looked,
    Question,
    proven,
    unknown,
    wrong,
)

NO_MANIFEST = "there is no manifest that could be read"
_HERE = (
    Question.PLACE,
    Question.SPEC_BLOB,
    Question.SPEC_HASH,
    Question.ARCHIVE_BLOB,
    Question.ARCHIVE_SPEC,
)
_OTHERWISE = "a spec of an older format, written otherwise in its archive: nobody can say"
_SKIPPED = "the bytes of archives were not looked at, as asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A manifest to look at."""

    path: str
    claim: Claim | None
    """What the index says of it."""


def look(wanted: Wanted, cache: Cache, *, archives: bool, keep: bool) -> Looked:
    """Look at one unit.

    Args:
        wanted: the unit.
        cache: the cache.
        archives: whether the bytes of its archive are looked at.
        keep: whether a signed manifest is kept, for whoever verifies the signature.

    Raises:
        Outside: The network or the disk failed; of what the cache holds, nothing is raised.
    """
    looked = _begun(wanted)
    manifest = _manifest(looked, cache, keep=keep)
    if manifest is not None:
        spec = _spec(looked, manifest, cache)
        if spec is not None:
            _place(looked, spec)
            _hash(looked, spec)
        _archive(looked, manifest, spec, cache, archives=archives)
    if wanted.claim is not None:
        looked.say(wanted.claim.holds)
    for question in _HERE:
        if question not in looked.facts:
            looked.say(unknown(question, _hangs(looked)))
    return looked


def _begun(wanted: Wanted) -> Looked:
    claim, place = wanted.claim, place_of(wanted.path)
    if claim is not None:
        return Looked(path=wanted.path, hash=claim.hash, name=claim.name, version=claim.version)
    if place is not None:
        version = place.stem.removeprefix(f"{place.name}-")
        return Looked(path=wanted.path, hash=place.hash, name=place.name, version=version)
    return Looked(path=wanted.path, hash="", name=wanted.path.rpartition("/")[2], version="")


def _hangs(looked: Looked) -> str:
    if not looked.archive:
        return NO_MANIFEST
    if looked.facts[Question.SPEC_BLOB].outcome is Outcome.FAIL:
        return "there is no spec that could be read"
    return "there is no archive that could be read"


def _manifest(looked: Looked, cache: Cache, *, keep: bool) -> SpecManifest | None:
    try:
        data = cache.read(looked.path, limit=cache_manifest.LARGEST)
        looked.read += len(data)
        manifest = cache_manifest.read_manifest(data, looked.path)
    except (Refused, BadInput) as error:
        looked.say(no(Question.MANIFEST, error))
        return None
    looked.say(proven(Question.MANIFEST))
    looked.archive, looked.spec = manifest.archive.sha256, manifest.spec.sha256
    looked.signatures = manifest.signatures
    if manifest.signed and keep:
        looked.signed = data
    return manifest


def _spec(looked: Looked, manifest: SpecManifest, cache: Cache) -> CachedSpec | None:
    path = blob_path(manifest.spec.sha256)
    try:
        data = read_blob(cache, manifest.spec, most=spec_blob.LARGEST)
        looked.read += len(data)
        looked.say(proven(Question.SPEC_BLOB))
        return spec_blob.read_spec(data, path)
    except (Refused, BadInput) as error:
        looked.say(no(Question.SPEC_BLOB, error, path))
        return None


def _place(looked: Looked, spec: CachedSpec) -> None:
    if manifest_path(spec.name, spec.version, spec.hash) == looked.path:
        looked.say(proven(Question.PLACE))
        return
    why = f"the manifest of {spec.label} lies there"
    looked.say(wrong(Question.PLACE, Reason.SWAPPED, why))


def _hash(looked: Looked, spec: CachedSpec) -> None:
    for one in (spec, *spec.below):
        if one.hash_holds is False:
            why = f"the spec of {one.label} has another hash when it is computed"
            looked.say(wrong(Question.SPEC_HASH, Reason.CHANGED, why))
            return
    holds = spec.hash_holds
    looked.say(
        unknown(Question.SPEC_HASH, holds.unknown)
        if isinstance(holds, Unknown)
        else proven(Question.SPEC_HASH)
    )


def _archive(
    looked: Looked, manifest: SpecManifest, spec: CachedSpec | None, cache: Cache, *, archives: bool
) -> None:
    blob, path = manifest.archive, blob_path(manifest.archive.sha256)
    try:
        if not archives:
            _skipped(looked, path, blob.length, cache)
            return
        with cache.opened(path, blob) as stream:
            looked.read += blob.length
            looked.say(proven(Question.ARCHIVE_BLOB))
            _inside(looked, stream, blob.length, spec)
    except Refused as error:
        looked.say(no(Question.ARCHIVE_BLOB, error, path))


def _inside(looked: Looked, stream: BinaryIO, length: int, spec: CachedSpec | None) -> None:
    try:
        within = inside_stream(stream, length, "the archive")
    except (Refused, BadInput) as error:
        looked.say(no(Question.ARCHIVE_SPEC, error))
        return
    if within.hash != (spec.hash if spec else looked.hash):
        why = f"the archive is that of {within.label}"
        looked.say(wrong(Question.ARCHIVE_SPEC, Reason.SWAPPED, why))
    else:
        looked.say(_same(within, spec))


def _same(within: CachedSpec, spec: CachedSpec | None) -> Fact:
    """Say whether the specs of one hash are the same: where the hash holds, it says so itself."""
    holds = (within.hash_holds, spec.hash_holds if spec else within.hash_holds)
    if holds == (True, True) or (spec is not None and within.raw == spec.raw):
        return proven(Question.ARCHIVE_SPEC)
    if False in holds:
        why = "the spec inside the archive is another one under the same hash"
        return wrong(Question.ARCHIVE_SPEC, Reason.CHANGED, why)
    return unknown(Question.ARCHIVE_SPEC, _OTHERWISE)


def _skipped(looked: Looked, path: str, length: int, cache: Cache) -> None:
    there = cache.length(path)
    if there is not None and there != length:
        raise Refused(
            f"it has {there} bytes, the manifest says {length}", reason=Reason.CHANGED, where=path
        )
    looked.say(unknown(Question.ARCHIVE_BLOB, _SKIPPED), unknown(Question.ARCHIVE_SPEC, _SKIPPED))


def no(question: Question, error: PesoError, where: str = "") -> Fact:
    """Return what a refusal is as an answer; what is of a format nobody here reads is not wrong."""
    why = f"{where}: {error.message}" if where else error.message
    if isinstance(error, OtherFormat):
        return unknown(question, error.message)
    return wrong(question, error.reason or Reason.CHANGED, why)
