"""CycloneDX in XML: turned into its JSON form, of which `cyclonedx.py` makes sense.

Read by defusedxml's parser, which refuses a document type and entities, so that no few bytes stand
for many. Nothing is built of what is not asked for: no tree of the document is in memory.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from peso.errors import BadInput
from peso.services.assurance.foreign.limits import DEEPEST, MOST_VALUES, within

_LISTS: Final = {
    "components": "component",
    "hashes": "hash",
    "licenses": "license",
    "properties": "property",
    "dependencies": "dependency",
    "tools": "tool",
    "services": "service",
}
_TEXTS: Final = frozenset(
    {"name", "version", "group", "scope", "cpe", "purl", "id", "expression", "vendor"}
)
_OBJECTS: Final = frozenset(
    {"bom", "metadata", "component", "hash", "license", "property", "dependency", "service", "tool"}
)
_CHUNK: Final = 1 << 16
_DEEP: Final = 2 * DEEPEST + 8
"""Elements in each other: two for each component in a component."""


def json_of(data: bytes, where: str) -> bytes:
    """Return the document as JSON.

    Raises:
        BadInput: It is no XML, no CycloneDX, nested too deeply, over a limit, or has entities.
    """
    within(data.count(b"<"), MOST_VALUES, "elements", where)
    target = _Target(where)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        parser.close()
    except DefusedXmlException as error:
        raise BadInput(
            f"it has a document type or entities, which no SBOM needs ({type(error).__name__})",
            where=where,
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise BadInput(f"it is no XML: {error}", where=where) from None
    if target.top is None:
        raise BadInput("it is no CycloneDX: its first element is no `bom`", where=where)
    return msgspec.json.encode(target.top)


class _Target:
    """Builds plain data of the elements that are asked for, and passes over the rest."""

    def __init__(self, where: str) -> None:
        self.top: dict[str, Any] | None = None
        self._where = where
        self._open: list[tuple[str, Any]] = []
        self._skipping = 0
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        space, _, name = tag.rpartition("}")
        within(
            len(self._open) + self._skipping, _DEEP + DEEPEST, "elements in each other", self._where
        )
        if self._skipping or not self._wanted(name):
            self._skipping += 1
            return
        self._text = []
        made: Any = None
        if name in _LISTS:
            made = []
        elif name in _OBJECTS:
            made = dict(attributes)
        if name == "bom" and not self._open:
            self.top = made
            made["specVersion"] = space.rpartition("/")[2]
        self._open.append((name, made))

    def _wanted(self, name: str) -> bool:
        if not self._open:
            return name == "bom"
        parent = self._open[-1][0]
        if parent in _LISTS:
            return name == _LISTS[parent] or (parent, name) == ("licenses", "expression")
        return parent in _OBJECTS and (name in _TEXTS or name in _LISTS or name in _OBJECTS)

    def data(self, text: str) -> None:
        """Take text."""
        if not self._skipping:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        """End an element: it becomes part of the one it is in."""
        if self._skipping:
            self._skipping -= 1
            return
        name, made = self._open.pop()
        text = "".join(self._text).strip()
        self._text = []
        if name in {"hash", "property"}:
            made["content" if name == "hash" else "value"] = text
        if self._open:
            self._put(name, text if made is None else made)

    def _put(self, name: str, made: Any) -> None:  # noqa: ANN401 - plain data
        parent, into = self._open[-1]
        if isinstance(into, list):
            if parent == "licenses":
                made = {"expression": made} if name == "expression" else {"license": made}
            into.append(made)
        elif parent == "dependency" and name == "dependency":
            into.setdefault("dependsOn", []).append(made.get("ref", ""))
        elif into is not None:
            into[name] = made

    def close(self) -> dict[str, Any] | None:
        """Return what was built."""
        return self.top
