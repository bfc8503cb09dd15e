"""The browser that tests look at pages with, and what it is driven by; skips, loudly, without them.

Debian's Chromium. Its headless shell is the same engine without the windows around it, and takes
half the time; where it is not there, the whole Chromium is used.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
HOW = (
    "apt-get install chromium-headless-shell nodejs npm; "
    "npm install --prefix .browser axe-core playwright-core"
)

Tools = tuple[str, str, Path]
"""The browser, node, and the folder of its modules."""


def browser_tools() -> Tools:
    """Return what is needed to look at a page; skip the test where one of them is missing."""
    browser = next((found for one in PROGRAMS if (found := shutil.which(one))), None)
    node = shutil.which("node")
    modules = Path(os.environ.get("PESO_BROWSER_TOOLS", CHECKOUT / ".browser")) / "node_modules"
    missing = [
        what
        for what, there in (
            ("chromium", browser),
            ("node", node),
            (f"{modules}/axe-core", (modules / "axe-core").is_dir()),
            (f"{modules}/playwright-core", (modules / "playwright-core").is_dir()),
        )
        if not there
    ]
    if missing or browser is None or node is None:
        pytest.skip(f"NOT CHECKED IN A BROWSER: {', '.join(missing)} is missing ({HOW})")
    return browser, node, modules
