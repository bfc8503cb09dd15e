"""The SPDX 2.3 document of a bill, as JSON; written and checked by spdx-tools.

A license nobody knows is NOASSERTION, with the reason as its comment. A wheel built here is
GENERATED_FROM the file it was built from. Nothing says where a file can be had: the release has it.
Importing the library takes long: only `inventory.py` imports this, when it writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from license_expression import ExpressionError, ExpressionParseError
from packageurl import PackageURL
from spdx_tools.spdx.jsonschema.document_converter import DocumentConverter
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    CreationInfo,
    Document,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    ExtractedLicensingInfo,
    Package,
    PackagePurpose,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from peso.base.digest import sha256_bytes
from peso.base.finding import Unknown
from peso.errors import PesoError
from peso.products.license import spdx
from peso.services.assurance.bill import Bill, Item

MEDIA_TYPE = "application/spdx+json; version=2.3"
PATH = "sbom/bom.spdx.json"
_DOCUMENT = "SPDXRef-DOCUMENT"
_ROOT = "SPDXRef-release"
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_LETTERS = re.compile(r"[^A-Za-z0-9.-]")


def write(bill: Bill) -> bytes:
    """Return the document; raises PesoError where it would not be valid."""
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
        packages=[_release(bill), *(one for item in bill.items for one in _packages(item))],
        relationships=list(_relationships(bill)),
        extracted_licensing_info=_references(bill.items),
    )
    faults = validate_full_spdx_document(document)
    if faults:
        said = "; ".join(fault.validation_message for fault in faults[:5])
        raise PesoError(f"the SPDX document would not be valid: {said}", where=PATH)
    # The library spells a category with an underscore; the standard's JSON schema wants a dash.
    plain = _dashed(DocumentConverter().convert(document))  # type: ignore[no-untyped-call]
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False).encode()


def _dashed(plain: dict[str, Any]) -> dict[str, Any]:
    for package in plain["packages"]:
        for reference in package.get("externalRefs", []):
            reference["referenceCategory"] = reference["referenceCategory"].replace("_", "-")
    return plain


def _id(ref: str) -> str:
    """Return the SPDX id of a ref: readable, unique, and of the letters SPDX allows."""
    return f"SPDXRef-{_LETTERS.sub('-', ref)}-{sha256_bytes(ref.encode())[:8]}"


def _release(bill: Bill) -> Package:
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
        primary_package_purpose=PackagePurpose.APPLICATION,
    )


def _packages(item: Item) -> Iterator[Package]:
    """Give an item, and the file it was built from where there is one."""
    declared, comment = _declared(item.license)
    said = [f"part {item.part}"]
    if item.source:
        said.append(f"built for this release with {', '.join(item.source.built_with) or 'nothing'}")
    yield Package(
        spdx_id=_id(item.ref),
        name=item.name,
        version=item.version,
        file_name=item.path,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        checksums=_checksums(item.sha256),
        license_concluded=SpdxNoAssertion(),
        license_declared=declared,
        license_comment=comment,
        copyright_text=SpdxNoAssertion(),
        comment="; ".join(said),
        external_references=[_purl(item.purl)],
        primary_package_purpose=PackagePurpose.LIBRARY,
    )
    if item.source:
        purl = PackageURL.from_string(item.purl)
        named = purl._replace(qualifiers={"file_name": item.source.filename})
        yield Package(
            spdx_id=_id(f"{item.ref}#source"),
            name=item.name,
            version=item.version,
            file_name=item.source.filename,
            download_location=SpdxNoAssertion(),
            files_analyzed=False,
            checksums=_checksums(item.source.sha256),
            license_concluded=SpdxNoAssertion(),
            license_declared=declared,
            copyright_text=SpdxNoAssertion(),
            comment="the source a wheel of this release was built from; not shipped",
            external_references=[_purl(named.to_string())],
            primary_package_purpose=PackagePurpose.SOURCE,
        )


def _declared(license_: str | Unknown) -> tuple[Any, str | None]:
    """Return the expression as SPDX can say it, or that it cannot, with the reason."""
    if isinstance(license_, Unknown):
        return SpdxNoAssertion(), license_.unknown
    try:
        tree = spdx().parse(license_)
        strange = [
            name for name in spdx().unknown_license_keys(license_) if not _REFERENCE.fullmatch(name)
        ]
    except (ExpressionError, ExpressionParseError):
        tree, strange = None, [license_]
    if tree is None or strange:
        return SpdxNoAssertion(), f"stated as {license_!r}, which the SPDX list does not have"
    return tree, None


def _checksums(sha256: str | None) -> list[Checksum]:
    return [Checksum(ChecksumAlgorithm.SHA256, sha256)] if sha256 else []


def _purl(purl: str) -> ExternalPackageRef:
    return ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", purl)


def _relationships(bill: Bill) -> Iterator[Relationship]:
    yield Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _ROOT)
    for ref in bill.roots:
        yield Relationship(_ROOT, RelationshipType.DEPENDS_ON, _id(ref))
    for item in bill.items:
        yield Relationship(_ROOT, RelationshipType.CONTAINS, _id(item.ref))
        for ref in item.depends:
            yield Relationship(_id(item.ref), RelationshipType.DEPENDS_ON, _id(ref))
        if item.source:
            source = _id(f"{item.ref}#source")
            yield Relationship(_id(item.ref), RelationshipType.GENERATED_FROM, source)


def _references(items: Iterable[Item]) -> list[ExtractedLicensingInfo]:
    """Say where the text of a license is that SPDX does not list."""
    places: dict[str, list[str]] = {}
    for item in items:
        for name in _REFERENCE.findall(item.license) if isinstance(item.license, str) else ():
            places.setdefault(name, []).append(item.path)
    return [
        ExtractedLicensingInfo(
            license_id=name,
            license_name=name.removeprefix("LicenseRef-"),
            extracted_text=f"The text is among the license files in {', '.join(sorted(paths))}.",
        )
        for name, paths in sorted(places.items())
    ]
