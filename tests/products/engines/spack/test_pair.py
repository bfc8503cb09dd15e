"""A pair is a unit's own, or it is said what it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tests.spack_cache_files import (
    BASE,
    EXTERNAL,
    TOP,
    archive_of,
    manifest_file,
    manifest_of,
    spec_bytes,
    spec_of,
)

from peso.errors import Reason, Refused
from peso.products.engines.spack.buildcache.record import Blob
from peso.products.engines.spack.pair import check_archive, check_manifest, check_spec


@dataclass(frozen=True)
class Unit:
    hash: str = BASE
    name: str = "tiny-base"
    version: str = "1.1"


def content(blob: Blob) -> tuple[str, int]:
    return blob.sha256, blob.length


@pytest.mark.parametrize("cache", ["whole", "unsigned", "signed-by-unknown-key"])
def test_a_whole_pair_is_its_unit_whoever_signed_it_for_spack(cache: str) -> None:
    own = manifest_of(cache, "tiny-base")
    data = manifest_file(cache, "tiny-base").read_bytes()
    said = check_manifest(data, spec=content(own.spec), archive=content(own.archive), where="m")
    assert said == own
    assert check_spec(spec_bytes(cache, "tiny-base"), Unit(), where="s").hash == BASE
    assert check_archive(archive_of(cache, "tiny-base"), Unit(), where="a").hash == BASE


def test_a_manifest_that_names_other_blobs_is_swapped() -> None:
    base, top = manifest_of("whole", "tiny-base"), manifest_of("whole", "tiny-top")
    data = manifest_file("swapped-pair", "tiny-base").read_bytes()
    for spec, archive, word in ((base, top, "spec"), (top, base, "archive")):
        with pytest.raises(Refused, match=f"names the {word}") as no:
            check_manifest(
                data, spec=content(spec.spec), archive=content(archive.archive), where="m"
            )
        assert (no.value.reason, no.value.where) == (Reason.SWAPPED, "m")


def test_an_older_pair_of_the_same_hash_has_other_blobs() -> None:
    own = manifest_of("whole", "tiny-base")
    data = manifest_file("replayed-older-pair", "tiny-base").read_bytes()
    with pytest.raises(Refused, match="names the archive"):
        check_manifest(data, spec=content(own.spec), archive=content(own.archive), where="m")


@pytest.mark.parametrize(
    "unit", [Unit(hash=TOP), Unit(name="tiny-top"), Unit(version="1.0"), Unit(version="")]
)
def test_a_spec_of_another_unit_is_swapped(unit: Unit) -> None:
    with pytest.raises(Refused, match=r"the spec is of tiny-base@1\.1/ryyjpd6, not of") as no:
        check_spec(spec_bytes("whole", "tiny-base"), unit, where="s")
    assert no.value.reason is Reason.SWAPPED


def test_a_spec_that_is_not_what_its_hash_stands_for_is_swapped() -> None:
    with pytest.raises(Refused, match="not what its hash stands for"):
        check_spec(spec_bytes("wrong-hash-in-spec", "tiny-base"), Unit(), where="s")


def test_the_archive_of_another_unit_is_swapped() -> None:
    with pytest.raises(Refused, match="the spec inside the archive is of tiny-top"):
        check_archive(archive_of("other-unit-in-archive", "tiny-base"), Unit(), where="a")


def test_an_external_has_no_pair() -> None:
    (external,) = [one for one in spec_of("whole", "tiny-top").below if one.external]
    blob = json.dumps({"spec": {"_meta": {"version": 5}, "nodes": [json.loads(external.raw)]}})
    unit = Unit(hash=EXTERNAL, name="tiny-ext")
    with pytest.raises(Refused, match="is of an external"):
        check_spec(blob.encode(), unit, where="s")
