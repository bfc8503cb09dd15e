"""The walk: every file of a publication's folder, compared with what is signed.

Goes with `chain.py`: that one says what is current, this one that nothing else is there. The rules:

1. There are folders and regular files, nothing else, at most `MOST_ENTRIES` of them. A folder that
   holds nothing is ignored.
2. Metadata is sorted by `generations.py` into current, pending and superseded.
3. A manifest or blob is what whoever names it says, by length and sha256, in any generation. A page
   is what the current pages manifest says, or a pending one.
4. Everything the current chain names is there. Whatever nobody names is `additional`.
5. Wrong content that is another known file's is `swapped`.
6. Every doubt is gathered, what is additional last. Files are hashed in pieces, a few at a time, so
   memory stays small; a thread takes many small files at once, or one large one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.base.files import disk, is_plain
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.chain import Chain
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.generations import (
    Generations,
    Naming,
    read_generations,
    required,
)
from peso.services.delivery.facility.releases import Release, read_pages, read_release
from peso.services.delivery.facility.report import Doubt, doubt, printable, swapped
from peso.services.delivery.facility.target import Target
from peso.services.delivery.layout.places import PAGES, blob_path, target_path

MOST_ENTRIES = 500_000
"""How many files and folders a publication may have."""
DEEPEST = 16
"""How deep its folders may go."""

_HASHERS = 4
_AT_ONCE = 64
_BYTES_AT_ONCE = 4 << 20
"""What one thread takes: so many files, or files until they have so many bytes."""

Content = tuple[str, int]
"""(sha256, length)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is in a folder."""

    files: Mapping[str, tuple[int, int, int]]
    """Each regular file's length, inode and time of change, by path."""
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk found."""

    files: int
    bytes: int
    doubts: tuple[Doubt, ...]
    releases: tuple[Release, ...]
    """Those of the current chain that may say what they say."""


@dataclass(slots=True, kw_only=True)
class _Claims:
    """What signed files say of paths; lives for one walk."""

    must: dict[str, set[Content]] = field(default_factory=dict)
    """By the current chain."""
    may: dict[str, set[Content]] = field(default_factory=dict)
    """By pending and superseded metadata."""
    pages: set[str] = field(default_factory=set)
    """Paths where either claim will do."""
    releases: list[Release] = field(default_factory=list)
    """What current manifests say."""

    def fits(self, path: str, found: Content) -> bool:
        """Say whether a file's content is what is claimed."""
        must, may = self.must.get(path, set()), self.may.get(path, set())
        return found in must | may if path in self.pages or not must else must == {found}

    def of(self, path: str) -> set[Content]:
        """Return every claim on a path."""
        return self.must.get(path, set()) | self.may.get(path, set())


def list_folder(folder: Path) -> Listing:
    """List a folder with everything below it, following no link.

    Raises:
        Refused: there are too many files to look at.
    """
    files: dict[str, tuple[int, int, int]] = {}
    doubts: list[Doubt] = []
    for count, (path, entry) in enumerate(_entries(folder, ""), start=1):
        if count > MOST_ENTRIES:
            raise Refused(
                f"more than {MOST_ENTRIES} files and folders",
                where=printable(path),
                reason=Reason.TOO_LARGE,
            )
        if path.count("/") == DEEPEST:
            message = "folders so deep are not looked into"
            doubts.append(Doubt(reason=Reason.TOO_LARGE, where=printable(path), message=message))
        with disk(folder, "read the publication"):
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # swept by a publishing; what is current and gone is found missing
        if entry.is_file(follow_symlinks=False):
            files[path] = (found.st_size, found.st_ino, found.st_mtime_ns)
        elif not entry.is_dir(follow_symlinks=False):
            what = "a link" if entry.is_symlink() else "not a regular file"
            doubts.append(
                Doubt(
                    reason=Reason.UNSAFE_PATH, where=printable(path), message=what, hint="remove it"
                )
            )
    return Listing(files=files, doubts=tuple(doubts))


def walk(source: FolderSource, listing: Listing, chain: Chain) -> Walked:
    """Compare every listed file with what is signed."""
    named = {path for path in listing.files if is_plain(path)}
    metadata = {path for path in named if path.startswith("metadata/")}

    def read(path: str, limit: int) -> bytes:
        return source.read(path, limit=limit)

    generations = read_generations(metadata, read, chain)
    claims, doubts = _claims(source, named, generations.namings, chain)
    known = {
        sha256: path
        for path in claims.must | claims.may
        for sha256, length in claims.of(path)
        if length  # a file that was emptied is not another one's content
    }
    doubtful = {one.where for one in generations.doubts}
    known |= {sha256: path for path, sha256 in generations.digests.items() if path not in doubtful}
    found = [
        *listing.doubts,
        *_as_swapped(generations, known),
        *_missing(listing, claims, chain),
        *doubts,
        *_files(source, _batches(sorted(named - metadata), listing), claims, known),
        *(_additional(path) for path in sorted(listing.files.keys() - named)),
        *chain.doubts,
    ]
    # What is wrong comes first: a manifest that is not proven leaves all it named as additional.
    found.sort(key=lambda one: one.reason is Reason.ADDITIONAL)
    once = {one.where: one for one in reversed(found)}
    return Walked(
        files=len(listing.files),
        bytes=sum(length for length, _, _ in listing.files.values()),
        doubts=tuple(one for one in found if once.get(one.where) is one),
        releases=tuple(claims.releases),
    )


