"""Reading specs: Spack's grammar, from a text to records.

Knows no package: whether a version or variant exists is not asked here. The rules, in order:

1. One regular expression cuts the text; what it cannot cut is an error at that character.
2. A node is a name, then its attributes in any order. `^` starts a dependency of the root; `%` one
   of the node before it, that is the root or the last `^`. A name anywhere else starts a new root.
3. `virtual=package` after a sigil says what the package provides; `*` is a node without a name.
4. The same dependency twice, with the same types and condition, is one with both constraints.
5. A file name (`./x.json`) is a spec to Spack; here it is an error, files are not read.
6. A text of more than `LONGEST` characters is no spec, so that reading is bounded in time.

Facts from Spack's `spec_parser.py` (1.3.0.dev0). As there, a condition of an edge ends at its first
comma (`when='@1,2'` is `@1`).
"""

from __future__ import annotations

import re

from peso.products.spec.draft import EdgeDraft, NodeDraft, link
from peso.products.spec.faults import Contradiction, SpecError
from peso.products.spec.order import ordered_types
from peso.products.spec.spec import COMPILER_PACKAGES, DEPENDENCY_TYPES, EMPTY, Spec
from peso.products.spec.versions import parse_versions

__all__ = ["LONGEST", "Contradiction", "SpecError", "parse_spec", "parse_specs"]

LONGEST = 8_192
"""No spec is longer."""

_ID = r"[A-Za-z0-9_][A-Za-z0-9_-]*+"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*+"
_DOTTED = rf"{_ID}(?:\.{_ID})*+"
_GIVEN = rf"{_ID}(?:,{_ID})*+"
_ONE_VERSION = r"=?[A-Za-z0-9_][A-Za-z0-9_.-]*\b"
_VERSION_ITEM = rf"(?:(?:{_ONE_VERSION})?:(?:{_ONE_VERSION}(?!\s*=))?|{_ONE_VERSION})"
_FILE = r"(?P<file>(?:\.|/|[A-Za-z0-9_-]*+/)[A-Za-z0-9_./-]*(?:\.json|\.yaml))|"
_TOKENS = r"""\s*+(?:
      (?P<open>(?:\^|%%?)\[)
    | (?P<close>\](?:\s*(?P<gives1>{given})=(?P<by1>{dotted}))?)
    | (?P<sigil>(?:\^|%%?)(?:\s*(?P<gives2>{given})=(?P<by2>{dotted}))?)
    | @(?P<version>(?:git\.[A-Za-z0-9_][A-Za-z0-9_./-]*|[A-Fa-f0-9]{{40}})(?:={one})?
                 | \s*{item}(?:\s*,\s*{item})*)
    | (?P<switch>\+\+|~~|--|[-+~])\s*(?P<switched>{name})
    | (?P<key>{name})(?P<is>:?==?)(?P<value>[A-Za-z0-9_+*.,:=%^~/\\-]++
                                  | '(?:[^']|(?<=\\)')*' | "(?:[^"]|(?<=\\)")*")
    | {file}(?P<name>{dotted}|\*)
    | /(?P<hash>[A-Za-z0-9_]++)
    )"""


def _tokens(file: str) -> re.Pattern[str]:
    expression = _TOKENS.format(
        given=_GIVEN, dotted=_DOTTED, one=_ONE_VERSION, item=_VERSION_ITEM, name=_NAME, file=file
    )
    return re.compile(expression, re.VERBOSE)


_TOKEN = _tokens("").match
_TOKEN_OR_FILE = _tokens(_FILE).match
"""The same, and file names: slow where a text has none, so for texts that may have one."""
_NODE = "a package name, @version, +variant, ~variant, name=value, ^, % or /hash"


def parse_spec(text: str) -> Spec:
    """Read a text that is one spec; an empty text asks for nothing.

    Raises:
        SpecError: It is no spec, or there is more than one.
    """
    reader = _Reader(text)
    if reader.kind is None:
        return EMPTY
    spec = reader.root()
    if reader.kind:
        raise reader.error("expected one spec, another starts here")
    return spec


def parse_specs(text: str) -> tuple[Spec, ...]:
    """Read all specs of a text, `hdf5+mpi zlib@1.3`; there may be none.

    Raises:
        SpecError: Something in it is no spec.
    """
    reader = _Reader(text)
    specs = []
    while reader.kind:
        specs.append(reader.root())
    return tuple(specs)


