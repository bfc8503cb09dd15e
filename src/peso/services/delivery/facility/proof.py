"""The proof: all that is looked at of a publication before an answer; of one release, `one.py`.

The decisions are elsewhere, each a file: `trust.py` (which root), `chain.py` (what is current),
`generations.py` and `walk.py` (nothing else is there), `releases.py` (what manifests may say),
`evidence.py` (what was found out about a release), `binding.py` (whose the files of Spack's units
are). The order here:

1. A pinned root, never one from inside; development roots only where the caller takes them.
2. The chain from that root to the manifests, fresh as of now.
3. Every manifest, then every file: of a folder all there is, of a URL all that is current.
4. The evidence of every release, and what its units are bound to.
5. Every doubt is gathered before the no.

A folder that is published into while it is read is read again; what does not stay still is a no.
Behind a URL a page may be ahead of the index while a publishing is under way, so a page is also
taken as the next pages manifest says, if the pages' key signed that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from tuf.api.metadata import Targets

from peso.base.digest import sha256_bytes
from peso.base.net import Net
from peso.errors import BadInput, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.binding import check_places, check_units
from peso.services.delivery.facility.blobs import read_blob
from peso.services.delivery.facility.chain import Chain, follow
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.evidence import check_evidence
from peso.services.delivery.facility.fetchers import Differs, FolderSource, Source, UrlSource
from peso.services.delivery.facility.generations import required
from peso.services.delivery.facility.releases import Release, read_pages, read_release
from peso.services.delivery.facility.report import Doubt, NotProven, doubt, swapped
from peso.services.delivery.facility.steady import AGAIN
from peso.services.delivery.facility.target import Target
from peso.services.delivery.facility.trust import Trust, choose, refuse_development
from peso.services.delivery.facility.walk import list_folder, walk
from peso.services.delivery.layout.places import PAGES, PAGES_PATH, blob_path, target_path
from peso.services.delivery.manifest import CachedUnit
from peso.services.delivery.signing.serialize import MANIFEST_LIMIT, metadata_limit
from peso.services.delivery.signing.signed import Place, prove_signed, ring

_READERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a facility asks for: the publication, and how far it may be trusted."""

    source: Source
    folder: Path | None
    """The publication's folder; None behind a URL."""
    trust: Trust
    unsafe_development_keys: bool
    unsafe_as_of: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was looked at, and every doubt about it; a yes when there is none."""

    chain: Chain
    releases: tuple[Release, ...]
    files: int
    bytes: int
    doubts: tuple[Doubt, ...]


def ask(  # noqa: PLR0913 - as `verify`
    where: str | Path,
    *,
    root: Path | None,
    state: Path,
    unsafe_development_keys: bool,
    unsafe_as_of: datetime | None,
    net: Net,
    now: datetime,
) -> Asked:
    """Open the publication and choose the root; proves nothing yet. Raises as `verify`."""
    source, folder = _source(where, net)
    trust = choose(root, state, source, folder=folder)
    refuse_development([trust.root], where=source.where, unsafe=unsafe_development_keys)
    return Asked(
        source=source,
        folder=folder,
        trust=trust,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=unsafe_as_of,
        now=now,
    )


def prove(asked: Asked) -> Proof:
    """Prove a publication: of a folder all there is, of a URL all that is current.

    Raises:
        NotProven: with every doubt.
        Refused, BadInput, Outside: as `verify`.
    """
    if not isinstance(asked.source, FolderSource):
        return sure(_prove_url(asked))
    for left in reversed(range(AGAIN)):
        before = list_folder(asked.source.folder).files
        try:
            return sure(_prove_folder(asked, asked.source))
        except Refused:
            if not left or list_folder(asked.source.folder).files == before:
                raise
    raise AssertionError("the last try returns or raises")


def follow_chain(asked: Asked, only: Meant | None = None) -> Chain:
    """Follow the chain of what is asked for; development marks further down are refused too."""
    chain = follow(
        asked.source, asked.trust, now=asked.now, unsafe_as_of=asked.unsafe_as_of, only=only
    )
    refuse_development(
        chain.roots.values(), where=asked.source.where, unsafe=asked.unsafe_development_keys
    )
    return chain


def _source(where: str | Path, net: Net) -> tuple[Source, Path | None]:
    if isinstance(where, str):
        parts = urlsplit(where)
        if parts.scheme in {"http", "https"}:
            if parts.query or parts.fragment:
                raise BadInput("a publication's URL has no `?` and no `#`", where=where)
            return UrlSource(where, net), None
        if parts.scheme == "file":
            where = unquote(parts.path)
    folder = Path(where)
    if not folder.is_dir():
        raise BadInput(
            "there is no such folder", where=str(where), hint="give a folder, or an https URL"
        )
    return FolderSource(folder), folder


def sure(proof: Proof) -> Proof:
    """Return the proof; a doubt makes it a no."""
    if proof.doubts:
        raise NotProven(proof.doubts)
    return proof


def _prove_folder(asked: Asked, source: FolderSource) -> Proof:
    chain = follow_chain(asked)
    walked = walk(source, list_folder(source.folder), chain)
    evidence = evidence_doubts(source, walked.releases, chain, asked.now, whole=True)
    return Proof(
        chain=chain,
        releases=walked.releases,
        files=walked.files,
        bytes=walked.bytes,
        doubts=once([*walked.doubts, *evidence]),
    )


def _prove_url(asked: Asked) -> Proof:
    chain = follow_chain(asked)
    releases, doubts = _releases(chain)
    blobs = {blob_path(one.sha256): one for release in releases for one in release.manifest.files}
    pages: dict[str, Artifact] = {}
    for target in chain.manifests:
        if target.role == PAGES:
            try:
                pages |= {one.path: one for one in read_pages(target).files}
            except Refused as error:
                doubts.append(doubt(error, target.place))
    doubts += _fetched_pages(asked.source, pages, chain)  # first: a publishing may replace them
    doubts += _fetched(asked.source, blobs)
    doubts += evidence_doubts(asked.source, releases, chain, asked.now, whole=True)
    named = [*blobs.values(), *pages.values()]
    return Proof(
        chain=chain,
        releases=releases,
        files=len(named) + len(chain.manifests) + len(required(chain)),
        bytes=sum(one.length for one in named),
        doubts=once(doubts),
    )


def _releases(chain: Chain) -> tuple[tuple[Release, ...], list[Doubt]]:
    releases, doubts = [], list(chain.doubts)
    for target in chain.manifests:
        if target.role != PAGES:
            try:
                releases.append(read_release(target))
            except Refused as error:
                doubts.append(doubt(error, target.place))
    return tuple(releases), doubts


def _fetched(source: Source, files: Mapping[str, Artifact]) -> list[Doubt]:
    """Fetch every file once, a few at a time, prove it, and let it go again."""

    def fetch(path: str) -> Doubt | None:
        one, target = files[path], scratch / sha256_bytes(path.encode())
        try:
            source.copy(path, target, sha256=one.sha256, length=one.length)
        except Refused as error:
            other = known.get(error.found, path) if isinstance(error, Differs) else path
            return doubt(error, path) if other == path else swapped(path, other)
        target.unlink()
        return None

    known = {one.sha256: path for path, one in files.items() if one.length}
    with (
        TemporaryDirectory(prefix="peso-verify-") as folder,
        ThreadPoolExecutor(max_workers=_READERS) as threads,
    ):
        scratch = Path(folder)
        return [found for found in threads.map(fetch, sorted(files)) if found is not None]


def _fetched_pages(source: Source, pages: Mapping[str, Artifact], chain: Chain) -> list[Doubt]:
    """Prove the pages; one that is not as it should be may be of a publishing under way."""
    doubts = _fetched(source, pages)
    if not doubts:
        return []
    coming = _coming_pages(source, chain)
    again = {one.where: coming[one.where] for one in doubts if one.where in coming}
    still = {one.where for one in _fetched(source, again)}
    return [one for one in doubts if one.where in still or one.where not in again]


def _coming_pages(source: Source, chain: Chain) -> Mapping[str, Artifact]:
    """Return the pages the next pages manifest names, if it is there and its key signed it."""
    current, keys = chain.delegated[PAGES], ring(chain.targets, PAGES)
    place = Place(role=PAGES, version=current.version + 1)
    path = f"metadata/{place.version}.{PAGES}.json"
    try:
        data = source.read(path, limit=metadata_limit(Targets))
        signed = prove_signed(data, place, [keys], where=path).signed
        if not isinstance(signed, Targets) or PAGES_PATH not in signed.targets:
            return {}
        target = signed.targets[PAGES_PATH]
        where = target_path(PAGES_PATH, target)
        manifest = source.read(where, limit=min(target.length, MANIFEST_LIMIT))
    except Refused:
        return {}  # no publishing is under way, or nobody signed it
    sha256 = sha256_bytes(manifest)
    if sha256 != target.hashes.get("sha256"):
        return {}
    named = Target(role=PAGES, name=PAGES_PATH, place=where, sha256=sha256, data=manifest)
    return {one.path: one for one in read_pages(named).files}


def evidence_doubts(
    source: Source, releases: Sequence[Release], chain: Chain, now: datetime, *, whole: bool
) -> Iterator[Doubt]:
    """Give every doubt about what was found out of releases, and about whose their units are.

    Not `whole`: the units' own files are read by whoever installs them.
    """
    looked_at: set[CachedUnit] = set()
    for release in releases:
        read = partial(read_blob, source, among=release.manifest.files)
        yield from check_evidence(release, chain.targets, read, max(now, chain.as_of))
        yield from check_places(release)
        if whole:
            yield from check_units(release, read, looked_at=looked_at)


def once(doubts: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """Keep the first doubt about each place."""
    first: dict[str, Doubt] = {}
    for one in doubts:
        first.setdefault(one.where, one)
    return tuple(first.values())
