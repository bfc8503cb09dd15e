"""Takes the pictures of the portal for the docs: of the small portal that the tests use.

    python benchmarks/portal_pictures.py [docs/pictures]
    python benchmarks/portal_pictures.py --all FOLDER    every page, narrow to wide, both themes

Needs Chromium, Node, and `npm install --prefix .browser playwright-core`, as the browser tests do.
Writes PNG files; a page that is wider than its screen is said, and is a fault.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browsers import PROGRAMS
from tests.portal.small import CHECKOUT, served

_NORTH = "/releases/testing/north/26.11/"
DOCS = {
    "portal-front": ("/", 1000, "light"),
    "portal-product": ("/products/halden/", 1000, "light"),
    "portal-figures": ("/products/halden/#figures", 1000, "light"),
    "portal-matrix": ("/matrix/", 1000, "light"),
    "portal-compare": ("/compare/?a=testing/north/26.10&b=testing/north/26.11", 1000, "light"),
    "portal-phone": (_NORTH, 360, "dark"),
}
EVERY = {
    "front": "/",
    "products": "/products/",
    "product": "/products/halden/",
    "product-bare": "/products/tesselle/",
    "product-red": "/products/solvera/",
    "releases": "/releases/",
    "release": _NORTH,
    "units": f"{_NORTH}units/",
    "tests": f"{_NORTH}tests/",
    "matrix": "/matrix/",
    "compare": "/compare/?a=testing/north/26.10&b=testing/north/26.11",
    "stacks": "/stacks/",
    "stack": "/stacks/north/",
    "recipes": "/recipes/",
    "recipe": "/recipes/halden/",
    "virtual": "/recipes/mpi/",
    "impact": "/impact/zlibby/",
    "status": "/status/",
    "feeds": "/feeds/",
    "api": "/api/",
    "accessibility": "/about/accessibility/",
    "missing": "/nothing/",
}
_HIGHEST = 1200
_PROGRAM = """
const { chromium } = require("playwright-core");
const { browser, out, highest, shots } = JSON.parse(process.argv[1]);
(async () => {
  const args = ["--no-sandbox", "--disable-lcd-text"];
  const launched = await chromium.launch({ executablePath: browser, args });
  let faults = 0;
  for (const [name, url, width, colorScheme] of shots) {
    const viewport = { width, height: 800 };
    const context = await launched.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    await page.goto(url);
    const [wide, high, y] = await page.evaluate(() => {
      const all = document.documentElement;
      const at = document.querySelector(location.hash || "html").getBoundingClientRect();
      const wide = all.scrollWidth - all.clientWidth;
      return [wide, all.scrollHeight, Math.max(0, at.top + window.scrollY - 16)];
    });
    if (wide > 0) { faults += 1; console.log(`${name}: ${wide} px wider than its screen`); }
    const clip = { x: 0, y, width, height: Math.min(high - y, highest) };
    await page.screenshot({ path: `${out}/${name}.png`, clip, fullPage: true });
    await context.close();
  }
  await launched.close();
  process.exit(faults ? 1 : 0);
})();
"""


def main(argv: list[str]) -> int:
    every = argv[:1] == ["--all"]
    rest = argv[1:] if every else argv
    out = Path(rest[0] if rest else CHECKOUT / "docs" / "pictures").absolute()
    out.mkdir(parents=True, exist_ok=True)
    node = shutil.which("node")
    browser = next((found for one in PROGRAMS if (found := shutil.which(one))), None)
    modules = Path(os.environ.get("PESO_BROWSER_TOOLS", CHECKOUT / ".browser")) / "node_modules"
    if node is None or browser is None or not (modules / "playwright-core").is_dir():
        print("LEFT OUT: Chromium, Node or playwright-core is missing")
        return 0
    with tempfile.TemporaryDirectory() as place, served(Path(place) / "north") as live:
        shots = [
            [name, f"{live.url}{path}", width, theme]
            for name, path, width, theme in (_all() if every else _few())
        ]
        said = {
            "browser": browser,
            "out": str(out),
            "highest": 4000 if every else _HIGHEST,
            "shots": shots,
        }
        ended = subprocess.run(
            [node, "-e", _PROGRAM, json.dumps(said)],
            env=os.environ | {"NODE_PATH": str(modules)},
            check=False,
        )
    print(f"{len(shots)} pictures in {out}")
    return ended.returncode


def _few() -> list[tuple[str, str, int, str]]:
    return [(name, *shot) for name, shot in DOCS.items()]


def _all() -> list[tuple[str, str, int, str]]:
    return [
        (f"{name}-{width}-{theme}", path, width, theme)
        for name, path in EVERY.items()
        for width in (320, 360, 768, 1440)
        for theme in ("light", "dark")
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
