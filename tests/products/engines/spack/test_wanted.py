"""Products of a stack against the lock: all that is missing or otherwise, at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.locks import external, hash_of, lock, node

from peso.errors import BadInput
from peso.products.engines.spack.document import read_document
from peso.products.engines.spack.wanted import check_wanted
from peso.products.stack import Product, SpackPart, Stack

DOCUMENT = read_document(
    lock(
        node("hypre", "2.26.0", parameters={"mpi": True}),
        node("hdf5", "1.10.8", key="hdf5-old"),
        node("hdf5", "1.14.3", key="hdf5-new"),
        node("openmpi", "4.1.4", external=external()),
        roots=("hypre",),
    ).replace(
        b'"roots": [', b'"roots": [{"hash": "%s", "spec": "mpi"}, ' % hash_of("openmpi").encode()
    ),
    where="the test's lock",
)


def stack(*products: tuple[str, str]) -> Stack:
    part = SpackPart(engine="spack", environment="spack.yaml")
    listed = tuple(Product(name=name, part="native", require=said) for name, said in products)
    made = Stack(
        schema_="peso.stack/1",
        name="mine",
        version="1",
        title="Mine",
        parts={"native": part},
        products=(*listed, Product(name="numpy", part="python")),
    )
    return made.found_at(Path("/stacks/mine/stack.yaml"))


def faults(*products: tuple[str, str]) -> list[str]:
    with pytest.raises(BadInput) as caught:
        check_wanted(stack(*products), "native", DOCUMENT, environment="spack.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_what_is_there_as_it_is_required() -> None:
    asked = (("hypre", "@2.26: +mpi"), ("hdf5", "@1.14:"), ("openmpi", ""), ("mpi", ""))

    check_wanted(stack(*asked), "native", DOCUMENT, environment="spack.yaml")


def test_everything_that_is_not_is_said_at_once() -> None:
    said = faults(("hypre", "@2.30:"), ("hypr", ""), ("hdf5", "+nosuch"), ("openmpi", "@@"))

    assert len(said) == 4
    assert "the lock has hypre@2.26.0/" in said[0]
    assert "@2.30:" in said[0]
    assert "did you mean 'hypre'?" in said[1]
    assert "hdf5@1.10.8" in said[2]
    assert "hdf5@1.14.3" in said[2]
    assert "`require`" in said[3]
