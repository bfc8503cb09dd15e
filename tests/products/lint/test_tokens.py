"""Where the parts of a spec's text stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.products.lint.tokens import node_texts


def test_a_spec_is_cut_into_its_nodes() -> None:
    text = "hdf5@1.14 +mpi api=v114 ^zlib@1.3~shared %gcc@13"

    nodes = node_texts(text)

    assert [(one.sigil, one.text) for one in nodes] == [
        ("", "hdf5@1.14 +mpi api=v114"),
        ("^", "zlib@1.3~shared"),
        ("%", "gcc@13"),
    ]
    assert [text[one.start : one.end] for one in nodes] == [
        "hdf5@1.14 +mpi api=v114",
        "^zlib@1.3~shared",
        "%gcc@13",
    ]


@pytest.mark.parametrize(
    ("text", "kind", "name", "part"),
    [
        ("hdf5 +mpi", "variant", "mpi", "+mpi"),
        ("hdf5+mpi", "variant", "mpi", "+mpi"),
        ("hdf5 -mpi", "variant", "mpi", "-mpi"),
        ("hdf5 ++mpi", "variant", "mpi", "++mpi"),
        ("py-numpy ~blas", "variant", "blas", "~blas"),
        ("py-numpy ~blas", "name", "", "py-numpy"),
        ("hdf5 api:=v114", "variant", "api", "api:=v114"),
        ("hdf5 cflags='-O3 -g' +mpi", "variant", "cflags", "cflags='-O3 -g'"),
        ("hdf5 fabrics=a,b", "variant", "fabrics", "fabrics=a,b"),
        ("hdf5@1.10:1.12,1.14", "version", "", "@1.10:1.12,1.14"),
        ("hdf5@=1.14.3", "version", "", "@=1.14.3"),
        ("hdf5@git.main=1.14 +mpi", "version", "", "@git.main=1.14"),
        ("builtin.hdf5@1", "name", "", "builtin.hdf5"),
        ("/abc123", "hash", "", "/abc123"),
        ("hdf5", "version", "", "hdf5"),
    ],
)
def test_a_part_is_found(text: str, kind: str, name: str, part: str) -> None:
    bit = node_texts(text)[0].bit(kind, name)

    assert text[bit.start : bit.end] == part


def test_the_name_of_a_dependency_is_not_its_virtual() -> None:
    node = node_texts("hdf5 %c,cxx=gcc@13")[1]

    assert (node.name, node.virtuals, node.text) == ("gcc", ("c", "cxx"), "gcc@13")


def test_a_condition_makes_a_dependency_conditional() -> None:
    nodes = node_texts("hdf5 ^[when='+mpi' virtuals=mpi] mpich@5")

    assert nodes[1].conditional
    assert nodes[1].text == "mpich@5"


@given(st.text(alphabet="ab1@+~-=^% ,.:/[]'\"\n", max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for node in node_texts(text):
        assert 0 <= node.start <= node.end <= len(text)
        for bit in node.bits:
            assert 0 <= bit.start < bit.end <= len(text)
