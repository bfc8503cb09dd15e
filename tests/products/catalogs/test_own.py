"""Fast or slow, a file of the workspace is the same record, or the same faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.base.yamls import parse_record
from peso.errors import BadInput
from peso.products.catalogs.merge import rendered
from peso.products.catalogs.own import read_entry, read_own
from peso.products.catalogs.quality import Seen
from peso.products.product import Product

HEAD = "schema: peso.product/1\nname: Heron\n"


def _both(file: Path) -> tuple[object, object]:
    answers: list[object] = []
    for reader in (read_own, parse_record):
        try:
            answers.append(reader(Product, file))
        except BadInput as error:
            answers.append(error.faults)
    return answers[0], answers[1]


@pytest.mark.parametrize(
    "more",
    [
        "",
        "description: yes\n",
        "description: 'yes'\n",
        "description: 1.50\n",
        "description: 0o17\n",
        "description: 1:30\n",
        "description: 2026-01-02\n",
        "description: null\n",
        "description: ~\n",
        "published: on\n",
        "published: false\n",
        "published: False\n",
        "kept: {cass: {a: yes, b: 1_000, c: 012, d: 0x1F, e: .5, f: -3, g: =, h: +1}}\n",
        "kept: {cass: {yes: 1, 12: 3}}\n",
        "kept: {cass: {a: &x [1], b: *x}}\n",
        "kept: {cass: {a: !!str 12, b: !odd x}}\n",
        "kept: {cass: {<<: {a: 1}}}\n",
        "name: Again\n",
        "spack: heron\n",
        "spack: [\n",
        "spak: []\n",
        "description: |\n  a\n  b\n",
        'description: "\\U0001F426"\n',
    ],
)
def test_both_readers_say_the_same(tmp_path: Path, more: str) -> None:
    file = tmp_path / "heron.yaml"
    file.write_text(HEAD + more)
    fast, slow = _both(file)

    assert fast == slow


@pytest.mark.parametrize("data", [b"", b"\xff", b"schema: peso.product/1\n", b"[" * 5000])
def test_what_is_no_product_has_its_faults(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "heron.yaml"
    file.write_bytes(data)
    fast, slow = _both(file)
    seen = Seen(catalog="", root="")

    assert fast == slow
    assert fast
    assert read_entry(file, "products/heron.yaml", Product, seen) is None
    assert [one.rule for one in seen.findings] == ["catalog.not-a-record"]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_TEXTS, below, max_size=3),
    max_leaves=6,
)


@given(name=_TEXTS, description=_TEXTS, spack=st.lists(_TEXTS, max_size=3), kept=_ANY)
@settings(max_examples=40, deadline=None)
def test_a_product_that_was_written_is_read_by_both(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    description: str,
    spack: list[str],
    kept: object,
) -> None:
    product = Product(
        name=name, description=description, spack=tuple(spack), kept={"cass": {"x": kept}}
    )
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(rendered(product).encode())
    fast, slow = _both(file)

    assert fast == slow == product
