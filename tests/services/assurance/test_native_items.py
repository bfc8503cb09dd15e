from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from tests.native_locks import OPENMPI, Piece, build_of, full, lock_of
from tests.services.assurance.releases import NOW, release_of
from tests.services.assurance.releases import Piece as Wheel

from peso.base.finding import Level, Unknown
from peso.base.ledger import Blobs
from peso.products.engines.native import (
    External,
    NativeBuild,
    NativeLock,
    Outcome,
    SourceFile,
)
from peso.products.engines.port import Artifact
from peso.products.stack import Stack
from peso.services.assurance.cyclonedx_schema import fault, slow_fault
from peso.services.assurance.inventory import Component, Inventory, inventory
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

GIT = SourceFile(kind="git", url="git@example.org:lab/sz.git", other="commit:" + "a1" * 20)
PATCH = SourceFile(kind="patch", url="https://sources.invalid/fix.patch", sha256="ab" * 32)
PIECES = (
    Piece(
        "h",
        "hypre",
        "2.26.0",
        needs={"m": "build,link", "o": "link", "p": "build,run", "c": "build", "g": "build"},
        variants={"mpi": "true", "cflags": "-I/home/somebody/include -O2"},
        patches=("cd" * 32,),
        root=True,
        license="Apache-2.0 OR MIT",
    ),
    Piece(
        "m",
        "openmpi",
        "4.1.4",
        external=OPENMPI,
        sources=Unknown(unknown="an external"),
        purl="pkg:deb/debian/openmpi-bin@4.1.4-3%2Bb1?arch=amd64&distro=debian-12",
    ),
    Piece("o", "sz", "git.main=2_1", sources=(GIT, PATCH)),
    Piece(
        "p",
        "py-six",
        "1.16.0",
        sources=(
            SourceFile(
                kind="archive",
                url="https://files.pythonhosted.org/packages/source/s/six/six-1.16.0.tar.gz",
                sha256="12" * 32,
            ),
        ),
    ),
    Piece("c", "cmake", "3.30.0", needs={"z2": "link"}, license=Unknown(unknown="not said")),
    Piece(
        "g",
        "gcc",
        "12.2.0",
        external=External(
            prefix="/opt/gcc", package=Unknown(unknown="/opt/gcc/bin/gcc is of no package")
        ),
        sources=Unknown(unknown="an external"),
        virtuals=("c", "cxx"),
    ),
    Piece("z1", "zlib", "1.3", root=True, license="Zlib"),
    Piece("z2", "zlib", "1.3", license=Unknown(unknown="not said")),
)
LOCK = lock_of(*PIECES)


def stack() -> Stack:
    return Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": "mixed",
            "version": "1",
            "title": "A mixed stack",
            "parts": {
                "native": {"engine": "spack", "environment": "spack.yaml"},
                "python": {"engine": "pypi"},
            },
            "products": [{"name": "hypre", "part": "native"}],
        }
    )


def listed(
    blobs: Blobs,
    *locks: NativeLock,
    builds: tuple[NativeBuild, ...] | None = None,
    now: datetime = NOW,
) -> Inventory:
    """Return the inventory of native parts, with a Python part of one wheel beside them."""
    beside = release_of(blobs, Wheel("numpy", root=True))
    made = builds if builds is not None else tuple(build_of(lock) for lock in locks)
    plan = Plan(stack="mixed", version="1", locks=(*locks, *beside.plan().locks))
    build = Build(parts=(*made, *beside.build().parts), started=NOW, finished=NOW)
    return inventory(stack(), plan, build, blobs, now=now)


def read(artifact: Artifact, blobs: Blobs) -> Any:  # noqa: ANN401 - JSON
    return json.loads(blobs.read(artifact.sha256, limit=1 << 22))


def components(made: Inventory) -> dict[str, Component]:
    return {one.unit.rstrip("x") or one.name: one for one in made.components}


def by_name(several: list[Any]) -> dict[str, Any]:
    return {f"{one['name']}@{one.get('version', one.get('versionInfo'))}": one for one in several}


