"""Spec lists: definitions, references and matrices, brought to what a root is put together from.

What it does not do: parse specs (`combine.py` does). The rules, in order:

1. A definition is known below where its name is first said; all parts of that name whose `when`
   holds are one list. A part whose `when` is unknown is in the list, with a doubt.
2. `$name` stands for the list of that name; `$^name` and `$%name` put the sign before each text.
   A matrix taken with a sign has it wherever that matrix is used, because Spack writes the sign
   into the one matrix it has.
3. A list can name other lists and hold matrices in matrices; what would be more than the limit is
   a trouble, and ends there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from peso.base.yaml_nodes import Kind, Mapping, Node, Place, Scalar, Sequence, Trouble
from peso.products.environments.record import Answer, Definition, Doubt, Piece, Text
from peso.products.environments.texts import Tell, as_spack, get, texts_of

MOST: Final = 20_000
"""The most texts that the lists of one environment may come to."""
_SIGNS: Final = ("^", "%")


class One(Struct, frozen=True, kw_only=True):
    """A text of a list."""

    piece: Piece
    doubts: tuple[Doubt, ...] = ()


class Matrix(Struct, kw_only=True, eq=False):
    """A matrix of a list; its sign may be set after it was made."""

    rows: tuple[tuple[Item, ...], ...]
    excludes: tuple[Text, ...]
    place: Place
    doubts: tuple[Doubt, ...] = ()
    sigil: str = ""


class Doubtful(Struct, frozen=True, kw_only=True):
    """A matrix with the doubts of the list it was taken from."""

    matrix: Matrix
    doubts: tuple[Doubt, ...]


Item = One | Matrix | Doubtful


class Placed(Struct, frozen=True, kw_only=True):
    """An item of a list, and where the list asks for it."""

    item: Item
    place: Place
    definition: str = ""


class Lists(Struct):
    """The lists of one environment."""

    tell: Tell
    definitions: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    _left: int = MOST
    _looks: int = 50

    def define(self, definitions: Iterable[Definition]) -> None:
        """Take the definitions in, in their order."""
        parts: dict[str, list[Definition]] = {}
        for definition in definitions:
            parts.setdefault(definition.name.value, []).append(definition)
        for name, several in parts.items():
            items: list[Item] = []
            for part in several:
                if part.when is not None and part.when.answer is Answer.NO:
                    continue
                doubts = _doubts(part)
                found = self.expand(part.entries, definition=name)
                items += (_doubted(placed.item, doubts) for placed in found)
            self.definitions[name] = tuple(items)

    def expand(
        self, nodes: Iterable[Node], *, definition: str = "", in_row: bool = False
    ) -> list[Placed]:
        """Return the items of a list.

        Args:
            nodes: The list as written.
            definition: The name of the definition it belongs to; empty for a list of roots.
            in_row: Whether it is a row of a matrix.
        """
        found: list[Placed] = []
        for node in nodes:
            if self._left <= 0:
                break
            text = as_spack(node) if isinstance(node, Scalar) else ""
            if isinstance(node, Scalar) and text.startswith("$") and node.kind is Kind.TEXT:
                name, items = self._reference(node, text[1:])
                found += (Placed(item=one, place=node.place, definition=name) for one in items)
            elif isinstance(node, Scalar):
                one = self._one(node, text, definition)
                found.append(Placed(item=one, place=node.place))
            elif isinstance(node, Mapping) and "matrix" in node:
                if in_row:
                    hint = "give it a name under `definitions`, and write $name here"
                    self._no("nested-matrix", node, "Spack refuses a matrix in a matrix", hint)
                matrix = self._matrix(node, definition)
                found.append(Placed(item=matrix, place=node.place))
            else:
                hint = "write a spec, `$name`, or a mapping with `matrix:`"
                self._no("list-shape", node, "this is no spec and no matrix", hint)
        return found

    def _count(self, many: int, node: Node) -> None:
        if 0 < self._left <= many:
            message = f"the lists come to more than {MOST} specs; the rest is not read"
            self._no("list-too-large", node, message, "make the lists smaller")
        self._left -= many

    def _one(self, node: Scalar, text: str, definition: str) -> One:
        self._count(1, node)
        if node.kind not in {Kind.TEXT, Kind.NOTHING}:
            message = f"{node.text} is a {node.kind}, not a spec"
            self._no("list-shape", node, message, f'write it in quotes: "{node.text}"')
        value = "" if node.kind is Kind.NOTHING else text
        return One(piece=Piece(text=Text(value, node), definition=definition))

    def _reference(self, node: Scalar, name: str) -> tuple[str, tuple[Item, ...]]:
        sigil = name[:1] if name.startswith(_SIGNS) else ""
        name = name.removeprefix(sigil)
        items = self.definitions.get(name)
        if items is None:
            near = self._near(name)
            hint = f"did you mean ${sigil}{near[0]}?" if near else "define it above"
            message = f"there is no definition {name!r} above"
            self._no("undefined-definition", node, message, hint)
            return name, ()
        self._count(len(items), node)
        if self._left <= 0:
            return name, ()
        return name, tuple(_signed(item, sigil) for item in items) if sigil else items

    def _near(self, name: str) -> list[str]:
        """Return the nearest name; of the first few only, since to look takes a while."""
        self._looks -= 1
        if self._looks < 0:
            return []
        return difflib.get_close_matches(name, self.definitions, n=1, cutoff=0.6)

    def _matrix(self, node: Mapping, definition: str) -> Matrix:
        rows: list[tuple[Item, ...]] = []
        matrix = get(node, "matrix")
        for row in matrix.items if isinstance(matrix, Sequence) else ():
            if isinstance(row, Sequence):
                rows.append(
                    tuple(
                        one.item
                        for one in self.expand(row.items, definition=definition, in_row=True)
                    )
                )
            else:
                hint = "write each row in brackets: [a, b]"
                self._no("list-shape", row, "a row of a matrix is a list", hint)
        if not isinstance(matrix, Sequence):
            self._no("list-shape", node, "a matrix is a list of rows", "write `matrix: [[a], [b]]`")
        excludes = texts_of(get(node, "exclude"))
        return Matrix(rows=tuple(rows), excludes=excludes, place=node.place)

    def _no(self, rule: str, node: Node, message: str, hint: str) -> None:
        self.tell(Trouble(rule=rule, place=node.place, message=message, hint=hint))


def _doubts(part: Definition) -> tuple[Doubt, ...]:
    if part.when is None or part.when.answer is not Answer.UNKNOWN:
        return ()
    reason = f"`when: {part.when.text}` cannot be answered: {part.when.reason}"
    return (Doubt(reason, part.when.text.place),)


def _doubted(item: Item, doubts: tuple[Doubt, ...]) -> Item:
    if not doubts:
        return item
    if isinstance(item, One):
        return replace(item, doubts=item.doubts + doubts)
    if isinstance(item, Doubtful):
        return replace(item, doubts=item.doubts + doubts)
    return Doubtful(matrix=item, doubts=doubts)


def _signed(item: Item, sigil: str) -> Item:
    if isinstance(item, One):
        return replace(item, piece=replace(item.piece, sigil=sigil + item.piece.sigil))
    matrix = item.matrix if isinstance(item, Doubtful) else item
    matrix.sigil = sigil
    return item
