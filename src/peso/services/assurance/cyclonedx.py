"""The CycloneDX 1.6 document of a bill, as JSON; written and checked by cyclonedx-python-lib.

A license nobody knows has no expression, and a property that says why. A wheel built here has the
file it was built from as its ancestor. Importing the library takes a while: only `inventory.py`
imports this, when it writes.
"""

from __future__ import annotations

import json

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType, Pedigree
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import LicenseExpression
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from peso.errors import PesoError
from peso.services.assurance.bill import Bill, Item

MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"
PATH = "sbom/bom.cdx.json"
_ROOT = "release"


def write(bill: Bill) -> bytes:
    """Return the document; raises PesoError where it would not be valid."""
    components = {item.ref: _component(item) for item in bill.items}
    components[_ROOT] = _release(bill)
    bom = Bom(
        serial_number=bill.uuid,
        version=1,
        metadata=BomMetaData(
            timestamp=bill.made.replace(microsecond=0),
            component=components[_ROOT],
            tools=ToolRepository(components=[_tool(*tool) for tool in bill.tools]),
        ),
        components=[components[item.ref] for item in bill.items],
    )
    edges = {_ROOT: bill.roots, **{item.ref: item.depends for item in bill.items}}
    bom.dependencies = [
        Dependency(components[ref].bom_ref, [Dependency(components[one].bom_ref) for one in needs])
        for ref, needs in edges.items()
    ]
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise PesoError(f"the CycloneDX document would not be valid: {fault}", where=PATH)
    # The library's sets come out sorted; keys are sorted here, so that the bytes are the same.
    return json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False).encode()


def _release(bill: Bill) -> Component:
    return Component(
        type=ComponentType.APPLICATION,
        bom_ref=_ROOT,
        name=bill.name,
        version=bill.version,
        description=bill.title,
        properties=[Property(name="peso:plan:sha256", value=bill.plan)],
    )


def _tool(name: str, version: str) -> Component:
    return Component(type=ComponentType.APPLICATION, name=name, version=version)


def _component(item: Item) -> Component:
    known = isinstance(item.license, str)
    properties = [
        Property(name="peso:part", value=item.part),
        Property(name="peso:path", value=item.path),
    ]
    if not isinstance(item.license, str):
        properties.append(Property(name="peso:license:unknown", value=item.license.unknown))
    if item.source:
        properties.extend(
            Property(name="peso:built-with", value=tool) for tool in item.source.built_with
        )
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=item.ref,
        name=item.name,
        version=item.version,
        purl=PackageURL.from_string(item.purl),
        scope=ComponentScope.REQUIRED,
        hashes=_hashes(item.sha256),
        licenses=[LicenseExpression(str(item.license))] if known else None,
        properties=properties,
        pedigree=_pedigree(item),
    )


def _pedigree(item: Item) -> Pedigree | None:
    if item.source is None:
        return None
    purl = PackageURL.from_string(item.purl)
    source = Component(
        type=ComponentType.LIBRARY,
        bom_ref=f"{item.ref}#source",
        name=item.source.filename,
        version=item.version,
        purl=purl._replace(qualifiers={"file_name": item.source.filename}),
        hashes=_hashes(item.source.sha256),
    )
    return Pedigree(ancestors=[source], notes="built from this file for this release")


def _hashes(sha256: str | None) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=sha256)] if sha256 else []
