"""A real Spack builds from nothing but a mirror that PESO filled from files of other names."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.products.recipes.repositories import write_repository
from tests.spack_at_hand import needs_spack, spack_program

import peso

pytestmark = [
    pytest.mark.spack,
    needs_spack,
]
PATCH = b"""\
--- a/hello.txt
+++ b/hello.txt
@@ -1 +1 @@
-hello
+hello, patched
"""
MORE = b"more of it\n"
RECIPE = """\
from spack.package import *


class Thing(PackageBase):
    url = "https://nowhere.invalid/thing-0.9.tar.gz"
    build_system("plain")
    version("1.0", sha256="{archive}")
    patch("https://nowhere.invalid/fix.patch?full_index=1", sha256="{patch}")
    resource(
        name="more", url="https://nowhere.invalid/more.txt", sha256="{more}",
        expand=False, placement="more",
    )


@register_builder("plain")
class PlainBuilder(BuilderWithDefaults):
    phases = ("install",)

    def install(self, pkg, spec, prefix):
        mkdirp(prefix)
        install("hello.txt", prefix)
        install("more/more.txt", prefix)
"""


def _archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo("thing-1.0/hello.txt")
        member.size = len(b"hello\n")
        tar.addfile(member, io.BytesIO(b"hello\n"))
    return gzip.compress(packed.getvalue(), mtime=0)


def _spack(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [spack_program(), "-C", str(folder / "config"), "-e", str(folder / "env"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def _config(folder: Path, repository: Path) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "repos.yaml").write_text(f"repos:\n  small: {repository}\n")
    (folder / "config" / "mirrors.yaml").write_text(
        f"mirrors:: {{filled: {{url: 'file://{folder}/mirror', source: true, binary: false}}}}\n"
    )
    (folder / "config" / "config.yaml").write_text(
        f"config:\n  install_tree: {{root: {folder}/store}}\n  build_stage: [{folder}/stage]\n"
        f"  source_cache: {folder}/source\n  connect_timeout: 2\n"
    )
    (folder / "env").mkdir()
    (folder / "env" / "spack.yaml").write_text(
        "spack: {specs: [thing], view: false, concretizer: {reuse: false}}\n"
    )


def test_spack_builds_offline_from_the_mirror(tmp_path: Path) -> None:
    files = {"thing_1.0.orig.tar.gz": _archive(), "0001": PATCH, "notes": MORE}
    archive, patch, more = (hashlib.sha256(one).hexdigest() for one in files.values())
    recipe = RECIPE.format(archive=archive, patch=patch, more=more)
    repository = write_repository(tmp_path, {"thing": recipe}, bases={})
    _config(tmp_path, repository)
    (tmp_path / "shelf").mkdir()
    for name, data in files.items():
        (tmp_path / "shelf" / name).write_bytes(data)
    solved = _spack(tmp_path, "concretize")
    assert solved.returncode == 0, solved.stderr
    without = _spack(tmp_path, "install", "--only-concrete")
    assert without.returncode != 0

    done = peso.fill_mirror(
        tmp_path / "env",
        sources=(tmp_path / "shelf",),
        to=tmp_path / "mirror",
        repositories=(repository,),
    )

    assert done.complete
    assert [one.outcome for one in done.sources] == ["filled"] * 3
    built = _spack(tmp_path, "install", "--only-concrete")
    assert built.returncode == 0, built.stdout + built.stderr
    (hello,) = tmp_path.glob("store/**/thing-1.0-*/hello.txt")
    assert hello.read_text() == "hello, patched\n"
    assert (hello.parent / "more.txt").read_bytes() == MORE
