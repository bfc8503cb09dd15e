"""SPDX 2 in tag-value form: turned into its JSON form, of which `spdx.py` makes sense.

Line by line, in one pass, and never the whole at once: a line is a tag and a value, a value that
begins with `<text>` goes on to `</text>`. A tag that nobody here needs is passed over. spdx-tools'
parser is not used: it refuses a document as a whole for one bad line, and takes seconds for
thousands of packages; the tests compare with what it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from peso.errors import BadInput
from peso.services.assurance.foreign.limits import MOST_VALUES, within

_TAG = re.compile(r"([A-Za-z0-9]+):[ \t]*(.*)", re.ASCII)
_OPEN, _CLOSE = "<text>", "</text>"
_SECTIONS = frozenset({"FileName", "SnippetSPDXID", "LicenseID", "Reviewer", "Annotator"})
"""Tags that begin something that is neither the document nor a package."""
_DOCUMENT = {
    "SPDXVersion": "spdxVersion",
    "SPDXID": "SPDXID",
    "DocumentName": "name",
    "DocumentNamespace": "documentNamespace",
}
_PACKAGE = {
    "SPDXID": "SPDXID",
    "PackageVersion": "versionInfo",
    "PackageDownloadLocation": "downloadLocation",
    "PackageLicenseConcluded": "licenseConcluded",
    "PackageLicenseDeclared": "licenseDeclared",
    "PackageSourceInfo": "sourceInfo",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
}
_PARTS = 3
"""Words of a relationship, and of an external reference."""


def json_of(data: bytes, where: str) -> bytes:
    """Return the document as JSON.

    Raises:
        BadInput: It is no text, has a line that is no tag, a text without an end, or is too much.
    """
    within(data.count(b"\n"), MOST_VALUES, "lines", where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"it is no text: {error}", where=where) from None
    reading = _Reading()
    for line, tag, value in _pairs(text, where):
        reading.take(tag, value, line)
    return msgspec.json.encode(reading.document)


def _pairs(text: str, where: str) -> Iterator[tuple[int, str, str]]:
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _TAG.fullmatch(line.strip())
        if not found:
            raise BadInput("it is no tag with a value", where=f"{where}:{number}")
        tag, value = found[1], found[2]
        if value.startswith(_OPEN):
            several = [value.removeprefix(_OPEN)]
            while _CLOSE not in several[-1]:
                _, more = next(lines, (0, None))
                if more is None:
                    raise BadInput("its text has no end", where=f"{where}:{number}")
                several.append(more)
            value = "\n".join(several).partition(_CLOSE)[0]
        yield number, tag, value


class _Reading:
    """A document while it is read."""

    def __init__(self) -> None:
        self._packages: list[dict[str, Any]] = []
        self._relations: list[dict[str, str]] = []
        self._files: list[int] = []
        self._creators: list[str] = []
        self.document: dict[str, Any] = {
            "packages": self._packages,
            "relationships": self._relations,
            "files": self._files,
            "creationInfo": {"creators": self._creators},
        }
        self._into: dict[str, Any] | None = self.document

    def take(self, tag: str, value: str, line: int) -> None:
        """Take a tag."""
        if tag == "PackageName":
            self._into = {"name": value}
            self._packages.append(self._into)
        elif tag in _SECTIONS:
            self._into = None
            if tag == "FileName":
                self._files.append(line)
        elif tag == "Relationship":
            self._relate(value)
        elif tag == "RelationshipComment" and self._relations:
            self._relations[-1]["comment"] = value
        elif tag == "Creator":
            self._creators.append(value)
        elif self._into is self.document:
            if tag in _DOCUMENT:
                self.document[_DOCUMENT[tag]] = value
        elif self._into is not None:
            self._of_package(self._into, tag, value)

    def _relate(self, value: str) -> None:
        words = value.split()
        if len(words) == _PARTS:
            self._relations.append(
                {
                    "spdxElementId": words[0],
                    "relationshipType": words[1],
                    "relatedSpdxElement": words[2],
                }
            )
        else:  # told by the reader, which finds that its fields are missing
            self._relations.append({"relationshipType": value})

    @staticmethod
    def _of_package(into: dict[str, Any], tag: str, value: str) -> None:
        if tag in _PACKAGE:
            into[_PACKAGE[tag]] = value
        elif tag == "PackageChecksum":
            algorithm, _, digest = value.partition(":")
            said = {"algorithm": algorithm.strip(), "checksumValue": digest.strip()}
            into.setdefault("checksums", []).append(said)
        elif tag == "ExternalRef":
            words = value.split(maxsplit=_PARTS - 1)
            if len(words) == _PARTS:
                said = {"referenceType": words[1], "referenceLocator": words[2]}
                into.setdefault("externalRefs", []).append(said)
