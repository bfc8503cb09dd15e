"""E4S's own lock: 906 units in one inventory; what it holds more than once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest
from tests.native_locks import artifact, build_of
from tests.services.assurance.test_native_items import listed

from peso.base.ledger import Blobs
from peso.products.engines.native import NativeLock
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock
from peso.services.integration.interoperability import interoperability
from peso.services.integration.unit_reasons import explain

LIMIT = 1 << 24


@pytest.fixture
def e4s(shared_data: Path) -> NativeLock:
    """Return E4S's lock, read without recipes."""
    path = shared_data / "e4s" / "locks" / "x86_64-gnu-cpu-2026-08.spack.lock.gz"
    read = read_lock(
        path.read_bytes(),
        where=path.name,
        recipes=NoRecipes("none at hand"),
        packages=NoDistribution("of another machine"),
    )
    return NativeLock(
        part="native",
        requires=read.requires,
        units=read.units,
        roots=read.roots,
        checkouts=(),
        document=artifact("spack.lock"),
        environment=(artifact("spack.yaml"),),
        settings=artifact("settings.yaml"),
        tool="spack 1.3.0.dev0",
    )


@pytest.mark.shared_data
def test_e4s_is_inventoried_in_two_valid_documents(
    e4s: NativeLock, blobs: Blobs, shared_data: Path
) -> None:
    made = listed(blobs, e4s, builds=(build_of(e4s),))  # writing proves both documents

    states = Counter(one.state for one in made.components if one.part == "native")
    assert states == {"shipped": 747, "supplied": 9, "building": 150}
    assert len(made.findings) <= 6
    schema = json.loads((shared_data / "schemas" / "spdx-2.3.schema.json").read_text("utf-8"))
    document = json.loads(blobs.read(made.spdx.sha256, limit=LIMIT))
    assert jsonschema_rs.Draft7Validator(schema).is_valid(document)
    bom = json.loads(blobs.read(made.cyclonedx.sha256, limit=LIMIT))
    refs = [one["bom-ref"] for one in bom["components"]]
    assert len(set(refs)) == len(refs) == 907
    assert "/opt/mpi" not in json.dumps([bom, document])


@pytest.mark.shared_data
def test_what_e4s_holds_more_than_once(e4s: NativeLock) -> None:
    seen = interoperability(e4s)
    counts = {one.name: len(one.units) for one in seen.repeated}

    assert (counts["boost"], counts["hdf5"], counts["kokkos"]) == (12, 6, 5)
    assert seen.clashes == ()
    assert seen.pairs.apart > seen.pairs.linked_apart > 0
    for one in seen.repeated:
        said = [each.kind for cause in one.causes for each in cause.differences]
        assert one.differences or one.causes
        assert "not-known" not in said


@pytest.mark.shared_data
def test_every_name_of_e4s_can_be_explained(e4s: NativeLock) -> None:
    found = explain("boost", (("native", e4s),), where="e4s")

    assert len(found.units) == 12
    assert all(one.ways for one in found.units)
