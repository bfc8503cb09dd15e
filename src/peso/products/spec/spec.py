"""A spec: what a text in Spack's grammar asks for, as frozen records.

Holds no rule of matching and no knowledge of packages. The rules, in order:

1. A spec is abstract: a set of constraints on one package and on what it depends on. What a text
   does not say is empty (`""`, `()`) or `ANY`.
2. Equal specs are equal records: variants are sorted by name, flags by kind, dependencies by name.
3. An edge leads to a dependency: direct (`%`) or anywhere below (`^`).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from peso.products.spec.versions import ANY, Versions

FLAG_KINDS = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")
"""The compiler flags Spack knows."""
DEPENDENCY_TYPES = ("build", "link", "run", "test")
"""How a package can depend on another, in the order they are printed."""
COMPILER_PACKAGES = {
    "arm": "acfl",
    "clang": "llvm",
    "intel": "intel-oneapi-compilers-classic",
    "oneapi": "intel-oneapi-compilers",
    "rocmcc": "llvm-amdgpu",
}
"""Old names of compilers, still understood after `%`, and the packages they mean."""


class Variant(Struct, frozen=True):
    """The value asked of one variant."""

    name: str
    value: bool | tuple[str, ...]
    """On or off, or values, sorted; no values (`name=*`): any."""
    propagate: bool = False
    """Whether dependencies that have the variant take it too (`++`, `==`)."""
    exact: bool = True
    """Whether these are all its values (`:=`); else there may be more."""


class Flag(Struct, frozen=True):
    """One compiler flag, with its argument if it has one."""

    kind: str
    text: str
    propagate: bool = False
    """Whether dependencies are built with it too (`==`)."""


class Arch(Struct, frozen=True):
    """Where it is to run; empty: not said, `*`: any that is said."""

    platform: str = ""
    os: str = ""
    target: str = ""
    """A microarchitecture, a range (`x86_64_v3:`) or several, between commas."""


NO_ARCH = Arch()
"""Nothing is said of where it runs."""


class Edge(Struct, frozen=True):
    """A dependency, and how it is depended on."""

    spec: Spec
    direct: bool = False
    """Whether it is a dependency of the package itself (`%`); else anywhere below it (`^`)."""
    types: tuple[str, ...] = ()
    """Of `DEPENDENCY_TYPES`, in their order; none: not said."""
    virtuals: tuple[str, ...] = ()
    """What it provides to the package (`%c,cxx=gcc`), sorted."""
    propagate: bool = False
    """Whether dependencies prefer it too (`%%`)."""
    when: Spec | None = None
    """What the package must meet for the edge to count; none: it always does."""


class Spec(Struct, frozen=True):
    """Constraints on a package and on its dependencies."""

    name: str = ""
    """The package; empty: any, the spec is anonymous."""
    namespace: str = ""
    versions: Versions = ANY
    variants: tuple[Variant, ...] = ()
    flags: tuple[Flag, ...] = ()
    arch: Arch = NO_ARCH
    hash: str = ""
    """The hash of an installation, or its beginning."""
    edges: tuple[Edge, ...] = ()

    def variant(self, name: str) -> Variant | None:
        """Return what is asked of a variant of the package itself."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        return None

    def walk(self) -> Iterator[Spec]:
        """Yield the spec itself and every dependency in it."""
        yield self
        for edge in self.edges:
            yield from edge.spec.walk()

    def __str__(self) -> str:
        return self.name or "(anonymous spec)"


EMPTY = Spec()
"""No constraint at all."""
