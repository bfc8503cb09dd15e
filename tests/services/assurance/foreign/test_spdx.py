from __future__ import annotations

from typing import Any

import pytest
from tests.services.assurance.foreign.made import one, read, read_plain, rules, spdx

from peso.base.finding import Unknown
from peso.services.assurance.bill import Need
from peso.services.assurance.foreign.record import Hash


def package(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": "1", **more}


def relation(of: str, kind: str, to: str, **more: str) -> dict[str, str]:
    ends = {"spdxElementId": f"SPDXRef-{of}", "relatedSpdxElement": f"SPDXRef-{to}"}
    return {**ends, "relationshipType": kind, **more}


def test_a_document_is_read_whole() -> None:
    seen = read("none", "spdx-2.3.json")
    assert (seen.form, seen.version, seen.tools) == ("SPDX", "2.3", ("trivy-0.50.0",))
    assert (seen.about, seen.unsure) == ("image", ())
    assert [component.name for component in seen.components] == ["debian", "zlib1g", "cmake"]
    zlib = one(seen, "zlib1g")
    assert zlib.purls == (
        "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12.4&upstream=zlib",
    )
    assert zlib.hashes == (Hash(algorithm="SHA1", value="cc" * 20),)
    assert zlib.license == "Zlib"
    assert zlib.depends == (Need(ref="SPDXRef-tool", types=("build",), tool=True),)
    assert one(seen, "cmake").state == "building"
    assert one(seen, "debian").kind == "operating-system"
    assert rules(seen) == ["sbom-files"]


def test_a_version_of_the_form_that_is_not_known_is_read_and_said() -> None:
    seen = read("version-unknown", "spdx-2.9.json")
    assert seen.unsure == ("it is SPDX-2.9; PESO knows SPDX-2.2 and SPDX-2.3",)
    assert [component.name for component in seen.components] == ["heron"]


def test_a_package_that_cannot_be_read_stays_and_the_others_are_read() -> None:
    made = spdx(package("heron"), package("stork", checksums="none"), 7, {"name": []})
    seen = read_plain(made)
    assert [component.name for component in seen.components] == [
        "heron",
        "stork",
        "package 3",
        "package 4",
    ]
    assert rules(seen) == ["sbom-component-unreadable"] * 3


@pytest.mark.parametrize(
    ("kind", "back", "types"),
    [
        ("DEPENDS_ON", False, ()),
        ("DYNAMIC_LINK", False, ("link",)),
        ("STATIC_LINK", False, ("link",)),
        ("DEPENDENCY_OF", True, ()),
        ("RUNTIME_DEPENDENCY_OF", True, ("run",)),
        ("BUILD_DEPENDENCY_OF", True, ("build",)),
        ("DEV_DEPENDENCY_OF", True, ("build",)),
        ("TEST_DEPENDENCY_OF", True, ("test",)),
        ("CONTAINED_BY", True, ()),
    ],
)
def test_relationships_in_both_directions(kind: str, back: bool, types: tuple[str, ...]) -> None:  # noqa: FBT001
    ends = ("stork", "heron") if back else ("heron", "stork")
    made = spdx(
        package("heron"), package("stork"), relationships=[relation(ends[0], kind, ends[1])]
    )
    assert one(read_plain(made), "heron").depends == (
        Need(ref="SPDXRef-stork", types=types),  # type: ignore[arg-type]
    )


def test_what_says_nothing_of_need_is_no_edge() -> None:
    made = spdx(
        package("heron"), package("stork"), relationships=[relation("heron", "AMENDS", "stork")]
    )
    assert one(read_plain(made), "heron").depends == ()


def test_pesos_own_comment_says_the_types() -> None:
    said = relation("heron", "DEPENDS_ON", "stork", comment="link, run")
    made = spdx(package("heron"), package("stork"), relationships=[said])
    assert one(read_plain(made), "heron").depends[0].types == ("link", "run")


def test_a_relationship_that_cannot_be_read_and_one_to_nothing_are_told() -> None:
    made = spdx(
        package("heron"), relationships=[{"x": 1}, relation("heron", "DEPENDS_ON", "ghost")]
    )
    assert rules(read_plain(made)) == ["sbom-dependency-unreadable", "sbom-reference-missing"]


def test_a_document_about_one_package_lists_it() -> None:
    made = spdx(package("heron"), documentDescribes=["SPDXRef-heron"])
    assert [component.name for component in read_plain(made).components] == ["heron"]


def test_prerequisites_are_supplied_by_the_machine() -> None:
    made = spdx(
        package("heron"),
        package("libc"),
        relationships=[relation("heron", "HAS_PREREQUISITE", "libc")],
    )
    assert one(read_plain(made), "libc").state == "supplied"


def test_licenses_declared_then_concluded_else_unknown() -> None:
    made = spdx(
        package("a", licenseDeclared="MIT", licenseConcluded="ISC"),
        package("b", licenseDeclared="NOASSERTION", licenseConcluded="ISC"),
        package("c", licenseDeclared="NONE"),
    )
    found = [component.license for component in read_plain(made).components]
    assert found == ["MIT", "ISC", Unknown(unknown="the document says none")]


def test_an_older_cpe_is_turned_into_the_newer_form() -> None:
    said = {"referenceType": "cpe22Type", "referenceLocator": "cpe:/a:birds:stork:2.0"}
    seen = read_plain(spdx(package("stork", externalRefs=[said])))
    assert seen.components[0].cpes == ("cpe:2.3:a:birds:stork:2.0:*:*:*:*:*:*:*",)
    assert seen.components[0].doubt == ""
