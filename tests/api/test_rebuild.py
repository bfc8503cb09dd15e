"""`peso explain rebuild` on locks, on a stack that was planned and built, and on releases."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.api.published import Published, native_publication
from tests.native_locks import Piece, build_of, full, lock_of
from tests.products.engines.spack.locks import external, hash_of, lock, node, on

import peso
from peso.base.ledger import Ledger
from peso.errors import BadInput, Refused
from peso.services.filing import file_record
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.steps.making import BUILD, PLAN

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD = lock(
    node("app", on=(on("hdf5", "build", "link", key="hdfold"), on("cmake", "build"))),
    node("hdf5", "1.14.5", key="hdfold", on=(on("zlib", "link"),)),
    node("zlib", "1.3"),
    node("cmake", external=external("/usr")),
    node("gone"),
    roots=("app",),
)
NEW = lock(
    node("app", key="appnew", on=(on("hdf5", "build", "link", key="hdf"), on("cmake", "build"))),
    node("hdf5", "1.14.6", key="hdf", on=(on("zlib", "link"), on("libaec", "link"))),
    node("zlib", "1.3"),
    node("libaec"),
    node("cmake", external=external("/usr")),
    roots=("appnew",),
)


@dataclass(frozen=True)
class Two:
    """Two locks in files, in an empty folder."""

    folder: Path
    old: Path
    new: Path


@pytest.fixture
def two(tmp_path: Path) -> Two:
    here = tmp_path / "here"
    here.mkdir()
    old, new = here / "old.lock", here / "new.lock"
    old.write_bytes(OLD)
    new.write_bytes(NEW)
    return Two(here, old, new)


def _peso(two: Two, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "explain", "rebuild", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=two.folder,
    )


def test_two_locks_are_compared(two: Two) -> None:
    found = peso.explain_rebuild(two.old, two.new, folder=two.folder)

    assert [one.unit.name for one in found.fresh] == ["app", "hdf5", "libaec"]
    [cause] = found.causes
    assert (cause.package, cause.rebuilds.units) == ("hdf5", 2)
    assert [one.name for one in found.removed] == ["gone"]
    assert found.notes == ()


def test_words_say_causes_added_and_removed(two: Two) -> None:
    done = _peso(two, "old.lock", "new.lock")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "old.lock -> new.lock",
        "  3 of 5 units are other ones, 2 are kept: 2 rebuilt, 1 added, 0 external; 1 removed",
        "  to build: 3 units, no time known",
    ]
    cause = "  hdf5 1.14.5 -> 1.14.6 (and 1 more changes): rebuilds 2 units, no time known; alone 2"
    assert cause in lines
    hashes = (hash_of("libaec")[:7], hash_of("hdf")[:7], hash_of("gone")[:7])
    assert f"  libaec@1.0/{hashes[0]}: asked for by hdf5@1.14.6/{hashes[1]}" in lines
    assert f"  gone@1.0/{hashes[2]}" in lines


def test_words_of_one_unit_say_the_way_to_each_cause(two: Two) -> None:
    done = _peso(two, "old.lock", "new.lock", "--unit", "app")

    assert done.returncode == 0, done.stderr
    new, old = hash_of("appnew")[:7], hash_of("app")[:7]
    hdf = (hash_of("hdfold")[:7], hash_of("hdf")[:7])
    assert done.stdout.splitlines() == [
        (
            f"app@1.0/{new} instead of app@1.0/{old} (the only one of its name that is new, and "
            "that is gone)"
        ),
        "  in itself: nothing",
        "  build time: not known",
        (
            f"  below: -[build,link]-> hdf5@1.14.5/{hdf[0]} and /{hdf[1]}: hdf5 1.14.5 -> 1.14.6 "
            "(and 1 more changes)"
        ),
    ]
    added = _peso(two, "old.lock", "new.lock", "--unit", "libaec").stdout
    assert "is new: no unit of old.lock has its name" in added


def test_json_and_quiet_and_the_same_lock_twice(two: Two) -> None:
    document = json.loads(_peso(two, "old.lock", "new.lock", "--json").stdout)

    assert document["causes"][0]["differences"][0]["values"] == ["1.14.5", "1.14.6"]
    assert _peso(two, "old.lock", "new.lock", "-q").stdout == ""
    same = _peso(two, "old.lock", "old.lock").stdout
    assert same == "old.lock has the same 5 units as old.lock\n"


def test_what_names_nothing_is_told(two: Two) -> None:
    done = _peso(two, "old.lock", "new.lock", "--unit", "hfd5")
    assert done.returncode == 2
    assert "did you mean hdf5?" in done.stderr
    with pytest.raises(BadInput, match="is the same unit in both"):
        peso.explain_rebuild(two.old, two.new, unit="zlib")
    with pytest.raises(BadInput, match="no such file"):
        peso.explain_rebuild(two.old, two.folder / "nothing")
    with pytest.raises(BadInput, match=r"there is no spack\.lock and no stack.yaml"):
        peso.explain_rebuild(two.old, two.folder)


def test_a_stack_is_its_last_plan_and_its_builds_say_times(two: Two) -> None:
    (two.folder / "spack.yaml").write_text("spack:\n  specs: [app]\n")
    planned = lock_of(
        Piece("appnew", "app", needs={"zlib": "link"}, root=True),
        Piece("zlib", "zlib", "1.3"),
        Piece("old", "hdf5", "9"),
        Piece("hdf", "cmake"),
    )
    ledger = Ledger(two.folder / ".peso" / "ledger")
    file_record(
        PLAN, {"a": "1"}, Plan(stack="here", version="1", locks=(planned,)), ledger, made=NOW
    )
    build = build_of(planned, old="failed", zlib="reused")
    took = {"appnew": 60.0, "old": 9.0, "zlib": 7.0, "hdf": 30.0}
    units = tuple(
        one.model_copy(update={"seconds": took[word]})
        for word in took
        for one in build.units
        if one.hash == full(word)
    )
    record = Build(parts=(build.model_copy(update={"units": units}),), started=NOW, finished=NOW)
    file_record(BUILD, {"a": "1"}, record, ledger, made=NOW)

    found = peso.explain_rebuild(two.old, two.folder, folder=two.folder)

    times = {one.unit.name: (one.seconds, one.timed) for one in found.fresh}
    # A build that failed, and one that was unpacked from a cache, say no build time.
    assert times["app"] == (60.0, "itself")
    assert times["cmake"] == (30.0, "itself")
    assert times["hdf5"] == times["zlib"] == (None, "not-known")
    words = _peso(two, "old.lock", ".").stdout
    assert "to build: 4 units, 1.5 min one after another (not known for 2)" in words


def test_another_spack_is_noted(two: Two) -> None:
    two.new.write_bytes(NEW.replace(b"1.3.0.dev0", b"1.1.0"))

    [note] = peso.explain_rebuild(two.old, two.new).notes
    assert note.startswith("solved by Spack 1.3.0.dev0 and 1.1.0")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return native_publication(tmp_path_factory.mktemp("published"), NEW, built={"hdf": 12.5})


def test_a_release_is_read_as_far_as_its_manifest_proves_it(
    two: Two, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(two.folder / "state"))
    found = peso.explain_rebuild(
        two.old, published.folder, root=published.root, unsafe_development_keys=True
    )

    assert [one.unit.name for one in found.fresh] == ["app", "hdf5", "libaec"]
    assert found.after == f"{published.folder}#small@1.0"
    assert (found.cost.seconds, found.cost.measured) == (12.5, 1)
    named = peso.explain_rebuild(
        two.old,
        f"{published.folder}#small@1.0",
        root=published.root,
        unsafe_development_keys=True,
    )
    assert named == found
    with pytest.raises(BadInput, match="no such release"):
        peso.explain_rebuild(
            two.old,
            f"{published.folder}#small@2.0",
            root=published.root,
            unsafe_development_keys=True,
        )
    with pytest.raises(Refused, match="no trusted root"):
        peso.explain_rebuild(two.old, published.folder)


def test_a_lock_that_is_not_what_was_signed_is_refused(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(two.folder / "state"))
    published = native_publication(tmp_path, NEW)
    published.lock.chmod(0o644)
    published.lock.write_bytes(NEW.replace(b'"1.14.6"', b'"1.14.7"'))

    with pytest.raises(Refused, match="not what was signed"):
        peso.explain_rebuild(
            two.old, published.folder, root=published.root, unsafe_development_keys=True
        )
