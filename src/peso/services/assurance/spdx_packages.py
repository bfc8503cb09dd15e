"""What the SPDX document says of one item: a package, and one for the file it was built from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from license_expression import ExpressionError, ExpressionParseError
from packageurl import PackageURL
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    Package,
    PackagePurpose,
    SpdxNoAssertion,
)
from spdx_tools.spdx.validation.uri_validators import validate_download_location

from peso.base.finding import Unknown
from peso.products.license import spdx
from peso.services.assurance.bill import Item, Origin

_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LICENSES = 4096
_STATES = {
    "shipped": "",
    "supplied": "supplied by the machine, not built here",
    "building": "needed only to build what is shipped; not shipped",
    "missing": "asked for and not there; not shipped",
}


def packages(item: Item, ids: Mapping[str, str]) -> Iterator[Package]:
    """Give an item, and the file it was built from where there is one.

    Args:
        item: The item.
        ids: The SPDX id of each ref, and of its source.
    """
    declared, comment = _declared(item.license)
    location, origin = _location(item)
    native = bool(item.unit)
    yield Package(
        spdx_id=ids[item.ref],
        name=item.name,
        version=item.version,
        file_name=item.path or None,
        supplier=Actor(ActorType.ORGANIZATION, item.supplier) if item.supplier else None,
        download_location=location,
        files_analyzed=False,
        checksums=_checksums(origin.sha256 if origin else item.sha256),
        source_info="; ".join(_source_info(item, origin)) or None,
        license_concluded=SpdxNoAssertion(),
        license_declared=declared,
        license_comment=comment,
        copyright_text=SpdxNoAssertion(),
        comment="; ".join(_comment(item)),
        external_references=[_purl(one) for one in dict.fromkeys((item.purl, *item.also))],
        primary_package_purpose=None if native else PackagePurpose.LIBRARY,
    )
    if item.source:
        purl = PackageURL.from_string(item.purl)
        named = purl._replace(qualifiers={"file_name": item.source.filename})
        yield Package(
            spdx_id=ids[f"{item.ref}#source"],
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


def _comment(item: Item) -> Iterator[str]:
    yield f"part {item.part}"
    if _STATES[item.state]:
        yield _STATES[item.state]
    if item.source:
        yield f"built for this release with {', '.join(item.source.built_with) or 'nothing'}"
    variants = []
    for name, value in item.facts:
        kind, _, variant = name.removeprefix("unit:").partition(":")
        if kind == "variant":
            variants.append(f"{variant}={value}")
        else:
            yield f"{kind} {value}"
    if variants:
        yield f"variants {' '.join(variants)}"
    for name, reason in item.unknown:
        yield f"{name} not known: {reason}"


def _location(item: Item) -> tuple[Any, Origin | None]:
    """Return where the first source is, as SPDX can say it, and that source."""
    for origin in item.origins:
        if origin.kind not in {"archive", "git"} or not origin.url:
            continue
        place = origin.url
        if origin.kind == "git":
            git = place if place.startswith("git") else f"git+{place}"
            kind, _, commit = origin.other.partition(":")
            place = f"{git}@{commit}" if kind == "commit" else git
        if not validate_download_location(place):
            return place, origin
    # Where it is nobody says as text; which one it is, its digest says.
    archives = (one for one in item.origins if one.kind == "archive" and one.sha256)
    return SpdxNoAssertion(), next(archives, None)


def _source_info(item: Item, first: Origin | None) -> Iterator[str]:
    """Give the sources beside the first, the digests SPDX has no field for, and the patches."""
    for origin in item.origins:
        digest = f"sha256:{origin.sha256}" if origin.sha256 else origin.other or "no digest"
        if origin is not first:
            yield f"{origin.kind} {origin.url or 'beside the recipe'} {digest}"
        elif not origin.sha256 and not origin.other.startswith("commit:"):
            yield digest
    for digest in item.patches:
        yield f"patch sha256:{digest}"


@lru_cache(maxsize=_LICENSES)
def _declared(license_: str | Unknown) -> tuple[Any, str | None]:
    """Return the expression as SPDX can say it, or that it cannot, with the reason."""
    if isinstance(license_, Unknown):
        return SpdxNoAssertion(), license_.unknown
    try:
        tree = spdx().parse(license_, strict=True)
        strange = [
            name for name in spdx().unknown_license_keys(license_) if not _REFERENCE.fullmatch(name)
        ]
    except (ExpressionError, ExpressionParseError):
        tree, strange = None, [license_]
    if tree is None or strange:
        return SpdxNoAssertion(), f"stated as {license_!r}, which spdx-tools does not know"
    return tree, None


def _checksums(sha256: str | None) -> list[Checksum]:
    if sha256 is None or not _SHA256.fullmatch(sha256):
        return []
    return [Checksum(ChecksumAlgorithm.SHA256, sha256)]


def _purl(purl: str) -> ExternalPackageRef:
    return ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", purl)
