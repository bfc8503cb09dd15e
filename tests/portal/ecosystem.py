"""A small consortium's folder, made with PESO itself: what the portal is filled from in tests.

A workspace with a catalog of three products, a repository of recipes, two stacks (one with faults)
and one known vulnerability. Its stack `tiny` was delivered three times: 1.0 and 1.1 are published;
1.2 has a test that fails and a unit that does not build, so the gate refused it and only the ledger
knows it. Made once per run of the tests, whichever worker comes first.

    eco/                    the workspace, with eco/public and eco/public.root.json
    home/                   the home of whoever delivered
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex
from tests.partnerships.consortium.conftest import FILES as FEDERATION
from tests.products.catalogs.conftest import FILES, write
from tests.products.recipes.repositories import write_repository
from tests.stories.test_native_release import RecordedEngine

import peso
from peso.base.files import locked
from peso.services import pipeline
from peso.services.pipeline import Stopped
from peso.workspace import open_stack, this_machine

STACK = """\
schema: peso.stack/1
name: tiny
version: "{version}"
title: Two tiny products
channel: testing
policy: lenient
parts:
  native: {{engine: spack, environment: spack.yaml}}
  python: {{engine: pypi, python: ">=3.11", constraints: constraints.txt}}
products:
  - {{name: hypre, part: native}}
  - {{name: alpha, part: python, require: ">=1"}}
tests:
  answer:
    of: [alpha]
    run: [python, tests/answer.py]
    limits: {{time: 60 s}}
    expect: {{answer: "== 42", error: "< 1e-12"}}
  edges:
    of: [alpha]
    run: [python, tests/edges.py]
    limits: {{time: 60 s}}
    expect: {{edges: "== 2"}}
"""
POLICY = """\
schema: peso.policy/1
name: lenient
rules:
  tests: {passed: all}
  inventory: {complete: true}
  artifacts: {hashed: all}
  findings: {below: high, without_sources: accept}
  licenses: {allowed: [MIT, BSD-3-Clause, Zlib]}
  evidence: {within: 30 d}
"""
ANSWER = "import alpha\n\nprint(f'answer={alpha.answer()}')\nprint('error=0.0')\n"
EDGES = "import alpha\n\nprint('edges=2')\n"
NO_EDGES = """\
import alpha

print("looking at the edges")


def look():
    raise ValueError("edge 2 of <alpha> & 'beta' is not there")


look()
"""
ALPHA = "import beta\n\n\ndef answer():\n    return beta.HALF * 2\n"
OSV = {
    "id": "PYSEC-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-2026-0001"],
    "summary": "Answers too early",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "alpha"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]},
            ],
        }
    ],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:N"}],
}
PRODUCT = """\
---
name: {name}
areas: [Wading birds]
cass_members: [POND]
description: {what}
long_description: {what}, in full.
target_audience: Whoever counts.
license_spdx: MIT
openssf_bestpractices_id:
e4s_product:
spack_name: {spack}
additional_resource_links:
  - {{label: Repository, url: 'https://example.org/{spack}'}}
---
"""
CATALOG = {
    **FILES,
    "_software/hypre.md": PRODUCT.format(name="Hypre", what="Solves what is large", spack="hypre"),
    "_software/alpha.md": PRODUCT.format(name="Alpha", what="Answers", spack="py-alpha"),
}
_HEAD = "from spack.package import *\n"


def _recipe(name: str, body: str) -> str:
    """Return a recipe; `body` has one statement on a line."""
    said = "\n".join(f"    {line}" for line in body.strip().splitlines())
    title = "".join(part.capitalize() for part in name.split("-"))
    text = f'class {title}(Package):\n    """{title} as a recipe."""\n'
    return f"{_HEAD}\n\n{text}    homepage = 'https://example.org/{name}'\n{said}\n"


RECIPES: Mapping[str, str] = {
    "hypre": _recipe(
        "hypre",
        """
