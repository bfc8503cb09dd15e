"""E4S's product list: every form it comes in, and every fault at its line."""

from __future__ import annotations

import pytest

from peso.base.finding import Unknown
from peso.products.catalogs.e4s.catalog import read_e4s, wanted
from peso.products.catalogs.entry import Tree
from peso.products.product import Product

LIST = "- version: 0.1.0\n- repo_url: https://example.org/birds/gull\n"
GULL = "- e4s_product: gull\n  docs: [README]\n  Area: Birds\n  Description: A bird\n"


def _read(files: dict[str, str]) -> tuple[dict[str, Product], list[str]]:
    reading = read_e4s(Tree(files={path: text.encode() for path, text in files.items()}), "")
    products = {one.path: one.record for one in reading.entries if isinstance(one.record, Product)}
    return products, [
        f"{one.where} {one.rule.removeprefix('catalog.')}" for one in reading.findings
    ]


def _gull(text: str) -> Product:
    return _read({"e4s_products.yaml": LIST, "data/gull/e4s.yaml": text})[0]["products/gull.yaml"]


def test_a_product_has_its_repository_from_the_list() -> None:
    product = _gull(GULL)

    assert (product.name, product.e4s, product.areas) == ("gull", ("gull",), ("Birds",))
    assert [(link.label, link.url) for link in product.links] == [
        ("Repository", "https://example.org/birds/gull")
    ]
    assert product.kept == {"e4s": {"docs": ["README"]}}
    assert list(product.said("description")) == [("e4s", "data/gull/e4s.yaml", 4)]


def test_an_entry_may_stand_without_a_list_around_it() -> None:
    assert _gull("e4s_product: gull\ndescription: A bird\n").description == "A bird"


def test_websites_and_further_repositories_are_links() -> None:
    more = "  website: https://example.org\n  subrepo_urls: [https://example.org/egg]\n"

    assert [link.url for link in _gull(GULL + more).links] == [
        "https://example.org",
        "https://example.org/birds/gull",
        "https://example.org/egg",
    ]


@pytest.mark.parametrize("rest", ["/blob/master", "/-/blob/main", "/src/master", ".git", "/"])
def test_a_repository_is_found_in_an_address_with_more_behind_it(rest: str) -> None:
    files = {
        "e4s_products.yaml": f"- repo_url: https://example.org/birds/gull{rest}\n",
        "data/gull/e4s.yaml": GULL,
    }
    products, found = _read(files)

    assert found == []
    assert products["products/gull.yaml"].links[0].url == "https://example.org/birds/gull"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"data/tern/e4s.yaml": GULL}, "data/tern/e4s.yaml:1 not-listed"),
        ({"data/gull/e4s.yaml": f"{GULL}  Colour: w\n"}, "data/gull/e4s.yaml:5 key-unknown"),
        ({"data/gull/e4s.yaml": f"{GULL}  Area: x\n"}, "data/gull/e4s.yaml:3 key-twice"),
        ({"data/gull/e4s.yaml": f"{GULL}{GULL}"}, "data/gull/e4s.yaml:5 same-name"),
        ({"data/gull/e4s.yaml": "- docs: []\n"}, "data/gull/e4s.yaml:1 name-missing"),
        ({"data/gull/e4s.yaml": "- gull\n"}, "data/gull/e4s.yaml:1 unreadable"),
        ({"data/gull/e4s.yaml": "a: [\n"}, "data/gull/e4s.yaml:2 unreadable"),
        ({"data/gull/e4s.yaml": "# nothing\n"}, "data/gull/e4s.yaml:1 unreadable"),
        ({"e4s_products.yaml": f"{LIST}- gull\n"}, "e4s_products.yaml:3 wrong-shape"),
        ({"e4s_products.yaml": LIST * 2}, "e4s_products.yaml:4 key-twice"),
        ({}, "e4s_products.yaml:2 no-metadata"),
        ({"product-catalog.yml": "- area: x\n"}, "product-catalog.yml:1 name-missing"),
        ({"product-catalog.yml": "- x\n"}, "product-catalog.yml:1 unreadable"),
    ],
)
def test_a_fault_is_found_at_its_line(files: dict[str, str], found: str) -> None:
    assert found in _read({"e4s_products.yaml": LIST, **files})[1]


def test_the_sites_catalog_adds_what_only_it_has_and_keeps_no_html() -> None:
    site = "- name: Gull\n  area: Sea\n  description: Other\n  html_blob: PGI+\n- name: owl\n"
    products, _ = _read({"data/gull/e4s.yaml": GULL, "product-catalog.yml": site})
    gull = products["products/gull.yaml"]

    assert (gull.description, gull.areas) == ("A bird", ("Birds",))
    assert gull.kept["e4s"]["html_blob"] == "4 characters in product-catalog.yml"
    assert isinstance(products["products/owl.yaml"].description, Unknown)


def test_roots_that_are_no_names_are_said() -> None:
    text = "spack:\n  specs:\n  - gull\n  - $compilers\n  - matrix: [[a]]\n"
    _, found = _read({"environments/x/spack.yaml": text})

    assert found == [
        "environments/x/spack.yaml:4 wrong-shape",
        "environments/x/spack.yaml:5 wrong-shape",
    ]


def test_what_is_wanted_of_a_checkout() -> None:
    assert wanted("data/gull/e4s.yaml")
    assert wanted("environments/x/spack.yaml")
    assert not wanted("environments/x/packages.yaml")
    assert not wanted("README.md")
