"""Filling a mirror: by digest alone, once, whole files only, nothing of others overwritten."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest
from tests.products.engines.spack.test_source_mirror import unit

from peso.errors import BadInput, Outside
from peso.products.engines.native import SourceFile
from peso.products.engines.spack.mirror_fill import MirrorFilled, fill
from peso.products.engines.spack.source_mirror import MirrorSource, wanted_by

DATA = gzip.compress(b"an archive", mtime=0)
SHA256 = hashlib.sha256(DATA).hexdigest()
PLACE = f"_source-cache/archive/{SHA256[:2]}/{SHA256}.tar.gz"
URL = "https://x.test/thing-1.0.tar.gz"
ARCHIVE = SourceFile(kind="archive", url=URL, sha256=SHA256, ending="tar.gz")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "thing_1.0.orig.tar.gz").write_bytes(DATA)
    (folder / "notes.txt").write_text("of something else")
    return folder


def run(tmp_path: Path, *sources: SourceFile, shelf: Path | None = None) -> MirrorFilled:
    folders = () if shelf is None else (shelf,)
    return fill(wanted_by([unit(*sources)]), folders, tmp_path / "mirror")


def only(done: MirrorFilled) -> MirrorSource:
    (one,) = done.sources
    return one


def test_a_file_is_found_under_any_name(tmp_path: Path, shelf: Path) -> None:
    done = run(tmp_path, ARCHIVE, shelf=shelf)
    one = only(done)
    assert (one.outcome, one.paths) == ("filled", (PLACE,))
    assert one.file.endswith("thing_1.0.orig.tar.gz")
    assert (tmp_path / "mirror" / PLACE).read_bytes() == DATA
    assert done.complete
    assert [path.name for path in (tmp_path / "mirror" / PLACE).parent.iterdir()] == [
        f"{SHA256}.tar.gz"
    ]


def test_twice_changes_nothing(tmp_path: Path, shelf: Path) -> None:
    run(tmp_path, ARCHIVE, shelf=shelf)
    before = (tmp_path / "mirror" / PLACE).stat()
    done = run(tmp_path, ARCHIVE, shelf=shelf)
    assert (only(done).outcome, done.hashed) == ("there", 0)
    after = (tmp_path / "mirror" / PLACE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_what_is_missing_says_where_it_could_come_from(tmp_path: Path, shelf: Path) -> None:
    other = SourceFile(kind="archive", url=URL, sha256="0" * 64, ending="tar.gz")
    done = run(tmp_path, other, shelf=shelf)
    assert (only(done).outcome, only(done).urls) == ("missing", (URL,))
    assert not done.complete
    assert done.hashed == 2


def test_another_content_is_left_alone(tmp_path: Path, shelf: Path) -> None:
    place = tmp_path / "mirror" / PLACE
    place.parent.mkdir(parents=True)
    place.write_bytes(b"cut off")
    done = run(tmp_path, ARCHIVE, shelf=shelf)
    assert only(done).outcome == "wrong"
    assert "remove it" in only(done).why
    assert place.read_bytes() == b"cut off"
    assert not done.complete


def test_a_link_in_its_place_is_not_followed(tmp_path: Path, shelf: Path) -> None:
    place = tmp_path / "mirror" / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(shelf / "deep" / "thing_1.0.orig.tar.gz")
    assert only(run(tmp_path, ARCHIVE, shelf=shelf)).outcome == "wrong"


def test_a_private_file_is_copied_a_public_one_linked(tmp_path: Path, shelf: Path) -> None:
    file = shelf / "deep" / "thing_1.0.orig.tar.gz"
    file.chmod(0o600)
    run(tmp_path, ARCHIVE, shelf=shelf)
    place = tmp_path / "mirror" / PLACE
    assert place.stat().st_ino != file.stat().st_ino
    assert place.stat().st_mode & 0o777 == 0o644
    place.unlink()
    file.chmod(0o644)
    run(tmp_path, ARCHIVE, shelf=shelf)
    assert place.stat().st_ino == file.stat().st_ino


def test_links_and_special_files_are_named(tmp_path: Path, shelf: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thing.tar.gz").write_bytes(DATA)
    (shelf / "deep" / "thing_1.0.orig.tar.gz").unlink()
    (shelf / "alias").symlink_to(outside)
    (shelf / "file").symlink_to(outside / "thing.tar.gz")
    os.mkfifo(shelf / "pipe")
    done = run(tmp_path, ARCHIVE, shelf=shelf)
    assert only(done).outcome == "missing"
    said = {Path(one.path).name: one.why for one in done.skipped}
    assert said == {"alias": "a link", "file": "a link", "pipe": "no plain file"}


def test_an_archive_whose_url_is_not_known_has_several_names(tmp_path: Path, shelf: Path) -> None:
    unsure = SourceFile(kind="archive", url="", sha256=SHA256, ending="tar.xz")
    done = run(tmp_path, unsure, shelf=shelf)
    endings = {path.rpartition(SHA256)[2] for path in only(done).paths}
    assert endings == {".tar.xz", ".tar.gz"}
    assert all((tmp_path / "mirror" / path).read_bytes() == DATA for path in only(done).paths)
    assert only(run(tmp_path, unsure, shelf=shelf)).outcome == "there"


def test_a_new_name_is_filled_from_the_mirror_itself(tmp_path: Path, shelf: Path) -> None:
    run(tmp_path, ARCHIVE, shelf=shelf)
    second = SourceFile(kind="archive", url="https://y.test/t.tgz", sha256=SHA256, ending="tgz")
    done = run(tmp_path, ARCHIVE, second)
    assert only(done).outcome == "filled"
    assert (tmp_path / "mirror" / PLACE.replace("tar.gz", "tgz")).read_bytes() == DATA


def test_what_cannot_be_proven(tmp_path: Path, shelf: Path) -> None:
    git = SourceFile(kind="git", url="https://x.test/thing.git", other=f"commit:{'1' * 40}")
    done = run(tmp_path, git, shelf=shelf)
    assert (only(done).outcome, done.complete) == ("missing", False)
    assert "git" in only(done).why
    place = tmp_path / "mirror" / only(done).paths[0]
    place.parent.mkdir(parents=True)
    place.write_bytes(b"a checkout")
    done = run(tmp_path, git, shelf=shelf)
    assert (only(done).outcome, done.complete) == ("unproven", True)


def test_what_is_not_known_is_not_complete(tmp_path: Path, shelf: Path) -> None:
    done = fill(wanted_by([unit(unknown="no recipe")]), (shelf,), tmp_path / "mirror")
    assert (only(done).outcome, only(done).why, done.complete) == (
        "not-known",
        "no recipe",
        False,
    )
    assert not (tmp_path / "mirror").exists()


def test_a_patch_beside_its_recipe_is_not_looked_for(tmp_path: Path, shelf: Path) -> None:
    done = run(tmp_path, SourceFile(kind="patch", url="", sha256=SHA256), shelf=shelf)
    assert (only(done).outcome, done.complete, done.hashed) == ("beside", True, 0)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        run(tmp_path, ARCHIVE, shelf=tmp_path / "none")


def test_a_mirror_that_cannot_be_made(tmp_path: Path, shelf: Path) -> None:
    (tmp_path / "mirror").write_text("a file")
    with pytest.raises(Outside):
        run(tmp_path, ARCHIVE, shelf=shelf)
