from __future__ import annotations

import json

from tests.products.engines.spack.locks import external, hash_of, lock, node, on

from peso.base.finding import Unknown
from peso.products.engines.spack.buildcache.spec_blob import read_spec
from peso.products.engines.spack.buildcache.units import as_unit
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock

NODES = (
    node(
        "hypre",
        "2.26.0",
        parameters={"mpi": True, "patches": ["ab" * 32], "cflags": ["-O3"]},
        patches=["ab" * 32],
        on=(
            on("mpich", "link", "build", virtuals=("mpi",)),
            on("gcc", "build", virtuals=("c",)),
        ),
    ),
    node("mpich", "5.0.1", external=external("/opt/mpich", module=["mpich/5"])),
    node("gcc", "12.2.0", external=external()),
)


def test_a_spec_of_a_cache_is_the_unit_that_a_lock_says() -> None:
    blob = json.dumps({"spec": {"_meta": {"version": 5}, "nodes": NODES}}).encode()
    spec = read_spec(blob, "cache")
    units = {one.hash: as_unit(one) for one in (spec, *spec.below)}
    read = read_lock(
        lock(*NODES), where="lock", recipes=NoRecipes("x"), packages=NoDistribution("x")
    )

    left_out = {"license", "sources", "purl", "root", "external"}
    for one in read.units:
        of_cache = units[one.hash]
        assert of_cache.model_dump(exclude=left_out) == one.model_dump(exclude=left_out)
        assert isinstance(of_cache.license, Unknown)
    mpich = units[hash_of("mpich")].external
    assert mpich is not None
    assert (mpich.prefix, mpich.modules) == ("/opt/mpich", ("mpich/5",))
