"""A small portal: an invented ecosystem that has a bit of everything, made and served in processes
of their own, since Django's settings are one for a process.

Three products of two members; a handful of recipes, two of which provide a virtual package; a stack
with a fault at a line; three releases on two platforms, with figures that move, a test that fails
with its log, a known vulnerability, and a component that no source knows.

`python -m tests.portal.small make FOLDER` makes it; the docs' pictures are taken of the same.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import httpx

from peso.api.catalog import index_catalog
from peso.api.house import init
from peso.portal.serve import config_in
from peso.portal.taking import take_in

CHECKOUT = Path(__file__).parents[2]
PESO = ("-c", "import sys; from peso.cli.main import main; sys.exit(main())")
LOG_LINES = 1450
ERROR_LINE = 1234
MEMBERS = {"norda": ("NORDA", "Northern Data Alliance"), "sola": ("SOLA", "Solver Alliance")}
GROUP = """\
schema: peso.working-group/1
name: Meshes
chairs: [Ann]
purpose: Meshes of any shape.
status: Active
status_date: "2026-10-01"
"""
PRODUCTS = {
    "halden": """\
        schema: peso.product/1
        name: Halden
        spack: [halden]
        description: Writes and reads large arrays from many ranks at once
        long_description: A library for files that many ranks write together.
        areas: [Data]
        members: [NORDA]
        license: BSD-3-Clause
        links:
          - {label: Repository, url: "https://example.org/halden.git"}
          - {label: Website, url: "https://example.org/halden"}
        """,
    "solvera": """\
        schema: peso.product/1
        name: Solvera
        spack: [solvera]
        description: Sparse </script><b>solvers</b> & preconditioners
        areas: [Mathematics, Data]
        members: [SOLA]
        license: Apache-2.0 OR MIT
        """,
    "tesselle": """\
        schema: peso.product/1
        name: Tesselle
        spack: []
        description: Meshes of any shape, refined where it matters
        areas: [Mathematics]
        members: [SOLA, NORDA]
        """,
}
UPSTREAM = """\
schema: peso.upstream/1
by: the solvers' own page
as_of: 2026-11-20
versions: {solvera: "5.2"}
"""
_HEAD = "from spack.package import *\n\n\n"
RECIPES = {
    "halden": '''\
        class Halden(Package):
            """Writes and reads large arrays from many ranks at once."""

            homepage = "https://example.org/halden"
            url = "https://example.org/halden-2.1.0.tar.gz"
            maintainers("ann", "bo")
            license("BSD-3-Clause")

            version("2.1.0", sha256="ab" * 32)
            version("2.0.0", sha256="cd" * 32, deprecated=True)
            version("main", branch="main")

            variant("mpi", default=True, description="Write from many ranks")
            variant("cuda", default=False, description="Write from GPUs")

            depends_on("c", type="build")
            depends_on("cxx", type="build")
            depends_on("zlibby", type="link")
            depends_on("mpi", type=("build", "link", "run"), when="+mpi")
            depends_on("buildo", type="build")

            conflicts("+cuda", when="@:2.0", msg="GPUs came with 2.1")
        ''',
    "solvera": '''\
        class Solvera(Package):
            """Sparse solvers."""

            homepage = "javascript:alert(1)"
            version("5.0", sha256="ef" * 32)
            depends_on("mpi", type=("build", "link"))
            depends_on("halden@2:", type=("build", "link"), when="+io")
            depends_on("halden", type=("build", "link"), when="@5:")
            variant("io", default=False, description="Write matrices")
            requires("+io", when="@5:", msg="it always writes since 5")
        ''',
    "openring": '''\
        class Openring(Package):
            """Messages between ranks."""

            version("4.2", sha256="12" * 32)
            provides("mpi@:3.1", when="@4:")
            provides("mpi@:3.0", when="@:3")
            depends_on("zlibby", type="link")
        ''',
    "ringo": '''\
        class Ringo(Package):
            """Messages between ranks, too."""

            version("1.0", sha256="34" * 32)
            provides("mpi")
        ''',
    "zlibby": '''\
        class Zlibby(Package):
            """Makes bytes fewer."""

            version("1.3", sha256="56" * 32)
        ''',
    "buildo": '''\
        class Buildo(Package):
            """Builds."""

            version("3.30", sha256="78" * 32)
            depends_on("nowhere", type="link")
        ''',
}
STACK = """\
spack:
  specs:
  - halden+mpi
  - solvera@9
  - openring
  view: true
