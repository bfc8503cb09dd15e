"""A spec in the making: what the parser has read so far of a node and of its dependencies.

1. Attributes come in any order; what may be said once only and is said twice is an error.
2. A draft becomes a record when the whole text was read.
3. The same dependency twice, with the same types and condition, becomes one, with the constraints
   of both; with other types it stays two, if one is for building and the other is not.

Errors are `SpecError` without a place: the parser knows it.
"""

from __future__ import annotations

from msgspec import Struct, field

from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction, SpecError
from peso.products.spec.order import ordered
from peso.products.spec.spec import FLAG_KINDS, NO_ARCH, Arch, Edge, Flag, Spec, Variant
from peso.products.spec.versions import ANY, Versions

_MACHINE = {
    "arch": "arch",
    "architecture": "arch",
    "platform": "platform",
    "os": "os",
    "operating_system": "os",
    "target": "target",
}
_RESERVED = frozenset(
    (*_MACHINE, "namespace", "branch", "commit", "dev_path", "patches", "ref", "tag")
)
"""Names no package has variants of, and that are not propagated."""
_NOT_VARIANTS = frozenset((*_MACHINE, *FLAG_KINDS, "namespace"))
_RUNS_WITH = frozenset(("link", "run"))
_TRIPLE = 3
_TRUTH = {"true": True, "false": False}


class NodeDraft(Struct):
    """What was read of one node."""

    name: str = ""
    namespace: str = ""
    versions: Versions | None = None
    variants: dict[str, Variant] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    arch: Arch = NO_ARCH
    hash: str = ""
    edges: list[EdgeDraft] = field(default_factory=list)

    def named(self, name: str) -> None:
        """Take a name, with a namespace before its last dot."""
        if "." in name:
            self.namespace, _, self.name = name.rpartition(".")
        else:
            self.name = name

    def switch(self, name: str, *, on: bool, propagate: bool) -> None:
        """Take `+name`, `~name`, `++name` or `~~name`."""
        if name in _NOT_VARIANTS:
            raise SpecError(f"{name} is not on or off: it takes a value, {name}=...")
        if propagate and name in _RESERVED:
            raise SpecError(f"{name} cannot be propagated")
        self._add(Variant(name, on, propagate))

    def assign(self, name: str, value: str, *, propagate: bool, exact: bool) -> None:
        """Take `name=value`, `name==value` or `name:=value`."""
        if propagate and name in _RESERVED:
            raise SpecError(f"{name} cannot be propagated: write {name}={value}")
        if name in _NOT_VARIANTS:
            self._assign_other(name, value, propagate)
            return
        if (truth := _TRUTH.get(value.lower())) is not None:
            self._add(Variant(name, truth, propagate))
        elif value == "*":
            self._add(Variant(name, (), propagate, exact=False))
        elif "," not in value:
            self._add(Variant(name, (value,), propagate, exact))
        else:
            values = tuple(sorted(set(value.split(","))))
            if "*" in values:
                raise SpecError(f"{name}: * stands for any value, and alone")
            self._add(Variant(name, values, propagate, exact))

    def _add(self, variant: Variant) -> None:
        if variant.name in self.variants:
            raise SpecError(f"variant {variant.name} is given twice")
        self.variants[variant.name] = variant

    def _assign_other(self, name: str, value: str, propagate: bool) -> None:  # noqa: FBT001
        if name == "namespace":
            self.namespace = value
        elif name in FLAG_KINDS:
            self.flags += (Flag(name, flag, propagate) for flag in _flags(value))
        else:
            self._place(_MACHINE[name], value)

    def _place(self, name: str, value: str) -> None:
        """Take an architecture or a part of it; no part may be said twice."""
        said = {"platform": self.arch.platform, "os": self.arch.os, "target": self.arch.target}
        if name != "arch":
            new = {name: value}
        elif len(parts := value.split("-")) == _TRIPLE:
            new = dict(zip(said, parts, strict=True))
        else:
            new = {"platform": "", "os": "", "target": value}
        for part, told in new.items():
            if said[part]:
                raise SpecError(f"{part} is given twice")
            said[part] = "" if told == "None" else told
        self.arch = Arch(**said) if any(said.values()) else NO_ARCH

    def record(self, *, edges: bool = True) -> Spec:
        """Return what was read as a record."""
        variants, flags = self.variants, self.flags
        return Spec(
            self.name,
            self.namespace,
            self.versions or ANY,
            tuple(variants.values())
            if len(variants) < 2  # noqa: PLR2004 - one needs no order
            else tuple([variants[name] for name in sorted(variants)]),
            tuple(sorted(flags, key=_kind)) if flags else (),
            self.arch,
            self.hash,
            ordered([edge.record() for edge in self.edges]) if edges and self.edges else (),
        )

    def absorb(self, other: NodeDraft) -> None:
        """Take over the constraints of another draft of the same package."""
        both = constrain(self.record(edges=False), other.record(edges=False))
        self.namespace, self.versions, self.hash = both.namespace, both.versions, both.hash
        self.variants = {variant.name: variant for variant in both.variants}
        self.flags, self.arch = list(both.flags), both.arch


class EdgeDraft(Struct):
    """What was read of a dependency."""

    node: NodeDraft
    direct: bool = False
    types: tuple[str, ...] = ()
    virtuals: tuple[str, ...] = ()
    propagate: bool = False
    when: Spec | None = None

    def record(self) -> Edge:
        """Return what was read as a record."""
        return Edge(
            self.node.record(),
            self.direct,
            self.types,
            tuple(sorted(set(self.virtuals))) if self.virtuals else (),
            self.propagate,
            self.when,
        )


def link(parent: NodeDraft, edge: EdgeDraft) -> NodeDraft:
    """Make a node depend on another; return the node that now stands for it.

    Raises:
        SpecError: It contradicts what was said before of the same dependency.
    """
    name = edge.node.name
    rivals = [had for had in parent.edges if had.node.name == name] if name or edge.types else []
    for had in rivals if name else ():
        if had.types == edge.types and had.when == edge.when:
            try:
                had.node.absorb(edge.node)
            except Contradiction as no:
                raise SpecError(f"two constraints on {name} contradict: {no.message}") from None
            had.virtuals += edge.virtuals
            return had.node
    if any(had.when == edge.when and not _beside(had.types, edge.types) for had in rivals):
        raise SpecError(
            f"{name or 'a dependency'} is given twice, with types that cannot be apart: "
            f"only one for building and one for the rest can be two"
        )
    parent.edges.append(edge)
    return edge.node


def _beside(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether a package can be depended on twice, with these types."""
    if not _RUNS_WITH.isdisjoint(one) and not _RUNS_WITH.isdisjoint(other):
        return False
    return set(one).isdisjoint(other)


def _kind(flag: Flag) -> str:
    return flag.kind


def _flags(value: str) -> list[str]:
    """Cut a text into flags; a word that does not begin with `-` belongs to the flag before it."""
    flags: list[str] = []
    for word in value.split():
        if flags and not word.startswith("-"):
            flags[-1] += f" {word}"
        else:
            flags.append(word)
    return flags
