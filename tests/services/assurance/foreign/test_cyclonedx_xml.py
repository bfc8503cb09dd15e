from __future__ import annotations

import pytest
from tests.services.assurance.foreign.made import one, read

from peso.errors import BadInput
from peso.services.assurance.foreign.read import read_sbom

HEAD = '<bom xmlns="http://cyclonedx.org/schema/bom/1.6">'


def test_xml_says_what_json_says() -> None:
    seen = read("none", "cyclonedx-1.5.xml")
    assert (seen.form, seen.version, seen.about) == ("CycloneDX", "1.5", "birds@7")
    assert [component.ref for component in seen.components] == ["heron", "chick", "stork"]
    heron = one(seen, "wading/heron")
    assert (heron.version, heron.purls, heron.license) == ("1.0", ("pkg:pypi/heron@1.0",), "MIT")
    assert (heron.state, heron.hashes[0].algorithm) == ("building", "SHA-256")
    assert {need.ref for need in heron.depends} == {"chick", "stork"}
    stork = one(seen, "stork")
    assert stork.license == "GPL-2.0-only OR MIT"
    assert stork.cpes == ("cpe:2.3:a:birds:stork:2.0:*:*:*:*:*:*:*",)
    assert seen.roots == ("heron",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<bom", "it is no XML"),
        (f"{HEAD}<components></bom>", "it is no XML"),
        ("<html/>", "no CycloneDX"),
        ('<!DOCTYPE bom [<!ENTITY a "b">]><bom/>', "document type or entities"),
        ('<!DOCTYPE bom SYSTEM "file:///etc/passwd"><bom/>', "document type or entities"),
        ("<?xml version='1.0' encoding='no-such'?><bom/>", "it is no XML"),
        (f"{HEAD}{'<components><component>' * 200}", "elements in each other"),
        (f"{HEAD}{'<x>' * 400}", "elements in each other"),
    ],
)
def test_what_is_no_sbom_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_sbom(text.encode(), where="a.xml")


def test_a_billion_laughs_are_none() -> None:
    levels = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
    )
    text = f"<!DOCTYPE bom [{levels}]>{HEAD}<components><component><name>&l9;</name>"
    with pytest.raises(BadInput, match="entities"):
        read_sbom(text.encode(), where="a.xml")
