"""The true dependency graph."""

from __future__ import annotations

from packaging.requirements import Requirement

from peso.products.engines.pypi.graph import depends
from peso.products.engines.pypi.metadata import WheelMetadata

MARKERS = {"python_version": "3.11", "sys_platform": "linux"}


def wheels(**needs: list[str]) -> dict[str, WheelMetadata]:
    return {
        name: WheelMetadata(
            name=name,
            version="1",
            needs=tuple(Requirement(need) for need in told),
            license="MIT",
        )
        for name, told in needs.items()
    }


def test_markers_choose_the_edges() -> None:
    told = wheels(a=["b; sys_platform == 'linux'", "c; sys_platform == 'win32'"], b=[], c=[])
    assert depends(told, {"a": ()}, MARKERS) == ({"a": ("b",), "b": (), "c": ()}, ())


def test_extras_are_carried_along_the_edges() -> None:
    told = wheels(a=["b[x]", "d; extra == 'y'"], b=["c; extra == 'x'"], c=[], d=[])
    assert depends(told, {"a": ()}, MARKERS)[0] == {"a": ("b",), "b": ("c",), "c": (), "d": ()}
    assert depends(told, {"a": ("y",)}, MARKERS)[0]["a"] == ("b", "d")


def test_an_extra_of_its_own_and_a_circle() -> None:
    told = wheels(a=["a[x]; extra == 'all'", "b; extra == 'x'"], b=["A"])
    assert depends(told, {"a": ("all",)}, MARKERS) == ({"a": ("b",), "b": ("a",)}, ())


def test_what_is_needed_and_not_there_is_told() -> None:
    assert depends(wheels(a=["b"]), {"a": ()}, MARKERS) == ({"a": ()}, ("b",))
