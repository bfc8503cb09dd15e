"""Blobs: one file of a release, read or copied, and proven to be what its manifest names.

Where the facility's side takes a single file by its digest. Content that is another file's of the
same release is `swapped`; anything else that differs is `changed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.fetchers import Differs, Source
from peso.services.delivery.facility.report import swapped
from peso.services.delivery.layout.places import blob_path


def read_blob(source: Source, file: Artifact, among: Iterable[Artifact] = ()) -> bytes:
    """Return the bytes of a file.

    Args:
        source: The publication.
        file: The file, as the manifest names it.
        among: The files of the same release, to tell whose content stands there instead.

    Raises:
        Refused: It is missing, longer, or has another content.
        Outside: The source failed.
    """
    place = blob_path(file.sha256)
    data = source.read(place, limit=file.length)
    found = sha256_bytes(data)
    if (len(data), found) != (file.length, file.sha256):
        raise _other(place, found, among)
    return data


def copy_blob(source: Source, file: Artifact, target: Path, among: Iterable[Artifact] = ()) -> None:
    """Copy a file, proven while it is written; arguments and errors as for `read_blob`."""
    place = blob_path(file.sha256)
    try:
        source.copy(place, target, sha256=file.sha256, length=file.length)
    except Differs as error:
        raise _other(place, error.found, among) from error


def _other(place: str, found: str, among: Iterable[Artifact]) -> Refused:
    """Say that a file has another content, and whose, if that is known."""
    other = next((one for one in among if one.length and one.sha256 == found), None)
    if other is not None:
        told = swapped(place, blob_path(other.sha256))
        return Refused(told.message, where=place, reason=told.reason)
    return Refused("the content is not what was signed", where=place, reason=Reason.CHANGED)
