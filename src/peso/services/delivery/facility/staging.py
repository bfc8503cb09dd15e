"""Staging: the files of a release in a private folder, each proven while it was copied.

1. The folder is this user's alone (0700), new for each run, and gone afterwards.
2. A file that a run before had fetched, and was ended over, is not fetched again: it is hashed
   again, and laid in its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from peso.base.digest import sha256_file
from peso.base.files import disk, make_folder, remove_tree
from peso.products.engines.port import Artifact, Progress, Workbench
from peso.services.delivery.facility.blobs import copy_blob
from peso.services.delivery.facility.fetchers import Source

_COPIERS = 4


@contextmanager
def staged(bench: Workbench) -> Iterator[Path]:
    """Give an empty folder that only this user can look into; gone afterwards."""
    staging = bench.work / "release"
    remove_tree(staging)
    make_folder(staging, mode=0o700)
    try:
        yield staging
    finally:
        remove_tree(staging)


def copy(
    source: Source,
    files: Sequence[Artifact],
    staging: Path,
    bench: Workbench,
    *,
    among: Sequence[Artifact],
) -> None:
    """Copy files of a release, proven while they are copied.

    Args:
        source: The publication.
        files: What is copied.
        staging: Where to, each at its own path.
        bench: Where files are kept that an earlier run had fetched; told of the progress.
        among: All files of the release, to tell whose content stands in another's place.

    Raises:
        Refused: One is not what was signed.
        Outside: The source or the disk failed; what was fetched is kept for the next run.
    """
    fetched = bench.cache / "fetched"
    make_folder(fetched, mode=0o700)

    def fetch(one: Artifact) -> str:
        kept = fetched / one.sha256
        if not _proves(kept, one):
            copy_blob(source, one, kept, among)
        return one.path

    # Two paths may have one content; each content is fetched once.
    once = tuple({one.sha256: one for one in files}.values())
    with ThreadPoolExecutor(max_workers=_COPIERS) as threads:
        for done, path in enumerate(threads.map(fetch, once), start=1):
            bench.progress(Progress(done=done, total=len(once), line=f"proved {path}"))
    for one in files:
        _lay(fetched / one.sha256, staging / one.path)
    remove_tree(fetched)


def _proves(path: Path, one: Artifact) -> bool:
    """Say whether a file that was fetched before is whole; one that is not is removed."""
    if not path.is_file():
        return False
    with disk(path, "read"):
        if path.stat().st_size == one.length and sha256_file(path) == (one.sha256, one.length):
            return True
    path.unlink(missing_ok=True)
    return False


def _lay(kept: Path, place: Path) -> None:
    make_folder(place.parent)
    with disk(place, "write"):
        os.link(kept, place)