def _entries(folder: Path, below: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with disk(folder / below, "read the publication"):
        try:
            entries = sorted(os.scandir(folder / below), key=lambda one: one.name)
        except FileNotFoundError:
            return  # swept, as above
    for entry in entries:
        path = f"{below}{entry.name}"
        yield path, entry
        if entry.is_dir(follow_symlinks=False) and path.count("/") < DEEPEST:
            yield from _entries(folder, f"{path}/")


def _claims(
    source: FolderSource, named: set[str], namings: Iterable[Naming], chain: Chain
) -> tuple[_Claims, list[Doubt]]:
    """Gather what manifests and their files must be, from every generation."""
    claims, doubts = _Claims(), list[Doubt]()
    for signed in chain.delegated.values():
        for name, target in signed.targets.items():
            content = (target.hashes["sha256"], target.length)
            claims.must.setdefault(target_path(name, target), set()).add(content)
    for manifest in chain.manifests:
        doubts += _claim_files(manifest, claims, claims.must)
    for naming in namings:
        if naming.state != "current":
            doubts += _claim_other(source, named, naming, claims)
    return claims, doubts


def _claim_other(
    source: FolderSource, named: set[str], naming: Naming, claims: _Claims
) -> Iterator[Doubt]:
    """Gather what pending or superseded metadata names, as far as it is there."""
    for name, target in naming.targets.targets.items():
        place, sha256 = target_path(name, target), target.hashes.get("sha256", "")
        claims.may.setdefault(place, set()).add((sha256, target.length))
        if place not in named or place in claims.must:
            continue
        try:
            data = source.read(place, limit=target.length)
        except Refused:
            continue  # the comparison of all files says what is wrong with it
        if sha256_bytes(data) != sha256 or (naming.role == PAGES and naming.state != "pending"):
            continue
        signed = Target(role=naming.role, name=name, place=place, sha256=sha256, data=data)
        yield from _claim_files(signed, claims, claims.may)


def _claim_files(target: Target, claims: _Claims, into: dict[str, set[Content]]) -> Iterator[Doubt]:
    """Gather what a proven manifest says of files; a manifest that may not say so is a doubt."""
    files: tuple[Artifact, ...]
    try:
        if target.role == PAGES:
            files = read_pages(target).files
            claims.pages |= {one.path for one in files}
        else:
            release = read_release(target)
            files = release.manifest.files
            if into is claims.must:
                claims.releases.append(release)
    except Refused as error:
        yield doubt(error, target.place)
        return
    for one in files:
        path = one.path if target.role == PAGES else blob_path(one.sha256)
        into.setdefault(path, set()).add((one.sha256, one.length))


def _as_swapped(generations: Generations, known: Mapping[str, str]) -> Iterator[Doubt]:
    """Say of metadata that it is another file's content, where it is."""
    for one in generations.doubts:
        other = known.get(generations.digests.get(one.where, ""))
        if other is None or other == one.where or one.reason is Reason.ROLLBACK:
            yield one
        else:
            yield swapped(one.where, other)


def _missing(listing: Listing, claims: _Claims, chain: Chain) -> Iterator[Doubt]:
    for path in sorted((required(chain) | claims.must.keys()) - listing.files.keys()):
        yield Doubt(reason=Reason.MISSING, where=path, message="the file is missing")


def _batches(paths: list[str], listing: Listing) -> list[list[str]]:
    """Divide files among threads: handing one over costs more than hashing a small file."""
    batches: list[list[str]] = []
    left = 0
    for path in paths:
        if left <= 0 or len(batches[-1]) == _AT_ONCE:
            batches.append([])
            left = _BYTES_AT_ONCE
        batches[-1].append(path)
        left -= listing.files[path][0]
    return batches


def _files(
    source: FolderSource, batches: list[list[str]], claims: _Claims, known: Mapping[str, str]
) -> Iterator[Doubt]:
    """Hash every named file, a few at a time, and compare."""

    def compare(paths: list[str]) -> list[Doubt]:
        found = ((path, _compare(source, path, claims, known, longest)) for path in paths)
        return [replace(one, where=path) for path, one in found if one is not None]

    claimed = (one for several in batches for path in several for one in claims.of(path))
    longest = max((length for _, length in claimed), default=0)
    with ThreadPoolExecutor(max_workers=min(_HASHERS, os.cpu_count() or 1)) as threads:
        for found in threads.map(compare, batches):
            yield from found


def _compare(
    source: FolderSource, path: str, claims: _Claims, known: Mapping[str, str], longest: int
) -> Doubt | None:
    claimed = claims.of(path)
    if not claimed:
        return _additional(path)
    limit = max(length for _, length in claimed)
    try:
        found = source.measure(path, limit=limit)
    except Refused as error:
        return doubt(error, path)
    if claims.fits(path, found):
        return None
    reason, message = Reason.CHANGED, "the content is not what was signed"
    if found[1] > limit:
        reason, message = Reason.TOO_LARGE, f"longer than the {limit} bytes it may have"
        found = source.measure(path, limit=longest)  # it may be another file
    if known.get(found[0], path) != path:
        return swapped(path, known[found[0]])
    return Doubt(reason=reason, where=path, message=message)


def _additional(path: str) -> Doubt:
    return Doubt(
        reason=Reason.ADDITIONAL,
        where=printable(path),
        message="nothing that is signed names this file",
        hint="remove it",
    )
