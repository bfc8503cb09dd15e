"""What kept libraries write is read for what it says; PESO's own documents among it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from tests.services.assurance.releases import Piece, release_of
from tests.services.assurance.test_native_items import LOCK, listed

from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.foreign.record import ForeignInventory

VERSIONS = (SchemaVersion.V1_4, SchemaVersion.V1_5, SchemaVersion.V1_6, SchemaVersion.V1_7)


def made() -> Bom:
    bom = Bom()
    several = [
        Component(
            name=name,
            version="1.0",
            type=ComponentType.LIBRARY,
            bom_ref=name,
            purl=PackageURL("pypi", None, name, "1.0"),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content="ab" * 32)],
            licenses=[DisjunctiveLicense(id="MIT")],
        )
        for name in ("heron", "stork")
    ]
    bom.metadata.component = Component(name="top", version="7", bom_ref="top")
    for one in several:
        bom.components.add(one)
    bom.register_dependency(bom.metadata.component, [several[0]])
    bom.register_dependency(several[0], [several[1]])
    return bom


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", [OutputFormat.JSON, OutputFormat.XML])
def test_what_the_cyclonedx_library_writes(version: SchemaVersion, form: OutputFormat) -> None:
    text = make_outputter(made(), form, version).output_as_string()
    seen = read_sbom(text.encode(), where="a")
    assert (seen.version, seen.about, seen.roots) == (version.to_version(), "top@7", ("heron",))
    assert (seen.findings, seen.unsure) == ((), ())
    found = {one.name: one for one in seen.components}
    assert set(found) == {"heron", "stork"}
    heron = found["heron"]
    assert (heron.purls, heron.license, heron.version) == (
        ("pkg:pypi/heron@1.0",),
        "MIT",
        "1.0",
    )
    assert [(one.algorithm, one.value) for one in heron.hashes] == [("SHA-256", "ab" * 32)]
    assert [one.ref for one in heron.depends] == ["stork"]


def document(artifact: Artifact, blobs: Blobs) -> ForeignInventory:
    return read_sbom(Path(blobs.path(artifact.sha256)).read_bytes(), where=artifact.path)


def test_pesos_own_documents_say_the_same_in_both_forms(blobs: Blobs) -> None:
    pieces = (
        Piece("a", root=True, depends=("b",)),
        Piece("b", license="BSD-3-Clause"),
        Piece("c", root=True, sdist=True),
    )
    written = release_of(blobs, *pieces).inventory()
    both = [document(one, blobs) for one in (written.cyclonedx, written.spdx)]
    for seen in both:
        assert (seen.findings, seen.unsure) == ((), ())
        # The file that a wheel was built from is a package of its own in SPDX.
        found = {one.name: one for one in seen.components if not one.ref.endswith("#source")}
        assert {"a", "b", "c"} <= set(found)
        assert found["b"].license == "BSD-3-Clause"
        needed = {need.ref for need in found["a"].depends}
        assert needed == {found["b"].ref}


def test_pesos_own_documents_of_native_units_say_the_same_in_both_forms(blobs: Blobs) -> None:
    written = listed(blobs, LOCK)
    bom, spdx = (document(one, blobs) for one in (written.cyclonedx, written.spdx))
    assert (bom.findings, bom.unsure, spdx.unsure) == ((), (), ())
    for one in written.components:
        [in_bom] = [two for two in bom.components if two.purls[0] == one.purl]
        assert (in_bom.state, in_bom.name, in_bom.version) == (one.state, one.name, one.version)
        assert in_bom.purls[1:] == one.also
        [in_spdx] = [two for two in spdx.components if two.purls[:1] == (one.purl,)]
        used = {"shipped", "supplied"}
        assert (in_spdx.state in used) == (one.state in used)
        assert {need.ref for need in in_spdx.depends} == {
            other.ref
            for other in spdx.components
            for need in in_bom.depends
            for two in bom.components
            if two.ref == need.ref and other.purls[:1] == two.purls[:1]
        }
