"""Releases: what signed manifests say, and whether they may say it.

A channel's key can sign anything. What it signs is still held to these rules, so that the worst a
stolen key can do is bounded. Pure over bytes:

1. A manifest is in PESO's one canonical form.
2. It is the manifest of the very release its place and its channel's label name, else it is
   `swapped`.
3. Every path in it is plain, relative, stays inside, and is there once; no path is a folder of
   another. The same holds for pages, which may not lie among metadata, targets or blobs.
4. Every digest is a sha256 and every length a number of bytes that somebody could mean.
5. A release has parts, each part's document, and at least one thing that its statements are about:
   a file to install, or a native lock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.fetchers import inside
from peso.services.delivery.facility.target import Target
from peso.services.delivery.layout.places import NOT_PAGES
from peso.services.delivery.manifest import Manifest, PagesManifest

M = TypeVar("M", Manifest, PagesManifest)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_FILE = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release, as its signed manifest says."""

    manifest: Manifest
    sha256: str
    """Digest of the manifest."""
    place: str
    """The manifest's path inside the publication."""

    @property
    def name(self) -> str:
        """How people name it, e.g. `testing/hpc-ai-26.11`."""
        one = self.manifest
        return f"{one.channel}/{one.stack}-{one.version}"

    def named(self, path: str) -> Artifact | None:
        """Return the release's file at this path."""
        return next((one for one in self.manifest.files if one.path == path), None)


def read_release(target: Target) -> Release:
    """Return the release a proven target describes.

    Raises:
        Refused: with the manifest's place and the rule that does not hold.
    """
    manifest = _read(Manifest, target)
    if target.name != manifest.target or manifest.channel != target.role:
        raise Refused(
            f"it is {manifest.target}",
            where=target.place,
            reason=Reason.SWAPPED,
        )
    label = target.label
    if label is not None and (manifest.stack, manifest.version, manifest.created) != (
        label.stack,
        label.version,
        label.created,
    ):
        raise Refused(
            f"its channel says it is {label.stack}@{label.version} of {label.created:%Y-%m-%d}",
            where=target.place,
            reason=Reason.SWAPPED,
        )
    _check_files(manifest.files, target.place)
    release = Release(manifest=manifest, sha256=target.sha256, place=target.place)
    documents = [part.document for part in manifest.parts]
    for document in documents:
        if release.named(document) is None:
            raise Refused(
                f"the document {document!r} of a part is not among its files",
                where=target.place,
                reason=Reason.MISSING,
            )
    if not documents or not manifest.subjects:
        raise Refused("it has nothing to install", where=target.place, reason=Reason.MISSING)
    return release


def read_pages(target: Target) -> PagesManifest:
    """Return the pages a proven target describes.

    Raises:
        Refused: with the manifest's place and the rule that does not hold.
    """
    pages = _read(PagesManifest, target)
    _check_files(pages.files, target.place)
    for page in pages.files:
        if page.role != "page" or PurePosixPath(page.path).parts[0] in NOT_PAGES:
            raise Refused(
                f"{page.path!r} is no place for a page",
                where=target.place,
                reason=Reason.UNSAFE_PATH,
            )
    return pages


def _read(model: type[M], target: Target) -> M:
    try:
        manifest = model.parse(target.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Refused(
            f"cannot be read: {first['msg']} at {'.'.join(str(one) for one in first['loc'])}",
            where=target.place,
            hint="it may be of a later PESO: upgrade this one",
            reason=Reason.CHANGED,
        ) from error
    if manifest.canonical() != target.data:
        raise Refused("not written as PESO writes it", where=target.place, reason=Reason.CHANGED)
    return manifest


def _check_files(files: Sequence[Artifact], place: str) -> None:
    seen: set[str] = set()
    folders: set[str] = set()
    for one in files:
        try:
            inside(one.path)
        except Refused as error:
            raise Refused(error.message, where=place, reason=Reason.UNSAFE_PATH) from error
        if not _SHA256.fullmatch(one.sha256) or not 0 <= one.length <= _LONGEST_FILE:
            raise Refused(
                f"{one.path!r} has no digest or length", where=place, reason=Reason.CHANGED
            )
        if one.path in seen:
            raise Refused(f"{one.path!r} is there twice", where=place, reason=Reason.UNSAFE_PATH)
        seen.add(one.path)
        folder = one.path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    if both := seen & folders:
        raise Refused(
            f"{min(both)!r} is a file and a folder", where=place, reason=Reason.UNSAFE_PATH
        )
