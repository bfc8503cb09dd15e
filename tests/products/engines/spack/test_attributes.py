"""All that Spack's detection found of an external."""

from __future__ import annotations

import gzip
import json

from tests.products.engines.spack.locks import external, hash_of, lock, node

from peso.products.engines.spack.attributes import external_attributes

FOUND = {"compilers": {"c": "/usr/bin/gcc"}, "flags": {"cflags": "-fPIC"}, "more": ["x", {"y": 1}]}
LOCK = lock(
    node("gcc", external=external(extra_attributes=FOUND)),
    node("bare", external=external()),
    node("null", external=external(extra_attributes=None)),
    node("built"),
)


def test_nothing_is_left_out() -> None:
    said = external_attributes(LOCK, where="lock")

    assert {hash_: json.loads(text) for hash_, text in said.items()} == {hash_of("gcc"): FOUND}


def test_of_a_packed_lock_too() -> None:
    assert external_attributes(gzip.compress(LOCK), where="lock") == external_attributes(
        LOCK, where="lock"
    )
