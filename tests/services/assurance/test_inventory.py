from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator
from spdx_tools.spdx.model import RelationshipType
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from tests.services.assurance.releases import NOW, Piece, Release, release_of

from peso.base.digest import sha256_bytes
from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact

RUNTIME = "GPL-3.0-or-later WITH GCC-exception-3.1"
WHY = "the metadata states no license"


@pytest.fixture
def release(blobs: Blobs) -> Release:
    return release_of(
        blobs,
        Piece("a", root=True, depends=("b", "c-lib"), license="MIT AND LicenseRef-Own"),
        Piece("b", depends=("c_lib",), sdist=True, license=RUNTIME),
        Piece("c-lib", version="2.0+cpu", license=Unknown(unknown=WHY)),
    )


def read(artifact: Artifact, blobs: Blobs) -> Any:  # noqa: ANN401 - JSON
    return json.loads(blobs.read(artifact.sha256, limit=1 << 20))


def test_the_cyclonedx_document_is_valid_and_says_it_all(release: Release) -> None:
    made = release.inventory()
    text = release.blobs.read(made.cyclonedx.sha256, limit=1 << 20).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = json.loads(text)
    assert bom["specVersion"] == "1.6"
    root = bom["metadata"]["component"]
    assert (root["name"], root["version"]) == ("tiny", "1")
    assert bom["metadata"]["timestamp"] == "2026-11-23T12:00:00+00:00"
    tools = {tool["name"]: tool["version"] for tool in bom["metadata"]["tools"]["components"]}
    assert tools["uv"] == "0.9.1"
    assert {"peso", "cyclonedx-python-lib", "spdx-tools"} < tools.keys()
    components = {one["name"]: one for one in bom["components"]}
    assert components["a"]["purl"] == "pkg:pypi/a@1.0"
    assert components["a"]["licenses"] == [{"expression": "MIT AND LicenseRef-Own"}]
    wheel = sha256_bytes(b"a-1.0-py3-none-any.whl")
    assert components["a"]["hashes"] == [{"alg": "SHA-256", "content": wheel}]
    assert "licenses" not in components["c-lib"]
    said = {one["name"]: one["value"] for one in components["c-lib"]["properties"]}
    assert said["peso:license:unknown"] == WHY


def test_the_graph_is_the_true_one_in_both_documents(release: Release) -> None:
    made = release.inventory()
    bom = read(made.cyclonedx, release.blobs)
    edges = {one["ref"]: sorted(one.get("dependsOn", [])) for one in bom["dependencies"]}
    a, b, c = "pkg:pypi/a@1.0", "pkg:pypi/b@1.0", "pkg:pypi/c-lib@2.0+cpu"
    assert edges[bom["metadata"]["component"]["bom-ref"]] == [a]
    assert {ref: edges[ref] for ref in (a, b, c)} == {a: [b, c], b: [c], c: []}
    document = read(made.spdx, release.blobs)
    names = {one["SPDXID"]: one["name"] for one in document["packages"]}
    assert len(names) == len(document["packages"])
    needs = {
        (names[one["spdxElementId"]], names[one["relatedSpdxElement"]])
        for one in document["relationships"]
        if one["relationshipType"] == "DEPENDS_ON"
    }
    assert needs == {("tiny", "a"), ("a", "b"), ("a", "c-lib"), ("b", "c-lib")}
    assert [one.depends for one in made.components] == [(b, c), (c,), ()]


def test_the_spdx_document_is_valid(release: Release, tmp_path: Path) -> None:
    made = release.inventory()
    path = tmp_path / "bom.spdx.json"
    release.blobs.lay(made.spdx.sha256, path)
    document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    kinds = {one.relationship_type for one in document.relationships}
    assert {RelationshipType.DESCRIBES, RelationshipType.CONTAINS} < kinds
    plain = read(made.spdx, release.blobs)
    packages = {one.get("packageFileName"): one for one in plain["packages"]}
    own = packages["wheels/c-lib-2.0+cpu-py3-none-any.whl"]
    assert (own["licenseDeclared"], own["licenseComments"]) == ("NOASSERTION", WHY)
    assert own["externalRefs"][0]["referenceLocator"] == "pkg:pypi/c-lib@2.0+cpu"
    assert plain["hasExtractedLicensingInfos"][0]["licenseId"] == "LicenseRef-Own"


@pytest.mark.shared_data
def test_the_spdx_document_meets_the_schema(release: Release, shared_data: Path) -> None:
    schema = json.loads((shared_data / "schemas" / "spdx-2.3.schema.json").read_text("utf-8"))
    document = read(release.inventory().spdx, release.blobs)
    assert [error.message for error in Draft7Validator(schema).iter_errors(document)] == []


@pytest.mark.parametrize("stated", ["Made-Up-9.9", "MIT AND Made-Up-9.9", "the usual (", ""])
def test_a_license_that_spdx_does_not_list_is_said_and_not_asserted(
    blobs: Blobs, stated: str
) -> None:
    made = release_of(blobs, Piece("a", root=True, license=stated)).inventory()
    [_, package] = read(made.spdx, blobs)["packages"]
    assert package["licenseDeclared"] == "NOASSERTION"
    assert repr(stated) in package["licenseComments"]


