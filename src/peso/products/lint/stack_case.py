"""What the rules of PESO's own stack file look at: its text, its faults, its environments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from peso.base.yaml_nodes import Document, Mapping, Node, Scalar, Sequence
from peso.errors import Fault
from peso.products.environments.texts import get
from peso.products.lint.case import Case, Tell


class StackCase(Struct, frozen=True, kw_only=True):
    """One stack file to be judged."""

    file: Path
    document: Document
    faults: tuple[Fault, ...]
    """What the reader of stack files finds wrong with it."""
    environments: tuple[tuple[str, Case], ...]
    """The environments of its Spack parts, by part."""
    tell: Tell

    @property
    def parts(self) -> Iterator[tuple[Scalar, Node]]:
        """The parts, by name."""
        parts = get(self.document.root, "parts")
        for entry in parts.entries if isinstance(parts, Mapping) else ():
            yield entry.key, entry.value

    def engine(self, part: str) -> str:
        """Return the engine of a part; empty where it has none."""
        found = next((node for name, node in self.parts if name.text == part), None)
        engine = get(found, "engine")
        return engine.text if isinstance(engine, Scalar) else ""

    @property
    def products(self) -> Iterator[Node]:
        """The products as written."""
        products = get(self.document.root, "products")
        yield from products.items if isinstance(products, Sequence) else ()

    @property
    def tests(self) -> Iterator[tuple[Scalar, Node]]:
        """The tests, by name."""
        tests = get(self.document.root, "tests")
        for entry in tests.entries if isinstance(tests, Mapping) else ():
            yield entry.key, entry.value
