"""Locks into units: what each says, its edges and compilers, externals and their packages."""

from __future__ import annotations

import gzip
import json

import pytest
from tests.products.engines.spack.locks import (
    APP,
    COMMIT,
    GCC,
    LIBC,
    ZLIB,
    external,
    hash_of,
    lock,
    node,
    on,
)

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage, NativeUnit, SourceFile
from peso.products.engines.spack.concrete import Concrete
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import LockRead, read_lock

NO_RECIPES = NoRecipes("no recipes here")
NO_PACKAGES = NoDistribution("another machine")


class Debian:
    """A distribution with few packages."""

    def __init__(self, **packages: tuple[str, str]) -> None:
        self._packages = packages

    def owner_of(self, path: str) -> DistributionPackage | Unknown:
        found = self._packages.get(path.rpartition("/")[2])
        if found is None:
            return Unknown(unknown=f"{path} is of no package")
        name, version = found
        return DistributionPackage(
            manager="dpkg",
            name=name,
            version=version,
            architecture="amd64",
            distribution="debian-12",
            file=path,
        )


class Recipes:
    """Recipes that say the same of everything."""

    def license_of(self, unit: Concrete) -> str | Unknown:
        return f"LicenseRef-{unit.node.name}"

    def sources_of(self, unit: Concrete) -> tuple[SourceFile, ...] | Unknown:
        return (SourceFile(kind="archive", url=f"https://e.org/{unit.node.name}.tar.gz"),)


def read(data: bytes, packages: Debian | NoDistribution = NO_PACKAGES) -> LockRead:
    return read_lock(data, where="spack.lock", recipes=NO_RECIPES, packages=packages)


def unit(found: LockRead, name: str) -> NativeUnit:
    return next(one for one in found.units if one.name == name)


WHOLE = lock(APP, GCC, LIBC, ZLIB)


def test_a_unit() -> None:
    app = unit(read(WHOLE), "app")
    assert (app.version, app.namespace, app.hash) == ("2.0", "builtin", hash_of("app"))
    assert (app.platform, app.system, app.target) == ("linux", "debian12", "x86_64_v3")
    said = {one.name: one.value for one in app.variants}
    assert said == {"build_system": "generic", "mpi": "false", "libs": "shared,static"}
    assert app.patches == ("ab" * 32,)
    assert app.root
    assert app.external is None
    assert app.compilers == ("c=gcc@12.2.0",)
    assert app.purl == (f"pkg:generic/app@2.0?spack_hash={hash_of('app')}&spack_namespace=builtin")


def test_edges_have_their_types_in_order() -> None:
    zlib, gcc = unit(read(WHOLE), "app").depends
    assert (zlib.name, zlib.types, zlib.virtuals) == ("zlib", ("build", "link"), ("zlib-api",))
    assert (gcc.hash, gcc.types) == (hash_of("gcc"), ("build",))


def test_flags_are_said_where_there_are_any() -> None:
    said = {one.name: one.value for one in unit(read(WHOLE), "zlib").variants}
    assert said == {"build_system": "generic", "shared": "true", "cflags": "-O2,-g"}


def test_what_the_lock_says_of_itself() -> None:
    found = read(WHOLE)
    assert (found.spack_version, found.spack_commit) == ("1.3.0.dev0", COMMIT)
    assert [(one.spec, one.hash) for one in found.roots] == [("app", hash_of("app"))]
    assert [one.name for one in found.units] == ["app", "gcc", "glibc", "zlib"]
    assert (found.requires.platform, found.requires.system) == ("linux", "debian12")
    assert found.requires.targets == ("x86_64_v3",)


def test_a_release_of_spack_has_no_commit() -> None:
    found = read(lock(LIBC, spack={"version": "1.1.0", "type": "release"}))
    assert isinstance(found.spack_commit, Unknown)


def test_a_packed_lock() -> None:
    assert read(gzip.compress(WHOLE)) == read(WHOLE)


def test_format_7_has_groups() -> None:
    data = json.loads(WHOLE)
    data["_meta"]["lockfile-version"] = 7
    data["roots"][0]["group"] = "default"
    assert read(json.dumps(data).encode()).roots == read(WHOLE).roots


