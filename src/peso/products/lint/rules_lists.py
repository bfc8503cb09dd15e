"""Rules of lists: roots given twice, matrices that come to nothing, definitions nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.yaml_nodes import Mapping, Node, Place, Scalar, Sequence
from peso.products.environments.record import Answer, Root
from peso.products.lint.case import Case
from peso.products.lint.record import Sighting
from peso.products.lint.rule import HINT, WARNING, Rule


def duplicate_root(case: Case) -> Iterator[Sighting]:
    """Yield roots that an earlier place of the same group gives already."""
    first: dict[tuple[str, str], Root] = {}
    for root in case.environment.roots:
        before = first.setdefault((root.group, root.spec), root)
        if before is root or not root.spec or root.doubts or before.doubts:
            continue
        where, also = _piece(root), _piece(before)
        same = where == also
        yield Sighting(
            place=where,
            message=f"the root {root.spec!r} is there twice",
            hint="the matrix makes it twice" if same else f"see line {also.line}; remove one",
            also=() if same else (also,),
        )


def _piece(root: Root) -> Place:
    return root.pieces[0].text.place if len(root.pieces) == 1 else root.place


def empty_matrix(case: Case) -> Iterator[Sighting]:
    """Yield matrices that give no root at all."""
    seen = {one.place for one in case.environment.matrices if one.roots}
    for matrix in case.environment.matrices:
        if matrix.roots or matrix.place in seen:
            continue
        seen.add(matrix.place)
        why = "its excludes leave nothing" if matrix.combinations else "one of its rows is empty"
        yield Sighting(place=matrix.place, message=f"the matrix gives no spec: {why}")


def unused_exclude(case: Case) -> Iterator[Sighting]:
    """Yield excludes that no combination satisfies, wherever the matrix is used."""
    used = {
        one.place
        for matrix in case.environment.matrices
        for one in matrix.excludes
        if one not in matrix.unused_excludes
    }
    for matrix in case.environment.matrices:
        for exclude in matrix.unused_excludes:
            if exclude.place not in used and matrix.combinations:
                used.add(exclude.place)
                yield Sighting(
                    place=exclude.place, message=f"{exclude.value!r} excludes no combination"
                )


def unused_definition(case: Case) -> Iterator[Sighting]:
    """Yield definitions that no list refers to, directly or by another."""
    environment = case.environment
    named = set(_references(environment.section("definitions")))
    for source in environment.sources:
        named |= set(_references(source.document.root))
    for definition in environment.definitions:
        name = definition.name.value
        if name in named or name.startswith("_"):
            continue  # `_name` and `_version` are for other tools
        yield Sighting(
            place=definition.name.place, message=f"nothing refers to the definition {name!r}"
        )


def never_definition(case: Case) -> Iterator[Sighting]:
    """Yield definitions whose condition is no Python, so that it can never hold."""
    for definition in case.environment.definitions:
        when = definition.when
        if when is not None and when.answer is Answer.UNKNOWN:
            case.unchecked(f"the definition {definition.name}", when.reason, when.text.place)
            if "not Python" in when.reason:
                yield Sighting(place=when.text.place, message=f"the condition: {when.reason}")


def _references(node: Node | None) -> Iterator[str]:
    """Yield the names that `$name` refers to anywhere below."""
    todo: list[Node | None] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Scalar):
            if one.text.startswith("$"):
                yield one.text[1:].lstrip("^%")
        elif isinstance(one, Sequence):
            todo += one.items
        elif isinstance(one, Mapping):
            todo += (entry.value for entry in one.entries)


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="duplicate-root",
        severity=WARNING,
        see=duplicate_root,
        what="A root that is given twice, after definitions and matrices are expanded.",
        why="It counts once, and whoever changes one of the two will wonder.",
        fix="Remove one.",
        bad="specs: [zlib@1.3, zlib@1.3]",
        good="specs: [zlib@1.3]",
    ),
    Rule(
        id="empty-matrix",
        severity=WARNING,
        see=empty_matrix,
        what="A matrix that expands to nothing.",
        why="What it was written for is not built, and nobody is told.",
        fix="Fill the empty row, or remove the exclude that leaves nothing.",
        bad="specs: [{matrix: [[zlib], [+pic]], exclude: [zlib]}]",
        good="specs: [{matrix: [[zlib], [+pic, ~pic]], exclude: [zlib ~pic]}]",
    ),
    Rule(
        id="unused-exclude",
        severity=WARNING,
        see=unused_exclude,
        what="An exclude of a matrix that matches no combination.",
        why="What was to be left out is built: most often a name or version is misspelled.",
        fix="Correct it, or remove it.",
        bad="specs: [{matrix: [[zlib], [+pic, ~pic]], exclude: [zlob +pic]}]",
        good="specs: [{matrix: [[zlib], [+pic, ~pic]], exclude: [zlib +pic]}]",
    ),
    Rule(
        id="unused-definition",
        severity=HINT,
        see=unused_definition,
        what="A definition that no list of specs refers to.",
        why="What it names is not built.",
        fix="Refer to it with `$name`, or remove it.",
        bad="definitions: [{tools: [cmake]}]\nspecs: [zlib]",
        good="definitions: [{tools: [cmake]}]\nspecs: [zlib, $tools]",
    ),
    Rule(
        id="definition-condition",
        severity=WARNING,
        see=never_definition,
        what="A `when` of a definition that is no Python expression.",
        why="Spack stops at it.",
        fix="Write an expression such as `platform == 'linux'`.",
        bad="definitions: [{tools: [cmake], when: 'platform = linux'}]",
        good="definitions: [{tools: [cmake], when: \"platform == 'linux'\"}]",
    ),
)