def said(component: Any) -> dict[str, list[str]]:  # noqa: ANN401 - JSON
    found: dict[str, list[str]] = {}
    for one in component["properties"]:
        found.setdefault(one["name"], []).append(one["value"])
    return found


def test_one_document_has_both_parts_of_a_mixed_stack(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)
    bom = read(made.cyclonedx, blobs)

    assert len(made.components) == len(bom["components"]) == len(PIECES) + 1
    assert fault(bom) is None
    assert slow_fault(bom) is None
    edges = {one["ref"]: one.get("dependsOn", []) for one in bom["dependencies"]}
    assert edges["release"] == [
        f"native:hypre@2.26.0/{full('h')}",
        f"native:zlib@1.3/{full('z1')}",
        "pkg:pypi/numpy@1.0",
    ]


def test_what_each_unit_is_to_the_release(blobs: Blobs) -> None:
    states = {word: one.state for word, one in components(listed(blobs, LOCK)).items()}

    assert states == {
        "h": "shipped",
        "o": "shipped",
        "p": "shipped",
        "z1": "shipped",
        "numpy": "shipped",
        "m": "supplied",
        "c": "building",
        "g": "building",
        "z2": "building",
    }


def test_what_only_builds_is_not_shown_as_shipped_in_cyclonedx(blobs: Blobs) -> None:
    bom = read(listed(blobs, LOCK).cyclonedx, blobs)
    scopes = {name: one["scope"] for name, one in by_name(bom["components"]).items()}
    hypre = by_name(bom["components"])["hypre@2.26.0"]
    edges = {one["ref"]: one.get("dependsOn", []) for one in bom["dependencies"]}

    assert (scopes["cmake@3.30.0"], scopes["gcc@12.2.0"]) == ("excluded", "excluded")
    assert (scopes["hypre@2.26.0"], scopes["openmpi@4.1.4"]) == ("required", "required")
    assert edges[hypre["bom-ref"]] == [
        f"native:openmpi@4.1.4/{full('m')}",
        f"native:py-six@1.16.0/{full('p')}",
        f"native:sz@git.main=2_1/{full('o')}",
    ]
    assert said(hypre)["peso:needs:build"] == [
        f"native:cmake@3.30.0/{full('c')}",
        f"native:gcc@12.2.0/{full('g')}",
        f"native:openmpi@4.1.4/{full('m')}",
        f"native:py-six@1.16.0/{full('p')}",
    ]


def test_edges_are_typed_in_spdx(blobs: Blobs) -> None:
    document = read(listed(blobs, LOCK).spdx, blobs)
    names = {one["SPDXID"]: one["name"] for one in document["packages"]}
    names["SPDXRef-DOCUMENT"] = "document"
    edges = {
        (names[one["spdxElementId"]], one["relationshipType"], names[one["relatedSpdxElement"]])
        for one in document["relationships"]
    }
    of_hypre = {one for one in edges if "hypre" in one}

    assert of_hypre == {
        ("mixed", "DEPENDS_ON", "hypre"),
        ("mixed", "CONTAINS", "hypre"),
        ("hypre", "DEPENDS_ON", "openmpi"),
        ("hypre", "DEPENDS_ON", "sz"),
        ("hypre", "DEPENDS_ON", "py-six"),
        ("openmpi", "BUILD_DEPENDENCY_OF", "hypre"),
        ("py-six", "BUILD_DEPENDENCY_OF", "hypre"),
        ("cmake", "BUILD_DEPENDENCY_OF", "hypre"),
        ("gcc", "BUILD_TOOL_OF", "hypre"),
    }
    assert ("mixed", "HAS_PREREQUISITE", "openmpi") in edges
    contained = {one[2] for one in edges if one[1] == "CONTAINS"}
    assert contained == {"hypre", "sz", "py-six", "zlib", "numpy"}


def test_two_units_of_one_name_and_version_do_not_collide(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)
    refs = [one["bom-ref"] for one in read(made.cyclonedx, blobs)["components"]]
    ids = [one["SPDXID"] for one in read(made.spdx, blobs)["packages"]]

    assert len(set(refs)) == len(refs)
    assert len(set(ids)) == len(ids)
    purls = [one.purl for one in made.components if one.name == "zlib"]
    assert len(set(purls)) == 2


