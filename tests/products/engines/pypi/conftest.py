"""What the engine's tests share: a stack, a workbench and the engine, on a loopback index."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex

from peso.base.ledger import Blobs
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.stack import Stack, load_stack

MakeStack = Callable[..., Stack]


@pytest.fixture
def lines() -> list[str]:
    """Collect every line of progress."""
    return []


@pytest.fixture
def bench(tmp_path: Path, lines: list[str]) -> Workbench:
    """Make a workbench of its own."""

    def progress(seen: Progress) -> None:
        lines.append(seen.line)

    return Workbench(
        blobs=Blobs(tmp_path / "blobs"),
        work=tmp_path / "work",
        cache=tmp_path / "cache",
        offline=False,
        progress=progress,
    )


@pytest.fixture
def engine(loopback_index: LoopbackIndex) -> PypiEngine:
    """Make an engine for this Python that knows only the loopback index."""
    return PypiEngine(Path(sys.executable), {**os.environ, **loopback_index.environment})


@pytest.fixture
def make_stack(tmp_path: Path) -> MakeStack:
    """Make a stack of PyPI products: `make_stack("alpha", "beta>=2", constraints="beta==2.0")`."""

    def make(*products: str, constraints: str | None = None, python: str = ">=3.11") -> Stack:
        part: dict[str, str] = {"engine": "pypi", "python": python}
        if constraints is not None:
            part["constraints"] = "constraints.txt"
            (tmp_path / "constraints.txt").write_text(constraints)
        asked = []
        for product in products:
            name, _, extra = product.partition(">=")[0].partition("[")
            require = f">={product.partition('>=')[2]}" if ">=" in product else ""
            extras = [extra.rstrip("]")] if extra else []
            asked.append({"name": name, "part": "python", "require": require, "extras": extras})
        said = {
            "schema": "peso.stack/1",
            "name": "tiny",
            "version": "1",
            "title": "A tiny stack",
            "parts": {"python": part},
            "products": asked,
        }
        (tmp_path / "stack.yaml").write_text(json.dumps(said))
        return load_stack(tmp_path / "stack.yaml")

    return make
