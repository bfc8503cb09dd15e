"""What lists of others say: which name of theirs has its source at which address.

For proposals only (`propose.py`): these lists are noisy, so nothing in them is believed here. Read:

1. a folder as of purl2cpe: `<vendor>/<product>/purls.yml`; its claims are of CPE;
2. OSV records, as a folder or a zip or tar: the repositories of their ranges, and their purls;
3. a text file: on each line a space and a name, a tab, and an address or package URL
   (`CPE openssl:openssl<TAB>pkg:github/openssl/openssl`); `#` begins a comment.

A record that cannot be read is passed over and counted; sizes and depths are bounded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

import msgspec

from peso.base.archives import damaged, members
from peso.base.files import disk
from peso.base.yaml_nodes import Mapping, Node, Scalar, Sequence
from peso.base.yaml_read import parse_yaml
from peso.errors import BadInput
from peso.services.assurance.identity.keys import (
    CPE,
    GIT,
    PYPI,
    SubjectKey,
    cpe_name,
    ecosystem_key,
    git_name,
    key_of_purl,
)

_MOST_BYTES: Final = 4 << 20
_MOST_RECORDS: Final = 500_000
_PURLS: Final = "purls.yml"
_SUFFIXES: Final = frozenset({".json", ".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Claimed:
    """A name of a list, and an address that its source has there."""

    key: SubjectKey
    address: str
    """Host and path, normalised; of a package on PyPI that of its page."""
    source: str
    """Which list says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that some lists say."""

    claims: tuple[Claimed, ...]
    unread: int
    """Records that could not be read."""


def read_known(paths: Iterable[Path]) -> Known:
    """Read lists of others.

    Raises:
        BadInput: One does not exist, is damaged, or says nothing.
        Outside: The disk failed.
    """
    found: dict[Claimed, None] = {}
    unread = 0
    for path in paths:
        before = len(found)
        for one in _claims(path):
            if one is None:
                unread += 1
            else:
                found.setdefault(one)
        if len(found) == before:
            hint = "give a folder of purl lists, OSV records, or lines of key, tab, address"
            raise BadInput("no name with an address is in it", where=str(path), hint=hint)
    return Known(claims=tuple(found), unread=unread)


def page_on_pypi(name: str) -> str:
    """Return what stands for the page of a package on PyPI where addresses are compared."""
    return f"pypi.org/project/{name}"


def _claims(path: Path) -> Iterator[Claimed | None]:
    if not path.exists():
        raise BadInput("there is no such file or folder", where=str(path), hint="check the path")
    if path.is_file() and path.suffix in {".txt", ".tsv"}:
        yield from _of_lines(path)
        return
    for name, data in _files(path):
        pure = PurePath(name)
        if pure.name == _PURLS:
            yield from _of_purls(pure, data, path.name)
        elif pure.name != "cpes.yml":
            yield from _of_record(pure, data, path.name)


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    read = _in_folder(path) if path.is_dir() else _in_archive(path)
    for count, (name, data) in enumerate(read):
        if count == _MOST_RECORDS:
            raise BadInput(f"it has more than {_MOST_RECORDS} records", where=str(path))
        yield name, data


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            file = Path(top, name)
            if file.suffix in _SUFFIXES and file.is_file() and not file.is_symlink():
                with disk(file, "read"), file.open("rb") as stream:
                    yield str(file.relative_to(folder)), stream.read(_MOST_BYTES + 1)


def _in_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with disk(path, "read"), path.open("rb") as stream, damaged(path):
        for one in members(stream, path):
            if one.kind == "file" and PurePath(one.name).suffix in _SUFFIXES:
                yield one.name, one.read(_MOST_BYTES + 1)


def _of_lines(path: Path) -> Iterator[Claimed]:
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadInput(f"the file has more than {_MOST_BYTES} bytes", where=str(path))
    for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
        text = line.partition("#")[0].strip()
        key, _, address = text.partition("\t")
        space, _, name = key.strip().partition(" ")
        if text and not (name and address.strip()):
            hint = "write a space and a name, a tab, and an address: CPE a:b<TAB>pkg:github/a/b"
            raise BadInput("the line is no claim", where=f"{path}:{number}", hint=hint)
        if text and (place := _address(address.strip())):
            yield Claimed(ecosystem_key(space, name.strip()), place, path.name)


def _address(text: str) -> str:
    """Return what a purl or a URL stands for; empty where that is no address of a source."""
    if not text.startswith("pkg:"):
        return git_name(text)
    key = key_of_purl(text)
    if key is None or key.space not in {GIT, PYPI}:
        return ""
    return key.name if key.space == GIT else page_on_pypi(key.name)


def _of_purls(path: PurePath, data: bytes, source: str) -> Iterator[Claimed | None]:
    read = parse_yaml(data, name=str(path))
    purls = read.root.get("purls") if isinstance(read.root, Mapping) else None
    if not isinstance(purls, Sequence) or len(path.parts) < len(("vendor", "product", _PURLS)):
        yield None
        return
    key = SubjectKey(CPE, cpe_name(path.parts[-3], path.parts[-2]))
    for one in purls:
        if isinstance(one, Scalar) and (address := _address(one.text)):
            yield Claimed(key, address, source)


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str = ""
    purl: str = ""


class _Range(msgspec.Struct):
    repo: str = ""


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None


class _Record(msgspec.Struct):
    affected: list[_Affected] | None = None


_JSON: Final = msgspec.json.Decoder(_Record)


def _of_record(path: PurePath, data: bytes, source: str) -> Iterator[Claimed | None]:
    try:
        if len(data) > _MOST_BYTES:
            raise msgspec.DecodeError("too long")
        record = _JSON.decode(data) if path.suffix == ".json" else _of_yaml(path, data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        yield None
        return
    for affected in record.affected or ():
        package = affected.package
        if package is None or not package.ecosystem or not package.name:
            continue
        key = ecosystem_key(package.ecosystem, package.name)
        addresses = [one.repo for one in affected.ranges or () if one.repo]
        addresses += [package.purl] if package.purl else []
        for one in addresses:
            if place := _address(one):
                yield Claimed(key, place, source)


def _of_yaml(path: PurePath, data: bytes) -> _Record:
    read = parse_yaml(data, name=str(path))
    if read.broken:
        raise msgspec.DecodeError("not YAML")
    return msgspec.convert(_plain(read.root), _Record)


def _plain(node: Node) -> object:
    """Return text, lists and mappings; the reader bounds how deep they are."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(one) for one in node]
    return {one.key.text: _plain(one.value) for one in node}
