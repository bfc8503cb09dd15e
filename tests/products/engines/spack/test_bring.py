"""Units come back from a proven cache, with a program that does what Spack was seen to do."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import bench_in
from tests.spack_cache_files import BASE, CACHES, TOP

from peso.errors import BadInput, Outside
from peso.products.engines.port import Progress, Wanted, Workbench
from peso.products.engines.spack.bring import MARK, bring_back, specs_in
from peso.products.engines.spack.buildcache.cache_manifest import read_index_manifest
from peso.products.engines.spack.buildcache.index import read_index
from peso.products.engines.spack.buildcache.layout import INDEX, blob_path
from peso.products.engines.spack.isolated import Isolated
from peso.products.engines.spack.tool import SpackTool

BOTH = Wanted(roots=(TOP,), units=(TOP, BASE))
INSTALLS = """\
#!{python}
import json, os, pathlib, signal, sys
root = pathlib.Path(sys.argv[0]).parent.parent
said = json.loads((root / "says.json").read_text())
scope = pathlib.Path(sys.argv[sys.argv.index("-C") + 1])
config = json.loads((scope / "config.yaml").read_text())["config"]
tree = pathlib.Path(config["install_tree:"]["root"])
with (root / "asked").open("a") as log:
    log.write(json.dumps([sys.argv[1:], sorted(k for k in os.environ if "SPACK" in k)]) + "\\n")
index = tree / ".spack-db" / "index.json"
index.parent.mkdir(parents=True, exist_ok=True)
there = json.loads(index.read_text())["database"]["installs"] if index.exists() else {{}}
for hash_, name in said["installs"].items():
    folder = tree / f"{{name}}-1.1-{{hash_}}"
    folder.mkdir(exist_ok=True)
    there[hash_] = {{"path": str(folder), "installed": True}}
    print(f"[+] {{hash_[:7]}} {{name}}@1.1 {{folder}} (0s)", flush=True)
index.write_text(json.dumps({{"database": {{"installs": there}}}}))
sys.stderr.write(said["err"])
if said["dies"]:
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(said["status"])
"""


class Installer:
    """A program in the place of Spack that installs some units."""

    def __init__(self, root: Path) -> None:
        self.root = root
        program = root / "bin" / "spack"
        program.parent.mkdir(parents=True)
        program.write_text(INSTALLS.format(python=sys.executable))
        program.chmod(0o755)
        self.says(TOP, BASE)

    def says(self, *hashes: str, err: str = "", status: int = 0, dies: bool = False) -> None:
        """Install these from now on, and end like this."""
        names = {TOP: "tiny-top", BASE: "tiny-base"}
        installs = {hash_: names[hash_] for hash_ in hashes}
        said = {"installs": installs, "err": err, "status": status, "dies": dies}
        (self.root / "says.json").write_text(json.dumps(said))

    @property
    def asked(self) -> list[list[list[str]]]:
        """Words and names of variables of each start."""
        log = self.root / "asked"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def told() -> list[Progress]:
    return []


@pytest.fixture
def bench(tmp_path: Path, told: list[Progress]) -> Workbench:
    return replace(bench_in(tmp_path, told), offline=True)


@pytest.fixture
def installer(tmp_path: Path) -> Installer:
    return Installer(tmp_path / "spack")


@pytest.fixture
def isolated(tmp_path: Path, installer: Installer) -> Isolated:
    mirror = tmp_path / "mirror"
    for kind in ("v3/manifests/spec", "blobs"):
        shutil.copytree(CACHES / "unsigned" / kind, mirror / kind)
    return Isolated(
        spack=SpackTool(root=installer.root, version="1.3.0", commit="c0ffee"),
        work=tmp_path / "work",
        tree=tmp_path / "prefix",
        mirror=mirror,
        recipes=(),
        indices=tmp_path / "indices",
    )


def test_roots_are_asked_for_and_all_is_looked_up_afterwards(
    isolated: Isolated, installer: Installer, bench: Workbench, told: list[Progress]
) -> None:
    there = bring_back(BOTH, isolated, dict(os.environ), bench)
    assert {hash_: Path(path).name for hash_, path in there.items()} == {
        TOP: f"tiny-top-1.1-{TOP}",
        BASE: f"tiny-base-1.1-{BASE}",
    }
    ((words, variables),) = installer.asked
    assert [word for word in words if word[0] == "/" and len(word) == 33] == [f"/{TOP}"]
    assert {"--cache-only", "install"} <= set(words)
    assert "SPACK_DISABLE_LOCAL_CONFIG" in variables
    assert (isolated.tree / MARK).is_file()
    assert (told[-1].done, told[-1].total) == (2, 2)


def test_the_index_is_ours_and_holds_what_lies_there(isolated: Isolated, bench: Workbench) -> None:
    bring_back(BOTH, isolated, dict(os.environ), bench)
    said = read_index_manifest((isolated.mirror / INDEX).read_bytes(), "index")
    index = read_index((isolated.mirror / blob_path(said.sha256)).read_bytes(), "index")
    assert {one.hash for one in index if one.in_cache} == {TOP, BASE}


def test_what_is_there_is_not_asked_for_again(
    isolated: Isolated, installer: Installer, bench: Workbench
) -> None:
    first = bring_back(BOTH, isolated, dict(os.environ), bench)
    shutil.rmtree(isolated.mirror)
    assert bring_back(BOTH, isolated, dict(os.environ), bench) == first
    assert len(installer.asked) == 1


def test_a_run_that_was_killed_is_gone_on_with(
    isolated: Isolated, installer: Installer, bench: Workbench
) -> None:
    installer.says(BASE, dies=True)
    with pytest.raises(Outside, match="did not bring back 1 units") as no:
        bring_back(BOTH, isolated, dict(os.environ), bench)
    assert "the same command goes on" in (no.value.hint or "")
    installer.says(TOP)
    assert set(bring_back(BOTH, isolated, dict(os.environ), bench)) == {TOP, BASE}


@pytest.mark.parametrize("status", [0, 1])
def test_a_unit_that_is_not_there_is_missing_however_spack_ended(
    isolated: Isolated, installer: Installer, bench: Workbench, status: int
) -> None:
    installer.says(TOP, err="==> Error: No space left on device\n", status=status)
    with pytest.raises(Outside, match="No space left on device") as no:
        bring_back(BOTH, isolated, dict(os.environ), bench)
    assert no.value.where == str(isolated.tree)


def test_a_spack_that_cannot_be_started_is_told(
    isolated: Isolated, installer: Installer, bench: Workbench
) -> None:
    shutil.rmtree(installer.root / "bin")
    with pytest.raises(Outside, match="did not bring back 2 units"):
        bring_back(BOTH, isolated, dict(os.environ), bench)


def test_a_folder_that_is_no_cache_is_bad_input(tmp_path: Path) -> None:
    place = tmp_path / "v3/manifests/spec/tiny-base/x.spec.manifest.json"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    with pytest.raises(BadInput):
        specs_in(tmp_path)
