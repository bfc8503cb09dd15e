"""A license text is read as an SPDX expression, and kept as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.products.license import License, read_license


@pytest.mark.parametrize(
    ("text", "expression", "names"),
    [
        ("MIT", "MIT", ("MIT",)),
        ("mit", "MIT", ("MIT",)),
        ("Apache-2.0 OR MIT", "Apache-2.0 OR MIT", ("Apache-2.0", "MIT")),
        (
            "Apache-2.0 WITH LLVM-exception",
            "Apache-2.0 WITH LLVM-exception",
            ("Apache-2.0", "LLVM-exception"),
        ),
        ("LicenseRef-ours", "LicenseRef-ours", ("LicenseRef-ours",)),
    ],
)
def test_an_expression_has_its_names(text: str, expression: str, names: tuple[str, ...]) -> None:
    assert read_license(text) == License(text=text, expression=expression, names=names)


@pytest.mark.parametrize("text", ["", "MIT AND", "MIT license", ")(", "Heron-1.0 OR MIT"])
def test_what_is_none_says_so_and_keeps_the_text(text: str) -> None:
    license_ = read_license(text)

    assert license_.problem
    assert license_.text == text


def test_a_name_a_catalogs_own_list_has_is_known() -> None:
    assert read_license("Heron-1.0", also=frozenset({"Heron-1.0"})).problem is None


def test_a_collection_has_no_license_of_its_own() -> None:
    license_ = read_license("per-member-package")

    assert license_.per_package
    assert license_.problem is None


@given(st.text(max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert read_license(text).text == text
