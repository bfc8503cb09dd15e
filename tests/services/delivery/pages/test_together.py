"""Words on what cannot be used together: true to the record, bounded, without markup."""

from __future__ import annotations

import pytest
from tests.native_locks import Piece, lock_of

from peso.base.finding import Unknown
from peso.products.engines.native import External, NativeLock
from peso.services.delivery.pages import together
from peso.services.integration.interoperability import Repeated, interoperability


def repeated(lock: NativeLock, name: str) -> Repeated:
    return next(one for one in interoperability(lock).repeated if one.name == name)


@pytest.fixture
def lock() -> NativeLock:
    """Two of zlib, which differ; two of hdf5, alike but for the zlib they stand on."""
    return lock_of(
        Piece("a", "one", needs={"h1": "link"}, root=True),
        Piece("b", "two", needs={"h2": "link"}, root=True),
        Piece("h1", "hdf5", needs={"z1": "link"}),
        Piece("h2", "hdf5", needs={"z2": "link"}),
        Piece("z1", "zlib", "1.3", variants={"pic": "true", "old": "true"}),
        Piece("z2", "zlib", "1.2", {"c": "build"}, variants={"pic": "false"}, patches=("ab" * 32,)),
        Piece("c", "cmake", external=External(prefix="/usr", package=Unknown(unknown="so"))),
    )


def test_differences_are_named_by_kind(lock: NativeLock) -> None:
    said = together.differ_in(repeated(lock, "zlib"))
    assert said == "version; patches; variants pic, old; build dependency cmake"


def test_the_first_says_all_and_others_what_is_unlike_it(lock: NativeLock) -> None:
    zlib = repeated(lock, "zlib")
    first, second = (together.its_own(zlib, at) for at in range(2))
    assert first == "no patches; +pic; +old; to build, not on cmake"
    assert second == "patches abababababab; ~pic; no old; to build, on cmake"


def test_what_units_stand_on_is_the_cause(lock: NativeLock) -> None:
    hdf5 = repeated(lock, "hdf5")
    assert together.differ_in(hdf5) == "what they stand on: zlib"
    (cause,) = hdf5.causes
    said = together.because(cause)
    assert said.startswith("/h1xxxxx and /h2xxxxx stand on different zlib: version 1.3 or version")
    assert "which only built them" not in said


def test_few_names_say_how_many_more_and_how_often() -> None:
    assert together.few(["a", "b", "a", "c"], 2) == "a (2 times), b and 1 more"
    assert together.few([], 3) == ""
    assert len(together.few(["x" * 10_000], 3)) < 100
