"""How a generation enters a publication, so that the folder verifies at every moment.

1. Each file enters by one rename, in the order `publish.py` tells; the timestamp is the switch.
2. What an interrupted publishing left is continued where it says the same, and goes before the
   switch where it does not. Pages it had replaced already are named as it signed for them.
3. What is named without a label gets one from its manifest, once: when its channel is signed next.
4. New roots come in one by one. Where what is published would not stand under the next root, a
   generation signed by the new key, and nothing else new, comes first.

Decides nothing about releases; `publish.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tuf.api.metadata import Metadata, Root, TargetFile, Timestamp

from peso.base import files
from peso.base.digest import sha256_bytes, sha256_file
from peso.base.ledger import Blobs
from peso.errors import Outside, PesoError, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout import places
from peso.services.delivery.layout.labels import Label
from peso.services.delivery.manifest import Manifest, PagesManifest
from peso.services.delivery.publication import folder as there
from peso.services.delivery.publication import repository
from peso.services.delivery.publication.place import Door
from peso.services.delivery.publication.sweep import sweep
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.signing.serialize import metadata_bytes

_LEAP = 1000
"""A version this far above what is published is a stranger's: nobody is interrupted so often."""

_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".atom": "application/atom+xml",
}


class PageFile(Protocol):
    """A page: its place inside the publication, and its bytes."""

    @property
    def path(self) -> str:
        """Where it lies, e.g. `index.html`."""

    @property
    def data(self) -> bytes:
        """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is laid down besides metadata."""

    targets: Mapping[str, Mapping[str, bytes]]
    """Manifests by role and target path."""
    files: tuple[Artifact, ...]
    pages: tuple[PageFile, ...]
    labels: Mapping[str, Label] = field(default_factory=dict)
    """Which release each manifest is of, by target path."""

    @property
    def wish(self) -> repository.Wish:
        """What the next generation is to name besides."""
        return repository.Wish(manifests=self.targets, labels=self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A publication, and what it is published with."""

    folder: Path
    blobs: Blobs | None
    keys: KeyFolder
    freshness: Freshness
    now: datetime
    door: Door
    first: int = 1
    """The version every role's metadata begins with, where there is no publication yet."""


def enter_first(site: Site, staging: Path, release: Release) -> None:
    """Make the whole publication in staging, and rename it into its place."""
    making, root = staging / "publication", site.keys.roots[-1]
    roles = ("targets", "snapshot", *release.targets)
    generation = _next(site, None, release, root, dict.fromkeys(roles, site.first - 1))
    try:
        _lay(site, making, generation, release)
        for number, data in enumerate(site.keys.chain, start=1):
            site.door.place(data, _root_place(making, number))
        _stamp(site, making, generation, None, root)
        _leave_only(site, making, generation, release)
    except Outside:
        # A disk that is full must not stay full of what could not be published.
        with suppress(PesoError):
            files.remove_tree(making)
        raise
    site.door.place(site.keys.root_bytes(), places.root_file(site.folder))
    site.door.rename(making, site.folder)


def _leave_only(
    site: Site, making: Path, generation: repository.Generation, release: Release
) -> None:
    """Take out of the staged folder what an interrupted first publishing left there."""
    wanted = {making / places.METADATA / name for name in (*generation.files(), "timestamp.json")}
    wanted |= {_root_place(making, number) for number in range(1, len(site.keys.chain) + 1)}
    wanted |= {making / places.blob_path(one.sha256) for one in release.files}
    wanted |= {making / page.path for page in release.pages}
    wanted |= {making / path for path, _ in _placed_targets(generation, release)}
    for path in [one for one in making.rglob("*") if not one.is_dir() or one.is_symlink()]:
        if path not in wanted:
            site.door.remove(path)


def update(site: Site, manifest: Manifest | None, pages: tuple[PageFile, ...]) -> bool:
    """Bring an existing publication to the newest root, and to the release; say if it changed."""
    changed = False
    for number in range(len(there.read_roots(site.folder)) + 1, len(site.keys.chain) + 1):
        enter_next(site, None, (), site.keys.roots[number - 1], follow=True)
        site.door.place(site.keys.chain[number - 1], _root_place(site.folder, number))
        changed = True
    return enter_next(site, manifest, pages, site.keys.roots[-1]) or changed


def enter_next(
    site: Site,
    manifest: Manifest | None,
    pages: tuple[PageFile, ...],
    root: Root,
    *,
    follow: bool = False,
) -> bool:
    """Lay the next generation down and switch to it; say whether there was anything to do.

    With `follow`, only if what is published would not stand under `root`, which comes next.
    """
    current, stamp = there.read_current(site.folder, site.keys.roots)
    if follow and _stands(current, stamp, root):
        return False
    pending = _pending(site, current)
    seen = _seen(site, current)
    release = gather(manifest, pages, _pages_there(site, current, pending))
    begun = [one for one in pending if repository.says_the_same(one, release.wish, current)]
    generation = _next(site, begun[0] if begun else current, release, root, seen, hold=follow)
    if generation is not current:
        _lay(site, site.folder, generation, release)
        keep = (generation, current, *_previous(site, current))
        sweep(site.folder, keep, site.keys.roots, site.door)
    if not _stamp(site, site.folder, generation, stamp, root):
        return False
    if generation is not current:
        sweep(site.folder, (generation, current), site.keys.roots, site.door)
    return True


def _stands(generation: repository.Generation, stamp: Metadata[Timestamp], root: Root) -> bool:
    """Say whether what is published is signed by the keys of a root."""
    return (
        repository.signed_by(root, "timestamp", stamp)
        and repository.signed_by(root, "snapshot", generation.snapshot)
        and repository.signed_by(root, "targets", generation.targets)
    )


def _seen(site: Site, current: repository.Generation) -> dict[str, int]:
    """Return the highest version of each role that was ever laid down here."""
    highest = max(
        current.snapshot.signed.version,
        current.targets.signed.version,
        *(one.signed.version for one in current.delegated.values()),
    )
    return {
        role: max((one for one in versions if one <= highest + _LEAP), default=0)
        for role, versions in there.versions(site.folder).items()
    }


def _pending(site: Site, current: repository.Generation) -> tuple[repository.Generation, ...]:
    """Return the complete generations an interrupted publishing left, the newest first."""
    found = []
    for version in reversed(there.versions(site.folder).get("snapshot", ())):
        if version > current.snapshot.signed.version:
            with suppress(Refused):
                found.append(there.read_generation(site.folder, site.keys.roots, version))
    return tuple(found)


def _previous(site: Site, current: repository.Generation) -> tuple[repository.Generation, ...]:
    """Return the generation before the current one, if it is still complete."""
    older = [
        version
        for version in there.versions(site.folder).get("snapshot", ())
        if version < current.snapshot.signed.version
    ]
    for version in reversed(older):
        with suppress(Refused):
            return (there.read_generation(site.folder, site.keys.roots, version),)
    return ()


def _pages_there(
    site: Site, current: repository.Generation, pending: Iterable[repository.Generation]
) -> dict[str, Artifact]:
    """Return the pages that are published, as they lie there.

    An interrupted publishing may have replaced some; what they were is gone, so they are named as
    that publishing signed for them.
    """
    named = {page.path: page for page in there.read_pages(site.folder, current)}
    for generation in reversed([*pending]):
        with suppress(Refused):
            for page in there.read_pages(site.folder, generation):
                path = site.folder / files.safe_member(page.path)
                known = page.path in named and named[page.path].sha256 != page.sha256
                if known and path.is_file() and sha256_file(path)[0] == page.sha256:
                    named[page.path] = page
    return named


def _next(  # noqa: PLR0913 - what `next_generation` asks, from a site
    site: Site,
    base: repository.Generation | None,
    release: Release,
    root: Root,
    seen: Mapping[str, int],
    *,
    hold: bool = False,
) -> repository.Generation:
    return repository.next_generation(
        base,
        release.wish,
        root=root,
        seen=seen,
        keys=site.keys,
        freshness=site.freshness,
        now=site.now,
        hold=hold,
        label_of=lambda channel, target: _label_there(site, channel, target),
    )


def _label_there(site: Site, channel: str, target: TargetFile) -> Label | None:
    """Return the label of a published release, as its manifest says.

    One that is missing, changed or another release's gets none: `verify` says what is wrong.
    """
    with suppress(Refused):
        data = there.read_target(site.folder, target.path, target)
        manifest = there.read_record(Manifest, data, target.path)
        if (manifest.channel, manifest.target) == (channel, target.path):
            return label_of(manifest)
    return None


def _lay(site: Site, at: Path, generation: repository.Generation, release: Release) -> None:
    """Lay down a generation and what it names, in the order of rules 1 to 4."""
    for name, data in generation.files().items():
        site.door.place(data, at / places.METADATA / name)
    for path, data in _placed_targets(generation, release):
        site.door.place(data, at / path)
    for one in {artifact.sha256: artifact for artifact in release.files}.values():
        source = site.blobs.path(one.sha256) if site.blobs else at
        site.door.copy(source, at / places.blob_path(one.sha256), one.sha256, one.length)
    for page in release.pages:
        site.door.place(page.data, at / page.path)


def _placed_targets(
    generation: repository.Generation, release: Release
) -> Iterable[tuple[str, bytes]]:
    """Give each manifest's place inside the publication, and its bytes."""
    for role, targets in release.targets.items():
        for path, data in targets.items():
            target = generation.delegated[role].signed.targets[path]
            yield places.target_path(path, target), data


def _stamp(
    site: Site,
    at: Path,
    generation: repository.Generation,
    last: Metadata[Timestamp] | None,
    root: Root,
) -> bool:
    """Lay the timestamp of a generation down: the switch. Says whether it was needed."""
    stamp = repository.next_timestamp(
        last,
        generation.snapshot,
        root=root,
        keys=site.keys,
        freshness=site.freshness,
        now=site.now,
        first=site.first,
    )
    if stamp is last:
        return False
    site.door.place(metadata_bytes(stamp), at / places.METADATA / "timestamp.json")
    return True


def gather(
    manifest: Manifest | None, pages: tuple[PageFile, ...], before: Mapping[str, Artifact]
) -> Release:
    """Gather what is to be named anew; a page that is not given again stays named as it was."""
    named = {**before, **{page.path: _page_artifact(page) for page in pages}}
    ordered = tuple(named[path] for path in sorted(named))
    pages_manifest = PagesManifest(schema_="peso.pages/1", files=ordered)
    targets = {places.PAGES: {places.PAGES_PATH: pages_manifest.canonical()}}
    if manifest is None:
        return Release(targets=targets, files=(), pages=pages)
    targets[manifest.channel] = {manifest.target: manifest.canonical()}
    labels = {manifest.target: label_of(manifest)}
    return Release(targets=targets, files=manifest.files, pages=pages, labels=labels)


def label_of(manifest: Manifest) -> Label:
    """Return the label of a release."""
    return Label(
        channel=manifest.channel,
        stack=manifest.stack,
        version=manifest.version,
        created=manifest.created,
    )


def _page_artifact(page: PageFile) -> Artifact:
    """Describe a page; one outside its places is a fault of whoever made it."""
    path = files.safe_member(page.path)
    if str(path) != page.path or path.parts[0] in places.NOT_PAGES:
        raise PesoError("a page cannot lie here", where=page.path)
    return Artifact(
        role="page",
        path=page.path,
        media_type=_MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        length=len(page.data),
        sha256=sha256_bytes(page.data),
    )


def _root_place(folder: Path, number: int) -> Path:
    return folder / places.METADATA / f"{number}.root.json"
