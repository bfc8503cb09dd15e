from __future__ import annotations

import gzip
import os
from pathlib import Path

from peso.base.ledger import Blobs
from peso.products.engines.native import UnitBuild
from peso.products.engines.spack.logs import HEAD, PACKED_LIMIT, TAIL, with_log

HASH = "a" * 32


def unit(**said: object) -> UnitBuild:
    known = {"hash": HASH, "name": "lz4", "version": "1.9.4", "outcome": "failed"}
    return UnitBuild.model_validate({**known, **said})


def kept(blobs: Blobs, made: UnitBuild) -> bytes:
    assert made.log is not None
    assert made.log.role == "log"
    return blobs.read(made.log.sha256, limit=made.log.length)


def test_the_log_of_a_failed_unit_is_kept_as_text(tmp_path: Path, blobs: Blobs) -> None:
    log = tmp_path / "the.log"
    log.write_bytes(b"error: \xff here\n")
    made = with_log(unit(), str(log), tmp_path, blobs, part="native")
    assert kept(blobs, made) == "error: \ufffd here\n".encode()
    assert made.log is not None
    assert made.log.path == f"native/logs/lz4-{HASH}.txt"
    assert log.is_file()


def test_of_a_long_log_head_and_tail_are_kept(tmp_path: Path, blobs: Blobs) -> None:
    log = tmp_path / "the.log"
    log.write_bytes(b"first\n" + b"x" * (HEAD + TAIL) + b"\nlast\n")
    data = kept(blobs, with_log(unit(), str(log), tmp_path, blobs, part="native"))
    assert data.startswith(b"first\n")
    assert data.endswith(b"\nlast\n")
    assert b"[\xe2\x80\xa6 12 bytes left out" in data
    assert len(data) < HEAD + TAIL + 100


def test_a_log_just_short_enough_is_kept_whole(tmp_path: Path, blobs: Blobs) -> None:
    log = tmp_path / "the.log"
    log.write_bytes(b"y" * (HEAD + TAIL))
    assert len(kept(blobs, with_log(unit(), str(log), tmp_path, blobs, part="native"))) == (
        HEAD + TAIL
    )


def test_where_spack_was_killed_the_newest_log_of_the_stage_counts(
    tmp_path: Path, blobs: Blobs
) -> None:
    folder = tmp_path / "somebody"
    folder.mkdir()
    for age, name in enumerate(("new", "old")):
        log = folder / f"spack-stage-lz4-1.9.4-{HASH}-{name}.log"
        log.write_text(name)
        os.utime(log, (1000 - age, 1000 - age))
    other = folder / f"spack-stage-lz4-1.9.4-{'b' * 32}-old.log"
    other.write_text("another's")
    made = with_log(unit(outcome="not-known"), "", tmp_path, blobs, part="native")
    assert kept(blobs, made) == b"new"
    assert sorted(one.name for one in folder.iterdir()) == [
        f"spack-stage-lz4-1.9.4-{HASH}-new.log",
        other.name,
    ]


def test_a_log_that_is_gone_is_none(tmp_path: Path, blobs: Blobs) -> None:
    gone = str(tmp_path / "gone.log")
    assert with_log(unit(), gone, tmp_path, blobs, part="native").log is None
    assert with_log(unit(), "", tmp_path, blobs, part="native").log is None
    built = unit(outcome="built", prefix=str(tmp_path))
    assert with_log(built, "", tmp_path, blobs, part="native").log is None


def test_the_packed_log_of_a_unit_that_is_there_is_kept(tmp_path: Path, blobs: Blobs) -> None:
    packed = tmp_path / ".spack" / "spack-build-out.txt.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(b"built\n"))
    built = unit(outcome="built", prefix=str(tmp_path))
    made = with_log(built, "", tmp_path, blobs, part="other")
    assert gzip.decompress(kept(blobs, made)) == b"built\n"
    assert made.log is not None
    assert (made.log.path, made.log.media_type) == (
        f"other/logs/lz4-{HASH}.txt.gz",
        "application/gzip",
    )
    packed.write_bytes(b"x" * (PACKED_LIMIT + 1))
    assert with_log(built, "", tmp_path, blobs, part="native").log is None


def test_an_external_has_no_log(tmp_path: Path, blobs: Blobs) -> None:
    external = unit(outcome="external", prefix="/usr")
    assert with_log(external, "", tmp_path, blobs, part="native") == external