def test_an_older_unit_has_its_compiler_in_an_annotation() -> None:
    old = {**LIBC, "annotations": {"original_specfile_version": 4, "compiler": "gcc@=11.2.0"}}
    assert read(lock(old)).units[0].compilers == ("gcc@11.2.0",)


def test_machines_of_several_kinds_are_no_machine() -> None:
    other = {**ZLIB, "arch": {"platform": "linux", "platform_os": "rhel9", "target": "zen4"}}
    found = read(lock(APP, GCC, LIBC, other))
    assert found.requires.system == "debian12,rhel9"
    assert found.requires.targets == ("x86_64_v3", "zen4")


def test_a_target_that_spack_describes() -> None:
    target = {"name": "sapphirerapids", "vendor": "GenuineIntel", "features": []}
    found = read(lock({**LIBC, "arch": {**LIBC["arch"], "target": target}}))
    assert found.units[0].target == "sapphirerapids"


def test_an_external_of_the_distribution() -> None:
    gcc = unit(read(WHOLE, Debian(gcc=("gcc-12", "12.2.0-14+deb12u1"))), "gcc")
    assert gcc.external
    assert isinstance(gcc.external.package, DistributionPackage)
    assert gcc.external.package.file == "/usr/bin/gcc"
    assert gcc.purl == "pkg:deb/debian/gcc-12@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12"
    assert isinstance(gcc.sources, Unknown)


def test_an_external_of_another_version_is_not_this_machines() -> None:
    gcc = unit(read(WHOLE, Debian(gcc=("gcc-13", "12.2.01-1"))), "gcc")
    assert gcc.external
    assert isinstance(gcc.external.package, Unknown)
    assert "the lock says 12.2.0" in gcc.external.package.unknown
    assert gcc.purl.startswith("pkg:generic/gcc@12.2.0")


def test_an_external_nobody_knows() -> None:
    gcc = unit(read(WHOLE), "gcc")
    assert gcc.external
    assert gcc.external.package == Unknown(unknown="another machine")


def test_an_external_from_a_module() -> None:
    found = read(lock(node("cray-mpich", external=external(None, module=["cray-mpich/8.1"]))))
    assert found.units[0].external
    assert found.units[0].external.modules == ("cray-mpich/8.1",)
    assert isinstance(found.units[0].external.package, Unknown)


def test_recipes_are_asked() -> None:
    found = read_lock(WHOLE, where="spack.lock", recipes=Recipes(), packages=NO_PACKAGES)
    app = unit(found, "app")
    assert app.license == "LicenseRef-app"
    assert not isinstance(app.sources, Unknown)
    assert app.sources[0].url == "https://e.org/app.tar.gz"
    assert isinstance(unit(found, "glibc").sources, Unknown)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("@2:", True),
        ("@:1", False),
        ("~mpi libs=shared", True),
        ("+mpi", False),
        ("%gcc@12", True),
        ("%c=gcc", True),
        ("%gcc@13:", False),
        ("^zlib@1.3+shared", True),
        ("^zlib~shared", False),
        ("^glibc", True),
        ("^zlib-api", True),
        ("target=x86_64_v3:", True),
    ],
)
def test_conditions(condition: str, *, met: bool) -> None:
    seen = []

    class Asking(NoRecipes):
        def license_of(self, unit: Concrete) -> str | Unknown:
            if unit.node.name == "app":
                seen.append(unit.satisfies(condition))
            return super().license_of(unit)

    read_lock(WHOLE, where="spack.lock", recipes=Asking("no"), packages=NO_PACKAGES)
    assert seen == [met]


def test_a_deep_lock_is_matched_in_time() -> None:
    """Each of many units depends on the two below it: as a tree there are millions of them."""
    names = [f"p{'x' * number}" for number in range(1, 28)]
    nodes = [
        node(name, on=tuple(on(one, "link") for one in names[number + 1 : number + 3]))
        for number, name in enumerate(names)
    ]
    seen = []

    class Asking(NoRecipes):
        def license_of(self, unit: Concrete) -> str | Unknown:
            seen.append(unit.satisfies("^nothing"))
            return super().license_of(unit)

    read_lock(lock(*nodes), where="spack.lock", recipes=Asking("no"), packages=NO_PACKAGES)
    assert seen == [False] * len(names)
