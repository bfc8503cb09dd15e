"""A machine without Spack says so where a native part is wanted, and nowhere else."""

from __future__ import annotations

import pytest
from tests.native_locks import REQUIRES

from peso.errors import Outside
from peso.products.engines.port import Choosing
from peso.products.engines.spack.absent import AbsentSpack

WHY = Outside("there is no Spack on this machine", hint="get one")


def test_it_says_what_is_missing_and_how_to_get_it() -> None:
    engine = AbsentSpack(WHY)
    assert engine.mismatch(REQUIRES) == "there is no Spack on this machine (get one)"
    assert AbsentSpack(Outside("none")).mismatch(REQUIRES) == "none"
    assert "no Spack" in engine.identity()
    assert not isinstance(engine, Choosing)


@pytest.mark.parametrize("verb", ["plan", "build", "place", "install"])
def test_it_does_nothing(verb: str) -> None:
    with pytest.raises(Outside, match="there is no Spack"):
        getattr(AbsentSpack(WHY), verb)()
