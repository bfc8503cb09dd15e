"""The shelf: what a publication has, for its publisher; proven once, asked as often as it takes.

The list of a channel is as long as there are releases, so it is read once for all questions of one
moment. It is proven against the roots in the folder itself, which a facility never trusts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuf.api.metadata import Root

from peso.services.delivery.layout.labels import Label, label_on
from peso.services.delivery.layout.places import METADATA, PAGES
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication import folder as there
from peso.services.delivery.publication.repository import Generation
from peso.services.delivery.signing import roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A release as its channel names it."""

    sha256: str
    """Of its manifest."""
    label: Label | None
    """Which release it is; None: an earlier PESO signed it, and only its manifest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is published, as of one moment."""

    folder: Path
    generation: Generation | None
    """What is current; None: nothing is published yet."""

    def listed(self) -> Mapping[str, Standing]:
        """Return each release by its target path; opens none."""
        if self.generation is None:
            return {}
        return {
            path: Standing(sha256=target.hashes["sha256"], label=label_on(role, target))
            for role, metadata in sorted(self.generation.delegated.items())
            if role != PAGES
            for path, target in metadata.signed.targets.items()
        }

    def digests(self) -> Mapping[str, str]:
        """Return the sha256 of each release's manifest, by target path."""
        return {path: one.sha256 for path, one in self.listed().items()}

    def opened(self, targets: Iterable[str]) -> tuple[Manifest, ...]:
        """Return the manifests of some releases, by target path.

        Raises:
            Refused: One is not as it was signed.
        """
        wanted = set(targets)
        if self.generation is None or not wanted:
            return ()
        found = there.read_manifests(self.folder, self.generation, only=wanted)
        return tuple(manifest for _, manifest in found)

    def paged(self) -> frozenset[str]:
        """Return the paths of the pages.

        Raises:
            Refused: Their manifest is not as it was signed.
        """
        if self.generation is None:
            return frozenset()
        return frozenset(one.path for one in there.read_pages(self.folder, self.generation))


def shelf(publication: Path) -> Shelf:
    """Read what is published.

    Raises:
        Refused: The folder is not as it was published.
    """
    if not there.is_publication(publication):
        return Shelf(folder=publication, generation=None)
    generation, _ = there.read_current(publication, own_roots(publication))
    return Shelf(folder=publication, generation=generation)


def own_roots(publication: Path) -> tuple[Root, ...]:
    """Return the roots in a publication, proven one after the other from the first."""
    return roots.prove_chain(there.read_roots(publication), where=METADATA)
