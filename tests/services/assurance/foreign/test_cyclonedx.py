from __future__ import annotations

import pytest
from tests.services.assurance.foreign.made import cyclonedx, one, read, read_plain, rules

from peso.base.finding import Unknown
from peso.services.assurance.bill import Need
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.foreign.record import Hash, SpackName


def test_a_document_is_read_whole() -> None:
    seen = read("none", "cyclonedx-1.6.json")
    assert (seen.form, seen.version, seen.tools) == ("CycloneDX", "1.6", ("syft 1.20.0",))
    assert (seen.about, seen.roots, seen.unsure, seen.findings) == (
        "birds@7",
        ("heron@1.0",),
        (),
        (),
    )
    heron = one(seen, "heron")
    assert heron.purls == ("pkg:pypi/heron@1.0",)
    assert heron.hashes == (Hash(algorithm="SHA-256", value="aa" * 32),)
    assert heron.depends == (Need(ref="stork@2.0", types=()),)
    assert heron.license == "MIT"
    assert one(seen, "stork").license == "MIT AND (GPL-2.0-only OR BSD-3-Clause)"


def test_tools_are_named_as_they_were_until_1_4() -> None:
    assert read("none", "cyclonedx-1.4.json").tools == ("trivy 0.50.0",)


def test_a_component_that_cannot_be_read_stays_and_the_others_are_read() -> None:
    seen = read("component-unreadable", "cyclonedx-1.6.json")
    assert [component.name for component in seen.components] == [
        "heron",
        "stork",
        "component 3",
        "egret",
    ]
    assert [bool(component.doubt) for component in seen.components] == [False, True, True, True]
    assert "cannot be read" in one(seen, "stork").doubt
    assert rules(seen) == ["sbom-component-unreadable"] * 3


def test_what_has_no_name_says_why() -> None:
    seen = read("component-nameless", "cyclonedx-1.6.json")
    assert one(seen, "heron").doubt == "it has no purl and no CPE"
    assert one(seen, "/usr/bin/heron").doubt.startswith("it is a file")
    assert one(seen, "stork").doubt.startswith("its purl cannot be read")


def test_a_version_of_the_form_that_is_not_known_is_read_and_said() -> None:
    seen = read("version-unknown", "cyclonedx-2.0.json")
    assert seen.unsure == ("it is CycloneDX 2.0; PESO knows 1.4 to 1.7",)
    assert one(seen, "heron").purls == ("pkg:pypi/heron@1.0",)
    assert rules(seen) == ["sbom-version-unknown"]


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6", "1.7"])
def test_known_versions_leave_no_doubt(version: str) -> None:
    component = {"name": "a", "version": "1", "purl": "pkg:pypi/a@1"}
    assert read_plain(cyclonedx(component, version=version)).unsure == ()


def test_an_id_that_is_used_twice_is_made_unique_and_told() -> None:
    seen = read("ids-twice", "cyclonedx-1.6.json")
    assert [component.ref for component in seen.components] == [
        "heron@1.0",
        "heron@1.0#2",
        "stork@2.0",
    ]
    assert {need.ref for need in one(seen, "stork").depends} == {"heron@1.0", "heron@1.0#2"}
    assert rules(seen) == ["sbom-id-twice"]


def test_a_reference_to_nothing_is_told() -> None:
    seen = read("reference-missing", "cyclonedx-1.6.json")
    assert one(seen, "heron").depends == ()
    assert [(found.rule, found.subject) for found in seen.findings] == [
        ("sbom-reference-missing", "ghost")
    ]


def test_a_cycle_is_no_fault() -> None:
    seen = read("graph-cyclic", "cyclonedx-1.6.json")
    assert seen.findings == ()
    assert [need.ref for need in one(seen, "heron").depends] == ["stork@2.0"]


def test_what_an_unpublished_project_calls_itself_is_no_component() -> None:
    seen = read("subject-unpublished", "cyclonedx-1.6.json")
    assert [component.name for component in seen.components] == ["heron"]
    assert (seen.about, seen.roots) == ("zlib", ("heron@1.0",))


def test_a_published_subject_is_a_component() -> None:
    subject = {"type": "library", "bom-ref": "x", "name": "x", "version": "1"}
    made = cyclonedx(metadata={"component": {**subject, "purl": "pkg:pypi/x@1"}})
    assert [component.name for component in read_plain(made).components] == ["x"]


