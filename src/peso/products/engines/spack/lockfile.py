"""Spack's lock read into units: what it says, and what recipes and the distribution know of it.

Pure over bytes; it opens nothing. The rules, in order:

1. `document.py` reads and checks the file; a lock that is not whole gives no units.
2. Variants are a unit's parameters without what has a place of its own (patches) and without
   compiler flags that are empty.
3. A compiler is what a unit uses as `c`, `cxx` or `fortran`; a lock that Spack took over from an
   older format may name it in an annotation only.
4. An external is the distribution's where one of its files is, and the package's version agrees
   with the lock's: a lock may come from another machine. Else that is unknown, with the reason.
5. License and sources are the recipes' word. What Spack did not build has no source here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from peso.base.finding import Unknown
from peso.products.engines.native import (
    DistributionPackage,
    Edge,
    External,
    NativeRequires,
    NativeRoot,
    NativeUnit,
    SourceFile,
    Variant,
)
from peso.products.engines.spack.concrete import Concrete, ConcreteSpecs
from peso.products.engines.spack.distribution import DistributionPackages
from peso.products.engines.spack.document import Document, Node, read_document, text_of
from peso.products.engines.spack.external_files import files_of
from peso.products.engines.spack.facts import RecipeFacts
from peso.products.engines.spack.purl import package_purl, unit_purl
from peso.products.spec.spec import DEPENDENCY_TYPES, FLAG_KINDS
from peso.products.spec.targets import family_of

_LANGUAGES = ("c", "cxx", "fortran")
_KEPT = 8192
"""Edges and variants that are kept, frozen as they are: most are in a lock many times."""
_NOT_BUILT = Unknown(unknown="an external: Spack did not build it from sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRead:
    """What a lock holds."""

    units: tuple[NativeUnit, ...]
    """In the order of the lock file."""
    roots: tuple[NativeRoot, ...]
    spack_version: str
    """Of the Spack that wrote it; empty where it does not say."""
    spack_commit: str | Unknown
    requires: NativeRequires


def read_lock(
    data: bytes, *, where: str, recipes: RecipeFacts, packages: DistributionPackages
) -> LockRead:
    """Read a lock of Spack into units.

    Args:
        data: the file, as it is or packed with gzip.
        where: its name, for errors.
        recipes: what is known of licenses and sources.
        packages: what is known of the machine's own packages; `NoDistribution` for a lock of
            another machine.

    Raises:
        BadInput: It is no lock, of a format PESO does not read, too large, or not whole.
    """
    document = read_document(data, where=where)
    roots = frozenset(one.hash for one in document.roots)
    specs = ConcreteSpecs(document.concrete_specs)
    units = tuple(
        _unit(Concrete(node, specs), document, roots, recipes, packages)
        for node in document.concrete_specs.values()
    )
    commit = document.spack.commit
    return LockRead(
        units=units,
        roots=tuple(NativeRoot(spec=one.spec, hash=one.hash) for one in document.roots),
        spack_version=document.spack.version,
        spack_commit=commit or Unknown(unknown="the lock does not say: Spack was no git checkout"),
        requires=NativeRequires(
            platform=_all(one.platform for one in units),
            system=_all(one.system for one in units),
            targets=tuple(sorted({one.target for one in units})),
        ),
    )


def _all(names: Iterable[str]) -> str:
    """Return the one name there is; several, which no machine is, with commas."""
    return ",".join(sorted(set(names)))


def _unit(
    concrete: Concrete,
    document: Document,
    roots: frozenset[str],
    recipes: RecipeFacts,
    packages: DistributionPackages,
) -> NativeUnit:
    node = concrete.node
    external = _external(node, packages)
    sources: tuple[SourceFile, ...] | Unknown = _NOT_BUILT
    if external is None:
        sources = recipes.sources_of(concrete)
    return NativeUnit(
        hash=node.hash,
        name=node.name,
        version=node.version,
        namespace=node.namespace,
        variants=_variants(node),
        compilers=_compilers(node, document),
        platform=node.arch.platform,
        system=node.arch.platform_os,
        target=node.arch.microarchitecture,
        depends=_edges(node),
        external=external,
        package_hash=node.package_hash,
        patches=node.patches,
        root=node.hash in roots,
        purl=_purl(node, external),
        sources=sources,
        license=recipes.license_of(concrete),
    )


def _purl(node: Node, external: External | None) -> str:
    if external and isinstance(external.package, DistributionPackage):
        return package_purl(external.package)
    return unit_purl(
        name=node.name, version=node.version, namespace=node.namespace, hash_=node.hash
    )


@lru_cache(maxsize=_KEPT)
def _edge(hash_: str, name: str, types: tuple[str, ...], virtuals: tuple[str, ...]) -> Edge:
    ordered = sorted(types, key=DEPENDENCY_TYPES.index)
    return Edge.model_validate(
        {"hash": hash_, "name": name, "types": tuple(ordered), "virtuals": virtuals}
    )


def _edges(node: Node) -> tuple[Edge, ...]:
    return tuple(
        _edge(one.hash, one.name, one.parameters.deptypes, one.parameters.virtuals)
        for one in node.dependencies
    )


@lru_cache(maxsize=_KEPT)
def _variant(name: str, value: str) -> Variant:
    return Variant(name=name, value=value)


def _variants(node: Node) -> tuple[Variant, ...]:
    return tuple(
        _variant(name, text_of(value))
        for name, value in node.parameters.items()
        if name != "patches" and not (name in FLAG_KINDS and not value)
    )


def _compilers(node: Node, document: Document) -> tuple[str, ...]:
    found = []
    for edge in node.dependencies:
        used = [one for one in _LANGUAGES if one in edge.parameters.virtuals]
        if used:
            version = document.concrete_specs[edge.hash].version
            found.append(f"{','.join(used)}={edge.name}@{version}")
    if not found and node.annotations and node.annotations.compiler:
        found.append(node.annotations.compiler.replace("@=", "@"))
    return tuple(found)


def _external(node: Node, packages: DistributionPackages) -> External | None:
    if node.external is None:
        return None
    module = node.external.module
    modules = (module,) if isinstance(module, str) else module or ()
    return External(
        prefix=node.external.path or "", modules=modules, package=_package(node, packages)
    )


def _package(node: Node, packages: DistributionPackages) -> DistributionPackage | Unknown:
    """Return the package of the first file that has one, if it can be this version."""
    if node.external is None or not node.external.path:
        return Unknown(unknown="it has no prefix: only a module names it")
    why: Unknown | None = None
    family = family_of(node.arch.microarchitecture)
    for path in files_of(node.name, node.version, node.external, family):
        found = packages.owner_of(path)
        if isinstance(found, Unknown):
            why = why or found
        elif _agrees(node.version, found.version):
            return found
        else:
            return Unknown(
                unknown=f"{path} is of {found.name} {found.version}, the lock says "
                f"{node.version}: is it from another machine?"
            )
    return why or Unknown(unknown=f"no file of it is known below {node.external.path}")


def _agrees(version: str, packaged: str) -> bool:
    """Say whether a distribution's version (`1:12.2.0-14+deb12u1`) can be of a version."""
    upstream = packaged.rpartition(":")[2]
    return upstream.startswith(version) and not upstream[len(version) :][:1].isdigit()
