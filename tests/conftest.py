"""What all tests share: a package index, a browser, and which examples hypothesis tries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.browsers import Tools, browser_tools
from tests.loopback_index import LoopbackIndex

# `make test` tries the same few examples each time, so that a change is blamed for what it did;
# `make fuzz` tries new ones, and more. A busy machine is no fault: no example has a deadline but
# its test's.
settings.register_profile("same", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("new", derandomize=False, deadline=None, max_examples=200)
settings.load_profile("new" if os.environ.get("PESO_FUZZ") else "same")

LONG = ("postgres", "browser")
"""Marks of tests that take minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes and with stories, so that no worker ends with one of them."""
    items.sort(key=_last)


def _last(item: pytest.Item) -> int:
    if any(item.get_closest_marker(mark) for mark in LONG):
        return 0
    return 1 if "stories" in item.path.parts else 2


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The browser, node, and the folder of its modules; skips, loudly, without one of them."""
    return browser_tools()


@pytest.fixture
def loopback_index(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LoopbackIndex]:
    """Serve an empty index on loopback; see `loopback_index.py`."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with LoopbackIndex(tmp_path_factory.mktemp("index")) as index:
        yield index


@pytest.fixture
def tiny_wheels(loopback_index: LoopbackIndex) -> LoopbackIndex:
    """Fill the index with a tiny stack.

    `alpha` 1.0 and 1.1 need `beta`; their extra `fast` needs `gamma`, which is an sdist that needs
    nothing to be built; `delta` is an sdist that needs `buildtool`. Licenses differ.
    """
    index = loopback_index
    for version in ("1.0", "1.1"):
        index.add_wheel(
            "alpha",
            version,
            requires=["beta>=2", 'gamma>=0.3; extra == "fast"'],
            files={"alpha/__init__.py": "from beta import DOUBLE\nANSWER = DOUBLE(21)\n"},
        )
    index.add_wheel(
        "beta",
        "2.0",
        files={"beta.py": "def DOUBLE(x):\n    return 2 * x\n"},
        license="BSD-3-Clause",
    )
    index.add_sdist("gamma", "0.3", license="Apache-2.0")
    index.add_wheel("buildtool", "7.0")
    index.add_sdist("delta", "0.4", requires=["beta"], build_requires=["buildtool>=7"])
    return index