"""


def write_workspace(root: Path) -> None:
    """Write the files of the ecosystem, and index its recipes."""
    init(root)
    (root / "consortium" / "members").mkdir(parents=True)
    for slug, (short, name) in MEMBERS.items():
        text = f"schema: peso.member/1\nshort_name: {short}\nname: {name}\n"
        text += f"website: https://example.org/{slug}\nlevel: core\nleads: [Ann]\n"
        (root / "consortium" / "members" / f"{slug}.yaml").write_text(text)
    (root / "consortium" / "working-groups").mkdir()
    (root / "consortium" / "working-groups" / "meshes.yaml").write_text(GROUP)
    (root / "products").mkdir(exist_ok=True)
    for slug, text in PRODUCTS.items():
        (root / "products" / f"{slug}.yaml").write_text(dedent(text))
    recipes = root / "recipes" / "spack_repo" / "north"
    for name, text in RECIPES.items():
        file = recipes / "packages" / name / "package.py"
        file.parent.mkdir(parents=True)
        file.write_text(_HEAD + dedent(text))
    (recipes / "repo.yaml").write_text("repo:\n  namespace: north\n  api: v2.0\n")
    stack = root / "stacks" / "north" / "spack.yaml"
    stack.parent.mkdir(parents=True)
    stack.write_text(STACK)
    (root / "upstream.yaml").write_text(UPSTREAM)
    index_catalog(recipes, folder=root)


def log() -> bytes:
    """Return the log of the test that fails; where to start to read is far down."""
    lines = [f"step {number}: residual {1 / number:.3e}" for number in range(1, LOG_LINES + 1)]
    lines[ERROR_LINE - 1] = "error: residual grew at <step> 1234"
    return "\n".join(lines).encode()


def wide_log() -> bytes:
    """Return the log of the unit that fails: lines as compilers are called with."""
    lines = [f"cc {'-I/some/where ' * 300}{number}.c" for number in range(1, 701)]
    lines[2] = "cannot find -lm " + "x" * 1500
    return "\n".join(lines).encode()


def make(root: Path) -> None:
    """Make the portal; in a process of its own."""
    write_workspace(root)
    how = config_in(root, url="http://127.0.0.1:8000")
    take_in(how, [root])
    from tests.portal.small_facts import keep_all  # noqa: PLC0415 - its tables need Django first

    keep_all(how)


def empty(root: Path) -> None:
    """Make a portal with nothing in it."""
    init(root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A portal that answers."""

    url: str
    folder: Path
    client: httpx.Client

    def get(self, path: str) -> httpx.Response:
        """Ask it."""
        return self.client.get(f"{self.url}{path}")

    def text(self, path: str) -> str:
        """Return a page; it must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


def run(*argv: str, cwd: Path) -> str:
    """Run Python here, as a user would; returns what it printed."""
    ended = subprocess.run(
        [sys.executable, *argv],
        cwd=cwd,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@contextlib.contextmanager
def served(folder: Path, *, code: str = "make") -> Iterator[Live]:
    """Make a portal in a new folder, serve it, and end it."""
    run("-m", "tests.portal.small", code, str(folder), cwd=CHECKOUT)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    said = (folder / "served.log").open("w")
    argv = [sys.executable, *PESO, "portal", "serve", "--in", str(folder)]
    argv += ["--port", str(port), "--workers", "1"]
    server = subprocess.Popen(argv, env=_environment(), stdout=said, stderr=said, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(timeout=60, trust_env=False, verify=False) as client:  # noqa: S501 - http
            _wait(client, url, server, folder)
            yield Live(url=url, folder=folder, client=client)
    finally:
        server.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=30)
        server.kill()
        server.wait()
        said.close()


def _wait(client: httpx.Client, url: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, (folder / "served.log").read_text()
        with contextlib.suppress(httpx.HTTPError):
            client.get(url)
            return
        time.sleep(0.2)
    raise AssertionError((folder / "served.log").read_text())


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PESO_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return kept | {"PYTHONPATH": str(CHECKOUT), "XDG_STATE_HOME": "/nonexistent"}


def day(number: int) -> datetime:
    """Return a day of the invented year."""
    return datetime(2026, 9, 1, 12, tzinfo=UTC) + timedelta(days=number)


if __name__ == "__main__":
    {"make": make, "empty": empty}[sys.argv[1]](Path(sys.argv[2]))
