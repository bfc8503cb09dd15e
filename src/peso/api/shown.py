"""What is shown of a stack: of its definition, in either form, or of a lock."""

from __future__ import annotations

from peso.base.finding import Finding
from peso.base.record import Record
from peso.products.engines.native import Checkout, NativeRequires, NativeUnit


class RootShown(Record):
    """A root of a Spack environment, as Spack expands it."""

    spec: str
    group: str
    where: str
    """`file:line:column` of what asks for it."""
    definition: str = ""
    """The definition the list refers to; empty where the root stands in the list itself."""
    matrix: str = ""
    """`file:line:column` of the matrix it is a combination of."""
    texts: tuple[str, ...] = ()
    """What it is put together from, as written."""
    part: str = ""
    """The part of a stack.yaml; empty for a bare environment."""
    doubts: tuple[str, ...] = ()
    """Why it may not be a root; empty where that is certain."""
    hash: str = ""
    """In a lock: the unit that answers it."""


class ProductShown(Record):
    """A product that PESO's own file lists."""

    name: str
    part: str
    require: str = ""
    extras: tuple[str, ...] = ()


class GroupShown(Record):
    """A group of roots."""

    name: str
    where: str
    part: str = ""
    needs: tuple[str, ...] = ()
    explicit: bool = True
    overrides: tuple[str, ...] = ()
    """The sections it has its own configuration for."""
    roots: int = 0


class IncludeShown(Record):
    """What became of an include."""

    path: str
    where: str
    reached: str
    reason: str = ""
    found: str = ""
    part: str = ""


class StackShown(Record):
    """What a stack definition asks for, or what a lock of Spack holds."""

    file: str
    form: str
    """`peso` for a stack.yaml, `spack` for a bare environment, `lock` for a lock of Spack."""
    name: str
    version: str = ""
    products: tuple[ProductShown, ...] = ()
    roots: tuple[RootShown, ...] = ()
    groups: tuple[GroupShown, ...] = ()
    includes: tuple[IncludeShown, ...] = ()
    findings: tuple[Finding, ...] = ()
    doubts: tuple[str, ...] = ()
    """What could not be read or decided, so that this may not be all."""
    units: tuple[NativeUnit, ...] = ()
    """Of a lock: every unit, in its order."""
    spack: Checkout | None = None
    """Of a lock: the Spack that wrote it."""
    requires: NativeRequires | None = None
    """Of a lock: the machine it is for."""
