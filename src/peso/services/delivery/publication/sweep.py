"""Taking away what no kept generation names, so that a publication does not grow for ever.

1. Only what a signed metadata file of this publication names is ever removed. A file nobody signed
   for is left where it is: `verify` says so, and a person decides.
2. What is named goes before what names it: pages, blobs, manifests, then the metadata. So at every
   moment each file in the folder is still named by something signed.
3. Roots stay for ever.
4. A manifest that a kept generation names, too, takes nothing away, so it is not opened: what a new
   release costs does not grow with how many there were. Only where a manifest goes are those that
   stay read, for what they share with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.exceptions import UnverifiedSignatureError
from tuf.api.metadata import Metadata, Root, Targets

from peso.base.files import safe_member
from peso.errors import PesoError, Refused
from peso.services.delivery.layout.delegations import envelope_keys
from peso.services.delivery.layout.places import METADATA, PAGES, blob_path, target_path
from peso.services.delivery.manifest import Manifest, PagesManifest
from peso.services.delivery.publication import folder as publication
from peso.services.delivery.publication.place import Door
from peso.services.delivery.publication.repository import Generation, signed_by
from peso.services.delivery.signing.serialize import parse_metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What metadata names, as paths inside the publication."""

    pages: frozenset[str] = frozenset()
    blobs: frozenset[str] = frozenset()
    manifests: frozenset[str] = frozenset()

    def __or__(self, other: Named) -> Named:
        """Join two sets of names."""
        return Named(
            pages=self.pages | other.pages,
            blobs=self.blobs | other.blobs,
            manifests=self.manifests | other.manifests,
        )


def sweep(folder: Path, keep: tuple[Generation, ...], roots: tuple[Root, ...], door: Door) -> None:
    """Take away every generation that is not in `keep`, and what only it names."""
    kept_files = {name for generation in keep for name in generation.files()}
    present = {
        f"{version}.{role}.json": role
        for role, versions in publication.versions(folder).items()
        for version in versions
        if role != "root"
    }
    doomed = {name: role for name, role in present.items() if name not in kept_files}
    if not doomed:
        return
    delegators = tuple(_signed_targets(folder, present, roots))
    stay = {
        place
        for generation in keep
        for role, metadata in generation.delegated.items()
        for place in _places(role, metadata)
    }
    gone, signed = Named(), []
    for name, role in doomed.items():
        if role in {"targets", "snapshot"}:
            signed.append(name)
        elif (metadata := _signed(folder, name, role, delegators)) is not None:
            signed.append(name)
            gone |= _named_by(folder, role, metadata, besides=stay)
    kept = _kept(folder, keep, all_=bool(gone.blobs))
    for path in (
        *sorted(gone.pages - kept.pages),
        *sorted(gone.blobs - kept.blobs),
        *sorted(gone.manifests - {place for _, place in stay}),
        *(f"{METADATA}/{name}" for name in signed),
    ):
        door.remove(folder / safe_member(path))


def _kept(folder: Path, keep: tuple[Generation, ...], *, all_: bool) -> Named:
    """Return what kept generations name; of releases only with `all_`, for that opens each."""
    kept = Named()
    seen: set[tuple[str, str]] = set()
    for generation in keep:
        for role, metadata in generation.delegated.items():
            if all_ or role == PAGES:
                kept |= _named_by(folder, role, metadata, besides=seen)
                seen |= set(_places(role, metadata))
    return kept


def _places(role: str, metadata: Metadata[Targets]) -> Iterator[tuple[str, str]]:
    """Give the place of each manifest that a role's metadata names, with the role."""
    for path, target in metadata.signed.targets.items():
        yield role, target_path(path, target)


def _signed_targets(
    folder: Path, present: dict[str, str], roots: tuple[Root, ...]
) -> Iterator[Targets]:
    """Give every list of delegations in the folder that a root ever had the keys for."""
    for name, role in present.items():
        metadata = _parsed(folder, name) if role == "targets" else None
        if metadata and any(signed_by(root, "targets", metadata) for root in roots):
            yield metadata.signed


def _signed(
    folder: Path, name: str, role: str, delegators: tuple[Targets, ...]
) -> Metadata[Targets] | None:
    """Return a delegated role's metadata, if a key the role has or had signed it."""
    metadata = _parsed(folder, name)
    if metadata is None:
        return None
    for key in {key.keyid: key for one in delegators for key in envelope_keys(one, role)}.values():
        if key.keyid in metadata.signatures:
            try:
                key.verify_signature(metadata.signatures[key.keyid], metadata.signed_bytes)
            except UnverifiedSignatureError:
                continue
            return metadata
    return None


def _parsed(folder: Path, name: str) -> Metadata[Targets] | None:
    data = publication.read_metadata(folder, name, Targets)
    try:
        return parse_metadata(data, Targets, where=name) if data else None
    except PesoError:
        return None  # not ours; left for `verify` to name


def _named_by(
    folder: Path, role: str, metadata: Metadata[Targets], *, besides: AbstractSet[tuple[str, str]]
) -> Named:
    """Return what a role's metadata names; a manifest that is not there names nothing.

    Manifests in `besides`, by role and place, are passed over.
    """
    pages: set[str] = set()
    blobs: set[str] = set()
    manifests: set[str] = set()
    for path, target in metadata.signed.targets.items():
        if (role, target_path(path, target)) in besides:
            continue
        manifests.add(target_path(path, target))
        try:
            data = publication.read_target(folder, path, target)
        except Refused:
            continue
        if role == PAGES:
            pages |= {one.path for one in publication.read_record(PagesManifest, data, path).files}
        else:
            record = publication.read_record(Manifest, data, path)
            blobs |= {blob_path(one.sha256) for one in record.files}
    return Named(pages=frozenset(pages), blobs=frozenset(blobs), manifests=frozenset(manifests))
