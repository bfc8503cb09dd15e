from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    CreationInfo,
    Document,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    Package,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.writer.write_anything import write_file
from tests.services.assurance.foreign.made import one, read, rules

from peso.errors import BadInput
from peso.services.assurance.bill import Need
from peso.services.assurance.foreign.read import read_sbom


def test_tag_value_says_what_json_says() -> None:
    seen = read("none", "spdx-2.2.spdx")
    assert (seen.form, seen.version, seen.tools) == ("SPDX", "2.2", ("syft-1.20.0",))
    heron = one(seen, "heron")
    assert (heron.ref, heron.version, heron.license) == ("SPDXRef-heron", "1.0", "MIT")
    assert heron.purls == ("pkg:pypi/heron@1.0",)
    assert heron.depends == (Need(ref="SPDXRef-stork", types=("run",)),)
    assert seen.roots == ("SPDXRef-heron",)
    assert rules(seen) == ["sbom-dependency-unreadable", "sbom-files"]


def test_what_spdx_tools_writes_is_read_alike_in_both_forms(tmp_path: Path) -> None:
    nothing = SpdxNoAssertion()
    packages = [
        Package(
            spdx_id=f"SPDXRef-{name}",
            name=name,
            version="1.0",
            download_location=nothing,
            files_analyzed=False,
            license_concluded=nothing,
            license_declared=nothing,
            copyright_text="Of several\nlines: and a tag",
            checksums=[Checksum(ChecksumAlgorithm.SHA256, "ab" * 32)],
            external_references=[
                ExternalPackageRef(
                    ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", f"pkg:pypi/{name}@1.0"
                )
            ],
        )
        for name in ("heron", "stork")
    ]
    document = Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id="SPDXRef-DOCUMENT",
            name="made",
            document_namespace="https://example.org/made",
            creators=[Actor(ActorType.TOOL, "made-1")],
            created=datetime(2026, 10, 1),  # noqa: DTZ001 - the library's own kind
        ),
        packages=packages,
        relationships=[
            Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, "SPDXRef-heron"),
            Relationship("SPDXRef-heron", RelationshipType.DEPENDS_ON, "SPDXRef-stork"),
        ],
    )
    files = [tmp_path / "made.spdx", tmp_path / "made.spdx.json"]
    for file in files:
        write_file(document, str(file))
    tags, plain = (read_sbom(file.read_bytes(), where=file.name) for file in files)
    assert tags.components == plain.components
    assert (tags.roots, tags.findings) == (plain.roots, ())
    assert one(tags, "heron").depends == (Need(ref="SPDXRef-stork", types=()),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SPDXVersion: SPDX-2.3\nno tag here", "a.spdx:2: it is no tag with a value"),
        ("SPDXVersion: SPDX-2.3\nPackageComment: <text>and so on", "a.spdx:2: its text has no end"),
        ("SPDXVersion: SPDX-2.3\n" + "\n" * 2_100_000, "more than 2,000,000 lines"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        read_sbom(text.encode(), where="a.spdx")
    assert said in str(error.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadInput, match="it is no text"):
        read_sbom(b"SPDXVersion: SPDX-2.3\nPackageName: \xff\xfe", where="a.spdx")
