"""Which product claims which packages, read lightly."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.claims import Claim, Unread, read_claim, read_claims


def test_what_a_product_claims(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    file = tmp_path / "products" / "a.yaml"
    file.write_text("schema: peso.product/1\nname: A\nspack: [a, b]\nmembers: [M]\n")

    claims, unread = read_claims(tmp_path)

    assert claims == (Claim(file=str(file), name="A", spack=("a", "b"), members=("M",)),)
    assert unread == ()


@pytest.mark.parametrize("text", ["a: [", "- a\n", "spack: [a]\n", "\x00", "name: {a: b}\n"])
def test_what_is_no_product_is_unread_with_its_reason(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)

    found = read_claim(file)

    assert isinstance(found, Unread)
    assert found.reason


def test_what_has_another_shape_claims_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: A\nspack: {a: b}\nmembers: 3\n")

    found = read_claim(file)

    assert isinstance(found, Claim)
    assert found.spack == found.members == ()
