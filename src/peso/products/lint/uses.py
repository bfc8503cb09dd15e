"""Every spec an environment holds, cut into nodes with their places, and what each is used for.

It reads the records of `products/environments`; it judges nothing. The rules, in order:

1. A root's pieces are one spec: what a piece says without a name is about the root's package.
2. What `packages:` says of a package without a name is about that package; of `all`, about none.
3. The name after `%` may be an old name of a compiler, or a toolchain, which is no package.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from peso.base.yaml_nodes import Kind, Place
from peso.products.environments.record import (
    Choice,
    Environment,
    PackageSettings,
    Root,
    Strength,
    Text,
)
from peso.products.lint.specs import Specs
from peso.products.lint.tokens import NodeText
from peso.products.spec.spec import COMPILER_PACKAGES, Spec

ALL = "all"


class Role(StrEnum):
    """What a spec is for."""

    ROOT = "root"
    REQUIRE = "requirement"
    ALTERNATIVE = "one of several requirements"
    PREFER = "preference"
    CONFLICT = "conflict"
    WHEN = "condition"
    VARIANTS = "variant preference"
    EXTERNAL = "external"
    PROVIDER = "provider"
    VIEW = "view"
    TOOLCHAIN = "toolchain"
    EXCLUDE = "exclude"


BLOCKING = frozenset({Role.ROOT, Role.REQUIRE})
"""What Spack refuses an environment for; other specs it passes over, or says a word."""


class NodeUse(Struct, frozen=True, kw_only=True):
    """A node of a spec, where it stands."""

    role: Role
    text: Text
    shift: int
    """How many characters of the cut text stand before the written one (a sigil)."""
    cut: NodeText
    package: str
    """The package it is about; empty where that is not said."""
    spec: Spec
    """What the node itself asks for."""
    whole: Spec
    """What is asked of its package all together."""
    below: str = ""
    """The root it is a dependency in; empty where it is one, or of none."""

    def place(self, kind: str = "", name: str = "") -> Place:
        """Return where a part of it stands."""
        if not kind:
            return self.text.part(max(0, self.cut.start - self.shift), self.cut.end - self.shift)
        bit = self.cut.bit(kind, name)
        return self.text.part(max(0, bit.start - self.shift), bit.end - self.shift)


class RootUse(Struct, frozen=True, kw_only=True):
    """A root with its nodes."""

    root: Root
    package: str
    spec: Spec
    nodes: tuple[NodeUse, ...]


class Written(Struct, frozen=True, kw_only=True):
    """A spec text with its use, before it is cut."""

    role: Role
    text: Text
    package: str = ""


def real_name(cut: NodeText) -> str:
    """Return the package's name without a namespace, and today's name of a compiler."""
    name = cut.name.rpartition(".")[2]
    return COMPILER_PACKAGES.get(name, name) if cut.sigil.startswith("%") else name


def root_uses(environment: Environment, specs: Specs) -> tuple[RootUse, ...]:
    """Return the roots of an environment that can be read."""
    toolchains = {one.name.value for one in environment.toolchains}
    found = (_root(root, specs, toolchains) for root in environment.roots)
    return tuple(one for one in found if one is not None)


def _root(root: Root, specs: Specs, toolchains: set[str]) -> RootUse | None:
    spec = specs.spec(root.spec)
    if spec is None or any(one.text.scalar.kind is not Kind.TEXT for one in root.pieces):
        return None
    package = spec.name.rpartition(".")[2]
    nodes: list[NodeUse] = []
    for piece in root.pieces:
        for cut in specs.nodes(piece.value):
            node = specs.spec(cut.text)
            about = real_name(cut) if cut.sigil else package
            if node is None or (cut.sigil.startswith("%") and about in toolchains):
                continue
            nodes.append(
                NodeUse(
                    role=Role.ROOT,
                    text=piece.text,
                    shift=len(piece.sigil),
                    cut=cut,
                    package=about,
                    spec=node,
                    whole=node if cut.sigil else spec,
                    below=root.spec if cut.sigil else "",
                )
            )
    return RootUse(root=root, package=package, spec=spec, nodes=tuple(nodes))


def other_uses(environment: Environment, specs: Specs) -> tuple[NodeUse, ...]:
    """Return the nodes of every spec that is no root."""
    toolchains = {one.name.value for one in environment.toolchains}
    found: list[NodeUse] = []
    for written in (*_of_packages(environment), *_of_the_rest(environment)):
        for cut in specs.nodes(written.text.value):
            node = specs.spec(cut.text)
            about = real_name(cut)
            if node is None or (cut.sigil.startswith("%") and about in toolchains):
                continue
            if not cut.sigil and not about:
                about = "" if written.package == ALL else written.package
            found.append(
                NodeUse(
                    role=written.role,
                    text=written.text,
                    shift=0,
                    cut=cut,
                    package=about,
                    spec=node,
                    whole=node,
                )
            )
    return tuple(found)


def _of_packages(environment: Environment) -> Iterator[Written]:
    for settings in environment.packages:
        yield from _of_package(settings)


def _of_package(settings: PackageSettings) -> Iterator[Written]:
    name = settings.name.value
    for rule in settings.rules:
        single = rule.choice is Choice.ALL or len(rule.specs) == 1
        role = _ROLES[rule.strength]
        if role is Role.REQUIRE and not single:
            role = Role.ALTERNATIVE
        for text in rule.specs:
            yield Written(role=role, text=text, package=name)
        if rule.when is not None:
            yield Written(role=Role.WHEN, text=rule.when, package=name)
    for text in settings.variants:
        yield Written(role=Role.VARIANTS, text=text, package=name)
    for external in settings.externals:
        yield Written(role=Role.EXTERNAL, text=external.spec, package=name)
    for preferred in settings.providers:
        for text in preferred.specs:
            yield Written(role=Role.PROVIDER, text=text)


def _of_the_rest(environment: Environment) -> Iterator[Written]:
    for view in environment.views:
        for text in (*view.select, *view.exclude):
            yield Written(role=Role.VIEW, text=text)
    for toolchain in environment.toolchains:
        for part in toolchain.parts:
            yield Written(role=Role.TOOLCHAIN, text=part.spec)
            if part.when is not None:
                yield Written(role=Role.TOOLCHAIN, text=part.when)
    for matrix in environment.matrices:
        for text in matrix.excludes:
            yield Written(role=Role.EXCLUDE, text=text)


_ROLES = {
    Strength.REQUIRE: Role.REQUIRE,
    Strength.PREFER: Role.PREFER,
    Strength.CONFLICT: Role.CONFLICT,
}