def test_components_in_components_are_needed_by_them() -> None:
    inner = {"bom-ref": "c", "name": "chick", "version": "1", "purl": "pkg:pypi/chick@1"}
    outer = {"bom-ref": "h", "name": "heron", "version": "1", "components": [inner]}
    seen = read_plain(cyclonedx(outer))
    assert [need.ref for need in one(seen, "heron").depends] == ["c"]
    assert seen.roots == ("h",)


def test_no_license_is_unknown() -> None:
    seen = read_plain(cyclonedx({"name": "a", "licenses": None}))
    assert seen.components[0].license == Unknown(unknown="the document says none")


def test_excluded_is_only_needed_to_build() -> None:
    assert read_plain(cyclonedx({"name": "a", "scope": "excluded"})).components[0].state == (
        "building"
    )


def test_pesos_own_properties_say_what_the_form_cannot() -> None:
    purl = "pkg:generic/hdf5@1.14.5?spack_hash=abc&spack_namespace=builtin"
    said = [
        {"name": "peso:state", "value": "supplied"},
        {"name": "peso:also", "value": "pkg:github/hdfgroup/hdf5@hdf5_1.14.5"},
        {"name": "peso:needs:build", "value": "n"},
        {"name": "peso:license:unknown", "value": "nobody says"},
    ]
    seen = read_plain(
        cyclonedx(
            {"bom-ref": "h", "name": "hdf5", "version": "1", "purl": purl, "properties": said},
            {"bom-ref": "n", "name": "ninja", "version": "1"},
        )
    )
    hdf5 = one(seen, "hdf5")
    assert (hdf5.state, hdf5.external) == ("supplied", True)
    assert hdf5.purls == (purl, "pkg:github/hdfgroup/hdf5@hdf5_1.14.5")
    assert hdf5.spack == SpackName(name="hdf5", namespace="builtin", hash="abc")
    assert hdf5.depends == (Need(ref="n", types=("build",)),)
    assert hdf5.license == Unknown(unknown="nobody says")


def test_trivys_source_package_is_put_into_the_purl() -> None:
    said = [
        {"name": "aquasecurity:trivy:SrcName", "value": "zlib"},
        {"name": "aquasecurity:trivy:SrcVersion", "value": "1.2.13.dfsg"},
        {"name": "aquasecurity:trivy:SrcRelease", "value": "1"},
        {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"},
    ]
    purl = "pkg:deb/debian/zlib1g@1.2.13.dfsg-1?distro=debian-12.4&epoch=1"
    seen = read_plain(
        cyclonedx({"name": "zlib1g", "version": "x", "purl": purl, "properties": said})
    )
    assert seen.components[0].purls == (
        "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12.4&upstream=zlib",
    )


def test_text_that_moves_a_cursor_is_not_kept() -> None:
    seen = read_plain(cyclonedx({"name": "a\x1b[2Jb\nc", "version": "1\x00", "purl": "pkg:pypi/a"}))
    assert (seen.components[0].name, seen.components[0].version) == ("a?[2Jb?c", "1?")


@pytest.mark.parametrize(
    "document",
    [
        (
            '{"bomFormat": "CycloneDX", "specVersion": "1.6",'
            ' "components": [{"bom-ref": "heron", "name": "heron"}],'
            ' "services": [{"bom-ref": "tides", "name": "tides",'
            ' "services": [{"bom-ref": "moon", "name": "moon"}]}],'
            ' "dependencies": [{"ref": "heron", "dependsOn": ["tides", "moon"]}]}'
        ),
        (
            '<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>'
            '<component type="library" bom-ref="heron"><name>heron</name></component></components>'
            '<services><service bom-ref="tides"><name>tides</name>'
            '<services><service bom-ref="moon"><name>moon</name></service></services>'
            "</service></services>"
            '<dependencies><dependency ref="heron"><dependency ref="tides"/>'
            '<dependency ref="moon"/></dependency></dependencies></bom>'
        ),
    ],
    ids=["JSON", "XML"],
)
def test_what_needs_a_service_needs_nothing_that_is_missing(document: str) -> None:
    seen = read_sbom(document.encode(), where="a")
    assert rules(seen) == ["sbom-services"]
    assert [component.name for component in seen.components] == ["heron"]
    assert "services (2), which are not asked about" in seen.findings[0].message
