from __future__ import annotations

from pathlib import Path

import pytest
from tests.native_locks import Piece, lock_of

from peso.products.engines.spack.caches import Cache, caches_in, came_from

UNIT = lock_of(Piece("a", "lz4", "1.9.4", root=True)).units[0]


@pytest.mark.parametrize(
    ("settings", "caches"),
    [
        ("", ()),
        ("mirrors:\n", ()),
        ("mirrors: {near: 'file:///mirror'}", ("near (file:///mirror)",)),
        ("mirrors: {near: /mirror}", ("near (/mirror)",)),
        ("mirrors: {far: {url: 'https://me:secret@far.invalid/c?x=1'}}", ("far (https://far.invalid/c)",)),
        ("mirrors: {far: {fetch: {url: 's3://bucket/c'}, push: 's3://other'}}", ("far (s3://bucket/c)",)),
        ("mirrors: {one: 'file:///a', sources: {url: 'file:///b', binary: false}}", ("one (file:///a)",)),
        ("mirrors: {odd: 3}", ("odd (3)",)),
        ("mirrors: {odd: 'http://[broken'}", ("odd",)),
        ("mirrors: [a]", ()),
        ("- a", ()),
        ("{", ()),
    ],
)  # fmt: skip
def test_caches_of_the_configuration_in_force(settings: str, caches: tuple[str, ...]) -> None:
    assert tuple(map(str, caches_in(settings.encode()))) == caches


def test_the_only_cache_is_the_one() -> None:
    assert came_from(UNIT, [Cache(name="far", url="https://far.invalid")]) == (
        "the build cache far (https://far.invalid)"
    )
    assert came_from(UNIT, []) == "a build cache"


def test_of_several_folders_the_one_that_has_the_unit(tmp_path: Path) -> None:
    manifest = f"lz4-1.9.4-{UNIT.hash}.spec.manifest.json"
    for name in ("one", "two"):
        (tmp_path / name / "v3" / "manifests" / "spec" / "lz4").mkdir(parents=True)
    (tmp_path / "two" / "v3" / "manifests" / "spec" / "lz4" / manifest).touch()
    one, two = (Cache(name=name, url=f"file://{tmp_path}/{name}") for name in ("one", "two"))
    assert came_from(UNIT, [one, two]) == f"the build cache {two}"


def test_what_cannot_be_looked_at_may_be_it() -> None:
    far, other = (Cache(name=name, url=f"https://{name}.invalid") for name in ("far", "other"))
    near = Cache(name="near", url="file:///there/is/none")
    assert came_from(UNIT, [far, near, other]) == (
        "one of the build caches far (https://far.invalid), other (https://other.invalid)"
    )
