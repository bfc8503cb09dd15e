"""Places: where each file of a publication lies. A facility and a publisher must agree on them.

    metadata/<version>.<role>.json                       timestamp.json has no version
    targets/<channel>/<sha256>.<release>.manifest.json   the manifest of a release
    targets/<sha256>.pages.manifest.json                 the manifest of the pages
    blobs/sha256/ab/<sha256>                             the files of releases
    index.html ...                                       pages, in no folder of the others

Names only: whether a file is there, and is what its place says, is asked elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from tuf.api.metadata import TargetFile

METADATA = "metadata"
TARGETS = "targets"
BLOBS = "blobs"
NOT_PAGES = frozenset({METADATA, TARGETS, BLOBS})
"""The folders in which no page may lie."""

PAGES = "pages"
"""The role that signs for the pages, and so no channel's name."""
PAGES_PATH = "pages.manifest.json"


def root_file(publication: Path) -> Path:
    """Return where the root that a facility pins lies: beside the publication, not in it."""
    return publication.with_name(f"{publication.name}.root.json")


def blob_path(sha256: str) -> str:
    """Return where a blob lies inside a publication."""
    return f"{BLOBS}/sha256/{sha256[:2]}/{sha256}"


def target_path(path: str, target: TargetFile) -> str:
    """Return where a target lies inside a publication: its digest before its name."""
    folder, slash, name = path.rpartition("/")
    return f"{TARGETS}/{folder}{slash}{target.hashes['sha256']}.{name}"


def page_path(channel: str, release: str) -> str:
    """Return where the page of a release (`<stack>-<version>`) lies inside a publication."""
    return f"releases/{channel}/{release}.html"


def statement_path(name: str) -> str:
    """Return where a statement lies inside a release."""
    return f"attestations/{name}.dsse.json"
