"""The CycloneDX 1.6 document of a bill, as JSON; checked by the strict schema.

1. A license nobody knows has no expression, and a property that says why; one that the SPDX list
   does not have is a name, not an expression.
2. Dependencies are those of use, link and run. What builds and tests is a property of what it
   builds; an item that only builds, or is missing, has the scope `excluded`.
3. A wheel built here has the file it was built from as its ancestor. Sources of a native unit are
   references with their digests; patches are its pedigree.

It is written as plain data and not by the library's model, whose sorted sets take seconds for a
stack of 900 units; the schema is the guard (adr/0013).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from packageurl import PackageURL

from peso.errors import PesoError
from peso.products.license import read_license
from peso.services.assurance.bill import Bill, Item, Origin, written
from peso.services.assurance.cyclonedx_schema import fault

MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"
PATH = "sbom/bom.cdx.json"
_ROOT = "release"
_ALGORITHMS = {
    "md5": ("MD5", 32),
    "sha1": ("SHA-1", 40),
    "sha256": ("SHA-256", 64),
    "sha384": ("SHA-384", 96),
    "sha512": ("SHA-512", 128),
}
"""The names of digests, and how many hex digits each has."""
_HEX = frozenset("0123456789abcdef")
_Plain = dict[str, Any]


def write(bill: Bill) -> bytes:
    """Return the document; raises PesoError where it would not be valid."""
    items = sorted(bill.items, key=lambda item: item.ref)
    made = bill.made - timedelta(microseconds=bill.made.microsecond)
    needed = {_ROOT: bill.roots, **{item.ref: item.needed for item in items}}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": bill.uuid.urn,
        "version": 1,
        "metadata": {
            "timestamp": made.isoformat(),
            "component": _release(bill),
            "tools": {
                "components": [
                    {"type": "application", "name": name, "version": version}
                    for name, version in bill.tools
                ]
            },
        },
        "components": [_component(item) for item in items],
        "dependencies": [_edges(ref, several) for ref, several in needed.items()],
    }
    said = fault(document)
    if said is not None:
        raise PesoError(f"the CycloneDX document would not be valid: {said}", where=PATH)
    return written(document)


def _edges(ref: str, several: tuple[str, ...]) -> _Plain:
    return {"ref": ref, "dependsOn": sorted(set(several))} if several else {"ref": ref}


def _release(bill: Bill) -> _Plain:
    missing = [f"{item.name}@{item.version}" for item in bill.items if item.state == "missing"]
    properties = [("peso:plan:sha256", bill.plan), *(("peso:missing", one) for one in missing)]
    return {
        "type": "application",
        "bom-ref": _ROOT,
        "name": bill.name,
        "version": bill.version,
        "description": bill.title,
        "properties": _properties(properties),
    }


def _properties(named: list[tuple[str, str]]) -> list[_Plain]:
    return [{"name": name, "value": value} for name, value in sorted(set(named))]


def _component(item: Item) -> _Plain:
    licenses, said = _license(item)
    shipped = item.state in {"shipped", "supplied"}
    plain: _Plain = {
        "type": "library",
        "bom-ref": item.ref,
        "name": item.name,
        "version": item.version,
        "purl": item.purl,
        "scope": "required" if shipped else "excluded",
        "properties": _properties([*said, *_said(item)]),
    }
    if item.sha256:
        plain["hashes"] = _hashes(item.sha256, "")
    if licenses:
        plain["licenses"] = licenses
    if item.supplier:
        plain["supplier"] = {"name": item.supplier}
    if references := [one for origin in item.origins for one in _references(origin)]:
        plain["externalReferences"] = references
    if pedigree := _pedigree(item):
        plain["pedigree"] = pedigree
    return plain


def _license(item: Item) -> tuple[list[_Plain], list[tuple[str, str]]]:
    """Return what a component says of its license, and the property that says what is missing."""
    if not isinstance(item.license, str):
        return [], [("peso:license:unknown", item.license.unknown)]
    if problem := read_license(item.license).problem:
        named = [{"license": {"name": item.license}}] if item.license else []
        return named, [("peso:license:unknown", problem)]
    return [{"expression": item.license}], []


def _said(item: Item) -> Iterator[tuple[str, str]]:
    yield "peso:part", item.part
    if item.path:
        yield "peso:path", item.path
    if item.unit:
        yield "peso:state", item.state
    yield from ((f"peso:{name}", value) for name, value in item.facts)
    yield from ((f"peso:{name}:unknown", reason) for name, reason in item.unknown)
    yield from (("peso:also", purl) for purl in item.also)
    for kind in ("build", "test"):
        yield from ((f"peso:needs:{kind}", one.ref) for one in item.depends if kind in one.types)
    if item.source:
        yield from (("peso:built-with", tool) for tool in item.source.built_with)
    for one in item.origins:
        if one.kind != "patch" and not one.url and one.sha256:
            yield f"peso:{one.kind}:sha256", one.sha256
    patches = (one.sha256 for one in item.origins if one.kind == "patch" and one.sha256)
    yield from (("peso:patch:sha256", digest) for digest in (*patches, *item.patches))


def _references(origin: Origin) -> Iterator[_Plain]:
    if origin.kind == "patch" or not origin.url:
        return
    git = origin.kind == "git"
    plain: _Plain = {"type": "vcs" if git else "source-distribution", "url": origin.url}
    if hashes := _hashes(origin.sha256, origin.other):
        plain["hashes"] = hashes
    elif origin.other:
        plain["comment"] = origin.other
    if origin.kind == "resource":
        plain["comment"] = "a resource, unpacked into the source"
    yield plain


def _pedigree(item: Item) -> _Plain:
    plain: _Plain = {}
    if item.source:
        purl = PackageURL.from_string(item.purl)
        source: _Plain = {
            "type": "library",
            "bom-ref": f"{item.ref}#source",
            "name": item.source.filename,
            "version": item.version,
            "purl": purl._replace(qualifiers={"file_name": item.source.filename}).to_string(),
        }
        if hashes := _hashes(item.source.sha256, ""):
            source["hashes"] = hashes
        plain["ancestors"] = [source]
        plain["notes"] = "built from this file for this release"
    patches = [one for one in item.origins if one.kind == "patch"]
    if patches or item.patches:
        plain["patches"] = [
            *({"type": "unofficial", **_diff(one)} for one in patches),
            *({"type": "unofficial"} for _ in item.patches),
        ]
        digests = [*(one.sha256 for one in patches if one.sha256), *item.patches]
        plain["notes"] = f"patched by the recipe: sha256 {', '.join(digests)}"
    return plain


def _diff(patch: Origin) -> _Plain:
    return {"diff": {"url": patch.url}} if patch.url else {}


def _hashes(sha256: str, other: str) -> list[_Plain]:
    """Return digests as CycloneDX knows them; an unknown or broken one is left to the comment."""
    kind, _, content = f"sha256:{sha256}".partition(":") if sha256 else other.partition(":")
    name, length = _ALGORITHMS.get(kind, ("", 0))
    fits = len(content) == length and _HEX.issuperset(content)
    return [{"alg": name, "content": content}] if name and fits else []
