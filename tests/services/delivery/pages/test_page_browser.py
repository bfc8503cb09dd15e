"""The pages in a real browser: WCAG 2.2 AA by axe-core, layout, the policy, keyboard and print.

Needs Chromium, Node and `npm install --prefix FOLDER axe-core playwright-core`, where FOLDER is
named by PESO_BROWSER_TOOLS or is `.browser` in the checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browsers import Tools
from tests.services.delivery.pages import vulnerable
from tests.services.delivery.pages.natives import Native, with_many
from tests.services.delivery.pages.test_page import render
from tests.services.delivery.pages.test_volumes import rows

from peso.services.delivery.pages.volumes import SIZE

pytestmark = pytest.mark.browser


@pytest.mark.timeout(240)
def test_pages_in_a_browser(
    tools: Tools,
    pages: dict[str, str],
    release: Callable[..., Any],
    native: Native,
    tmp_path: Path,
) -> None:
    browser, node, modules = tools
    views = [
        release(name="mixed", native=native).view(),
        release(name="large", native=with_many(native), python=False).view(),
        release(name="found", scan=vulnerable.scan, gate=vulnerable.gate()).view(),
    ]
    volumes = render(beside=rows(2 * SIZE))
    for path, text in {**volumes, **render(*views), **pages}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    looked = [
        "index.html",
        "releases-1.html",
        "releases/testing/bad-26.11.html",
        "releases/stable/blind-26.11.html",
        "releases/testing/mixed-26.11.html",
        "releases/testing/units/large-26.11.html",
        "releases/testing/interoperability/large-26.11.html",
    ]
    script = Path(__file__).with_name("axe.cjs")
    ended = subprocess.run(
        [node, str(script), browser, *(str(tmp_path / path) for path in looked)],
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said: dict[str, list[dict[str, Any]]] = json.loads(ended.stdout)
    assert len(said["looks"]) == len(looked) * 2 * 2
    for look in said["looks"]:
        at = f"{look['page']} at {look['width']} px, {look['scheme']}"
        assert look["rules"] > 10, at
        assert look["violations"] == [], at
        assert look["sideways"] <= 0, at
    for opened in said["opened"]:
        assert opened["said"] == []  # the content policy blocked nothing the page needs
        assert opened["first"] == "Skip to the content"
        assert opened["sideways"] <= 0, "at 320 px"
        assert opened["paper"] > 10_000
