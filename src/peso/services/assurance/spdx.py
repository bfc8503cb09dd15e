"""The SPDX 2.3 document of a bill, as JSON; written and checked by spdx-tools.

1. A license nobody knows is NOASSERTION, with the reason as its comment.
2. The release CONTAINS what it ships. What the machine supplies is its PREREQUISITE. What only
   builds is neither, and what is missing is named and nothing more.
3. Needed where it is used: DEPENDS_ON, with the types as its comment. Needed to build: a
   BUILD_DEPENDENCY_OF or, if it compiles, a BUILD_TOOL_OF. Needed to test: a TEST_DEPENDENCY_OF.
4. A wheel built here is GENERATED_FROM the file it was built from. Where a wheel can be had is not
   said: the release has it. A native unit says where its source is and its digest.

Importing the library takes long: only `inventory.py` imports this, when it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from spdx_tools.spdx.jsonschema.document_converter import DocumentConverter
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    CreationInfo,
    Document,
    ExtractedLicensingInfo,
    Package,
    PackagePurpose,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)

from peso.base.digest import sha256_bytes
from peso.errors import PesoError
from peso.services.assurance.bill import Bill, Item, written
from peso.services.assurance.spdx_check import faults
from peso.services.assurance.spdx_packages import packages

MEDIA_TYPE = "application/spdx+json; version=2.3"
PATH = "sbom/bom.spdx.json"
_DOCUMENT = "SPDXRef-DOCUMENT"
_ROOT = "SPDXRef-release"
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_LETTERS = re.compile(r"[^A-Za-z0-9.-]")


def write(bill: Bill) -> bytes:
    """Return the document; raises PesoError where it would not be valid."""
    ids = {ref: spdx_id(ref) for item in bill.items for ref in (item.ref, f"{item.ref}#source")}
    document = Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id=_DOCUMENT,
            name=f"{bill.name}-{bill.version}",
            document_namespace=f"urn:uuid:{bill.uuid}",
            creators=[Actor(ActorType.TOOL, f"{name}-{version}") for name, version in bill.tools],
            created=bill.made.replace(microsecond=0, tzinfo=None),
            document_comment=f"Made from the plan with sha256 {bill.plan}.",
        ),
        packages=[_release(bill), *(one for item in bill.items for one in packages(item, ids))],
        relationships=list(_relationships(bill, ids)),
        extracted_licensing_info=_references(bill.items),
    )
    said = faults(document)
    if said is not None:
        raise PesoError(f"the SPDX document would not be valid: {said}", where=PATH)
    # The library spells a category with an underscore; the standard's JSON schema wants a dash.
    plain = _dashed(DocumentConverter().convert(document))  # type: ignore[no-untyped-call]
    return written(plain)


def _dashed(plain: dict[str, Any]) -> dict[str, Any]:
    for package in plain["packages"]:
        for reference in package.get("externalRefs", []):
            reference["referenceCategory"] = reference["referenceCategory"].replace("_", "-")
    return plain


def spdx_id(ref: str) -> str:
    """Return the SPDX id of a ref: readable, unique, and of the letters SPDX allows."""
    return f"SPDXRef-{_LETTERS.sub('-', ref)}-{sha256_bytes(ref.encode())[:8]}"


def _release(bill: Bill) -> Package:
    missing = sorted(f"{one.name}@{one.version}" for one in bill.items if one.state == "missing")
    return Package(
        spdx_id=_ROOT,
        name=bill.name,
        version=bill.version,
        summary=bill.title,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        license_concluded=SpdxNoAssertion(),
        license_declared=SpdxNoAssertion(),
        copyright_text=SpdxNoAssertion(),
        comment=f"Asked for and not there: {', '.join(missing)}." if missing else None,
        primary_package_purpose=PackagePurpose.APPLICATION,
    )


def _relationships(bill: Bill, ids: dict[str, str]) -> Iterator[Relationship]:
    yield Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _ROOT)
    for ref in bill.roots:
        yield Relationship(_ROOT, RelationshipType.DEPENDS_ON, ids[ref])
    for item in bill.items:
        if item.state == "shipped":
            yield Relationship(_ROOT, RelationshipType.CONTAINS, ids[item.ref])
        elif item.state == "supplied":
            yield Relationship(_ROOT, RelationshipType.HAS_PREREQUISITE, ids[item.ref])
        yield from _needs(item, ids)
        if item.source:
            source = ids[f"{item.ref}#source"]
            yield Relationship(ids[item.ref], RelationshipType.GENERATED_FROM, source)


def _needs(item: Item, ids: dict[str, str]) -> Iterator[Relationship]:
    own = ids[item.ref]
    for need in item.depends:
        other = ids[need.ref]
        if need.used:
            types = ", ".join(need.types)
            yield Relationship(own, RelationshipType.DEPENDS_ON, other, comment=types)
        if "build" in need.types:
            kind = RelationshipType.BUILD_DEPENDENCY_OF
            if need.tool:
                kind = RelationshipType.BUILD_TOOL_OF
            yield Relationship(other, kind, own)
        if "test" in need.types:
            yield Relationship(other, RelationshipType.TEST_DEPENDENCY_OF, own)


def _references(items: Iterable[Item]) -> list[ExtractedLicensingInfo]:
    """Say where the text of a license is that SPDX does not list."""
    places: dict[str, set[str]] = {}
    for item in items:
        for name in _REFERENCE.findall(item.license) if isinstance(item.license, str) else ():
            places.setdefault(name, set()).add(item.path or f"the source of {item.name}")
    return [
        ExtractedLicensingInfo(
            license_id=name,
            license_name=name.removeprefix("LicenseRef-"),
            extracted_text=f"The text is among the license files in {', '.join(sorted(paths))}.",
        )
        for name, paths in sorted(places.items())
    ]
