"""CycloneDX of other tools, 1.4 to 1.7: JSON into the inner inventory.

1. Every component is read on its own: one that is not as the standard says stays a component, with
   the reason, and the others are read.
2. A component that lies in another is needed by it; how is not said. `excluded` is what is not
   there where the thing is used.
3. The subject of the document is a component only if it has a version, and a name that advisories
   may use: what a project calls itself before it is published may be the name of another's package.
4. Several licenses are joined by AND: the standard does not say that one may choose.
5. PESO's own properties say what CycloneDX has no field for: states, units, what only builds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from peso.base.finding import Level, Unknown
from peso.services.assurance.bill import State
from peso.services.assurance.foreign.graph import Edge, Refs, joined
from peso.services.assurance.foreign.limits import (
    DEEPEST,
    MOST_COMPONENTS,
    Told,
    decode,
    finding,
    shown,
    within,
)
from peso.services.assurance.foreign.naming import (
    doubt_about,
    formatted,
    purl_of,
    readable,
    spack_of,
)
from peso.services.assurance.foreign.record import ForeignComponent, ForeignInventory, Hash

FORM = "CycloneDX"
VERSIONS = ("1.4", "1.5", "1.6", "1.7")
_OPERATORS = (" OR ", " or ")
_STATES: dict[str, State] = {
    "shipped": "shipped",
    "supplied": "supplied",
    "building": "building",
    "missing": "missing",
}
_TRIVY = "aquasecurity:trivy:"
_NONE = Unknown(unknown="the document says none")
_NULL = msgspec.Raw(b"null")
_Text = str | int | float | None


class _Hash(msgspec.Struct, frozen=True):
    alg: str = ""
    content: str = ""


class _Property(msgspec.Struct, frozen=True):
    name: str = ""
    value: _Text = ""


class _Named(msgspec.Struct, frozen=True):
    id: _Text = None
    name: _Text = None


class _License(msgspec.Struct, frozen=True):
    license: _Named | None = None
    expression: _Text = None


class _Component(msgspec.Struct, frozen=True, rename={"bom_ref": "bom-ref"}):
    type: _Text = "library"
    name: _Text = ""
    version: _Text = ""
    group: _Text = ""
    purl: _Text = None
    cpe: _Text = None
    scope: _Text = None
    bom_ref: _Text = None
    hashes: tuple[_Hash, ...] | None = ()
    licenses: tuple[_License, ...] | None = ()
    properties: tuple[_Property, ...] | None = ()


class _Nested(msgspec.Struct, frozen=True, rename={"bom_ref": "bom-ref"}):
    components: list[msgspec.Raw] | None = None
    services: list[msgspec.Raw] | None = None
    bom_ref: _Text = None
    name: Any = None


class _Dependency(msgspec.Struct, frozen=True, rename="camel"):
    ref: str
    depends_on: tuple[str, ...] | None = ()


class _Metadata(msgspec.Struct, frozen=True):
    component: msgspec.Raw = _NULL
    tools: Any = None


class _Document(msgspec.Struct, frozen=True, rename="camel"):
    spec_version: _Text = ""
    metadata: _Metadata | None = None
    components: list[msgspec.Raw] | None = None
    services: list[msgspec.Raw] | None = None
    dependencies: list[msgspec.Raw] | None = None


_READ = msgspec.json.Decoder(_Component)
_LOOK = msgspec.json.Decoder(_Nested)
_EDGE = msgspec.json.Decoder(_Dependency)


def read_cyclonedx(data: bytes, *, sha256: str, where: str) -> ForeignInventory:
    """Read a document.

    Args:
        data: JSON.
        sha256: Of the file as it was.
        where: Its name, for errors.

    Raises:
        BadInput: It is no JSON, nested too deeply, or over a limit.
    """
    document = decode(data, _Document, where)
    reading = _Reading(where)
    metadata = document.metadata or _Metadata()
    reading.subject(metadata.component)
    reading.take(document.components or ())
    reading.serve(document.services or ())
    reading.depend(document.dependencies or ())
    version = shown(document.spec_version)
    unsure = [] if version in VERSIONS else [_other_version(version, reading.told)]
    components = reading.components()
    return ForeignInventory(
        form=FORM,
        version=version,
        tools=_tools(metadata.tools),
        about=reading.about,
        sha256=sha256,
        roots=reading.roots(components),
        components=components,
        findings=reading.told.all(),
        unsure=tuple(unsure),
    )


def _other_version(version: str, told: Told) -> str:
    known = f"{VERSIONS[0]} to {VERSIONS[-1]}"
    said = f"it is {FORM} {version or 'of no version'}; PESO knows {known}"
    told.add(finding("sbom-version-unknown", "document", said))
    return said


class _Reading:
    """A document while it is read."""

    def __init__(self, where: str) -> None:
        self.told = Told()
        self.about = ""
        self._where = where
        self._refs = Refs(self.told)
        self._found: list[ForeignComponent] = []
        self._edges: list[Edge] = []
        self._subject = ""
        self._services: list[str] = []

    def subject(self, raw: msgspec.Raw) -> None:
        """Take what the document is about."""
        look = _looked(raw)
        self._subject = shown(look.bom_ref)
        try:
            read = _READ.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        self.about = "@".join(filter(None, (shown(read.name), shown(read.version))))
        if (read.purl or read.cpe) and read.version:
            one = self._component(read, "subject of the document")
            if not one.doubt:
                self._found.append(one)
        self.take(look.components or ())

    def take(self, several: Sequence[msgspec.Raw]) -> None:
        """Take components, and those that lie in them; without recursion."""
        stack = [("", 1, iter(several))]
        while stack:
            parent, depth, rest = stack[-1]
            raw = next(rest, None)
            if raw is None:
                stack.pop()
                continue
            within(len(self._found) + 1, MOST_COMPONENTS, "components", self._where)
            one, inner = self._read(raw)
            self._found.append(one)
            if parent:
                self._edges.append(Edge(parent, one.ref))
            if inner:
                within(depth, DEEPEST, "components in each other", self._where)
                stack.append((one.ref, depth + 1, iter(inner)))

    def _read(self, raw: msgspec.Raw) -> tuple[ForeignComponent, Sequence[msgspec.Raw]]:
        look = _looked(raw)
        number = f"component {len(self._found) + 1}"
        try:
            return self._component(_READ.decode(raw), number), look.components or ()
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            name = shown(look.name) if isinstance(look.name, str) else number
            reason = f"it cannot be read: {str(error)[:200]}"
            self.told.add(finding("sbom-component-unreadable", name, reason))
            ref = self._refs.take(shown(look.bom_ref) or number, name)
            unread = ForeignComponent(
                ref=ref, name=name, version="", kind="unknown", license=_NONE, doubt=reason
            )
            return unread, look.components or ()

    def _component(self, read: _Component, number: str) -> ForeignComponent:
        said = {shown(one.name): shown(one.value) for one in read.properties or ()}
        name = "/".join(filter(None, (shown(read.group), shown(read.name)))) or number
        purls, why = _purls(read, said)
        spack = spack_of(purls[0]) if purls else None
        cpes = tuple(filter(None, (formatted(shown(read.cpe)),)))
        kind = shown(read.type) or "library"
        ref = self._refs.take(shown(read.bom_ref) or number, name)
        if why:
            self.told.add(finding("sbom-purl-unreadable", name, why))
        for need, types in (("peso:needs:build", "build"), ("peso:needs:test", "test")):
            for one in read.properties or ():
                if one.name == need:
                    self._edges.append(Edge(ref, shown(one.value), (types,)))  # type: ignore[arg-type]
        return ForeignComponent(
            ref=ref,
            name=name,
            version=shown(read.version),
            kind=kind,
            purls=purls,
            cpes=cpes,
            hashes=tuple(
                Hash(algorithm=shown(one.alg), value=shown(one.content))
                for one in read.hashes or ()
            ),
            license=_license(read, said),
            state=_state(read, said),
            spack=spack,
            external=said.get("peso:state") == "supplied" or "peso:supplied-by:unknown" in said,
            doubt=doubt_about(kind, purls, cpes, spack, why),
        )

    def serve(self, several: Sequence[msgspec.Raw]) -> None:
        """Note the ids of services, and of those in them: others run them, in no known version."""
        waiting = list(several)
        while waiting:
            within(len(self._services) + 1, MOST_COMPONENTS, "services", self._where)
            look = _looked(waiting.pop())
            self._services.append(shown(look.bom_ref))
            waiting.extend(look.services or ())
        if self._services:
            said = f"it lists services ({len(self._services)}), which are not asked about"
            self.told.add(finding("sbom-services", "document", said, level=Level.NOTE))

    def depend(self, several: Sequence[msgspec.Raw]) -> None:
        """Take the graph."""
        for raw in several:
            try:
                read = _EDGE.decode(raw)
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                said = f"a dependency cannot be read: {str(error)[:200]}"
                self.told.add(finding("sbom-dependency-unreadable", "document", said))
                continue
            of = shown(read.ref)
            self._edges.extend(Edge(of, shown(to)) for to in read.depends_on or ())

    def components(self) -> tuple[ForeignComponent, ...]:
        """Return all, with what they need."""
        others = frozenset(filter(None, (self._subject, *self._services)))
        return joined(self._found, self._edges, self._refs, others=others, where=self._where)

    def roots(self, components: Sequence[ForeignComponent]) -> tuple[str, ...]:
        """Return what the subject needs; without that, what nothing else needs."""
        named = [
            ref
            for edge in self._edges
            if edge.of == self._subject
            for ref in self._refs.of(edge.to)
        ]
        if named:
            return tuple(dict.fromkeys(named))
        needed = {need.ref for one in components for need in one.depends}
        return tuple(one.ref for one in components if one.ref not in needed)


def _looked(raw: msgspec.Raw) -> _Nested:
    try:
        return _LOOK.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _Nested()


def _purls(read: _Component, said: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """Return the purls of a component, and what is wrong with one that is none."""
    found = []
    why = ""
    source = said.get(f"{_TRIVY}SrcName", "")
    if source and (number := said.get(f"{_TRIVY}SrcVersion", "")):
        release = said.get(f"{_TRIVY}SrcRelease", "")
        epoch = said.get(f"{_TRIVY}SrcEpoch", "")
        source += f"@{f'{epoch}:' if epoch else ''}{number}{f'-{release}' if release else ''}"
    purl = "" if read.purl is None else str(read.purl)
    if purl and not (why := readable(purl)):
        found.append(purl_of(purl, source=source))
    also = (shown(one.value) for one in read.properties or () if one.name == "peso:also")
    found.extend(one for one in also if not readable(one))
    return tuple(dict.fromkeys(found)), why


def _license(read: _Component, said: dict[str, str]) -> str | Unknown:
    texts = [text for one in read.licenses or () for text in _names(one)]
    if not texts:
        reason = said.get("peso:license:unknown")
        return Unknown(unknown=reason) if reason else _NONE
    if len(texts) == 1:
        return texts[0]
    return " AND ".join(
        f"({one})" if any(sign in one for sign in _OPERATORS) else one for one in texts
    )


def _names(one: _License) -> Iterator[str]:
    said = shown(one.expression)
    if one.license is not None:
        said = shown(one.license.id) or shown(one.license.name)
    if said:
        yield said


def _state(read: _Component, said: dict[str, str]) -> State:
    if own := _STATES.get(said.get("peso:state", "")):
        return own
    return "building" if read.scope == "excluded" else "shipped"


def _tools(said: Any) -> tuple[str, ...]:  # noqa: ANN401 - a list until 1.4, an object since 1.5
    several = said.get("components") if isinstance(said, dict) else said
    found = []
    for one in several if isinstance(several, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            version = one.get("version")
            found.append(
                shown(f"{one['name']} {version if isinstance(version, str) else ''}".strip())
            )
    return tuple(found)