def test_one_unit_in_two_parts_is_two_components(blobs: Blobs) -> None:
    made = listed(blobs, LOCK, lock_of(*PIECES, part="other"))

    assert len(made.components) == 2 * len(PIECES) + 1
    document = read(made.spdx, blobs)
    assert len({one["SPDXID"] for one in document["packages"]}) == len(document["packages"])


def test_the_spdx_document_is_valid(blobs: Blobs, tmp_path: Path) -> None:
    path = tmp_path / "bom.spdx.json"
    blobs.lay(listed(blobs, LOCK).spdx.sha256, path)

    assert validate_full_spdx_document(parse_file(str(path))) == []


@pytest.mark.shared_data
def test_the_spdx_document_meets_the_schema(blobs: Blobs, shared_data: Path) -> None:
    schema = json.loads((shared_data / "schemas" / "spdx-2.3.schema.json").read_text("utf-8"))
    document = read(listed(blobs, LOCK).spdx, blobs)
    assert [error.message for error in Draft7Validator(schema).iter_errors(document)] == []


def test_where_sources_are_and_their_digests(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)
    parts = by_name(read(made.cyclonedx, blobs)["components"])
    [archive] = parts["zlib@1.3"]["externalReferences"]
    assert archive["type"] == "source-distribution"
    assert archive["url"] == "https://sources.invalid/zlib-1.3.tar.gz"
    assert archive["hashes"][0]["alg"] == "SHA-256"
    sz = parts["sz@git.main=2_1"]
    [git] = sz["externalReferences"]
    assert git == {
        "type": "vcs",
        "url": "ssh://git@example.org/lab/sz.git",
        "comment": "commit:" + "a1" * 20,
    }
    assert sz["pedigree"]["patches"] == [
        {"type": "unofficial", "diff": {"url": "https://sources.invalid/fix.patch"}}
    ]
    assert said(parts["hypre@2.26.0"])["peso:patch:sha256"] == ["cd" * 32]

    packages = by_name(read(made.spdx, blobs)["packages"])
    zlib = packages["zlib@1.3"]
    assert zlib["downloadLocation"] == "https://sources.invalid/zlib-1.3.tar.gz"
    assert zlib["checksums"][0]["checksumValue"] == archive["hashes"][0]["content"]
    assert packages["sz@git.main=2_1"]["downloadLocation"] == (
        "git+ssh://git@example.org/lab/sz.git@" + "a1" * 20
    )
    assert (
        "patch https://sources.invalid/fix.patch sha256:abab"
        in (packages["sz@git.main=2_1"]["sourceInfo"])
    )


def test_an_external_is_the_distributions(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)
    mpi = by_name(read(made.cyclonedx, blobs)["components"])["openmpi@4.1.4"]
    package = by_name(read(made.spdx, blobs)["packages"])["openmpi@4.1.4"]

    assert mpi["purl"].startswith("pkg:deb/debian/openmpi-bin@4.1.4-3")
    assert mpi["supplier"] == {"name": "debian-12"}
    assert said(mpi)["peso:supplied-by"] == ["debian-12 openmpi-bin 4.1.4-3+b1"]
    assert package["supplier"] == "Organization: debian-12"
    assert "supplied by the machine, not built here" in package["comment"]


def test_variants_compiler_and_target_are_said(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)
    facts = said(by_name(read(made.cyclonedx, blobs)["components"])["hypre@2.26.0"])

    assert facts["peso:unit:variant:mpi"] == ["true"]
    assert facts["peso:unit:compiler"] == ["c=gcc@12.2.0"]
    assert facts["peso:unit:target"] == ["x86_64_v3"]
    assert facts["peso:unit:hash"] == [full("h")]
    comment = by_name(read(made.spdx, blobs)["packages"])["hypre@2.26.0"]["comment"]
    assert "compiler c=gcc@12.2.0" in comment
    assert "variants mpi=true" in comment


