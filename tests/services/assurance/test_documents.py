"""The guards of both documents: what they refuse is what the libraries' own validators refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    CreationInfo,
    Document,
    File,
    Package,
    Relationship,
    RelationshipType,
)
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from peso.errors import PesoError
from peso.services.assurance import cyclonedx, spdx
from peso.services.assurance.bill import Bill, Item
from peso.services.assurance.cyclonedx_schema import fault, slow_fault
from peso.services.assurance.spdx_check import faults

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def bom(**component: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    named = {"type": "library", "name": "a", "bom-ref": "a", **component}
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [named]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"strange": 1},
        {"scope": "sometimes"},
        {"hashes": [{"alg": "SHA-256", "content": "zz"}]},
        {"externalReferences": [{"type": "vcs", "url": "https://a b\\"}]},
        {"licenses": [{"license": {"id": "Made-Up"}}]},
        {"properties": [{"name": 1}]},
    ],
)
def test_the_fast_schema_refuses_what_the_strict_validator_refuses(wrong: dict[str, Any]) -> None:
    assert fault(bom()) is None
    assert slow_fault(bom()) is None
    assert fault(bom(**wrong)) is not None
    assert slow_fault(bom(**wrong)) is not None


def test_two_equal_components_are_refused_by_both() -> None:
    twice = bom()
    twice["components"] *= 2

    assert "unique" in (fault(twice) or "")
    assert slow_fault(twice) is not None


def package(id_: str, place: str = "https://a.org/x.tgz") -> Package:
    return Package(
        spdx_id=id_, name="x", version="1", download_location=place, files_analyzed=False
    )


def document(*packages: Package, edges: tuple[tuple[str, str], ...] = ()) -> Document:
    described = Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, "SPDXRef-a")
    return Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id="SPDXRef-DOCUMENT",
            name="x",
            document_namespace="urn:uuid:00000000-0000-0000-0000-000000000000",
            creators=[Actor(ActorType.TOOL, "peso")],
            created=NOW.replace(tzinfo=None),
        ),
        packages=[package("SPDXRef-a"), *packages],
        relationships=[
            described,
            *(Relationship(one, RelationshipType.DEPENDS_ON, two) for one, two in edges),
        ],
    )


MANY = tuple(package(f"SPDXRef-p{n}") for n in range(40))


@pytest.mark.parametrize(
    "wrong",
    [
        document(package("SPDXRef-a")),
        document(package("SPDXRef-under_score")),
        document(package("SPDXRef-b", place="no place")),
        document(
            *MANY,
            edges=(
                *((f"SPDXRef-p{n}", "SPDXRef-a") for n in range(40)),
                ("SPDXRef-a", "SPDXRef-gone"),
            ),
        ),
        document(*MANY, edges=(("SPDXRef-gone", "SPDXRef-p3"),)),
    ],
)
def test_the_check_in_pieces_finds_what_the_whole_one_finds(wrong: Document) -> None:
    whole = [one.validation_message for one in validate_full_spdx_document(wrong)]

    assert whole
    assert faults(wrong) == "; ".join(whole[:5])


def test_a_right_document_has_no_fault() -> None:
    edges = tuple((f"SPDXRef-p{n}", f"SPDXRef-p{n + 1}") for n in range(39))

    assert faults(document(*MANY, edges=edges)) is None
    assert validate_full_spdx_document(document(*MANY, edges=edges)) == []


def test_a_document_with_files_is_refused_for_its_rules_are_not_looked_at() -> None:
    with_file = document()
    with_file.files = [File(name="./x", spdx_id="SPDXRef-file", checksums=[])]

    assert "files" in (faults(with_file) or "")


def bill(**item: Any) -> Bill:  # noqa: ANN401 - any field
    fields = {
        "ref": "a",
        "name": "a",
        "version": "1",
        "purl": "pkg:generic/a@1",
        "part": "native",
        "license": "MIT",
        "path": "",
        "sha256": None,
        "depends": (),
        **item,
    }
    return Bill(
        name="b",
        version="1",
        title="B",
        made=NOW,
        plan="ab" * 32,
        tools=(("peso", "1"),),
        roots=("a",),
        items=(Item(**fields),),
    )


def test_a_document_that_is_not_valid_is_never_written() -> None:
    twice = replace(bill(), items=bill().items * 2)

    for writer, named in ((cyclonedx.write, "CycloneDX"), (spdx.write, "SPDX")):
        with pytest.raises(PesoError, match=f"the {named} document would not be valid"):
            writer(twice)


def test_a_license_without_expression_is_no_license() -> None:
    assert b'"licenses"' not in cyclonedx.write(bill(license=""))
