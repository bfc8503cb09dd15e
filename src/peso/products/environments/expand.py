"""The roots of an environment: its lists with every matrix multiplied out, as Spack does.

What it does not do: resolve references (`lists.py` did) or know the grammar (`combine.py` does).

1. A matrix in a row of a matrix gives one text for each of its combinations.
2. A combination that satisfies one of the matrix's excludes is left out; the matrix's sign is put
   before the first text of the others.
3. What is no spec, or contradicts itself, is a root all the same, with a doubt and a trouble: Spack
   refuses the environment because of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from msgspec import Struct, field

from peso.base.yaml_nodes import Place, Trouble
from peso.errors import PesoError
from peso.products.environments.combine import Combined, Combiner
from peso.products.environments.lists import MOST, Doubtful, Item, Matrix, One, Placed
from peso.products.environments.record import Doubt, MatrixUse, Piece, Root, Text
from peso.products.environments.texts import Tell


class Combination(Struct, frozen=True, kw_only=True):
    """What one root, or one choice of an outer matrix's row, is put together from."""

    texts: tuple[str, ...]
    """What Spack joins, one constraint after the other."""
    pieces: tuple[Piece, ...]
    doubts: tuple[Doubt, ...] = ()


class Expander(Struct):
    """Expands the lists of one environment; keeps what became of each matrix."""

    combiner: Combiner
    tell: Tell
    matrices: list[MatrixUse] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _left: int = MOST

    def roots(self, placed: list[Placed], group: str) -> Iterator[Root]:
        """Yield the roots of a group's list, in Spack's order."""
        for one in placed:
            matrix = _matrix_of(one.item)
            for combination in self._combinations(one.item, group):
                combined = self._combined(combination, one.place)
                doubts = combination.doubts
                if combined.fault:
                    doubts = (*doubts, Doubt(combined.fault, one.place))
                yield Root(
                    spec=combined.text,
                    group=group,
                    pieces=combination.pieces,
                    place=one.place,
                    definition=one.definition,
                    matrix=matrix.place if matrix else None,
                    doubts=doubts,
                )

    def _combinations(self, item: Item, group: str) -> Iterator[Combination]:
        if isinstance(item, One):
            piece = item.piece
            yield Combination(texts=(piece.value,), pieces=(piece,), doubts=item.doubts)
        elif isinstance(item, Matrix):
            yield from self._multiplied(item, item.doubts, group)
        else:
            yield from self._multiplied(item.matrix, item.doubts, group)

    def _multiplied(
        self, matrix: Matrix, doubts: tuple[Doubt, ...], group: str
    ) -> Iterator[Combination]:
        rows = [self._choices(row, group) for row in matrix.rows]
        many = math.prod(len(row) for row in rows) if rows else 0
        if not self._fits(many, matrix):
            return
        self._check_excludes(matrix)
        used: set[str] = set()
        roots = 0
        for chosen in itertools.product(*rows) if rows else ():
            texts = tuple(text for one in chosen for text in one.texts)
            out, unsure = self._excluded(texts, matrix)
            if out is not None:
                used.add(out.value)
                continue
            roots += 1
            if matrix.sigil:
                texts = (self.combiner.signed(matrix.sigil, texts[0]), *texts[1:])
            yield Combination(
                texts=texts,
                pieces=tuple(piece for one in chosen for piece in one.pieces),
                doubts=_once(*doubts, *unsure, *(doubt for one in chosen for doubt in one.doubts)),
            )
        self.matrices.append(
            MatrixUse(
                place=matrix.place,
                group=group,
                combinations=many,
                excluded=many - roots,
                roots=roots,
                excludes=matrix.excludes,
                unused_excludes=tuple(one for one in matrix.excludes if one.value not in used),
            )
        )

    def _choices(self, row: tuple[Item, ...], group: str) -> list[Combination]:
        """Return the choices of a row; a matrix in it gives one text for each combination."""
        choices: list[Combination] = []
        for item in row:
            for one in self._combinations(item, group):
                text = one.texts
                if not isinstance(item, One):
                    text = (" ".join(self.combiner.printed(part) for part in one.texts),)
                choices.append(Combination(texts=text, pieces=one.pieces, doubts=one.doubts))
        return choices

    def _excluded(self, texts: tuple[str, ...], matrix: Matrix) -> tuple[Text | None, list[Doubt]]:
        """Return the exclude that leaves a combination out, and those that cannot be answered."""
        doubts: list[Doubt] = []
        for exclude in matrix.excludes:
            try:
                if self.combiner.satisfies(texts, exclude.value):
                    return exclude, []
            except PesoError as error:
                reason = f"whether `exclude: {exclude}` leaves it out: {error.message}"
                doubts.append(Doubt(reason, exclude.place))
        return None, doubts

    def _check_excludes(self, matrix: Matrix) -> None:
        for exclude in matrix.excludes:
            if fault := self.combiner.fault(exclude.value):
                self.tell(Trouble(rule="spec-syntax", place=exclude.place, message=fault))

    def _fits(self, many: int, matrix: Matrix) -> bool:
        if many <= self._left:
            self._left -= many
            return True
        message = f"the matrix has {many} combinations, more than PESO expands"
        self.doubts.append(Doubt(message, matrix.place))
        self.tell(Trouble(rule="matrix-too-large", place=matrix.place, message=message))
        return False

    def _combined(self, combination: Combination, place: Place) -> Combined:
        combined = self.combiner.combined(combination.texts)
        if combined.fault:
            rule = "contradiction" if combined.contradicts else "spec-syntax"
            self.tell(
                Trouble(
                    rule=rule, place=_where(combination, combined, place), message=combined.fault
                )
            )
        return combined


def _matrix_of(item: Item) -> Matrix | None:
    if isinstance(item, Doubtful):
        return item.matrix
    return item if isinstance(item, Matrix) else None


def _where(combination: Combination, combined: Combined, place: Place) -> Place:
    """Return the place of the text that a fault is in, where it is one of the pieces."""
    for piece in combination.pieces:
        if piece.value == combined.text_at_fault:
            start = max(0, combined.position - len(piece.sigil))
            return piece.text.part(start, start + 1) if combined.position >= 0 else piece.text.place
    return place


def _once(*doubts: Doubt) -> tuple[Doubt, ...]:
    return tuple(dict.fromkeys(doubts))
