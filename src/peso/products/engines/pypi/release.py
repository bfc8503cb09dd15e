"""The install document: a `pylock.toml` (PEP 751) of exactly the files a release ships.

Relative paths, lengths and sha256 digests; no address, no index, nothing of the machine it was made
on. What is written is parsed back, so a document that another installer would refuse never leaves;
what is read names wheels beside the document and nothing else, or is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from peso.base.files import safe_member
from peso.errors import BadInput, PesoError
from peso.products.engines.port import Made, Requires
from peso.products.engines.pypi.lock import read_pylock

NAME = "pylock.release.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One wheel that an install document names."""

    name: str
    version: str
    path: str
    """Relative to the document's folder."""
    length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallDocument:
    """What an install document says."""

    python: str
    """A PEP 440 specifier; empty where it says none."""
    wheels: tuple[Shipped, ...]


def release_document(made: Iterable[Made], requires: Requires, *, where: str) -> bytes:
    """Return the install document of these units; `where` is its own path in the release."""
    folder = PurePosixPath(where).parent
    wheels = tuple(
        Shipped(
            name=one.unit,
            version=one.version,
            path=str(PurePosixPath(one.artifact.path).relative_to(folder)),
            length=one.artifact.length,
            sha256=one.artifact.sha256,
        )
        for one in sorted(made, key=lambda one: one.unit)
    )
    said = InstallDocument(python=requires.python, wheels=wheels)
    data = write_document(said)
    if read_document(data, where=where) != said:
        raise PesoError("the install document does not say what was made", where=where)
    return data


def write_document(said: InstallDocument) -> bytes:
    """Write a `pylock.toml` that names wheels by path."""
    lines = ['lock-version = "1.0"', 'created-by = "peso"']
    if said.python:
        lines.append(f"requires-python = {_quoted(said.python)}")
    for wheel in said.wheels:
        hashes = f"hashes = {{ sha256 = {_quoted(wheel.sha256)} }}"
        file = f"path = {_quoted(wheel.path)}, size = {wheel.length}, {hashes}"
        lines += [
            "",
            "[[packages]]",
            f"name = {_quoted(wheel.name)}",
            f"version = {_quoted(wheel.version)}",
            f"wheels = [{{ {file} }}]",
        ]
    return ("\n".join(lines) + "\n").encode()


def read_document(data: bytes, *, where: str) -> InstallDocument:
    """Read an install document.

    Raises:
        BadInput: It is not one: no `pylock.toml`, or it names something else than one wheel by
            relative path, length and sha256 for each package.
        Refused: A path leaves the document's folder (`unsafe-path`).
    """
    shipped: list[Shipped] = []
    parsed = read_pylock(data, where=where)
    for package in parsed.packages:
        wheels = package.wheels or ()
        only = wheels[0] if len(wheels) == 1 and not package.sdist else None
        sha256 = only.hashes.get("sha256") if only else None
        if not only or not only.path or only.url or not sha256 or only.size is None:
            raise BadInput(
                f"{package.name} is not one wheel by path, size and sha256",
                where=where,
                hint="install from a release made by `peso deliver`",
            )
        shipped.append(
            Shipped(
                name=package.name,
                version=str(package.version),
                path=str(safe_member(only.path)),
                length=only.size,
                sha256=sha256,
            )
        )
    return InstallDocument(python=str(parsed.requires_python or ""), wheels=tuple(shipped))


def _quoted(text: str) -> str:
    if any(character in text for character in '"\\') or not text.isprintable():
        raise BadInput(f"{text!r} cannot stand in a lock file")
    return f'"{text}"'
