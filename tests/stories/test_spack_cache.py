"""Promise: a facility with an empty Spack gets the very binaries that were built, and proves them.

With a real Spack, from source: two compressors are built, delivered, and brought back by another
user of Spack who has configured nothing, into a longer prefix. Needs PESO_SPACK, a compiler, and
the sources of lz4 and bzip2; what is missing is said, and the story is then not told.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.facility import serve

import peso
from peso.services.delivery.facility.receipt import Receipt
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.publish import releases
from peso.services.pipeline import Stopped

NEEDED = ("gcc", "g++", "make", "diff", "patchelf")
STACK = """\
schema: peso.stack/1
name: compressors
version: "1.0"
title: Two compressors
channel: testing
policy: lenient
parts:
  native: {engine: spack, environment: spack.yaml}
products:
  - {name: lz4, part: native}
  - {name: bzip2, part: native}
tests:
  both:
    of: [lz4, bzip2]
    run: [sh, tests/both.sh]
    limits: {time: 60 s, memory: 1 GiB}
    expect: {programs: "== 2"}
"""
ENVIRONMENT = """\
spack:
  specs: [lz4@1.9.4, bzip2@1.0.8]
  view: false
  concretizer: {unify: true, reuse: false}
  packages:
    all: {require: [target=x86_64]}
"""
POLICY = """\
schema: peso.policy/1
name: lenient
title: For a story
rules:
  tests: {passed: all}
  artifacts: {hashed: all}