def test_nothing_of_the_building_machine_is_said_and_the_bytes_are_the_same(
    blobs: Blobs,
) -> None:
    made = listed(blobs, LOCK)

    for artifact in (made.cyclonedx, made.spdx):
        text = blobs.read(artifact.sha256, limit=1 << 22).decode()
        assert "/home/somebody" not in text
        assert "/opt/gcc" not in text
    assert listed(blobs, LOCK) == made
    later = listed(blobs, LOCK, now=datetime(2027, 1, 1, tzinfo=UTC))
    serials = [read(one.cyclonedx, blobs)["serialNumber"] for one in (made, later)]
    assert serials[0] == serials[1]


def test_a_python_package_that_spack_builds_is_known_by_its_own_purl_too(blobs: Blobs) -> None:
    made = listed(blobs, LOCK)

    assert components(made)["p"].also == ("pkg:pypi/six@1.16.0",)
    package = by_name(read(made.spdx, blobs)["packages"])["py-six@1.16.0"]
    assert len(package["externalRefs"]) == 2


def test_unknowns_are_gathered_by_rule_and_grave_only_where_shipped(blobs: Blobs) -> None:
    found = {(one.rule, one.level): one for one in listed(blobs, LOCK).findings}

    assert set(found) == {
        ("license-unknown", Level.NOTE),
        ("supplier-unknown", Level.NOTE),
    }
    message = found["license-unknown", Level.NOTE].message
    assert message == (
        f"2 units: not said (cmake@3.30.0/{full('c')[:7]}, zlib@1.3/{full('z2')[:7]})"
    )


def test_many_units_with_one_reason_are_one_line(blobs: Blobs) -> None:
    lock = lock_of(
        *(
            Piece(f"u{n}", f"u{n}", root=True, license=Unknown(unknown="no recipes"))
            for n in range(30)
        )
    )
    [finding] = listed(blobs, lock).findings

    assert (finding.rule, finding.level, finding.subject) == (
        "license-unknown",
        Level.MEDIUM,
        "native",
    )
    assert finding.message.startswith("30 units: no recipes (u0@1.0/u0xxxxx, ")
    assert finding.message.endswith("and 25 more)")


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (SourceFile(kind="archive", url="https://a.org/x.tgz"), "hash-missing"),
        (
            SourceFile(kind="archive", url="https://a.org/x.tgz", other="md5:" + "a" * 32),
            "hash-missing",
        ),
        (SourceFile(kind="git", url="https://a.org/x.git", other="branch:main"), "hash-missing"),
        (
            SourceFile(kind="archive", url="file:///home/me/x.tgz", sha256="ab" * 32),
            "source-unknown",
        ),
        (
            SourceFile(kind="archive", url="https://me:secret@a.org/x.tgz", sha256="ab" * 32),
            "source-unknown",
        ),
    ],
)
def test_a_source_that_is_not_fixed_or_not_public_is_a_finding(
    blobs: Blobs, source: SourceFile, rule: str
) -> None:
    made = listed(blobs, lock_of(Piece("a", "a", root=True, sources=(source,))))

    assert [one.rule for one in made.findings] == [rule]
    text = blobs.read(made.cyclonedx.sha256, limit=1 << 22)
    text += blobs.read(made.spdx.sha256, limit=1 << 22)
    assert b"/home/me" not in text
    assert b"secret" not in text


def test_a_unit_without_any_source_known_says_why(blobs: Blobs) -> None:
    lock = lock_of(Piece("a", "a", root=True, sources=Unknown(unknown="no recipes at hand")))
    made = listed(blobs, lock)

    assert [one.rule for one in made.findings] == ["source-unknown"]
    facts = said(by_name(read(made.cyclonedx, blobs)["components"])["a@1.0"])
    assert facts["peso:source:unknown"] == ["no recipes at hand"]


