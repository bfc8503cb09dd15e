from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.native_locks import OPENMPI, Piece, lock_of

from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.products.engines.port import Artifact, Lock, Requires, Unit
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.scanning.thing import (
    of_inventory,
    of_lock,
    of_pylock,
    of_python,
    together,
)

NONE = Identity([])
FILE = Artifact(role="lock", path="x", media_type="x", length=1, sha256="0" * 64)
PYLOCK = """\
lock-version = "1.0"
created-by = "made"

[[packages]]
name = "heron"
version = "1.0"
sdist = {name = "heron-1.0.tar.gz", url = "https://example.org/h", hashes = {sha256 = "00"}}

[[packages]]
name = "stork"
version = "2.0"
vcs = {type = "git", url = "https://example.org/stork", commit-id = "c0ffee"}

[[packages]]
name = "egret"
directory = {path = "egret"}
"""


def native(*pieces: Piece) -> tuple[str, ...]:
    thing = of_lock(lock_of(*pieces), NONE, form="", about="", sha256="")
    return tuple(sorted(purl.partition("?")[0] for purl in thing.aside))


def test_what_only_builds_is_aside_unless_something_else_uses_it() -> None:
    pieces = (
        Piece("a", "app", root=True, needs={"b": "build", "z": "link"}),
        Piece("b", "cmake", needs={"z": "link", "c": "link"}),
        Piece("z", "zlib"),
        Piece("c", "curl"),
    )
    assert native(*pieces) == ("pkg:generic/cmake@1.0", "pkg:generic/curl@1.0")


def test_an_external_of_nobody_has_no_name_to_ask_for() -> None:
    nobody = OPENMPI.model_copy(update={"package": Unknown(unknown="no file")})
    lock = lock_of(Piece("a", "openmpi", root=True, external=nobody))
    [subject] = of_lock(lock, NONE, form="", about="", sha256="").subjects
    assert (subject.asked, bool(subject.unasked)) == ((), True)


def test_a_pylock_of_any_source_is_listed_whole() -> None:
    thing = of_pylock(PYLOCK.encode(), where="pylock.toml")
    assert thing.components == 3
    heron, stork, egret = thing.subjects
    assert [str(one.key) for one in heron.asked] == ["PyPI heron"]
    assert (stork.asked, stork.unasked) == (
        (),
        "it is from a repository or a folder, and not from an index",
    )
    assert (egret.asked, egret.unasked) == ((), "the lock names no version of it")


def test_an_empty_pylock_was_not_read_as_something() -> None:
    empty = b'lock-version = "1.0"\ncreated-by = "made"\npackages = []\n'
    assert of_pylock(empty, where="pylock.toml").unsure == ("it locks no package",)


def test_what_is_no_pylock_is_refused() -> None:
    with pytest.raises(BadInput, match=r"not a valid pylock\.toml"):
        of_pylock(b"packages = 7", where="pylock.toml")


def component(name: str, **more: object) -> Component:
    said = {
        "name": name,
        "version": "1",
        "purl": f"pkg:pypi/{name}@1",
        "part": "python",
        "license": "MIT",
        "sha256": "",
        "path": "",
        "depends": (),
        **more,
    }
    return Component.model_validate(said)


def test_a_releases_inventory() -> None:
    seen = Inventory(
        made=datetime(2026, 11, 23, tzinfo=UTC),
        components=(
            component("app", depends=("pkg:pypi/lib@1", "pkg:pypi/ghost@1")),
            component("lib"),
            component("tool", state="building"),
            component("lost", state="missing"),
        ),
        cyclonedx=FILE,
        spdx=FILE,
        findings=(),
    )
    thing = of_inventory(seen, NONE, about="testing/x-1", unsure=("not proven",))
    assert (thing.components, thing.missing, thing.unsure) == (4, 1, ("not proven",))
    assert {one.purl for one in thing.subjects} == {
        "pkg:pypi/app@1",
        "pkg:pypi/lib@1",
        "pkg:pypi/tool@1",
    }
    assert thing.aside == {"pkg:pypi/tool@1"}
    assert thing.units[0].depends[0].ref == thing.units[1].ref


def unit(name: str, *, root: bool = False) -> Unit:
    return Unit(
        name=name,
        version="1",
        purl=f"pkg:pypi/{name}@1",
        filename="",
        sha256="",
        length=1,
        url="",
        root=root,
    )


def test_the_parts_of_a_stack_are_one_thing() -> None:
    requires = Requires(python="==3.11.*", implementation="cpython", platforms=())
    lock = Lock(
        part="python",
        requires=requires,
        units=(unit("app", root=True), unit("lib")),
        build_units=(unit("setuptools"), unit("lib")),
        document=FILE,
        tool="uv 1",
    )
    python = of_python([lock], about="python", sha256="")
    assert python.aside == {"pkg:pypi/setuptools@1"}
    native_ = of_lock(lock_of(Piece("a", "hypre", root=True)), NONE, form="", about="", sha256="")
    both = together([python, native_], form="a stack", about="mixed 1", sha256="0")
    assert both.components == 5
    assert len(both.subjects) == 4
    assert len(both.roots) == 2
    assert both.aside == {"pkg:pypi/setuptools@1"}
