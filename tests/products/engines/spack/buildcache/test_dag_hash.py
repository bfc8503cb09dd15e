"""Spack's hash of a spec, computed again: equal, not equal, or not to be known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.spack_cache_files import BASE, EXTERNAL, spec_of

from peso.base.finding import Unknown
from peso.products.engines.spack.buildcache.dag_hash import computed, hash_holds

RAW = spec_of("whole", "tiny-base").raw


def changed(**values: object) -> bytes:
    return json.dumps(json.loads(RAW) | values, separators=(",", ":")).encode()


def test_the_hash_of_a_spec_that_spack_wrote_holds() -> None:
    assert hash_holds(RAW, BASE) is True


def test_the_hash_of_an_external_holds_too() -> None:
    (external,) = (one for one in spec_of("whole", "tiny-top").below if one.external)
    assert (external.hash, external.hash_holds) == (EXTERNAL, True)


@pytest.mark.parametrize(
    "values",
    [
        {"version": "1.2"},
        {"name": "other"},
        {"package_hash": "x"},
        {"parameters": {"shout": True}},
        {"dependencies": []},
    ],
)
def test_a_spec_that_was_changed_has_not_its_hash(values: dict[str, Any]) -> None:
    assert hash_holds(changed(**values), BASE) is False


def test_the_hash_in_the_spec_itself_does_not_count() -> None:
    assert hash_holds(changed(hash="z" * 32), BASE) is True


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"external": {"path": "/usr"}}, "an external"),
        ({"annotations": {"original_specfile_version": 4}}, "an older format"),
        ({"annotations": None}, "an older format"),
    ],
)
def test_what_older_spacks_hashed_is_not_known(values: dict[str, Any], says: str) -> None:
    found = hash_holds(changed(**values), BASE)
    assert isinstance(found, Unknown)
    assert says in found.unknown


def test_a_spliced_spec_keeps_the_end_of_the_hash_it_was_built_under() -> None:
    spec = json.loads(RAW)
    own = computed({key: value for key, value in spec.items() if key != "hash"})
    spec["build_spec"] = {"name": "tiny-base", "hash": "y" * 32}
    spec.pop("hash")
    assert own == BASE
    assert computed(spec)[-7:] == "y" * 7
    assert computed(spec)[:25] != BASE[:25]


@pytest.mark.parametrize("raw", [b"[]", b"1", b"{", b'{"a": "\xff"}', b"9" * 5000])
def test_what_is_no_object_is_an_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        hash_holds(raw, BASE)