def test_a_wheel_built_here_has_both_digests(release: Release) -> None:
    made = release.inventory()
    wheel, source = (sha256_bytes(name.encode()) for name in (Piece("b").wheel, "b-1.0.tar.gz"))
    bom = read(made.cyclonedx, release.blobs)
    built = next(one for one in bom["components"] if one["name"] == "b")
    assert built["hashes"][0]["content"] == wheel
    [ancestor] = built["pedigree"]["ancestors"]
    assert (ancestor["name"], ancestor["hashes"][0]["content"]) == ("b-1.0.tar.gz", source)
    with_ = [one["value"] for one in built["properties"] if one["name"] == "peso:built-with"]
    assert [one.partition(" ")[0] for one in with_] == ["pkg:pypi/hatchling@1.27"]
    document = read(made.spdx, release.blobs)
    files = {one["SPDXID"]: one.get("packageFileName") for one in document["packages"]}
    [made_from] = [
        (files[one["spdxElementId"]], files[one["relatedSpdxElement"]])
        for one in document["relationships"]
        if one["relationshipType"] == "GENERATED_FROM"
    ]
    assert made_from == ("wheels/b-1.0-py3-none-any.whl", "b-1.0.tar.gz")


def test_the_same_release_gives_the_same_bytes(release: Release) -> None:
    first = release.inventory()
    assert release.inventory() == first
    later = release.but(made=NOW + timedelta(days=1)).inventory()
    assert later.cyclonedx.sha256 != first.cyclonedx.sha256
    serial = [read(one.cyclonedx, release.blobs)["serialNumber"] for one in (first, later)]
    assert serial[0] == serial[1]
    text = release.blobs.read(first.cyclonedx.sha256, limit=1 << 20)
    text += release.blobs.read(first.spdx.sha256, limit=1 << 20)
    assert b"index.invalid" not in text


def test_what_is_not_known_is_a_finding(release: Release, blobs: Blobs) -> None:
    [finding] = release.inventory().findings
    assert (finding.rule, finding.subject) == ("license-unknown", "pkg:pypi/c-lib@2.0+cpu")
    lost = release_of(blobs, Piece("a", root=True, depends=("nowhere",)))
    [finding] = lost.inventory().findings
    assert (finding.rule, finding.subject) == ("dependency-not-locked", "pkg:pypi/a@1.0")
    assert "nowhere" in finding.message


def test_what_was_locked_and_what_was_made_must_agree(release: Release) -> None:
    from_plan = release_of(release.blobs, Piece("a"), Piece("b", root=True))
    from_build = release_of(release.blobs, Piece("b"), Piece("c"))
    made = from_plan.but(built=from_build.build()).inventory()
    assert [one.name for one in made.components] == ["b"]
    assert {one.rule: one.subject for one in made.findings} == {
        "unit-not-made": "pkg:pypi/a@1.0",
        "unit-not-locked": "wheels/c-1.0-py3-none-any.whl",
    }


def test_a_file_without_a_digest_is_a_finding_and_has_no_hash(release: Release) -> None:
    [part] = release.build().python
    bare = tuple(
        one.model_copy(update={"artifact": one.artifact.model_copy(update={"sha256": ""})})
        for one in part.made
    )
    parts = (part.model_copy(update={"made": bare}),)
    made = release.but(built=release.build().model_copy(update={"parts": parts})).inventory()
    assert {one.rule for one in made.findings} == {"hash-missing", "license-unknown"}
    components = read(made.cyclonedx, release.blobs)["components"]
    assert not any("hashes" in one for one in components)


def test_one_product_in_two_parts_is_two_components(blobs: Blobs) -> None:
    tiny = release_of(blobs, python=(Piece("a", root=True),), other=(Piece("a", root=True),))
    made = tiny.inventory()
    assert [(one.name, one.part) for one in made.components] == [("a", "other"), ("a", "python")]
    bom = read(made.cyclonedx, blobs)
    assert len({one["bom-ref"] for one in bom["components"]}) == 2
    assert len(bom["dependencies"]) == 3


def test_dependencies_known_to_the_lock_only_are_used(blobs: Blobs) -> None:
    tiny = release_of(blobs, Piece("a", root=True, depends=("b",), locked_depends=True), Piece("b"))
    assert tiny.inventory().components[0].depends == ("pkg:pypi/b@1.0",)


def test_a_release_whose_roots_are_not_known_has_a_finding(blobs: Blobs) -> None:
    made = release_of(blobs, Piece("a", depends=("b",)), Piece("b")).inventory()
    assert [one.rule for one in made.findings] == ["roots-not-known"]
    edges = read(made.cyclonedx, blobs)["dependencies"]
    assert {one["ref"]: one.get("dependsOn") for one in edges}["release"] == ["pkg:pypi/a@1.0"]


def test_an_empty_release_gives_valid_documents(blobs: Blobs) -> None:
    assert release_of(blobs, python=()).inventory().components == ()


def test_scan_and_gate_do_not_import_the_writers() -> None:
    code = """if True:
        import sys
        import peso.services.assurance.gate, peso.services.assurance.matching.scan
        heavy = {"cyclonedx", "spdx_tools", "jsonschema", "rdflib"} & sys.modules.keys()
        assert not heavy, heavy
    """
    subprocess.run([sys.executable, "-c", code], check=True)
