"""Each defect of Spack's own SBOM, on its own: named, and mended in memory where it can be."""

from __future__ import annotations

from tests.services.assurance.foreign.made import read, rules

from peso.base.finding import Unknown
from peso.services.assurance.foreign.record import ForeignInventory, Hash
from peso.services.assurance.foreign.subjects import subjects_of
from peso.services.assurance.identity.table import load_identity


def spack(fault: str) -> ForeignInventory:
    return read(fault, "spdx-2.3.json")


def test_digests_under_the_wrong_key_are_found_and_a_commit_is_no_digest() -> None:
    seen = spack("spack-checksum-key")
    assert seen.components[0].hashes == (
        Hash(algorithm="SHA256", value="aa" * 32),
        Hash(algorithm="git-commit", value="bb" * 20),
    )
    assert rules(seen) == ["spack-sbom", "spack-sbom-checksum"]


def test_the_documents_id_is_mended() -> None:
    seen = spack("spack-document-id")
    assert seen.roots == ("SPDXRef-PACKAGE-heron-1.0",)
    assert "spack-sbom-document-id" in rules(seen)
    assert "sbom-reference-missing" not in rules(seen)


def test_ids_that_collide_are_made_unique() -> None:
    seen = spack("spack-ids-collide")
    assert [component.ref for component in seen.components] == [
        "SPDXRef-PACKAGE-heron-1.0",
        "SPDXRef-PACKAGE-cmake-3.31.9",
        "SPDXRef-PACKAGE-cmake-3.31.9#2",
    ]
    assert "sbom-id-twice" in rules(seen)


def test_ids_with_letters_that_no_id_may_have_are_told() -> None:
    seen = spack("spack-ids-illegal")
    assert "spack-sbom-ids" in rules(seen)
    assert seen.components[0].version == "git.main=1.2_rc1"


def test_a_flat_graph_is_said_to_be_one() -> None:
    seen = spack("spack-graph-flat")
    assert "spack-sbom-graph" in rules(seen)
    assert all(not need.types for need in seen.components[0].depends)


def test_licenses_joined_by_or_are_unknown() -> None:
    seen = spack("spack-licenses-or")
    first, second = (component.license for component in seen.components)
    assert isinstance(first, Unknown)
    assert second == "MIT"
    assert "spack-sbom-license" in rules(seen)


def test_without_a_purl_the_name_is_spacks_and_its_identity_counts() -> None:
    seen = spack("spack-no-purl")
    [(_, subject)] = subjects_of(seen, load_identity())
    assert subject.purl == "pkg:generic/openssl@3.0.0"
    keys = {str(asked.key) for asked in subject.asked}
    assert {"VENDOR openssl", "CPE openssl:openssl", "PESO openssl"} <= keys


def test_another_tools_document_is_not_mended_as_spacks() -> None:
    assert not [rule for rule in rules(read("none", "spdx-2.3.json")) if "spack" in rule]
