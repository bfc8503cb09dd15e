"""The shape of an SPDX 2 document in JSON, as far as it is read."""

from __future__ import annotations

from typing import Any

import msgspec

Text = str | int | float | None


def _name(field: str) -> str:
    """Return the standard's name of a field."""
    if field == "spdx_id":
        return "SPDXID"
    first, *others = field.split("_")
    return first + "".join(one.capitalize() for one in others)


class Checksum(msgspec.Struct, frozen=True, rename=_name):
    """A digest."""

    algorithm: str = ""
    checksum_value: str = ""


class Reference(msgspec.Struct, frozen=True, rename=_name):
    """A name elsewhere."""

    reference_type: Text = ""
    reference_locator: Text = ""


class Package(msgspec.Struct, frozen=True, rename=_name):
    """A package; `checksum` is Spack's slip for `checksums`."""

    spdx_id: Text = ""
    name: Text = ""
    version_info: Text = ""
    download_location: Text = ""
    license_concluded: Text = ""
    license_declared: Text = ""
    source_info: Text = ""
    primary_package_purpose: Text = ""
    checksums: tuple[Checksum, ...] | None = ()
    checksum: tuple[Checksum, ...] | None = ()
    external_refs: tuple[Reference, ...] | None = ()


class Relationship(msgspec.Struct, frozen=True, rename=_name):
    """What one element is to another."""

    spdx_element_id: str
    related_spdx_element: str
    relationship_type: str
    comment: Text = ""


class Document(msgspec.Struct, frozen=True, rename=_name):
    """A document; its packages and relationships are read one by one."""

    spdx_version: Text = ""
    spdx_id: Text = ""
    name: Text = ""
    document_namespace: Text = ""
    creation_info: Any = None
    packages: list[msgspec.Raw] | None = None
    files: list[msgspec.Raw] | None = None
    relationships: list[msgspec.Raw] | None = None
    document_describes: list[Any] | None = None
