from __future__ import annotations

from typing import Any

import pytest
from tests.services.assurance.foreign.made import cyclonedx, read_plain

from peso.services.assurance.foreign.subjects import subjects_of
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.matching.subjects import Subject

TABLE = Identity(
    [
        Entry(
            name="heron",
            upstream="https://github.com/birds/heron",
            cpe=("birds:heron",),
            vendor="heron",
            scheme="dashed",
            tags=("heron-{version}",),
        ),
        Entry(name="twin-a", upstream="https://github.com/birds/twins"),
        Entry(name="twin-b", upstream="https://github.com/birds/twins"),
    ]
)
CPE = "cpe:2.3:a:birds:heron:1.2:*:*:*:*:*:*:*"


def subjects(*components: dict[str, Any]) -> list[Subject]:
    seen = read_plain(cyclonedx(*components))
    return [subject for _, subject in subjects_of(seen, TABLE)]


def asked(subject: Subject) -> set[tuple[str, str]]:
    return {(str(one.key), one.version) for one in subject.asked}


def component(name: str, version: str = "1.2", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"type": "library", "bom-ref": name, "name": name, "version": version, **more}


def test_a_package_of_an_index_is_asked_for_by_its_purl_and_not_by_a_guessed_cpe() -> None:
    [one] = subjects(component("heron", purl="pkg:npm/heron@1.2", cpe=CPE))
    assert asked(one) == {("npm heron", "1.2")}


@pytest.mark.parametrize("kind", ["apk/alpine", "conda", "deb/debian"])
def test_a_distributions_package_is_never_upstreams(kind: str) -> None:
    [one] = subjects(component("heron", purl=f"pkg:{kind}/heron@1.2", cpe=CPE))
    assert one.asked == ()
    assert one.unasked


def test_a_cpe_that_the_identity_table_knows_stands_for_all_names() -> None:
    [one] = subjects(component("heron", cpe=CPE))
    assert asked(one) == {
        ("VENDOR heron", "1.2"),
        ("CPE birds:heron", "1.2"),
        ("GIT github.com/birds/heron", "1.2"),
        ("PESO heron", "1.2"),
    }
    assert {key.key.scheme for key in one.asked} == {"dashed"}


def test_a_repository_with_a_tag_gives_the_version_as_its_pattern_says() -> None:
    [one] = subjects(component("x", "heron-1.4", purl="pkg:github/Birds/heron@heron-1.4"))
    assert ("CPE birds:heron", "1.4") in asked(one)
    [git] = [key for key in one.asked if key.key.space == "GIT"]
    assert (git.tag, one.patterns) == ("heron-1.4", ("heron-{version}",))


def test_a_name_that_several_products_have_stands_for_none_of_them() -> None:
    [one] = subjects(component("twins", purl="pkg:github/birds/twins@1.2"))
    assert asked(one) == {("GIT github.com/birds/twins", "1.2")}


def test_a_bare_name_is_nobodys() -> None:
    [one] = subjects(component("heron"))
    assert (one.asked, one.unasked) == ((), "it has no purl and no CPE")


def test_a_generic_purl_alone_is_nobodys() -> None:
    [one] = subjects(component("heron", purl="pkg:generic/heron@1.2"))
    assert (one.asked, "generic" in one.unasked) == ((), True)


@pytest.mark.parametrize(
    "purl",
    [
        "pkg:generic/heron@1.2?spack_hash=abc&spack_namespace=builtin",
        "pkg:spack/builtin/heron@1.2?sha=abc",
    ],
)
def test_a_package_of_spack_is_asked_for_by_its_identity(purl: str) -> None:
    [one] = subjects(component("heron", purl=purl))
    assert ("VENDOR heron", "1.2") in asked(one)
    assert one.purl == purl


def test_a_package_of_another_recipe_repository_is_not() -> None:
    [one] = subjects(component("heron", purl="pkg:spack/mine/heron@1.2"))
    assert one.asked == ()
    assert "mine" in one.unasked


def test_go_versions_lose_their_v() -> None:
    [one] = subjects(component("net", "v0.17.0", purl="pkg:golang/golang.org/x/net@v0.17.0"))
    assert asked(one) == {("Go golang.org/x/net", "0.17.0")}


def test_equal_components_share_a_subject_and_unequal_ones_of_a_purl_do_not() -> None:
    purl = "pkg:generic/heron@1.2"
    found = subjects(
        component("a", purl=purl, cpe=CPE),
        component("b", purl=purl, cpe=CPE),
        component("c", purl=purl),
    )
    assert [one.purl for one in found] == [purl, purl, f"{purl}#c"]


def test_what_is_missing_is_not_asked_about() -> None:
    said = [{"name": "peso:state", "value": "missing"}]
    assert subjects(component("a", purl="pkg:pypi/a@1", properties=said)) == []
