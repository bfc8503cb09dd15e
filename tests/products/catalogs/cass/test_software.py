"""A product's page: every fault is found at its line, and nothing of the page is lost.

Each folder of `../data` is named after its fault and holds a page and what is to be found in it.
`PESO_WRITE_FINDINGS=1` writes the latter anew, to be read before it is committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.products.catalogs.conftest import FILES

from peso.base.finding import Unknown
from peso.products.catalogs.cass.catalog import read_cass
from peso.products.catalogs.entry import Reading, Tree
from peso.products.product import Badge, Product

DATA = Path(__file__).parents[1] / "data"
FAULTS = sorted(folder.name for folder in DATA.iterdir())
VOCABULARY = {path: text.encode() for path, text in FILES.items() if path.startswith("_data/")}
LICENSES = {
    "licenses": [
        {"licenseId": "MIT", "isDeprecatedLicenseId": False},
        {"licenseId": "BSD-2-Clause-FreeBSD", "isDeprecatedLicenseId": True},
    ]
}
LIST = "_data/spdx_license_list_data/licenses.json"


def _read(page: bytes) -> Reading:
    files = {**VOCABULARY, LIST: json.dumps(LICENSES).encode(), "_software/heron.md": page}
    return read_cass(Tree(files=files), "")


def _product(page: bytes) -> Product:
    record = next(one.record for one in _read(page).entries if one.path.startswith("products/"))
    assert isinstance(record, Product)
    return record


def _found(page: bytes) -> list[str]:
    return [
        f"{(one.where or '').rpartition(':')[2]} {one.level} {one.rule}: {one.message}"
        for one in _read(page).findings
        if (one.where or "").startswith("_software/")
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_at_its_line(fault: str) -> None:
    found = _found((DATA / fault / "heron.md").read_bytes())
    file = DATA / fault / "findings.txt"
    if os.environ.get("PESO_WRITE_FINDINGS"):
        file.write_text("".join(f"{line}\n" for line in found))

    assert found == file.read_text().splitlines()


def test_bytes_that_are_not_utf8_are_found_at_their_line() -> None:
    page = (DATA / "nothing-wrong" / "heron.md").read_bytes().replace(b"still", b"\xff")

    assert _found(page) == ["7 high catalog.unreadable: the byte 0xff is not UTF-8"]


def test_what_a_page_says_is_in_the_record() -> None:
    product = _product(FILES["_software/heron.md"].encode())

    assert product.name == "Heron"
    assert product.cass == "heron"
    assert product.e4s == ("HERON",)
    assert product.spack == ("heron",)
    assert product.areas == ("Wading birds", "Fishing")
    assert product.members == ("POND",)
    assert product.long_description == "Heron waits.  \nThen it strikes.\n"
    assert product.foundation == "Marsh Foundation"
    assert product.published
    assert [(link.label, link.audience, link.note) for link in product.links] == [
        ("Repository", "everyone", ""),
        ("Documentation", "everyone", "(latest)"),
        ("Chat", "developers", ""),
    ]
    assert isinstance(product.badge, Badge)
    assert product.badge.level == "passing"
    assert product.badge.percentages == {"passing": 100, "silver": 12, "baseline-1": 40}
    assert list(product.said("license")) == [("cass", "_software/heron.md", 18)]


def test_a_blank_value_is_unknown_with_its_reason() -> None:
    product = _product((DATA / "license-blank" / "heron.md").read_bytes())

    assert product.license == Unknown(unknown="the catalog leaves it blank")
    assert product.licensing == product.license


@pytest.mark.parametrize(
    ("fault", "key", "value"),
    [
        ("key-unknown", "nest", "reeds"),
        ("key-misspelt", "target_audiense", "Whoever has fish."),
        ("badge-is-text", "openssf_bestpractices_id", "seventy"),
        ("published-is-text", "published", "no"),
        ("spack-is-a-mapping", "spack_name", {"a": "b"}),
        ("links-is-text", "additional_resource_links", "https://example.org/heron"),
        ("name-is-a-list", "name", ["Heron"]),
    ],
)
def test_what_has_no_field_is_kept(fault: str, key: str, value: object) -> None:
    product = _product((DATA / fault / "heron.md").read_bytes())

    assert product.kept["cass"][key] == value


def test_a_link_that_is_text_is_kept_whole() -> None:
    (link,) = _product((DATA / "link-is-text" / "heron.md").read_bytes()).links

    assert isinstance(link.url, Unknown)
    assert link.kept == {"*": "https://example.org/heron"}


@pytest.mark.parametrize("same", ["windows-line-ends", "byte-order-mark", "no-line-end-at-the-end"])
def test_how_a_file_ends_its_lines_changes_nothing(same: str) -> None:
    plain = _product((DATA / "nothing-wrong" / "heron.md").read_bytes())

    assert _product((DATA / same / "heron.md").read_bytes()) == plain


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    [
        "name",
        "areas",
        "cass_members",
        "license_spdx",
        "openssf_bestpractices_id",
        "spack_name",
        "additional_resource_links",
        "published",
        "whatever",
    ]
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_values_give_a_product_and_findings(said: dict[str, object]) -> None:
    page = f"---\n{json.dumps(said)}\n---\n".encode()
    reading = _read(page)
    unreadable = any(one.rule == "catalog.unreadable" for one in reading.findings)

    assert unreadable or any(isinstance(one.record, Product) for one in reading.entries)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"---\n{text}".encode()))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_findings_and_nothing_else(page: bytes) -> None:
    assert _read(page).findings
