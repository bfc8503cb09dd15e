"""Publish: a release enters a publication so that the folder verifies at every moment.

A generation is laid down in this order; each file enters by one rename of a complete, synced file:

1. its metadata (`targets`, channels, pages, snapshot), with versions above all that were there;
2. the manifests that metadata names; 3. the blobs; 4. the pages;
5. what an interrupted publishing left behind and nobody wants any more goes;
6. `timestamp.json`: the switch. Before it a reader sees the old generation, after it the new one;
7. generations older than the one before go.

The first publication is made complete beside its place and renamed into it at once. New roots come
in one by one; where what is published would not stand under the next root, a generation signed by
the new key comes first. A published version is never replaced. Two publishings at once: the second
is told who holds the lock. An interrupted one is continued by the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from peso.base import files
from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.errors import BadInput, Outside, Reason, Refused
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import root_file
from peso.services.delivery.manifest import Manifest, release_target
from peso.services.delivery.publication import enter, repository
from peso.services.delivery.publication import folder as there
from peso.services.delivery.publication.place import Disk, Door
from peso.services.delivery.publication.shelf import own_roots, shelf
from peso.services.delivery.signing.keys import KeyFolder

__all__ = [
    "Published",
    "Standing",
    "behind",
    "publish",
    "refresh",
    "releases",
    "root_file",
    "standing",
]

Did = Literal["published", "refreshed", "nothing"]


class Standing(Record):
    """A published version, as far as it decides whether another is the same."""

    lock: str
    definition: str
    created: datetime


class Published(Record):
    """What publishing came to."""

    publication: str
    root_file: str
    root_sha256: str
    development: bool
    did: Did
    """`refreshed`: the release was there; what was due was signed again."""
    generation: int
    """The version of the snapshot that is published now."""
    fresh_until: datetime
    """When the timestamp expires."""


def publish(  # noqa: PLR0913 - the release, where to, with what
    manifest: Manifest,
    pages: tuple[enter.PageFile, ...],
    blobs: Blobs,
    publication: Path,
    keys: KeyFolder,
    *,
    freshness: Freshness,
    now: datetime,
    first: int = 1,
    beside: Mapping[str, str] | None = None,
    door: Callable[[Path], Door] = Disk,
) -> Published:
    """Publish a release, or only renew what is due where it is published already.

    `beside` are the releases that the pages know besides: the sha256 of each one's manifest, by
    target path; None: it is not asked. Pages that lack a release do not replace those that have it.

    `first` is the version that metadata begins with where there is no publication yet. One that was
    lost must begin anew above what it had, or every facility that saw it finds a rollback.

    Raises:
        Refused: this version is published with another content, or the folder is not as published.
        BadInput: the folder is no publication, or one of other keys; a key is missing.
        Outside: the disk failed, or another publishing holds the lock, or came in between; nothing
            is half-published.
    """
    site, staging = _site(publication, keys, freshness, now, door, blobs)
    site = replace(site, first=first)
    with files.locked(staging / "lock", who="peso deliver"):
        did: Did = "published"
        if not there.is_publication(site.folder):
            _refuse_other(site, manifest, {}, beside)
            enter.enter_first(site, staging, enter.gather(manifest, pages, {}))
        elif _published_already(site, manifest):
            did = "refreshed" if enter.update(site, None, ()) else "nothing"
        else:
            _refuse_other(site, manifest, shelf(site.folder).digests(), beside)
            enter.update(site, manifest, pages)
        return _finish(site, staging, did)


def refresh(  # noqa: PLR0913 - as above
    publication: Path,
    keys: KeyFolder,
    *,
    freshness: Freshness,
    now: datetime,
    pages: tuple[enter.PageFile, ...] = (),
    door: Callable[[Path], Door] = Disk,
) -> Published:
    """Sign again what is due, take up rotated keys, and replace the pages that are given.

    Raises:
        Refused, BadInput, Outside: as `publish`.
    """
    site, staging = _site(publication, keys, freshness, now, door, None)
    if not there.is_publication(site.folder):
        raise BadInput(
            "no publication here", where=str(publication), hint="`peso deliver STACK` makes one"
        )
    with files.locked(staging / "lock", who="peso deliver"):
        changed = enter.update(site, None, pages)
        return _finish(site, staging, "refreshed" if changed else "nothing")


def releases(publication: Path) -> tuple[Manifest, ...]:
    """Return the manifests of all published releases, oldest first; none where nothing is.

    For the publisher: proven against the roots in the folder itself, which a facility never trusts.
    """
    if not there.is_publication(publication):
        return ()
    generation, _ = there.read_current(publication, own_roots(publication))
    found = [manifest for _, manifest in there.read_manifests(publication, generation)]
    return tuple(sorted(found, key=lambda one: (one.created, one.channel, one.stack, one.version)))


def standing(publication: Path, *, channel: str, stack: str, version: str) -> Standing | None:
    """Say what a version was published with; None where it is not published."""
    if not there.is_publication(publication):
        return None
    generation, _ = there.read_current(publication, own_roots(publication))
    return _find(publication, generation, channel, release_target(channel, stack, version))


def behind(publication: Path, keys: Path) -> bool:
    """Say whether a key of the folder `keys` was rotated since this was signed; asks no passphrase.

    Then `publish` of the same release, or `refresh`, takes the new key up.
    """
    if not there.is_publication(publication):
        return False
    folder = KeyFolder(keys, b"")
    if there.read_roots(publication) != folder.chain:
        return True
    generation, _ = there.read_current(publication, folder.roots)
    delegations = generation.targets.signed.delegations
    delegated = (delegations and delegations.roles) or {}
    return any(folder.public(name).keyid not in role.keyids for name, role in delegated.items())


def _site(  # noqa: PLR0913, PLR0917 - gathers what the verbs are given
    publication: Path,
    keys: KeyFolder,
    freshness: Freshness,
    now: datetime,
    door: Callable[[Path], Door],
    blobs: Blobs | None,
) -> tuple[enter.Site, Path]:
    """Refuse a place or keys that cannot do, and gather the rest."""
    folder = publication.absolute()
    _refuse_place(folder, keys)
    if keys.roots[-1].is_expired(now):
        raise Refused(
            f"the root expired on {keys.roots[-1].expires:%Y-%m-%d}",
            where=str(keys.folder),
            hint="sign a later one: `peso keys rotate root`",
            reason=Reason.EXPIRED,
        )
    staging = folder.with_name(f"{folder.name}.staging")
    site = enter.Site(
        folder=folder, blobs=blobs, keys=keys, freshness=freshness, now=now, door=door(staging)
    )
    return site, staging


def _refuse_place(folder: Path, keys: KeyFolder) -> None:
    """Refuse to publish over anything that is not a publication of these keys."""
    if folder.is_symlink():
        raise BadInput("a link", where=str(folder), hint="name the folder it points to")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise BadInput("not a folder", where=str(folder), hint="choose another place with --to")
    if there.is_publication(folder):
        if there.read_roots(folder) != keys.chain[: len(there.read_roots(folder))]:
            raise BadInput(
                "a publication of other keys",
                where=str(folder),
                hint="use the keys it was made with, or publish into another folder with --to",
            )
    elif any(folder.iterdir()):
        raise BadInput(
            "a folder with other files in it",
            where=str(folder),
            hint="publish into a new or empty folder with --to; nothing is overwritten",
        )


def _published_already(site: enter.Site, manifest: Manifest) -> bool:
    """Say whether a release is published; refuse to replace a published version."""
    generation, _ = there.read_current(site.folder, site.keys.roots)
    before = _find(site.folder, generation, manifest.channel, manifest.target)
    if before is None:
        return False
    if (before.lock, before.definition) != (manifest.lock, manifest.definition):
        raise Refused(
            f"{manifest.stack} {manifest.version} is published in {manifest.channel} already, "
            "with other content",
            where=manifest.target,
            hint="raise `version:` in the stack file",
            reason=Reason.CHANGED,
        )
    return True


def _refuse_other(
    site: enter.Site, manifest: Manifest, is_: Mapping[str, str], beside: Mapping[str, str] | None
) -> None:
    """Refuse pages that were made beside other releases than there are."""
    others = {path: sha256 for path, sha256 in is_.items() if path != manifest.target}
    if beside is not None and others != beside:
        raise Outside(
            "another release was published meanwhile: the pages would not have it",
            where=str(site.folder),
            hint="run the same again; what is done is not done twice",
        )


def _finish(site: enter.Site, staging: Path, did: Did) -> Published:
    """Put the root beside the publication, clean up, and tell what came of it."""
    site.door.place(site.keys.root_bytes(), root_file(site.folder))
    files.remove_tree(staging)
    generation, stamp = there.read_current(site.folder, site.keys.roots)
    return Published(
        publication=str(site.folder),
        root_file=str(root_file(site.folder)),
        root_sha256=sha256_bytes(site.keys.root_bytes()),
        development=site.keys.development,
        did=did,
        generation=generation.snapshot.signed.version,
        fresh_until=stamp.signed.expires,
    )


def _find(
    publication: Path, generation: repository.Generation, channel: str, path: str
) -> Standing | None:
    """Return what the release at a target path was published with."""
    role = generation.delegated.get(channel)
    target = role.signed.targets.get(path) if role else None
    if target is None:
        return None
    data = there.read_target(publication, path, target)
    manifest = there.read_record(Manifest, data, path)
    return Standing(lock=manifest.lock, definition=manifest.definition, created=manifest.created)
