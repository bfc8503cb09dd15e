"""A small house of recipes for the tests of impact: records, and the same as a repository.

zlib and zlib-ng provide zlib-api; mpich and openmpi provide mpi. hdf5 links zlib-api, and mpi where
it is told to. app links hdf5 and is built with cmake, which links zlib itself. tool needs app to
run; checker needs hdf5 to be tested; old takes zlib 1.2 at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from peso.errors import BadInput
from peso.products.recipes.record import Condition, Dependency, Provided, Recipe, Version
from peso.services.integration.impact.port import Depends, Package, Provides

LINK, BUILD, RUN, TEST = ("build", "link"), ("build",), ("run",), ("test",)


def recipe(
    name: str,
    *dependencies: tuple[str, tuple[str, ...]] | tuple[str, tuple[str, ...], str],
    provides: tuple[str, ...] = (),
    versions: tuple[str, ...] = ("1.0",),
    build_systems: tuple[str, ...] = ("generic",),
) -> Recipe:
    """Return a recipe; a dependency is a spec, its types and a condition."""
    return Recipe(
        name=name,
        namespace="house",
        repository="/house",
        path=f"packages/{name}/package.py",
        digest="",
        class_name=name.title(),
        line=1,
        build_systems=build_systems,
        versions=tuple(Version(number=one, line=2) for one in versions),
        dependencies=tuple(
            Dependency(
                name=one[0].partition("@")[0],
                spec=one[0],
                types=tuple(sorted(one[1])),
                when=_when(one),
                line=3,
            )
            for one in dependencies
        ),
        provided=tuple(
            Provided(specs=(one,), names=(one.partition("@")[0],), line=4) for one in provides
        ),
    )


def _when(one: tuple[str, tuple[str, ...]] | tuple[str, tuple[str, ...], str]) -> Condition:
    return (one[2],) if len(one) == 3 else ()


HOUSE = (
    recipe("zlib", provides=("zlib-api",), versions=("1.3.1", "1.2.13")),
    recipe("zlib-ng", provides=("zlib-api",)),
    recipe("cmake", ("zlib", LINK)),
    recipe("mpich", ("zlib", LINK, "+compress"), provides=("mpi@:4",)),
    recipe("openmpi", provides=("mpi@:3",)),
    recipe("hdf5", ("zlib-api", LINK), ("mpi@2:", LINK, "+mpi")),
    recipe("app", ("hdf5", LINK), ("cmake", BUILD, "build_system=cmake"), build_systems=("cmake",)),
    recipe("tool", ("app", RUN)),
    recipe("checker", ("hdf5", TEST)),
    recipe("old", ("zlib@:1.2", LINK)),
    recipe("alone"),
)


@dataclass
class Fake:
    """Recipes by hand, as the port wants them."""

    several: tuple[Recipe, ...] = HOUSE
    incomplete: frozenset[str] = field(default_factory=frozenset)

    def packages(self) -> Iterator[Package]:
        for one in self.several:
            yield Package(one.name, one.build_systems, one.name in self.incomplete)

    def depends(self) -> Iterator[Depends]:
        for one in self.several:
            for on in one.dependencies:
                yield Depends(one.name, on.name, on.types, on.when)

    def provides(self) -> Iterator[Provides]:
        for one in self.several:
            for given in one.provided:
                for name in given.names:
                    yield Provides(one.name, name, given.when)

    def recipe(self, name: str) -> Recipe:
        for one in self.several:
            if one.name == name:
                return one
        raise BadInput(f"there is no package {name!r}")


RECIPES = {
    "zlib": 'version("1.3.1", sha256="00")\n    provides("zlib-api")',
    "zlib_ng": 'version("2.2", sha256="00")\n    provides("zlib-api")',
    "hdf5": 'variant("mpi", default=True)\n    depends_on("zlib-api")\n'
    '    depends_on("mpi", when="+mpi")',
    "mpich": 'provides("mpi")',
    "app": 'depends_on("hdf5")',
}


def write_repository(folder: Path) -> Path:
    """Write a few recipes as a repository of the second layout; returns its folder."""
    root = folder / "spack_repo" / "house"
    root.mkdir(parents=True)
    (root / "repo.yaml").write_text("repo:\n  namespace: house\n  api: v2.0\n")
    for name, body in RECIPES.items():
        place = root / "packages" / name
        place.mkdir(parents=True)
        title = "".join(part.title() for part in name.split("_"))
        (place / "package.py").write_text(
            "from spack.package import *\n\n\n"
            f'class {title}(PackageBase):\n    """Made for tests."""\n\n'
            f'    maintainers("ada")\n    {body}\n'
        )
    return root
