"""Conditions in Python are answered without running Python; what is not understood is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.products.environments.conftest import LINUX

from peso.base.yaml_nodes import Kind, Place, Scalar
from peso.products.environments.conditions import answer
from peso.products.environments.record import Answer, Condition, Text


def _answer(condition: str, target: str = "") -> Condition:
    place = Place("f.yaml", 1, 1, 1, 1)
    text = Text(condition, Scalar(condition, Kind.TEXT, "", place))
    return answer(text, replace(LINUX, target=target))


@pytest.mark.parametrize(
    "condition",
    [
        'platform == "linux"',
        'platform != "darwin" and os == "rhel9"',
        'os in ["rhel8", "rhel9"]',
        '"rhel" in os',
        'env.get("SITE") == "east"',
        'env["SITE"] == "east"',
        '"SITE" in env and "NOWHERE" not in env',
        'not env.get("NOWHERE")',
        'env.get("NOWHERE", "x") == "x"',
        're.match(r"login\\d", hostname)',
        'hostname.startswith("login")',
        'platform == "windows" or target == "zen4" or os == "rhel9"',
        '"a" if platform == "windows" else "b"',
        "True",
        " platform is not None ",
    ],
)
def test_yes(condition: str) -> None:
    assert _answer(condition).answer is Answer.YES


@pytest.mark.parametrize(
    "condition",
    [
        'platform == "windows"',
        'env.get("NOWHERE")',
        'target == "zen4" and platform == "windows"',
        're.search("^compute", hostname)',
        "None",
        'os == "rhel9" == "x"',
    ],
)
def test_no(condition: str) -> None:
    assert _answer(condition).answer is Answer.NO


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ('target == "zen4"', "target"),
        ('arch.satisfies("target=zen4:")', "target"),
        ('env["NOWHERE"] == "x"', "NOWHERE"),
        ("__import__('os').system('true')", "not understood"),
        ("open('x')", "not understood"),
        ("[x for x in (1,)]", "not understood"),
        ("().__class__", "not understood"),
        ("elsewhere == 1", "elsewhere"),
        ("platform ==", "not Python"),
        ("re.match('(a+)+$', hostname)", "for ever"),
        ("re.match('[', hostname)", "wrong"),
        ("env == 1", "env"),
        ("1 < 'a'", "1 < 'a'"),
        ("(" * 1500, "not Python"),
        ("x" * 3000, "longer"),
        ("not " * 400 + "True", ""),
    ],
)
def test_what_is_not_understood_is_unknown_with_its_reason(condition: str, why: str) -> None:
    found = _answer(condition)

    if found.answer is Answer.UNKNOWN:
        assert why in found.reason
    else:
        assert condition.startswith("not ")


def test_a_target_that_is_told_is_answered() -> None:
    assert _answer('arch.satisfies("target=x86_64_v3:")', target="zen4").answer is Answer.YES
    assert _answer('arch.satisfies("target=aarch64:")', target="zen4").answer is Answer.NO
    assert _answer('arch.satisfies("os=rhel8")', target="zen4").answer is Answer.NO
    assert _answer('arch.satisfies("@@")', target="zen4").answer is Answer.UNKNOWN
    assert _answer('arch == "x"', target="zen4").answer is Answer.UNKNOWN
    assert _answer('target == "zen4"', target="zen4").answer is Answer.YES
    assert _answer('"zen4" in arch_str', target="zen4").answer is Answer.YES


@settings(max_examples=200, deadline=2000)
@given(st.text(alphabet=st.sampled_from("platfomosenvget\"'()[]=!<> .,andornti1\\"), max_size=40))
def test_any_text_is_answered(condition: str) -> None:
    assert _answer(condition).answer in set(Answer)
