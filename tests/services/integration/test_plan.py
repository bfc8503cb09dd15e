"""Plans: each part's lock, by the engine that serves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.still import StillEngine

from peso.base.ledger import Blobs
from peso.errors import BadInput
from peso.products.engines.port import Artifact, Lock, Requires, Workbench
from peso.products.stack import Stack
from peso.services.integration.plan import plan

REQUIRES = Requires(python="", implementation="cpython", platforms=())
DOCUMENT = Artifact(role="lock", path="lock", media_type="text/plain", length=0, sha256="0" * 64)


class Fixed(StillEngine):
    """An engine that locks nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def identity(self) -> str:
        return "fixed 1"

    def plan(self, stack: Stack, part: str, bench: Workbench, *, upgrade: bool) -> Lock:  # noqa: ARG002
        self.asked.append((part, upgrade))
        return Lock(
            part=part, engine="pypi", requires=REQUIRES, units=(), document=DOCUMENT, tool="fixed 1"
        )


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(
        blobs=Blobs(tmp_path / "blobs"),
        work=tmp_path,
        cache=tmp_path,
        offline=True,
        progress=lambda _: None,
    )


def stack() -> Stack:
    return Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": "s",
            "version": "7",
            "title": "S",
            "parts": {"b": {"engine": "pypi"}, "a": {"engine": "pypi"}},
            "products": [{"name": "x", "part": "a"}, {"name": "y", "part": "b"}],
        }
    )


def test_every_part_in_the_order_of_the_file(bench: Workbench) -> None:
    engine = Fixed()
    told = plan(stack(), {"pypi": engine}, bench, upgrade=True)
    assert (told.stack, told.version) == ("s", "7")
    assert [lock.part for lock in told.locks] == ["b", "a"]
    assert engine.asked == [("b", True), ("a", True)]


def test_an_engine_of_its_own_for_a_part(bench: Workbench) -> None:
    own, other = Fixed(), Fixed()
    plan(stack(), {"a": own, "pypi": other}, bench, upgrade=False)
    assert (own.asked, other.asked) == ([("a", False)], [("b", False)])


def test_all_parts_that_nobody_can_make_at_once(bench: Workbench) -> None:
    with pytest.raises(BadInput) as seen:
        plan(stack(), {}, bench, upgrade=False)
    assert [fault.where for fault in seen.value.faults] == ["parts.b", "parts.a"]
