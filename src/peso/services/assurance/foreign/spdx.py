"""SPDX 2.2 and 2.3 of other tools: JSON into the inner inventory. Tag-value becomes JSON first.

1. Every package is read on its own: one that is not as the standard says stays a component, with
   the reason, and the others are read. Files and snippets are no components; how many there are is
   said.
2. Both directions of a relationship are one edge; its type is as the relationship says.
3. What only builds or tests, for all that need it, is `building`.
4. The declared license counts, and without one the concluded one.
5. Spack's own SBOM is mended before it is read (`spack_sbom.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from peso.base.finding import Level, Unknown
from peso.services.assurance.foreign.graph import Refs, joined, only_building
from peso.services.assurance.foreign.limits import (
    MOST_COMPONENTS,
    Told,
    decode,
    finding,
    shown,
    within,
)
from peso.services.assurance.foreign.naming import (
    built_from,
    doubt_about,
    formatted,
    purl_of,
    readable,
    spack_of,
)
from peso.services.assurance.foreign.record import (
    ForeignComponent,
    ForeignInventory,
    Hash,
    SpackName,
)
from peso.services.assurance.foreign.spack_sbom import SpackSbom, of_spack
from peso.services.assurance.foreign.spdx_relations import edges_of, roots_of, supplied_of
from peso.services.assurance.foreign.spdx_shape import Document, Package, Relationship

FORM = "SPDX"
VERSIONS = ("SPDX-2.2", "SPDX-2.3")
_NOTHING = frozenset({"", "NOASSERTION", "NONE"})
_CPES = frozenset({"cpe22Type", "cpe23Type"})
_NONE = Unknown(unknown="the document says none")
_PACKAGE = msgspec.json.Decoder(Package)
_RELATION = msgspec.json.Decoder(Relationship)


class _Loose(msgspec.Struct, frozen=True, rename={"spdx_id": "SPDXID"}):
    spdx_id: Any = None
    name: Any = None


_LOOSE = msgspec.json.Decoder(_Loose)


def read_spdx(data: bytes, *, sha256: str, where: str) -> ForeignInventory:
    """Read a document.

    Args:
        data: JSON.
        sha256: Of the file as it was.
        where: Its name, for errors.

    Raises:
        BadInput: It is no JSON, nested too deeply, or over a limit.
    """
    document = decode(data, Document, where)
    within(len(document.packages or ()), MOST_COMPONENTS, "packages", where)
    told = Told()
    spack = of_spack(document)
    relations = tuple(_relations(document, told))
    if spack:
        told.add(spack.finding("document"))
        relations = spack.mended(relations)
    reader = _Reader(told, spack)
    found = [reader.read(raw, place) for place, raw in enumerate(document.packages or (), 1)]
    roots = roots_of(document, relations)
    kept, about, aside = _subject(found, reader.refs, roots)
    others = frozenset({*aside, *_elsewhere(document, relations)})
    components = joined(kept, tuple(edges_of(relations)), reader.refs, others=others, where=where)
    for one in spack.defects(document, components) if spack else ():
        told.add(one)
    version = shown(document.spdx_version)
    files = len(document.files or ())
    if files:
        message = f"it lists {files:,} files too, which were not looked at"
        told.add(finding("sbom-files", "document", message, level=Level.NOTE))
    return ForeignInventory(
        form=FORM,
        version=version.removeprefix("SPDX-"),
        tools=_tools(document),
        about=about or shown(document.name),
        sha256=sha256,
        roots=_top(components, reader.refs, roots, relations),
        components=_states(components, reader.refs, supplied_of(relations)),
        findings=told.all(),
        unsure=() if version in VERSIONS else (_other_version(version, told),),
    )


def _other_version(version: str, told: Told) -> str:
    said = f"it is {version or 'SPDX of no version'}; PESO knows {' and '.join(VERSIONS)}"
    told.add(finding("sbom-version-unknown", "document", said))
    return said


def _relations(document: Document, told: Told) -> Iterator[Relationship]:
    for raw in document.relationships or ():
        try:
            yield _RELATION.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            said = f"a relationship cannot be read: {str(error)[:200]}"
            told.add(finding("sbom-dependency-unreadable", "document", said))


class _Reader:
    """Reads packages, one by one."""

    def __init__(self, told: Told, spack: SpackSbom | None) -> None:
        self.refs = Refs(told)
        self._told, self._spack = told, spack

    def read(self, raw: msgspec.Raw, place: int) -> ForeignComponent:
        """Return a package as a component, whatever is wrong with it."""
        number = f"package {place}"
        try:
            return self._component(_PACKAGE.decode(raw), number)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            reason = f"it cannot be read: {str(error)[:200]}"
        try:
            loose = _LOOSE.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            loose = _Loose()
        name = shown(loose.name) if isinstance(loose.name, str) else number
        id_ = shown(loose.spdx_id) if isinstance(loose.spdx_id, str) else number
        self._told.add(finding("sbom-component-unreadable", name, reason))
        return ForeignComponent(
            ref=self.refs.take(id_, name),
            name=name,
            version="",
            kind="unknown",
            license=_NONE,
            doubt=reason,
        )

    def _component(self, read: Package, number: str) -> ForeignComponent:
        name, version = shown(read.name) or number, shown(read.version_info)
        purls, why = _purls(read)
        if why:
            self._told.add(finding("sbom-purl-unreadable", name, why))
        spack: SpackName | None = spack_of(purls[0]) if purls else None
        license_ = _license(read)
        if self._spack:
            spack = spack or SpackName(name=name)
            license_ = self._spack.license(license_)
        cpes = tuple(
            formatted(shown(one.reference_locator))
            for one in read.external_refs or ()
            if one.reference_type in _CPES
        )
        kind = shown(read.primary_package_purpose).lower().replace("_", "-") or "library"
        source = shown(read.download_location)
        return ForeignComponent(
            ref=self.refs.take(shown(read.spdx_id) or number, name),
            name=name,
            version=version,
            kind=kind,
            purls=purls,
            cpes=cpes,
            hashes=_hashes(read, self._spack),
            license=license_,
            spack=spack,
            source="" if source in _NOTHING else source,
            doubt=doubt_about(kind, purls, cpes, spack, why),
        )


def _hashes(read: Package, spack: SpackSbom | None) -> tuple[Hash, ...]:
    several = [*(read.checksums or ()), *((read.checksum or ()) if spack else ())]
    return tuple(
        Hash(
            algorithm="git-commit" if spack and one.algorithm == "SHA1" else shown(one.algorithm),
            value=shown(one.checksum_value),
        )
        for one in several
    )


def _purls(read: Package) -> tuple[tuple[str, ...], str]:
    found: list[str] = []
    why = ""
    source = built_from(shown(read.source_info))
    for one in read.external_refs or ():
        if one.reference_type == "purl":
            purl = str(one.reference_locator)
            if said := readable(purl):
                why = why or said
            else:
                found.append(purl_of(purl, source=source))
    return tuple(dict.fromkeys(found)), why


def _license(read: Package) -> str | Unknown:
    for said in (read.license_declared, read.license_concluded):
        text = shown(said)
        if text not in _NOTHING:
            return text
    return _NONE


def _subject(
    found: Sequence[ForeignComponent], refs: Refs, roots: Sequence[str]
) -> tuple[list[ForeignComponent], str, set[str]]:
    """Set aside what the document is about, where it is no software with a name of its own.

    Returns:
        The components, the name of the subject, and the ids that are no component.
    """
    tops = {ref for id_ in roots for ref in refs.of(id_)}
    named = [one for one in found if one.ref in tops]
    about = ", ".join(one.label for one in named[:3])
    aside = {one.ref for one in named if one.doubt and one.kind != "unknown"}
    if len(aside) == len(found):  # nothing else is in it: then it is what the document lists
        return list(found), about, set()
    return [one for one in found if one.ref not in aside], about, set()


def _elsewhere(document: Document, relations: Sequence[Relationship]) -> Iterator[str]:
    """Give the ids of what is no package: the document, files, other documents."""
    yield from ("SPDXRef-DOCUMENT", shown(document.spdx_id), "NOASSERTION", "NONE")
    files = bool(document.files)
    for one in relations:
        for id_ in (one.spdx_element_id, one.related_spdx_element):
            if id_.startswith("DocumentRef-") or (files and id_.startswith("SPDXRef-")):
                yield shown(id_)


def _top(
    components: Sequence[ForeignComponent],
    refs: Refs,
    roots: Sequence[str],
    relations: Sequence[Relationship],
) -> tuple[str, ...]:
    """Return the roots that are components; else what they need, else what nothing needs."""
    there = {one.ref for one in components}
    found = [ref for id_ in roots for ref in refs.of(id_) if ref in there]
    if not found:
        asked = frozenset(roots)
        found = [
            ref
            for edge in edges_of(relations)
            if edge.of in asked and not edge.contained
            for ref in refs.of(edge.to)
            if ref in there
        ]
    if not found:
        needed = {need.ref for one in components for need in one.depends}
        found = [one.ref for one in components if one.ref not in needed]
    return tuple(dict.fromkeys(found))


def _states(
    components: Sequence[ForeignComponent], refs: Refs, supplied: Sequence[str]
) -> tuple[ForeignComponent, ...]:
    building = only_building(components)
    given = {ref for id_ in supplied for ref in refs.of(id_)}
    return tuple(
        replace(one, state="supplied", external=True)
        if one.ref in given
        else replace(one, state="building")
        if one.ref in building
        else one
        for one in components
    )


def _tools(document: Document) -> tuple[str, ...]:
    info = document.creation_info if isinstance(document.creation_info, dict) else {}
    creators = info.get("creators")
    several = creators if isinstance(creators, list) else []
    return tuple(
        shown(one.removeprefix("Tool:"))
        for one in several
        if isinstance(one, str) and one.startswith("Tool:")
    )
