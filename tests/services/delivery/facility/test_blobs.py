"""A file of a release is what its manifest names, or it is said whose content it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.blobs import copy_blob, read_blob
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.layout.places import blob_path

FIRST, SECOND = b"what the first one says", b"what the other one does"


def named(path: str, data: bytes) -> Artifact:
    return Artifact(
        role="artifact",
        path=path,
        media_type="application/octet-stream",
        length=len(data),
        sha256=sha256_bytes(data),
    )


ONE, OTHER = named("one", FIRST), named("other", SECOND)


def laid(folder: Path, data: bytes) -> FolderSource:
    place = folder / blob_path(ONE.sha256)
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    return FolderSource(folder)


def test_a_right_one_is_given(tmp_path: Path) -> None:
    source = laid(tmp_path / "public", FIRST)
    assert read_blob(source, ONE) == FIRST
    copy_blob(source, ONE, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == FIRST


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FIRST.replace(b"s", b"z"), Reason.CHANGED),
        (FIRST[:-1], Reason.CHANGED),
        (b"", Reason.CHANGED),
        (FIRST + b".", Reason.TOO_LARGE),
        (SECOND, Reason.SWAPPED),
    ],
)
def test_a_wrong_one_is_refused_and_nothing_is_left(
    tmp_path: Path, data: bytes, reason: Reason
) -> None:
    source, empty = laid(tmp_path / "public", data), named("empty", b"")
    with pytest.raises(Refused) as read:
        read_blob(source, ONE, (ONE, OTHER, empty))
    with pytest.raises(Refused) as copied:
        copy_blob(source, ONE, tmp_path / "copy", (ONE, OTHER, empty))
    for no in (read, copied):
        assert (no.value.reason, no.value.where) == (reason, blob_path(ONE.sha256))
    assert (blob_path(OTHER.sha256) in read.value.message) is (reason is Reason.SWAPPED)
    assert not (tmp_path / "copy").exists()


def test_of_content_that_nobody_names_only_the_change_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        read_blob(laid(tmp_path, SECOND), ONE)
    assert no.value.reason is Reason.CHANGED
