"""Licenses and sources of units, from a small repository of recipes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.products.engines.spack.locks import external, lock, node, on
from tests.products.recipes.repositories import HEAD, write_repository

from peso.base.finding import Unknown
from peso.products.engines.native import SourceFile
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.recipe_facts import CatalogFacts
from peso.products.recipes.catalog import Catalog

A, B, C, D, E = ("a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64)
COMMIT = "1" * 40
RECIPES = {
    "thing": f"""{HEAD}
class Thing(Package):
    url = "https://x.test/thing-1.0.tar.gz"
    git = "https://x.test/thing.git"
    license("MIT", when="@:1")
    license("Apache-2.0 OR MIT", when="@2:")
    license("BSD-3-Clause", when="+extra")
    variant("extra", default=False)
    version("main", branch="main")
    version("3.0", tag="v3", commit="{COMMIT}")
    version("2.0", sha256="{A}")
    version("1.5", md5="{"5" * 32}")
    version("1.0", sha256="{B}", url="https://x.test/run.sh", expand=False)
    version("0.9", sha256="{B}", extension="tar.xz")
    version("0.1", svn="https://x.test/svn")
    resource(name="data", url="https://x.test/data.zip", sha256="{C}", when="+extra")
    resource(name="more", git="https://x.test/more.git", commit="{COMMIT}", when="@3:")
    patch("https://x.test/fix.patch", sha256="{D}", when="@2:")
    patch("https://x.test/big.patch.gz", sha256="{"7" * 64}", archive_sha256="{E}")
    patch("beside.patch", when="@2:")
""",
    "user": f"""{HEAD}
class User(Package):
    version("1", sha256="{A}")
    depends_on("thing", patches=patch("https://x.test/user.patch", sha256="{E}"))
""",
    "bundle": f"{HEAD}class Bundle(BundlePackage):\n    version('1')\n    has_code = False\n",
    "silent": f"{HEAD}class Silent(Package):\n    version('1', sha256='{A}')\n",
    "open": f"{HEAD}class Open(Package):\n    license('UNKNOWN')\n    version('1', sha256='{A}')\n",
    "odd": f"""{HEAD}
class Odd(Package):
    version("1", sha256="{A}")
    for one in unheard_of():
        resource(name=one, url=one, sha256=one)
        license(one)
        version(one)
""",
    "broken": "class Broken(",
}


@pytest.fixture
def facts(tmp_path: Path) -> CatalogFacts:
    root = write_repository(tmp_path, RECIPES)
    return CatalogFacts(Catalog.open(root, cache=tmp_path / "cache", workers=1))


def ask(
    facts: CatalogFacts, *nodes: dict[str, Any]
) -> tuple[str | Unknown, tuple[SourceFile, ...] | Unknown]:
    """Return license and sources of the first unit."""
    data = lock(*({"namespace": "small", **one} for one in map(_small, nodes)))
    found = read_lock(data, where="spack.lock", recipes=facts, packages=NoDistribution("no"))
    return found.units[0].license, found.units[0].sources


def _small(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "namespace": "small"}


def main(facts: CatalogFacts, version: str, **said: Any) -> SourceFile:  # noqa: ANN401
    _, sources = ask(facts, node("thing", version, **said))
    assert not isinstance(sources, Unknown), sources
    return sources[0]


def why(found: object) -> str:
    assert isinstance(found, Unknown), found
    return found.unknown


@pytest.mark.parametrize(
    ("version", "extra", "expression"),
    [
        ("1.0", False, "MIT"),
        ("2.0", False, "Apache-2.0 OR MIT"),
        ("2.0", True, "(Apache-2.0 OR MIT) AND BSD-3-Clause"),
    ],
)
def test_license(facts: CatalogFacts, version: str, *, extra: bool, expression: str) -> None:
    assert ask(facts, node("thing", version, parameters={"extra": extra}))[0] == expression


def test_licenses_that_are_not_known(facts: CatalogFacts) -> None:
    assert why(ask(facts, node("silent", "1"))[0]) == "the recipe names no license"
    assert why(ask(facts, node("open", "1"))[0]).startswith("no license of the recipe is for")
    assert "line" in why(ask(facts, node("odd", "1"))[0])
    assert "cannot be read" in why(ask(facts, node("broken", "1"))[0])
    assert "no recipe small.nobody" in why(ask(facts, node("nobody", "1"))[0])


def test_an_archive(facts: CatalogFacts) -> None:
    assert main(facts, "2.0") == SourceFile(
        kind="archive", url="https://x.test/thing-2.0.tar.gz", sha256=A, ending="tar.gz"
    )


def test_other_archives(facts: CatalogFacts) -> None:
    script = main(facts, "1.0")
    assert (script.url, script.ending) == ("https://x.test/run.sh", "")
    weak = main(facts, "1.5")
    assert (weak.sha256, weak.other) == ("", f"md5:{'5' * 32}")
    assert main(facts, "0.9").ending == "tar.xz"


@pytest.mark.parametrize(
    ("version", "parameters", "other"),
    [
        ("3.0", {}, f"commit:{COMMIT}"),
        ("main", {}, "branch:main"),
        ("main", {"commit": "2" * 40}, f"commit:{'2' * 40}"),
        ("git.topic=2.0", {}, "ref:topic"),
        (f"git.{COMMIT}=2.0", {}, f"commit:{COMMIT}"),
    ],
)
def test_git(facts: CatalogFacts, version: str, parameters: dict[str, Any], other: str) -> None:
    found = main(facts, version, parameters=parameters)
    assert (found.kind, found.url, found.other) == ("git", "https://x.test/thing.git", other)


def test_resources_have_conditions(facts: CatalogFacts) -> None:
    _, sources = ask(facts, node("thing", "2.0", parameters={"extra": True}))
    assert not isinstance(sources, Unknown)
    assert sources[1] == SourceFile(
        kind="resource", url="https://x.test/data.zip", sha256=C, ending="zip"
    )
    _, sources = ask(facts, node("thing", "3.0"))
    assert not isinstance(sources, Unknown)
    assert (sources[1].url, sources[1].other) == ("https://x.test/more.git", f"commit:{COMMIT}")


def test_patches(facts: CatalogFacts) -> None:
    thing = node("thing", "2.0", patches=[D, "7" * 64, "9" * 64, E])
    user = node("user", "1", on=(on("thing", "link"),))
    _, sources = ask(facts, thing, user)
    assert not isinstance(sources, Unknown)
    fix, big, beside, theirs = sources[1:]
    assert fix == SourceFile(kind="patch", url="https://x.test/fix.patch", sha256=D)
    assert (big.sha256, big.other, big.ending) == (E, f"unpacked-sha256:{'7' * 64}", "gz")
    assert beside == SourceFile(kind="patch", url="", sha256="9" * 64)
    assert theirs.url == "https://x.test/user.patch"


def test_no_source(facts: CatalogFacts) -> None:
    assert ask(facts, node("bundle", "1"))[1] == ()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (node("thing", "7.0"), "no version 7.0: was the lock made with other recipes?"),
        (node("thing", "0.1"), "fetched with svn"),
        (node("thing", "2.0", parameters={"dev_path": "/src"}), "from the folder /src"),
        (node("silent", "git.x=1"), "names no repository"),
        (node("odd", "2"), "no version 2 that can be read"),
        (node("odd", "1"), "its resources"),
        (node("thing", "2.0", external=external()), "an external"),
    ],
)
def test_sources_that_are_not_known(facts: CatalogFacts, made: dict[str, Any], reason: str) -> None:
    assert reason in why(ask(facts, made)[1])
