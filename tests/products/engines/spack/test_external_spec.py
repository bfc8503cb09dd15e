"""What `packages.yaml` can say of a unit, and what is said not to be there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.products.engines.spack.locks import APP, GCC, ZLIB, lock, node

from peso.products.engines.spack.document import read_document
from peso.products.engines.spack.external_spec import ExternalSpec, external_spec
from peso.products.spec.parse import parse_spec

PLACE = "platform=linux os=debian12 target=x86_64_v3"


def spec_of(unit: dict[str, Any]) -> ExternalSpec:
    alone = {name: value for name, value in unit.items() if name != "dependencies"}
    document = read_document(lock(alone), where="lock")
    return external_spec(document.concrete_specs[unit["hash"]])


def test_version_variants_flags_and_place_are_exact() -> None:
    said = spec_of(ZLIB)

    assert said.text == f"zlib@=1.3.1+shared build_system=generic cflags='-O2 -g' {PLACE}"
    assert said.unsaid == ()


def test_a_list_says_that_these_are_all_values() -> None:
    assert (
        "libs:=shared,static" in spec_of(node("a", parameters={"libs": ["static", "shared"]})).text
    )
    assert "languages:=c,c++,fortran" in spec_of(GCC).text
    assert "build_system=generic" in spec_of(GCC).text


def test_patches_are_said_to_be_left_out() -> None:
    said = spec_of(APP)

    assert "patches" not in said.text
    assert said.unsaid == ("it is patched (1: sha256 abababababab)",)


@pytest.mark.parametrize(
    ("parameters", "unsaid"),
    [
        ({"dev_path": "/home/somebody/src"}, "a folder of the builder's"),
        ({"commit": "0123abcd"}, "it is of the commit 0123abcd"),
        ({"note": 'it\'s "so"'}, "the value of note"),
        ({"note": "back\\"}, "the value of note"),
        ({"note": "two\nlines"}, "the value of note"),
        ({"note": []}, "the value of note"),
        ({"note": None}, "the value of note"),
        ({"cflags": ["-DX='\"'"]}, "cflags with a value"),
    ],
)
def test_what_no_spec_can_hold(parameters: dict[str, Any], unsaid: str) -> None:
    said = spec_of(node("a", parameters=parameters))

    assert [unsaid in one for one in said.unsaid] == [True]
    assert said.text == f"a@=1.0 build_system=generic {PLACE}"


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("develop", "a@=develop"),
        ("2024.03-rc1", "a@=2024.03-rc1"),
        ("git.v1.2=1.2", "a@git.v1.2=1.2"),
        (
            "git.0123456789012345678901234567890123456789=main",
            "a@git.0123456789012345678901234567890123456789=main",
        ),
    ],
)
def test_versions(version: str, text: str) -> None:
    assert spec_of(node("a", version)).text.startswith(f"{text} ")


@pytest.mark.parametrize(
    "parameters",
    [
        {"x": "a b"},
        {"x": ["c", "c++", "fortran"], "y": True, "z": False},
        {"x": "none", "cxxflags": ["-O3", "-DA='b c'"], "ldlibs": ["-lm"]},
    ],
)
def test_the_text_is_read_again_as_it_was_meant(parameters: dict[str, Any]) -> None:
    spec = parse_spec(spec_of(node("a", parameters=parameters)).text)

    for name, value in parameters.items():
        if name in {"cxxflags", "ldlibs"}:
            assert [one.text for one in spec.flags if one.kind == name] == value
            continue
        found = spec.variant(name)
        assert found is not None
        wanted = (
            value
            if isinstance(value, bool)
            else tuple([value] if isinstance(value, str) else value)
        )
        assert found.value == wanted
