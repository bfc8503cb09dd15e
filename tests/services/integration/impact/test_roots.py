"""Which roots of a stack are touched: its providers, externals, conditions and versions count."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.integration.impact.house import Fake

from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader
from peso.services.integration.impact.answer import Definition, impact_of
from peso.services.integration.impact.graph import build_graph
from peso.services.integration.impact.record import Kind, StackTouched

FAKE = Fake()
GRAPH = build_graph(FAKE)
FACTS = Facts(platform="linux", os="ubuntu24.04", target="x86_64")


def _touched(tmp_path: Path, asked: str, text: str) -> StackTouched:
    file = tmp_path / "spack.yaml"
    file.write_text(text)
    one = Definition(name="s", file=str(file), environment=Reader(FACTS).read(file))
    return impact_of(asked, GRAPH, FAKE, stacks=(one,)).stacks[0]


def _stack(*specs: str, packages: str = "") -> str:
    lines = "".join(f"  - {one}\n" for one in specs)
    return f"spack:\n  specs:\n{lines}{packages}"


def test_the_roots_and_how_the_change_arrives(tmp_path: Path) -> None:
    touched = _touched(tmp_path, "cmake", _stack("app", "hdf5", "cmake"))

    assert touched.roots == 3
    assert [(one.spec, one.kind, one.always) for one in touched.touched] == [
        ("app", Kind.BUILD, True),
        ("cmake", Kind.LINK, True),
    ]
    assert touched.touched[0].where.endswith("spack.yaml:3:5")
    assert touched.touched[1].chain == ()


def test_what_a_root_rules_out_does_not_count(tmp_path: Path) -> None:
    touched = _touched(tmp_path, "mpich", _stack("hdf5~mpi", "hdf5+mpi ^mpich", "hdf5"))

    assert [(one.spec, one.always) for one in touched.touched] == [
        ("hdf5+mpi ^mpich", True),
        ("hdf5", False),
    ]


PROVIDERS = "  packages:\n    all:\n      providers:\n        mpi: [openmpi]\n"
REQUIRED = "  packages:\n    mpi:\n      require: openmpi\n"


@pytest.mark.parametrize("packages", [PROVIDERS, REQUIRED])
def test_the_provider_a_stack_chooses_is_the_one(tmp_path: Path, packages: str) -> None:
    touched = _touched(tmp_path, "openmpi", _stack("hdf5+mpi", packages=packages))
    assert [one.always for one in touched.touched] == [True]

    other = _touched(tmp_path, "mpich", _stack("hdf5+mpi", packages=packages))
    assert other.touched == ()


def test_a_root_may_name_another_provider_than_its_stack_prefers(tmp_path: Path) -> None:
    touched = _touched(tmp_path, "mpich", _stack("hdf5+mpi ^mpich", "hdf5+mpi", packages=PROVIDERS))

    assert "hdf5+mpi ^mpich" in [one.spec for one in touched.touched]


EXTERNAL = (
    "  packages:\n    {0}:\n      buildable: false\n"
    "      externals:\n      - {{spec: '{0}@1', prefix: /usr}}\n"
)


def test_no_change_arrives_through_an_external(tmp_path: Path) -> None:
    text = _stack("app", "hdf5", packages=EXTERNAL.format("cmake"))

    touched = _touched(tmp_path, "zlib", text)

    assert [one.kind for one in touched.touched] == [Kind.LINK, Kind.LINK]
    assert _touched(tmp_path, "cmake", text).touched == ()
    assert "external" in _touched(tmp_path, "cmake", text).note


def test_an_external_that_may_be_built_is_built(tmp_path: Path) -> None:
    text = _stack("app", packages=EXTERNAL.format("cmake").replace("buildable: false", "a: 1"))

    assert _touched(tmp_path, "cmake", text).touched


def test_a_root_or_stack_with_another_version_is_not_touched(tmp_path: Path) -> None:
    pinned = _touched(tmp_path, "zlib@1.3.1", _stack("cmake ^zlib@1.2.13", "zlib@1.2", "cmake"))
    assert [one.spec for one in pinned.touched] == ["cmake"]

    rule = "  packages:\n    zlib:\n      require: '@1.2.13'\n"
    required = _touched(tmp_path, "zlib@1.3.1", _stack("cmake", packages=rule))
    assert required.touched == ()
    assert "@1.2.13" in required.note


def test_a_root_without_recipe_is_not_touched(tmp_path: Path) -> None:
    assert _touched(tmp_path, "zlib", _stack("nobody")).touched == ()