class _Reader:
    """Goes through a text, one token ahead."""

    __slots__ = ("end", "kind", "match", "text", "token")

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise SpecError(f"a spec has at most {LONGEST} characters", LONGEST)
        self.text = text
        self.match = _TOKEN_OR_FILE if ".json" in text or ".yaml" in text else _TOKEN
        self.end = 0
        self.kind: str | None = None
        """The kind of the next token: the last named group of the expression; none: the end."""
        self.step()

    def step(self) -> None:
        """Cut the next token."""
        found = self.match(self.text, self.end)
        if found is None:
            rest = self.text[self.end :].lstrip()
            if rest:
                place = len(self.text) - len(rest)
                raise SpecError(f"unexpected {rest[0]!r}, expected {_NODE}", place, text=self.text)
            self.kind = None
            return
        self.token = found
        self.kind = found.lastgroup
        self.end = found.end()

    def error(self, message: str) -> SpecError:
        """Return an error at the next token."""
        token = self.token.group().lstrip()
        return SpecError(message, self.token.end() - len(token), text=self.text)

    def root(self) -> Spec:
        """Read a spec, with its dependencies."""
        root = current = self.node("")
        while True:
            edge, start = EdgeDraft(root), self.token
            if self.kind == "sigil":
                sigil = self.token["sigil"]
                by, gives = self.token["by2"], self.token["gives2"]
            elif self.kind == "open":
                sigil = self.token["open"]
                by, gives = self._attributes(edge)
            elif self.kind == "close":
                raise self.error("no attributes of a dependency were opened, expected a spec")
            else:
                return root.record()
            if gives:
                edge.virtuals += tuple(gives.split(","))
            self.step()
            edge.node = node = self.node(by or "")
            edge.direct = sigil[0] == "%"
            edge.propagate = sigil.startswith("%%")
            if edge.direct:
                node.name = COMPILER_PACKAGES.get(node.name, node.name)
            try:
                linked = link(current if edge.direct else root, edge)
            except SpecError as error:
                self.token = start
                raise self.error(error.message) from None
            if not edge.direct:
                current = linked

    def node(self, name: str) -> NodeDraft:
        """Read one node: its name, unless it is known, and its attributes."""
        draft = NodeDraft()
        if name:
            draft.named(name)
        elif self.kind == "name":
            if self.token["name"] != "*":
                draft.named(self.token["name"])
            self.step()
        elif self.kind == "file":
            raise self.error("this names a spec file, expected a spec; files are not read")
        try:
            while self._attribute(draft):
                self.step()
        except SpecError as error:
            if error.text:
                raise
            raise self.error(error.message) from None
        return draft

    def _attribute(self, draft: NodeDraft) -> bool:
        """Take the next token, if it is an attribute of the node."""
        kind, token = self.kind, self.token
        if kind == "switched":
            sigil, name = token.group("switch", "switched")
            draft.switch(name, on=sigil[0] == "+", propagate=len(sigil) == 2)  # noqa: PLR2004
        elif kind == "version":
            if draft.versions is not None:
                raise SpecError("a package has one @, expected several versions between commas")
            draft.versions = parse_versions(token["version"])
        elif kind == "value":
            name, sign, value = token.group("key", "is", "value")
            draft.assign(name, _unquoted(value), propagate=sign[-2:] == "==", exact=sign[0] == ":")
        elif kind == "hash" and not draft.hash:
            draft.hash = token["hash"]
        else:
            return False
        return True

    def _attributes(self, edge: EdgeDraft) -> tuple[str | None, str | None]:
        """Read `[when=... deptypes=... virtuals=...]`; stay at its end."""
        self.step()
        while self.kind != "close":
            if self.kind is None:
                raise SpecError("expected ]", len(self.text), text=self.text)
            name, sign, value = self.token.group("key", "is", "value")
            if name not in {"when", "deptypes", "virtuals"} or sign[-2:] == "==":
                raise self.error("expected when=, deptypes=, virtuals= or ]")
            values = value.strip("'\" ").split(",")
            if name == "virtuals":
                edge.virtuals = tuple(values)
            elif name == "deptypes":
                if not set(values) <= set(DEPENDENCY_TYPES):
                    raise self.error(f"expected types among {', '.join(DEPENDENCY_TYPES)}")
                edge.types = ordered_types(values)
            else:
                edge.when = self._condition(values[0])
            self.step()
        return self.token["by1"], self.token["gives1"]

    def _condition(self, text: str) -> Spec | None:
        if not text:
            raise self.error("expected a spec as condition, it is empty")
        try:
            condition = parse_spec(text)
        except SpecError as error:
            raise self.error(f"in the condition: {error.message}") from None
        return None if condition == EMPTY else condition


def _unquoted(value: str) -> str:
    """Take off the quotes; inside, only a quote is escaped. A text of several lines keeps them."""
    quote = value[0]
    if quote not in "'\"" or "\n" in value:
        return value
    return value[1:-1].replace(f"\\{quote}", quote)
