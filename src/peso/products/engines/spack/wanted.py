"""Products of a native part against its lock: each must be in it, and be as it is required.

The environment selects; a product that the stack lists says what has to come of it. What is
required is a spec constraint in Spack's own grammar, e.g. `@2.26: +mpi`. Where a lock holds a name
several times, one of them has to meet it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from peso.errors import BadInput, Fault
from peso.products.engines.spack.concrete import Concrete, ConcreteSpecs
from peso.products.engines.spack.document import Document, Node
from peso.products.spec.faults import SpecError, Unanswerable
from peso.products.spec.parse import parse_spec
from peso.products.stack import Product, Stack

_SHOWN = 3


def check_wanted(stack: Stack, part: str, document: Document, *, environment: str) -> None:
    """Refuse a lock that lacks a product of the part, or has it otherwise than it is required.

    Raises:
        BadInput: With every such product.
    """
    products = [one for one in stack.products if one.part == part]
    faults = tuple(_faults(products, document, str(stack.file), environment))
    if faults:
        raise BadInput(
            "what Spack resolved is not what the stack lists", where=str(stack.file), faults=faults
        )


def _faults(
    products: Iterable[Product], document: Document, file: str, environment: str
) -> Iterator[Fault]:
    nodes = document.concrete_specs
    specs = ConcreteSpecs(nodes)
    answers = _answers(document)
    names = {node.name for node in nodes.values()}
    for product in products:
        where = f"{file}: products, {product.name}"
        named = [node for node in nodes.values() if node.name == product.name]
        named = named or answers.get(product.name, [])
        units = [Concrete(node, specs) for node in named]
        if not units:
            near = difflib.get_close_matches(product.name, names, n=1)
            yield Fault(
                where=where,
                message=f"{product.name!r} is not in the lock of {environment}",
                hint=f"did you mean {near[0]!r}?" if near else "add it to the `specs` there",
            )
            continue
        try:
            met = not product.require or any(one.satisfies(product.require) for one in units)
        except (SpecError, Unanswerable) as error:
            yield Fault(where=where, message=f"`require`: {error.message}")
            continue
        if not met:
            yield Fault(
                where=where,
                message=f"the lock has {_said(units)}",
                expected=product.require,
                hint=f"ask for it in {environment}",
            )


def _answers(document: Document) -> dict[str, list[Node]]:
    """Return what answers each root by its name: `mpi` is a root that openmpi may answer."""
    found: dict[str, list[Node]] = {}
    for root in document.roots:
        with suppress(SpecError):
            name = parse_spec(root.spec).name
            found.setdefault(name, []).append(document.concrete_specs[root.hash])
    return found


def _said(units: list[Concrete]) -> str:
    shown = [f"{one.node.name}@{one.node.version}/{one.node.hash[:7]}" for one in units[:_SHOWN]]
    more = [f"{len(units) - _SHOWN} more"] if len(units) > _SHOWN else []
    return ", ".join([*shown, *more])
