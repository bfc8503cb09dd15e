"""The shape of an SPDX 2 document in JSON, as far as it is read; names are the standard's."""

from __future__ import annotations

from typing import Any

import msgspec

Text = str | int | float | None


class Checksum(msgspec.Struct, frozen=True):
    """A digest."""

    algorithm: str = ""
    checksumValue: str = ""


class Reference(msgspec.Struct, frozen=True):
    """A name elsewhere."""

    referenceType: Text = ""
    referenceLocator: Text = ""


class Package(msgspec.Struct, frozen=True):
    """A package; `checksum` is Spack's slip for `checksums`."""

    SPDXID: Text = ""
    name: Text = ""
    versionInfo: Text = ""
    downloadLocation: Text = ""
    licenseConcluded: Text = ""
    licenseDeclared: Text = ""
    sourceInfo: Text = ""
    primaryPackagePurpose: Text = ""
    checksums: tuple[Checksum, ...] | None = ()
    checksum: tuple[Checksum, ...] | None = ()
    externalRefs: tuple[Reference, ...] | None = ()


class Relationship(msgspec.Struct, frozen=True):
    """What one element is to another."""

    spdxElementId: str
    relatedSpdxElement: str
    relationshipType: str
    comment: Text = ""


class Document(msgspec.Struct, frozen=True):
    """A document; its packages and relationships are read one by one."""

    spdxVersion: Text = ""
    SPDXID: Text = ""
    name: Text = ""
    documentNamespace: Text = ""
    creationInfo: Any = None
    packages: list[msgspec.Raw] | None = None
    files: list[msgspec.Raw] | None = None
    relationships: list[msgspec.Raw] | None = None
    documentDescribes: list[Any] | None = None
