"""Whether two licenses are the same, as SPDX expressions."""

from __future__ import annotations

import pytest

from peso.base.finding import Unknown
from peso.products.recipes.record import License
from peso.products.reconcile.licenses import compare


def _recipe(*expressions: str) -> tuple[License, ...]:
    return tuple(License(expression=one, line=8) for one in expressions)


@pytest.mark.parametrize(
    ("said", "recipe"),
    [
        ("MIT", "MIT"),
        ("Apache-2.0 OR MIT", "MIT OR Apache-2.0"),
        ("(MIT AND BSD-3-Clause)", "BSD-3-Clause AND MIT"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("LGPL-2.1+ OR MIT", "MIT OR LGPL-2.1-or-later"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
    ],
)
def test_the_same_license_in_other_words(said: str, recipe: str) -> None:
    assert compare(said, _recipe(recipe)).same is True


@pytest.mark.parametrize(
    ("said", "recipe"),
    [
        ("BSD-3-Clause", "BSD-3-Clause-LBNL"),
        ("LGPL-2.1-only", "LGPL-2.1-or-later"),
        ("Apache-2.0 OR MIT", "Apache-2.0 AND MIT"),
        ("Apache-2.0", "Apache-2.0 WITH LLVM-exception"),
    ],
)
def test_another_license(said: str, recipe: str) -> None:
    compared = compare(said, _recipe(recipe))

    assert compared.same is False
    assert compared.recipe == recipe
    assert compared.line == 8


def test_one_of_a_recipes_licenses_is_enough() -> None:
    assert compare("MIT", _recipe("GPL-3.0-only", "MIT")).same is True


@pytest.mark.parametrize(
    ("said", "recipe", "why"),
    [
        (Unknown(unknown="blank in the catalog"), "MIT", "the product: blank"),
        ("per-member-package", "MIT", "each of its packages"),
        ("my own", "MIT", "the product:"),
        ("MIT", "custom", "the recipe:"),
    ],
)
def test_what_cannot_be_compared_says_why(said: str | Unknown, recipe: str, why: str) -> None:
    same = compare(said, _recipe(recipe)).same

    assert isinstance(same, Unknown)
    assert why in same.unknown
