"""Hostile SBOMs: refused in bounded memory and time, or read; never an error that is not ours."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.foreign.made import DATA, cyclonedx, read_plain, spdx

from peso.errors import BadInput
from peso.services.assurance.foreign.limits import LARGEST, MOST_FINDINGS
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.foreign.subjects import subjects_of
from peso.services.assurance.identity.table import Identity

FILES = sorted(path for path in DATA.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no SBOM"),
        (b"hello", "it is no SBOM"),
        (b"\x1f\x8b\x08", "it is no SBOM"),
        (b"PK\x03\x04", "it is no SBOM"),
        (b"{", "it is no JSON"),
        (b"{}", "no SBOM that PESO knows"),
        (b'{"bomFormat": "CycloneDX", "components": {}}', "components"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": 7}', "packages"),
        (b'{"artifacts": [], "schema": {}}', "syft's own form"),
        (b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "SPDX 3"),
        (b'{"a":' * 100_000, "nested too deeply|no JSON"),
        (b'{"bomFormat":"CycloneDX","components":[' + b"[" * 100_000, "nested too deeply|no JSON"),
        (b"{" + b'"a":1,' * 2_100_000 + b'"b":1}', "more than 2,000,000 values"),
        (b"<" * 2_100_000, "more than 2,000,000 elements"),
        (b'{"bomFormat":"\xff"}', "it is no JSON"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_sbom(data, where="a")


def test_more_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 64 MiB"):
        read_sbom(b"{" + b" " * LARGEST, where="a")


def test_components_in_components_without_end_are_refused() -> None:
    inner: dict[str, Any] = {"name": "a"}
    for _ in range(100):
        inner = {"name": "a", "components": [inner]}
    with pytest.raises(BadInput, match="components in each other"):
        read_plain(cyclonedx(inner))


def test_more_components_than_allowed_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 50,000 components"):
        read_plain(cyclonedx(*[{"name": "a"}] * 50_001))
    with pytest.raises(BadInput, match="more than 50,000 packages"):
        read_plain(spdx(*[{}] * 50_001))


def test_an_id_used_many_times_makes_no_product_of_edges() -> None:
    twins = [{"bom-ref": "a", "name": "a"}] * 2000
    made = cyclonedx(*twins, dependencies=[{"ref": "a", "dependsOn": ["a"]}])
    with pytest.raises(BadInput, match="more than 500,000 dependencies"):
        read_plain(made)


def test_the_same_fault_is_told_a_few_times_and_counted() -> None:
    seen = read_plain(cyclonedx(*[7] * 1000))
    assert len(seen.components) == 1000
    assert len(seen.findings) == MOST_FINDINGS + 1
    assert seen.findings[-1].message == "and 980 more like these"


def test_a_large_document_takes_bounded_memory() -> None:
    component = '{"name":"a","version":"1","purl":"pkg:pypi/a@1","x":{"y":[1,2,3]}},'
    text = cyclonedx()
    head = json.dumps(text).replace('"components": []', '"components": [%s{}]')
    data = (head % (component * 20_000)).encode()
    tracemalloc.start()
    try:
        assert len(read_sbom(data, where="a").components) == 20_001
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 << 20


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["name", "version", "purl", "cpe", "bom-ref", "licenses", "hashes", "components", "properties",
     "SPDXID", "versionInfo", "externalRefs", "checksum", "checksums", "scope", "type", "group"]
)  # fmt: skip
COMPONENTS = st.lists(st.dictionaries(FIELDS, VALUES, max_size=6) | VALUES, max_size=5)


@given(components=COMPONENTS, others=st.tuples(VALUES, VALUES))
def test_any_cyclonedx_is_read_or_refused(
    components: list[object], others: tuple[object, object]
) -> None:
    dependencies, metadata = others
    made = cyclonedx(*components, dependencies=dependencies, metadata=metadata)
    _read_or_refuse(made, len(components))


@given(packages=COMPONENTS, others=st.tuples(VALUES, VALUES, VALUES))
def test_any_spdx_is_read_or_refused(
    packages: list[object], others: tuple[object, object, object]
) -> None:
    relationships, info, described = others
    made = spdx(
        *packages, relationships=relationships, creationInfo=info, documentDescribes=described
    )
    _read_or_refuse(made, len(packages))


def _read_or_refuse(made: dict[str, Any], count: int) -> None:
    try:
        seen = read_sbom(json.dumps(made).encode(), where="a")
    except BadInput:
        return
    # Nothing is dropped: only what the document is about may be set aside.
    assert len(seen.components) >= count - 1
    refs = [component.ref for component in seen.components]
    assert len(set(refs)) == len(refs)
    assert {need.ref for one in seen.components for need in one.depends} <= set(refs)
    for component, subject in subjects_of(seen, Identity([])):
        assert bool(subject.asked) != bool(subject.unasked) or not component.doubt


@given(data=st.data())
def test_real_forms_with_bytes_changed_are_read_or_refused(data: st.DataObject) -> None:
    text = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(text) - 1))
        how = data.draw(st.sampled_from(["set", "cut", "twice"]))
        if how == "set":
            text[place] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del text[place : place + 9]
        else:
            text[place:place] = text[place : place + 40]
        if not text:
            break
    try:
        read_sbom(bytes(text), where="a")
    except BadInput:
        return
