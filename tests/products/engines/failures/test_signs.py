"""Every sign knows the lines it must know, and not those it must not."""

from __future__ import annotations

from typing import get_args

import pytest

from peso.products.engines.failures.sign import Sign
from peso.products.engines.failures.signs import SIGNS
from peso.products.engines.native import FailureKind

YES = [(sign, line) for sign in SIGNS for line in sign.yes]
NO = [(sign, line) for sign in SIGNS for line in sign.no]


def fits(sign: Sign, line: str) -> bool:
    lower = line.lower().encode()
    return any(one in lower for one in sign.needles) and sign.pattern.search(line) is not None


@pytest.mark.parametrize(("sign", "line"), YES, ids=[line for _, line in YES])
def test_lines_it_must_know(sign: Sign, line: str) -> None:
    assert fits(sign, line)


@pytest.mark.parametrize(("sign", "line"), YES, ids=[line for _, line in YES])
def test_the_first_sign_that_fits_is_of_its_kind(sign: Sign, line: str) -> None:
    first = next(one for one in SIGNS if fits(one, line))
    assert (first.kind, first.weight) == (sign.kind, sign.weight)


@pytest.mark.parametrize(("sign", "line"), NO, ids=[line for _, line in NO])
def test_lines_it_must_not_know(sign: Sign, line: str) -> None:
    assert not fits(sign, line)


def test_every_alternative_has_a_line_that_needs_its_needles() -> None:
    for sign in SIGNS:
        assert sign.yes
        assert all(needle == needle.lower() for needle in sign.needles)


def test_every_kind_but_those_of_tracebacks_has_a_sign() -> None:
    assert {sign.kind for sign in SIGNS} | {"recipe"} == set(get_args(FailureKind))


GENERIC = ("Killed", "No such file or directory", "failed", "Error", "error:", "not found")


@pytest.mark.parametrize("line", GENERIC)
def test_generic_lines_are_no_sign(line: str) -> None:
    assert not [sign for sign in SIGNS if fits(sign, line)]
