"""The spec that lies in an archive of Spack's build cache; nothing is unpacked to the disk.

Spack installs what is below the shortest `.spack/binary_distribution` of the tar, and so the spec
that counts is the `.spack/spec.json` beside it. The rules, in order:

1. Everything is bounded: bytes unpacked, also in proportion to those packed, members, their
   headers, the bytes of `spec.json`.
2. Every path is plain and relative, and in the unit's folder or on the way to it; a hard link
   leads to a path in it. Where symbolic links lead is for who unpacks: Spack's archives have
   absolute ones. Anything but files, folders and links is refused.
3. `spec.json` and `binary_distribution` are there once, as files, and no link is on the way to
   them: what is unpacked over them later would be another spec than the one read here.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from peso.base.archives import Member, damaged, tar_members
from peso.base.files import disk
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.products.engines.spack.buildcache.spec_blob import LARGEST, read_spec

MOST_MEMBERS = 2_000_000
MOST_UNPACKED = 64 << 30
_MOST_LINKS = 500_000
_MOST_SPECS = 100
_FREE, _RATIO = 1 << 30, 200
"""Bytes that may be unpacked whatever the length, and for each byte packed above that."""
_PIECE = 1 << 20
_SPEC = "/.spack/spec.json"
_MARK = "/.spack/binary_distribution"
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class _Found:
    """What is remembered of the members."""

    where: str
    spec: tuple[str, bytes] | None = None
    """The spec with the shortest name."""
    mark: str = ""
    """The shortest mark."""
    common: tuple[str, ...] | None = None
    """The folder that all files and links are in."""
    met: set[str] = field(default_factory=set)
    """Names of specs and marks."""
    links: set[str] = field(default_factory=set)


class _Counted:
    """An unpacked stream that ends where it gets too long."""

    def __init__(self, stream: gzip.GzipFile, left: int, where: str) -> None:
        self._stream, self._left, self._where = stream, left, where

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise Refused(
                "it unpacks to more than an archive may have",
                where=self._where,
                reason=Reason.TOO_LARGE,
            )
        return data


def inside(archive: Path, where: str) -> CachedSpec:
    """Return the spec in an archive.

    Raises:
        BadInput: It is no archive of Spack's build cache, or is damaged.
        Refused: It is larger than it may be (`too-large`), or a path in it is none, or leads
            elsewhere (`unsafe-path`), or is there twice (`swapped`).
        Outside: The disk failed.
    """
    with disk(archive, "read"), archive.open("rb") as stream:
        return inside_stream(stream, archive.stat().st_size, where)


def inside_stream(stream: BinaryIO, length: int, where: str) -> CachedSpec:
    """Return the spec in an open archive of `length` bytes. Raises as `inside`."""
    found = _Found(where)
    if stream.read(len(_GZIP)) != _GZIP:
        raise _none(where, "it is not gzip'd")
    stream.seek(0)
    most = min(MOST_UNPACKED, _FREE + _RATIO * length)
    with damaged(Path(where)), gzip.GzipFile(fileobj=stream) as unpacked:
        counted = _Counted(unpacked, most, where)
        for number, member in enumerate(tar_members(counted, Path(where))):
            if number >= MOST_MEMBERS:
                raise _refused(found, "it has more members than an archive may have")
            _look(member, found)
    return _decide(found)


def _look(member: Member, found: _Found) -> None:
    name = member.name.rstrip("/")
    path = _plain(name, found)
    if member.kind == "folder":
        return
    if member.kind == "special file":
        raise _unsafe(found, f"{name!r} is neither file, folder nor link")
    if name in found.links or any(str(one) in found.links for one in path.parents):
        raise _unsafe(found, f"{name!r} would be written through a link")
    _in_common(path, found)
    if name.endswith((_SPEC, _MARK)):
        _count(name, member, found)
    if member.kind == "file":
        _file(name, member, found)
    else:
        _link(name, member, found)


def _plain(name: str, found: _Found) -> PurePosixPath:
    """Return a path that stays in its folder; any letters will do, as a store has them."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or str(path) != name:
        raise _unsafe(found, f"the path {name!r} leaves its folder, or is not in its plain form")
    return path


def _file(name: str, member: Member, found: _Found) -> None:
    data = _data(member, keep=name.endswith(_SPEC), found=found)
    if name.endswith(_SPEC) and (found.spec is None or len(name) < len(found.spec[0])):
        found.spec = name, data
    if name.endswith(_MARK) and (not found.mark or len(name) < len(found.mark)):
        found.mark = name


def _link(name: str, member: Member, found: _Found) -> None:
    if len(found.links) >= _MOST_LINKS:
        raise _refused(found, "it has more links than an archive may have")
    found.links.add(name)
    if member.kind == "hard link":
        if member.target.endswith((_SPEC, _MARK)):
            raise _unsafe(found, f"{name!r} is a second name of {member.target!r}")
        _in_common(_plain(member.target, found), found)


def _in_common(path: PurePosixPath, found: _Found) -> None:
    folders = path.parts[:-1]
    if found.common is None:
        found.common = folders
        return
    if folders[: len(found.common)] != found.common:
        same = 0
        for ours, theirs in zip(found.common, folders, strict=False):
            if ours != theirs:
                break
            same += 1
        found.common = found.common[:same]


def _count(name: str, member: Member, found: _Found) -> None:
    if member.kind != "file":
        raise _unsafe(found, f"{name!r} is a link")
    if name in found.met:
        raise Refused(f"{name!r} is there twice", where=found.where, reason=Reason.SWAPPED)
    if len(found.met) >= _MOST_SPECS:
        raise _refused(found, "it has more units in it than an archive may have")
    found.met.add(name)


def _data(member: Member, *, keep: bool, found: _Found) -> bytes:
    """Read a member to its end; keep what is of use, within the limit of a spec."""
    pieces, length = [], 0
    while piece := member.read(_PIECE):
        length += len(piece)
        if keep:
            if length > LARGEST:
                raise _refused(found, f"{member.name!r} has more than {LARGEST} bytes")
            pieces.append(piece)
    return b"".join(pieces)


def _decide(found: _Found) -> CachedSpec:
    if not found.mark or found.spec is None:
        raise _none(found.where, "it has no .spack/spec.json or no .spack/binary_distribution")
    folder, (name, data) = found.mark.removesuffix(_MARK), found.spec
    if name.removesuffix(_SPEC) != folder:
        raise _none(found.where, f"the spec at {name!r} is not beside {found.mark!r}")
    prefix = PurePosixPath(folder).parts
    if found.common is None or found.common[: len(prefix)] != prefix:
        raise _unsafe(found, f"not all in it is below {folder!r}")
    return read_spec(data, f"{found.where}: .spack/spec.json")


def _none(where: str, why: str) -> BadInput:
    return BadInput(
        f"this is no archive of Spack's build cache: {why}",
        where=where,
        hint="PESO reads layout 3, which Spack 1.0 and newer write",
    )


def _unsafe(found: _Found, why: str) -> Refused:
    return Refused(why, where=found.where, reason=Reason.UNSAFE_PATH)


def _refused(found: _Found, why: str) -> Refused:
    return Refused(why, where=found.where, reason=Reason.TOO_LARGE)
