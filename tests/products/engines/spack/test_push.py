"""The binaries of a build, with a program that packs what Spack was recorded to pack."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.native_locks import build_of
from tests.products.engines.spack.sites import bench_in
from tests.products.engines.spack.tiny import tiny_entry, tiny_lock
from tests.spack_cache_files import BASE, CACHES, EXTERNAL, TOP

from peso.base.ledger import Blobs
from peso.products.engines.native import CacheEntry, NativeBuild, NativeLock
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.push import LEFT_OUT, with_binaries
from peso.products.engines.spack.site import Site
from peso.products.engines.spack.tool import SpackTool

PACKS = """\
#!{python}
import json, pathlib, shutil, sys, urllib.parse
said = json.loads({said!r})
with open(said["log"], "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
url = next(word for word in sys.argv if word.startswith("file://"))
target = pathlib.Path(urllib.parse.urlsplit(url).path)
for hash_ in (word[1:] for word in sys.argv if word.startswith("/") and "/" not in word[1:]):
    if hash_ in said["leaves_out"]:
        continue
    source = pathlib.Path(said["caches"]) / said["packs"].get(hash_, "unsigned")
    (manifest,) = source.glob(f"v3/manifests/spec/*/*-{{hash_}}.spec.manifest.json")
    place = target / manifest.relative_to(source)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(manifest, place)
    shutil.copytree(source / "blobs", target / "blobs", dirs_exist_ok=True)
sys.stderr.write(said["err"])
sys.exit(said["status"])
"""


class Packer:
    """A program in the place of Spack that packs units, or leaves them out."""

    def __init__(self, folder: Path) -> None:
        self.root, self.log = folder / "spack", folder / "asked.txt"
        tool = SpackTool(root=self.root, version="1.3.0.dev0", commit="c0ffee")
        self.site = Site(spack=tool, environment=dict(os.environ))
        self.says()

    def says(
        self,
        *,
        leaves_out: tuple[str, ...] = (),
        packs: dict[str, str] | None = None,
        err: str = "",
        status: int = 0,
    ) -> None:
        """Pack like this from now on; `packs` names the small cache a unit is taken from."""
        said = {
            "log": str(self.log),
            "caches": str(CACHES),
            "leaves_out": leaves_out,
            "packs": packs or {},
            "err": err,
            "status": status,
        }
        program = self.site.spack.program
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(PACKS.format(python=sys.executable, said=json.dumps(said)))
        program.chmod(0o755)

    @property
    def asked(self) -> list[list[str]]:
        """Hashes of what it was to pack, for each start."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        words = [json.loads(line) for line in lines]
        return [
            [word[1:] for word in line if word[:1] == "/" and len(word) == 33] for line in words
        ]


@pytest.fixture
def told() -> list[Progress]:
    return []


@pytest.fixture
def bench(tmp_path: Path, told: list[Progress]) -> Workbench:
    return bench_in(tmp_path, told)


@pytest.fixture
def packer(tmp_path: Path) -> Packer:
    return Packer(tmp_path)


@pytest.fixture
def lock(bench: Workbench) -> NativeLock:
    return tiny_lock(bench.blobs)


@pytest.fixture
def built(lock: NativeLock, tmp_path: Path) -> NativeBuild:
    """Return a build whose units are installed, as far as packing minds."""
    made = build_of(lock)
    units = []
    for unit in made.units:
        prefix = tmp_path / "store" / unit.hash
        (prefix / ".spack").mkdir(parents=True)
        (prefix / ".spack" / "spec.json").write_text("{}")
        units.append(unit.model_copy(update={"prefix": str(prefix)}))
    return made.model_copy(update={"units": tuple(units)})


def reason(build: NativeBuild, hash_: str) -> str:
    return next(one.not_shipped for one in build.units if one.hash == hash_)


def test_what_is_used_is_packed_and_shipped_at_spacks_own_places(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, tmp_path: Path
) -> None:
    made = with_binaries(built, lock, packer.site, bench)
    ours = [tiny_entry(hash_, Blobs(tmp_path / "other")) for hash_ in (TOP, BASE)]
    assert [places(one) for one in made.cache] == [places(one) for one in ours]
    assert packer.asked == [[TOP, BASE]]
    assert {one.not_shipped for one in made.units} == {""}
    for entry in made.cache:
        for file in entry.files:
            assert bench.blobs.proves(file.sha256, file.length)
            assert file.role == "artifact"
            assert file.path.startswith("native/cache/")
    assert made.built_in == len(str(tmp_path / "cache" / "spack" / "store"))
    assert {one.path for one in made.shipped} >= {one.path for e in made.cache for one in e.files}


def places(entry: CacheEntry) -> list[tuple[str, str, int]]:
    return [(file.path, file.sha256, file.length) for file in entry.files]


def test_the_unit_is_asked_for_by_hash_and_nothing_is_signed_or_added(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, tmp_path: Path
) -> None:
    with_binaries(built, lock, packer.site, bench)
    words = json.loads(packer.log.read_text())
    outgoing = (tmp_path / "cache" / "spack" / "outgoing").as_uri()
    after = words[words.index("buildcache") :]
    assert after == [
        *("buildcache", "push", "--force", "--unsigned", "--only", "package"),
        *(outgoing, f"/{TOP}", f"/{BASE}"),
    ]


def test_nothing_is_packed_twice(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench
) -> None:
    first = with_binaries(built, lock, packer.site, bench)
    again = with_binaries(built, lock, packer.site, bench)
    assert again.cache == first.cache
    assert len(packer.asked) == 1
    other = with_binaries(built, lock.model_copy(update={"part": "gpu"}), packer.site, bench)
    assert {one.archive.path.partition("/")[0] for one in other.cache} == {"gpu"}
    assert len(packer.asked) == 1


def test_what_was_installed_anew_is_packed_anew(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, tmp_path: Path
) -> None:
    with_binaries(built, lock, packer.site, bench)
    spec = tmp_path / "store" / BASE / ".spack" / "spec.json"
    os.utime(spec, (1, 1))
    packer.says(packs={BASE: "replayed-older-pair"})
    made = with_binaries(built, lock, packer.site, bench)
    assert packer.asked[1:] == [[BASE]]
    older = tiny_entry(BASE, bench.blobs, "replayed-older-pair")
    assert made.cache[1].archive.sha256 == older.archive.sha256


def test_what_the_store_lost_or_somebody_damaged_is_packed_anew(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, tmp_path: Path
) -> None:
    made = with_binaries(built, lock, packer.site, bench)
    bench.blobs.path(made.cache[0].archive.sha256).unlink()
    (tmp_path / "cache" / "spack" / "pushed" / f"{BASE}.json").write_text("{")
    assert with_binaries(built, lock, packer.site, bench).cache == made.cache
    assert packer.asked[1:] == [[TOP, BASE]]


def test_externals_what_only_builds_and_what_is_not_there_are_not_packed(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench
) -> None:
    top = lock.unit(TOP)
    builds = tuple(edge.model_copy(update={"types": ("build",)}) for edge in top.depends)
    only = lock.model_copy(
        update={"units": (top.model_copy(update={"depends": builds}), *lock.units[1:])}
    )
    made = with_binaries(built, only, packer.site, bench)
    assert [one.hash for one in made.cache] == [TOP]
    assert reason(made, BASE) == reason(made, EXTERNAL) == ""
    gone = tuple(
        one.model_copy(update={"outcome": "failed" if one.hash == TOP else one.outcome})
        for one in built.units
    )
    made = with_binaries(built.model_copy(update={"units": gone}), lock, packer.site, bench)
    assert [one.hash for one in made.cache] == [BASE]


def test_what_may_not_be_given_to_others_is_told(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench
) -> None:
    packer.says(leaves_out=(BASE,))
    made = with_binaries(built, lock, packer.site, bench)
    assert [one.hash for one in made.cache] == [TOP]
    assert (reason(made, BASE), reason(made, TOP)) == (LEFT_OUT, "")


def test_what_could_not_be_packed_is_told_in_spacks_words_and_the_rest_is_taken(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench
) -> None:
    packer.says(leaves_out=(TOP,), err="==> Error: No space left on device\n", status=1)
    made = with_binaries(built, lock, packer.site, bench)
    assert [one.hash for one in made.cache] == [BASE]
    assert reason(made, TOP) == "Spack could not pack it: No space left on device"
    packer.says()
    mended = with_binaries(made, lock, packer.site, bench)
    assert [one.hash for one in mended.cache] == [TOP, BASE]
    assert reason(mended, TOP) == ""


@pytest.mark.parametrize(
    ("cache", "why"),
    [
        ("other-unit-in-archive", "the spec inside the archive is of tiny-top"),
        ("swapped-pair", "the spec is of tiny-top"),
        ("wrong-hash-in-spec", "not what its hash stands for"),
        ("changed-archive", "Spack's manifest names the archive"),
        ("truncated-blob", "Spack's manifest names the archive"),
    ],
)
def test_what_is_not_the_unit_is_not_taken(  # noqa: PLR0917 - fixtures
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, cache: str, why: str
) -> None:
    packer.says(packs={BASE: cache}, leaves_out=(TOP,))
    made = with_binaries(built, lock, packer.site, bench)
    assert made.cache == ()
    assert why in reason(made, BASE)
    assert reason(made, BASE).startswith("what Spack packed of it cannot be used")


def test_progress_is_told(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench, told: list[Progress]
) -> None:
    with_binaries(built, lock, packer.site, bench)
    assert [(one.done, one.total) for one in told] == [(0, 2), (1, 2), (2, 2)]
    assert told[0].line == "packing 2 units"


def test_a_spack_that_is_gone_is_told(
    packer: Packer, built: NativeBuild, lock: NativeLock, bench: Workbench
) -> None:
    shutil.rmtree(packer.root)
    made = with_binaries(built, lock, packer.site, replace(bench))
    assert made.cache == ()
    assert reason(made, TOP).startswith("Spack could not pack it")
