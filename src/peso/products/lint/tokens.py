"""Where the parts of a spec's text stand: its nodes, and in each the name, version and variants.

It cuts text for places only; what a spec means is for `products/spec`. The rules, in order:

1. A text is cut at `^`, `%` and `%%` into nodes; each node's text can be read as a spec by itself.
2. A part is found by its kind and name; what is not found has the place of its node.
3. It never raises: what it does not understand is one character of nothing.
"""

from __future__ import annotations

import re

from msgspec import Struct

_TOKEN = re.compile(
    r"""
    (?P<edge>(?:\^|%%?)(?:\[(?P<attributes>[^\]]*)\])?\s*(?P<virtuals>[\w-]+(?:,[\w-]+)*=)?)
  | (?P<version>@(?:git\.[\w./-]+(?:=[\w.:-]+)?|\s*=?[\w.:-]+(?:=[\w.:-]+)?(?:\s*,\s*=?[\w.:-]+)*))
  | (?P<switch>(?:\+\+?|~~?|(?<![\w.])--?)\s*(?P<switched>[\w][\w.-]*))
  | (?P<pair>(?P<key>[\w][\w.-]*):?==?(?:"[^"]*"|'[^']*'|[^\s"']+))
  | (?P<hash>/\w+)
  | (?P<name>[A-Za-z0-9_*][\w.-]*)
  | (?P<other>\s+|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Bit(Struct, frozen=True):
    """A part of a node."""

    kind: str
    """`name`, `version`, `variant`, `hash`."""
    name: str
    """Of a variant: its name; else the text."""
    start: int
    end: int


class NodeText(Struct, frozen=True):
    """One node of a spec, as it is written."""

    sigil: str
    """Empty for the root; `^`, `%` or `%%`."""
    text: str
    """The node alone, to be read as a spec."""
    start: int
    end: int
    bits: tuple[Bit, ...] = ()
    conditional: bool = False
    """Whether the dependency counts under a condition only (`^[when=…]`)."""
    virtuals: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The package's name, as written; empty where there is none."""
        return next((bit.name for bit in self.bits if bit.kind == "name"), "")

    def bit(self, kind: str, name: str = "") -> Bit:
        """Return a part; the whole node where there is no such part."""
        for bit in self.bits:
            if bit.kind == kind and name in {"", bit.name}:
                return bit
        return Bit("node", "", self.start, self.end)


def node_texts(text: str) -> tuple[NodeText, ...]:
    """Cut a spec's text into its nodes, the root first, in the order they are written."""
    nodes: list[NodeText] = []
    bits: list[Bit] = []
    sigil, start, begin, attributes, virtuals = "", 0, 0, "", ""

    def close(end: int) -> None:
        kept = text[begin:end].rstrip()
        if kept.strip() or sigil:
            given = tuple(one for one in virtuals.rstrip("=").split(",") if one)
            when = "when" in attributes
            nodes.append(
                NodeText(sigil, kept.strip(), start, begin + len(kept), tuple(bits), when, given)
            )

    for token in _TOKEN.finditer(text):
        if token.lastgroup == "edge":
            close(token.start())
            bits.clear()
            edge = token["edge"]
            sigil = "%%" if edge.startswith("%%") else edge[0]
            start, begin = token.start(), token.end()
            attributes, virtuals = token["attributes"] or "", token["virtuals"] or ""
        elif bit := _bit(token):
            if not bits and not sigil and not nodes:
                start = min(start or token.start(), token.start())
            bits.append(bit)
    close(len(text))
    return tuple(nodes)


def _bit(token: re.Match[str]) -> Bit | None:
    kind, start, end = token.lastgroup, token.start(), token.end()
    if kind == "version":
        return Bit("version", token["version"], start, end)
    if kind == "switch":
        return Bit("variant", token["switched"], start, end)
    if kind == "pair":
        return Bit("variant", token["key"], start, end)
    if kind in {"name", "hash"}:
        return Bit(kind, token[kind], start, end)
    return None