@pytest.mark.parametrize("outcome", ["failed", "not-tried", "not-known"])
def test_what_is_not_there_is_named_and_not_shown_as_shipped(
    blobs: Blobs, outcome: Outcome
) -> None:
    made = listed(blobs, LOCK, builds=(build_of(LOCK, h=outcome),))
    hypre = by_name(read(made.cyclonedx, blobs)["components"])["hypre@2.26.0"]

    assert components(made)["h"].state == "missing"
    assert (hypre["scope"], said(hypre)["peso:outcome"]) == ("excluded", [outcome])
    release = read(made.cyclonedx, blobs)["metadata"]["component"]
    assert said(release)["peso:missing"] == ["hypre@2.26.0"]
    document = read(made.spdx, blobs)
    [package] = [one for one in document["packages"] if one["name"] == "hypre"]
    assert "asked for and not there" in package["comment"]
    from_release = {
        one["relatedSpdxElement"]
        for one in document["relationships"]
        if one["spdxElementId"] == "SPDXRef-release"
    }
    assert package["SPDXID"] not in from_release
    [finding] = [one for one in made.findings if one.rule == "unit-missing"]
    assert finding.message == f"1 unit: {outcome} (hypre@2.26.0/{full('h')[:7]})"


def test_a_build_tool_that_was_not_needed_this_time_is_no_gap(blobs: Blobs) -> None:
    made = listed(blobs, LOCK, builds=(build_of(LOCK, c="not-needed", z2="not-needed"),))

    assert components(made)["c"].state == "building"
    assert "unit-missing" not in {one.rule for one in made.findings}
    cmake = by_name(read(made.cyclonedx, blobs)["components"])["cmake@3.30.0"]
    assert said(cmake)["peso:outcome"] == ["not-needed"]


def test_a_lock_without_a_build_is_all_missing(blobs: Blobs) -> None:
    made = listed(blobs, LOCK, builds=())

    assert {one.state for one in made.components if one.part == "native"} == {"missing"}


def test_lock_and_build_must_agree(blobs: Blobs) -> None:
    other = lock_of(Piece("new", "new", root=True, needs={"gone": "link"}))
    made = listed(blobs, other, builds=(build_of(LOCK),))

    assert {one.rule for one in made.findings} == {
        "unit-missing",
        "dependency-not-locked",
        "unit-not-locked",
    }


def test_a_license_the_list_does_not_have_is_a_name(blobs: Blobs) -> None:
    made = listed(blobs, lock_of(Piece("a", "a", root=True, license="Made-Up-9.9")))
    component = by_name(read(made.cyclonedx, blobs)["components"])["a@1.0"]

    assert component["licenses"] == [{"license": {"name": "Made-Up-9.9"}}]
    assert "Made-Up-9.9" in said(component)["peso:license:unknown"][0]


@pytest.mark.parametrize(
    "license_", ["BSD-3-Clause AND PCRE2-exception", "MPL-2.0-no-copyleft-exception", "custom"]
)
def test_a_license_that_recipes_state_and_spdx_tools_do_not_know_is_said(
    blobs: Blobs, license_: str
) -> None:
    made = listed(blobs, lock_of(Piece("a", "a", root=True, license=license_)))
    package = by_name(read(made.spdx, blobs)["packages"])["a@1.0"]

    assert package["licenseDeclared"] == "NOASSERTION"
    assert repr(license_) in package["licenseComments"]


def test_a_patch_that_comes_packed_is_named_once(blobs: Blobs) -> None:
    packed = PATCH.model_copy(update={"other": f"unpacked-sha256:{'cd' * 32}"})
    lock = lock_of(Piece("a", "a", root=True, patches=("cd" * 32,), sources=(packed,)))
    component = by_name(read(listed(blobs, lock).cyclonedx, blobs)["components"])["a@1.0"]

    assert len(component["pedigree"]["patches"]) == 1


def test_a_source_known_by_its_digest_alone_is_a_note(blobs: Blobs) -> None:
    source = SourceFile(kind="archive", url="", sha256="ab" * 32)
    made = listed(blobs, lock_of(Piece("a", "a", root=True, sources=(source,))))

    assert [(one.rule, one.level) for one in made.findings] == [("source-unknown", Level.NOTE)]
    package = by_name(read(made.spdx, blobs)["packages"])["a@1.0"]
    assert package["downloadLocation"] == "NOASSERTION"
    assert package["checksums"][0]["checksumValue"] == "ab" * 32
    component = by_name(read(made.cyclonedx, blobs)["components"])["a@1.0"]
    assert said(component)["peso:archive:sha256"] == ["ab" * 32]
