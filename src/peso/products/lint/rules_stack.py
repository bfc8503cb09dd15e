"""Rules of PESO's own stack file, beside what its reader holds: products, tests, pins."""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.yaml_nodes import Place, Scalar, Sequence
from peso.products.environments.texts import get
from peso.products.lint.case import nearest
from peso.products.lint.record import Sighting, Unchecked
from peso.products.lint.rule import ERROR, WARNING, Rule
from peso.products.lint.stack_case import StackCase

_LARGEST = 4 << 20


def stack_fault(case: StackCase) -> Iterator[Sighting]:
    """Yield everything the reader of stack files finds wrong."""
    for fault in case.faults:
        expected = f"; expected {fault.expected}" if fault.expected else ""
        yield Sighting(
            place=_place(case, fault.where),
            message=fault.message + expected,
            hint=fault.hint or "",
        )


def _place(case: StackCase, where: str) -> Place:
    """Return a place of `file:line:column`, up to the end of the value or word there."""
    file, line, column = (*where.rsplit(":", 2), "1", "1")[:3]
    if not (line.isdigit() and column.isdigit()):
        return Place(str(case.file), 1, 1, 1, 2)
    first, start = int(line), int(column)
    rest = case.document.line(first)[start - 1 :]
    word = next((n for n, sign in enumerate(rest) if sign in ":,]} "), len(rest))
    return Place(file, first, start, first, start + max(1, word))


def product_not_root(case: StackCase) -> Iterator[Sighting]:
    """Yield products of a Spack part that are no root of its environment."""
    for product in case.products:
        name, part = get(product, "name"), get(product, "part")
        if not (isinstance(name, Scalar) and isinstance(part, Scalar)):
            continue
        found = [one for of, one in case.environments if of == part.text]
        if not found:
            continue
        roots = {root.package for one in found for root in one.roots}
        if name.text in roots:
            continue
        doubts = [doubt for one in found for doubt in one.environment.doubts]
        if doubts:
            what = f"whether {name.text} is a root"
            case.tell(Unchecked(what=what, reason=str(doubts[0]), place=name.place))
            continue
        yield Sighting(
            place=name.place,
            message=f"{name.text!r} is no root of the environment of the part {part.text!r}",
            hint=nearest(name.text, roots) or "add it to the environment's `specs`",
        )


def tested_not_there(case: StackCase) -> Iterator[Sighting]:
    """Yield tests of names that are neither products nor roots, where there is a Spack part."""
    if not case.environments:
        return  # then the reader says it
    names = {name.text for one in case.products if isinstance(name := get(one, "name"), Scalar)}
    roots = {root.package for _, one in case.environments for root in one.roots}
    for _, test in case.tests:
        of = get(test, "of")
        for name in of.items if isinstance(of, Sequence) else ():
            if isinstance(name, Scalar) and name.text not in names | roots:
                yield Sighting(
                    place=name.place,
                    message=f"the test is of {name.text!r}, which is no product and no root",
                    hint=nearest(name.text, names | roots)
                    or "list it under `products`, if it is not only pulled in",
                )


def unpinned_constraint(case: StackCase) -> Iterator[Sighting]:
    """Yield lines of a constraints file that do not pin one version."""
    # Imported where there is such a file: a run over Spack environments alone must be quick.
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415

    for _, part in case.parts:
        named = get(part, "constraints")
        if not isinstance(named, Scalar) or not named.text:
            continue
        file = case.file.parent / named.text
        try:
            with file.open(encoding="utf-8", errors="replace") as stream:
                lines = stream.read(_LARGEST).splitlines()
        except OSError:
            continue  # the reader says that it is not there
        for number, line in enumerate(lines, start=1):
            said = line.partition(" #")[0].partition(";")[0].strip()
            if not said or said.startswith(("#", "-")):
                continue
            try:
                requirement = Requirement(said)
            except InvalidRequirement:
                continue
            if not any(one.operator in {"==", "==="} for one in requirement.specifier):
                end = len(line.rstrip()) + 1
                yield Sighting(
                    place=Place(str(file), number, 1, number, end),
                    message=f"the constraint of {requirement.name} does not pin a version",
                    also=(named.place,),
                )


def no_constraints(case: StackCase) -> Iterator[Sighting]:
    """Yield parts from PyPI without a constraints file."""
    for name, part in case.parts:
        engine = get(part, "engine")
        is_pypi = isinstance(engine, Scalar) and engine.text == "pypi"
        if is_pypi and get(part, "constraints") is None:
            yield Sighting(
                place=name.place, message=f"the part {name.text!r} has no file of constraints"
            )


RULES: tuple[Rule[StackCase], ...] = (
    Rule(
        id="stack-fault",
        severity=ERROR,
        see=stack_fault,
        what="What the reader of `stack.yaml` finds wrong: unknown keys, values of the wrong "
        "kind, names that name nothing, files that are not there.",
        why="PESO makes no release of it.",
        fix="As the hint says.",
        bad="products: [{name: mpi4py, part: pyhton}]",
        good="products: [{name: mpi4py, part: python}]",
    ),
    Rule(
        id="product-not-root",
        severity=ERROR,
        see=product_not_root,
        what="A product of a Spack part that is no root of the part's environment.",
        why="The release would promise what it does not build on purpose.",
        fix="Add it to the environment's `specs`, or take it from `products`.",
        bad="products: [{name: hdf5, part: native}]  # spack.yaml: specs: [zlib]",
        good="products: [{name: zlib, part: native}]  # spack.yaml: specs: [zlib]",
    ),
    Rule(
        id="tested-not-there",
        severity=WARNING,
        see=tested_not_there,
        what="A test of something that is neither a product nor a root.",
        why="Its figures say nothing of what the release is curated for.",
        fix="Correct the name, or list the product.",
        bad="tests: {ring: {of: [mpihc], …}}",
        good="tests: {ring: {of: [mpich], …}}",
    ),
    Rule(
        id="unpinned-constraint",
        severity=WARNING,
        see=unpinned_constraint,
        what="A line of a constraints file without `==`.",
        why="The version that is delivered changes with the index.",
        fix="Pin it; `peso deliver --upgrade` writes the file anew.",
        bad="mpi4py>=4",
        good="mpi4py==4.1.0",
    ),
    Rule(
        id="no-constraints",
        severity=WARNING,
        see=no_constraints,
        what="A part from PyPI without a file of constraints.",
        why="Every delivery may be of other versions.",
        fix="Add `constraints: constraints.txt`; `peso deliver --upgrade` fills it.",
        bad="parts: {python: {engine: pypi}}",
        good="parts: {python: {engine: pypi, constraints: constraints.txt}}",
    ),
)