"""
SCRIPT = """\
set -e
lz4 --version >&2
bzip2 --help >&2
echo programs=2
"""
VARIABLES = {
    "HOME": "home",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "SPACK_USER_CONFIG_PATH": "spack",
    "SPACK_USER_CACHE_PATH": "spack-cache",
}
HOSTILE = {
    "config": "config: {{install_tree: {{root: {facility}/elsewhere}}}}\n",
    "mirrors": "mirrors: {{theirs: file://{facility}/elsewhere/mirror}}\n",
    "upstreams": "upstreams: {{theirs: {{install_tree: {facility}/elsewhere/tree}}}}\n",
    "repos": "repos: {{builtin: {facility}/elsewhere/recipes}}\n",
}

pytestmark = [pytest.mark.spack, pytest.mark.index, pytest.mark.timeout(1800)]


@dataclass(frozen=True, slots=True)
class Shop:
    """A publication, and what is in it."""

    folder: Path
    manifest: Manifest

    @property
    def public(self) -> Path:
        return self.folder / "public"

    def unit(self, name: str) -> set[str]:
        """Return where the three files of a unit lie in the publication."""
        (part,) = self.manifest.parts
        (unit,) = (one for one in part.units if one.name == name)
        return {blob_path(one) for one in (unit.manifest, unit.spec, unit.archive)}

    def install(self, where: Path | str, prefix: Path, *only: str) -> Receipt:
        return peso.install(
            where,
            prefix,
            root=self.folder / "public.root.json",
            unsafe_development_keys=True,
            only=only,
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Deliver the two compressors from source."""
    if not os.environ.get("PESO_SPACK"):
        pytest.skip("NOT TOLD: PESO_SPACK names no Spack")
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        pytest.skip(f"NOT TOLD: this machine has no {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("shop")
    for name, text in {
        "stack.yaml": STACK,
        "spack.yaml": ENVIRONMENT,
        "policies/lenient.yaml": POLICY,
        "tests/both.sh": SCRIPT,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        try:
            peso.deliver(folder / "stack.yaml", to=folder / "public")
        except Stopped as stopped:
            failed = [unit for part in stopped.account.native for unit in part.failed]
            if any(unit.error and unit.error.kind == "fetch" for unit in failed):
                pytest.skip(f"NOT TOLD: no source of {', '.join(one.unit for one in failed)}")
            raise
        (manifest,) = releases(folder / "public")
        yield Shop(folder, manifest)


@pytest.fixture
def facility(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give another user: an empty configuration of Spack, no recipes, no memory of anything."""
    for variable, below in VARIABLES.items():
        (tmp_path / below).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / below))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


def runs(prefix: Path, name: str, *words: str) -> str:
    """Run a program from where it was installed, with nothing of Spack's set."""
    (program,) = prefix.glob(f"{name}-*/bin/{name}")
    done = subprocess.run(
        [program, *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    return done.stdout + done.stderr


def test_the_binaries_come_back_and_run(shop: Shop, facility: Path) -> None:
    prefix = facility / ("a-longer-prefix-than-they-were-built-in" * 3)
    receipt = shop.install(shop.public, prefix)
    assert [one.name for one in receipt.units if one.asked] == ["lz4", "bzip2"]
    assert "1.9.4" in runs(prefix, "lz4", "--version")
    assert "Version 1.0.8" in runs(prefix, "bzip2", "--help")
    assert receipt.not_installed == ()
    for unit in receipt.units:
        said = json.loads((prefix / unit.folder / ".spack/spec.json").read_text())
        assert said["spec"]["nodes"][0]["hash"] == unit.hash


def test_the_users_configuration_is_as_it_was(shop: Shop, facility: Path) -> None:
    """What would decide, if it were read: another tree, another mirror, another tree above."""
    scope = facility / "spack"
    for name, text in HOSTILE.items():
        (scope / f"{name}.yaml").write_text(text.format(facility=facility))
    before = {file: file.read_bytes() for file in scope.iterdir()}
    shop.install(shop.public, facility / "prefix", "lz4")
    assert {file: file.read_bytes() for file in scope.iterdir()} == before
    assert [*(facility / "home").iterdir()] == [*(facility / "spack-cache").iterdir()] == []
    assert not (facility / "elsewhere").exists()
    assert "1.9.4" in runs(facility / "prefix", "lz4", "--version")


def test_only_what_is_wanted_is_fetched(shop: Shop, facility: Path) -> None:
    with serve(shop.public) as server:
        receipt = shop.install(server.url, facility / "prefix", "bzip2")
        assert shop.unit("bzip2") | shop.unit("gcc-runtime") <= set(server.asked)
        assert not shop.unit("lz4") & set(server.asked)
        assert [one.name for one in receipt.units if one.asked] == ["bzip2"]
        server.asked.clear()
        receipt = shop.install(server.url, facility / "prefix", "lz4")
        assert not (shop.unit("bzip2") | shop.unit("gcc-runtime")) & set(server.asked)
    assert {one.name for one in receipt.units} == {"bzip2", "lz4", "gcc-runtime"}
    assert "1.9.4" in runs(facility / "prefix", "lz4", "--version")


@pytest.mark.parametrize("when", ["fetched", "begun", "unpacked"])
def test_killed_and_gone_on_with(shop: Shop, facility: Path, when: str) -> None:
    prefix = facility / "prefix"
    command = ["install", str(shop.public), "--prefix", str(prefix), "--quiet"]
    command += ["--root", str(shop.folder / "public.root.json"), "--unsafe-development-keys"]
    run = subprocess.Popen(
        [sys.executable, "-c", "from peso.cli.main import main; main()", *command]
    )
    pattern = {
        "fetched": ".prefix.peso-work/cache/fetched/*",
        "begun": "prefix/.spack-db",
        "unpacked": "prefix/*-*/.spack",
    }[when]
    while not any(facility.glob(pattern)) and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL, "it was over before it was killed"
    assert not (prefix / "share").exists()

    shop.install(shop.public, prefix)

    assert "1.9.4" in runs(prefix, "lz4", "--version")
    assert "Version 1.0.8" in runs(prefix, "bzip2", "--help")
    assert not (facility / ".prefix.peso-work").exists()


def test_a_machine_that_does_not_fit_is_told_all_at_once_before_anything_is_written(
    shop: Shop, facility: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(facility / "nothing"))
    monkeypatch.setenv("SPACK_PYTHON", sys.executable)
    prefix = facility / ("a-longer-prefix-than-they-were-built-in" * 3)
    with pytest.raises(peso.Refused, match="no patchelf on PATH"):
        shop.install(shop.public, prefix)
    assert not prefix.exists()


@pytest.fixture
def starts(facility: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Count how often Spack's Python is started: a line in a file for each."""
    real = os.environ.get("SPACK_PYTHON") or shutil.which("python3") or sys.executable
    log, counting = facility / "starts", facility / "python"
    counting.write_text(f'#!/bin/sh\necho started >> "{log}"\nexec "{real}" "$@"\n')
    counting.chmod(0o755)
    log.touch()
    monkeypatch.setenv("SPACK_PYTHON", str(counting))
    return log


def test_swapped_pairs_are_refused_and_spack_is_not_started(
    shop: Shop, facility: Path, starts: Path
) -> None:
    """Each is as validly made as the other; left as they were, Spack is started and installs."""
    public = facility / "public"
    shutil.copytree(shop.public, public)
    (part,) = shop.manifest.parts
    one, other = (
        public / blob_path(unit.manifest) for unit in part.units if unit.name in {"lz4", "bzip2"}
    )
    first, second = one.read_bytes(), other.read_bytes()
    for path, data in ((one, second), (other, first)):
        path.chmod(0o644)
        path.write_bytes(data)
    with serve(public) as server:
        for where in (public, server.url):
            with pytest.raises(peso.Refused) as no:
                shop.install(where, facility / "prefix")
            assert no.value.reason in {peso.Reason.SWAPPED, peso.Reason.CHANGED}
    assert (starts.read_text(), (facility / "prefix").exists()) == ("", False)
    shop.install(shop.public, facility / "prefix", "lz4")
    assert starts.read_text()


def test_a_changed_archive_is_refused_before_spack_sees_it(shop: Shop, facility: Path) -> None:
    public = facility / "public"
    shutil.copytree(shop.public, public)
    (part,) = shop.manifest.parts
    (unit,) = (one for one in part.units if one.name == "lz4")
    archive = public / blob_path(unit.archive)
    archive.chmod(0o644)
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(data)
    with serve(public) as server, pytest.raises(peso.Refused) as no:
        shop.install(server.url, facility / "prefix")
    assert (no.value.reason, no.value.where) == (peso.Reason.CHANGED, blob_path(unit.archive))
    assert not (facility / "prefix").exists()
