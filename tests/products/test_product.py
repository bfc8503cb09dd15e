"""The product's own file: read strictly, with every fault at its place."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.products.license import License
from peso.products.product import Badge, load_product, product_schema

FILE = """\
schema: peso.product/1
name: Heron
spack: [heron]
license: MIT OR Apache-2.0
foundation: {unknown: nobody asked}
badge: {project: 77, level: passing, percentages: {passing: 100}}
links:
  - {label: Repository, url: 'https://example.org/heron', for: developers}
sources:
  cass: {file: _software/heron.md, lines: {name: 3}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "heron.yaml"
    path.write_text(FILE)
    return path


def test_a_product_says_what_is_known_and_what_is_not(file: Path) -> None:
    product = load_product(file)

    assert isinstance(product.licensing, License)
    assert product.licensing.names == ("MIT", "Apache-2.0")
    assert product.foundation == Unknown(unknown="nobody asked")
    assert isinstance(product.badge, Badge)
    assert isinstance(product.audience, Unknown)
    assert product.published
    assert list(product.said("name")) == [("cass", "_software/heron.md", 3)]


def test_a_name_alone_is_a_product(file: Path) -> None:
    file.write_text("schema: peso.product/1\nname: Heron\n")

    assert load_product(file).members == ()


@pytest.mark.parametrize(
    ("was", "now", "where", "message"),
    [
        ("name: Heron\n", "", "1:1", "the key 'name' is missing from the file"),
        ("spack: [heron]", "spack: heron", "3:8", "spack is the text 'heron'"),
        ("spack:", "spak:", "3:1", "unknown key 'spak'"),
        ("peso.product/1", "peso.product/2", "1:9", "schema is the text 'peso.product/2'"),
        ("for: developers", "for: cats", "8:64", "links[0].for is the text 'cats'"),
        ("project: 77", "project: many", "6:18", "badge.project is the text 'many'"),
    ],
)
def test_a_fault_is_said_with_its_place(
    file: Path, was: str, now: str, where: str, message: str
) -> None:
    file.write_text(FILE.replace(was, now))
    with pytest.raises(BadInput) as caught:
        load_product(file)

    assert (f"{file}:{where}", message) in [(one.where, one.message) for one in caught.value.faults]


def test_the_schema_takes_the_file_and_refuses_a_wrong_one() -> None:
    schema = product_schema()
    data = {"schema": "peso.product/1", "name": "Heron", "license": {"unknown": "lost"}}

    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "spak": []}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "Heron"}, schema)
    assert json.dumps(schema)