license("MIT")
maintainers("ada")
version("2.27.0", sha256="a" * 64)
version("2.26.0", sha256="b" * 64)
version("2.0.0", sha256="c" * 64, deprecated=True)
variant("mpi", default=True, description="With MPI")
variant("cuda", default=False, description="On GPUs")
depends_on("mpi", when="+mpi")
depends_on("zlib-ng")
""",
    ),
    "zlib_ng": _recipe("zlib-ng", 'version("2.2.4", sha256="a" * 64)\nprovides("zlib-api")'),
    "openmpi": _recipe(
        "openmpi", 'version("5.0.5", sha256="a" * 64)\nprovides("mpi")\ndepends_on("zlib-api")'
    ),
    "heron": _recipe("heron", 'version("1.0")\ndepends_on("hypre+mpi")\ndepends_on("py-alpha")'),
    "stork": _recipe("stork", 'version("1.2")\ndepends_on("heron", type=("link", "run"))'),
    "py_alpha": _recipe("py-alpha", 'version("1.1")\ndepends_on("py-beta", type="run")'),
    "py_beta": _recipe("py-beta", 'version("2.0")'),
    "broken": "class Broken(Package:\n",
}
FAULTY = """\
spack:
  specs:
  - hypre@99.9 +nosuch
  - heron
  - nothing-of-that-name
"""


class Changed(RecordedEngine):
    """The engine after it changed: what it built before is built again, and fails."""

    def identity(self) -> str:
        return "recorded 2"


def ecosystem(shared: Path) -> Path:
    """Return the workspace below a folder that all workers share; makes it where it is not."""
    folder = shared / "ecosystem"
    with locked(shared / "ecosystem.lock", who="the tests of the portal", wait=True):
        if not (folder / "made").exists():
            _make(folder)
            (folder / "made").touch()
    return folder / "eco"


def _make(folder: Path) -> None:
    eco = folder / "eco"
    peso.init(eco)
    peso.import_products("cass", write(folder / "catalog", CATALOG), folder=eco)
    beside = {path: text for path, text in FEDERATION.items() if not _is_there(eco, path)}
    write(eco / "consortium", beside)
    (folder / "osv").mkdir()
    (folder / "osv" / "PYSEC-2026-1.json").write_text(json.dumps(OSV))
    peso.import_advisories(folder / "osv", name="pypa", folder=eco)
    write(
        eco / "stacks",
        {
            "tiny/policies/lenient.yaml": POLICY,
            "tiny/spack.yaml": "spack:\n  specs: [hypre]\n",
            "tiny/constraints.txt": "alpha==1.0\nbeta==2.0\n",
            "tiny/tests/answer.py": ANSWER,
            "tiny/tests/edges.py": EDGES,
            "tiny/stack.yaml": STACK.format(version="1.0"),
            "faulty/spack.yaml": FAULTY,
        },
    )
    peso.index_catalog(write_repository(folder / "recipes", RECIPES, bases={}), folder=eco)
    (folder / "index").mkdir()
    with LoopbackIndex(folder / "index") as index, pytest.MonkeyPatch.context() as patch:
        _fill(index)
        home = folder / "home"
        home.mkdir()
        for name, value in {**index.environment, "HOME": str(home)}.items():
            patch.setenv(name, value)
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "PESO_PASSPHRASE_FILE"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("no_proxy", "127.0.0.1")
        _deliver(eco)


def _is_there(eco: Path, path: str) -> bool:
    return (eco / "consortium" / path).exists()


def _fill(index: LoopbackIndex) -> None:
    index.add_wheel("beta", "2.0", license="BSD-3-Clause", files={"beta.py": "HALF = 21\n"})
    for version in ("1.0", "1.1"):
        index.add_wheel("alpha", version, requires=["beta>=2"], files={"alpha.py": ALPHA})


def _deliver(eco: Path) -> None:
    """Deliver thrice: well, with another version, and with a test and a unit that fail."""
    tiny, engine = eco / "stacks" / "tiny", RecordedEngine()
    _run(eco, engine)
    (tiny / "constraints.txt").write_text("alpha==1.1\nbeta==2.0\n")
    (tiny / "stack.yaml").write_text(STACK.format(version="1.1"))
    _run(eco, engine)
    (tiny / "tests" / "edges.py").write_text(NO_EDGES)
    (tiny / "stack.yaml").write_text(STACK.format(version="1.2"))
    with pytest.raises(Stopped):
        _run(eco, Changed(failing=True))


def _run(eco: Path, engine: RecordedEngine) -> None:
    stack, workspace = open_stack(eco / "stacks" / "tiny" / "stack.yaml", this_machine())
    python = {name: part for name, part in stack.parts.items() if part.engine == "pypi"}
    ports = workspace.ports(stack.model_copy(update={"parts": python}), eco / "public")
    ports = replace(ports, engines={**ports.engines, "spack": engine})
    pipeline.run(workspace.life(stack), ports)
