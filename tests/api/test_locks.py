"""What the API and the commands say of locks: their units, and the sources a mirror lacks."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.native_locks import Piece, lock_of
from tests.products.engines.spack.locks import APP, GCC, LIBC, ZLIB, hash_of, lock, node
from tests.products.recipes.repositories import HEAD, write_repository

import peso
from peso.base.finding import Unknown
from peso.base.ledger import Ledger
from peso.cli.app import run
from peso.cli.words import in_words
from peso.errors import BadInput
from peso.services.filing import file_record
from peso.services.integration.plan import Plan
from peso.services.steps.making import PLAN

DATA = gzip.compress(b"sources", mtime=0)
SHA256 = hashlib.sha256(DATA).hexdigest()
OLD = node("zlib", "1.2.0", key="zlib-old")
SHARED = Path(__file__).parents[3] / "shared" / "data" / "e4s" / "locks"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lock, its environment, recipes and sources; no catalog remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "spack.lock").write_bytes(lock(APP, GCC, LIBC, ZLIB, OLD))
    (tmp_path / "env" / "spack.yaml").write_text("spack:\n  specs: [app]\n")
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "zlib_1.3.1.orig.tar.gz").write_bytes(DATA)
    recipes = {
        "zlib": f"{HEAD}class Zlib(Package):\n    url = 'https://z.test/zlib-1.2.0.tar.gz'\n"
        f"    license('Zlib')\n    version('1.3.1', sha256='{SHA256}')\n",
        "app": f"{HEAD}class App(Package):\n    url = 'https://a.test/app-1.0.tar.gz'\n"
        f"    version('2.0', sha256='{'0' * 64}')\n",
        **{
            name: f"{HEAD}class {name.capitalize()}(Package):\n    version('1')\n"
            for name in ("gcc", "glibc")
        },
    }
    write_repository(tmp_path / "r", recipes, namespace="builtin", bases={})
    return tmp_path


def _repository(place: Path) -> str:
    return str(next(place.glob("r/**/repo.yaml")).parent)


def test_a_lock_has_units(place: Path) -> None:
    shown = peso.show_stack(place / "env" / "spack.lock", repositories=(_repository(place),))

    assert (shown.form, len(shown.units)) == ("lock", 5)
    assert [(one.spec, one.hash) for one in shown.roots] == [("app", hash_of("app"))]
    assert shown.spack
    assert shown.spack.version == "1.3.0.dev0"
    zlib = next(one for one in shown.units if one.name == "zlib")
    assert zlib.license == "Zlib"
    assert not isinstance(zlib.sources, Unknown)
    assert zlib.sources[0].url == "https://z.test/zlib-1.3.1.tar.gz"


def test_without_recipes_it_says_so(place: Path) -> None:
    shown = peso.show_stack(place / "env" / "spack.lock")

    assert all(isinstance(one.license, Unknown) for one in shown.units)
    assert "no recipes are at hand" in in_words(shown)


def test_the_words_of_a_lock(place: Path) -> None:
    words = in_words(peso.show_stack(place / "env" / "spack.lock", here=False))

    lines = words.splitlines()
    assert lines[0].startswith("spack.lock: 5 units, 1 roots, 2 externals")
    assert "  for linux, debian12, x86_64_v3" in lines
    assert "    2 zlib  1.2.0, 1.3.1" in lines
    assert any(line.startswith(f"*  app@2.0/{hash_of('app')[:7]}") for line in lines)
    assert any(line.startswith(" e gcc@12.2.0") and line.endswith("/usr") for line in lines)


def test_the_command_gives_units(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = place / "e4s.spack.lock.gz"
    packed.write_bytes(gzip.compress((place / "env" / "spack.lock").read_bytes()))

    assert run(["stack", "show", str(packed), "--json", "--here"]) == 0

    units = json.loads(capsys.readouterr().out)["units"]
    assert {
        *("name", "version", "hash", "variants", "compilers", "target", "depends", "external"),
        *("license", "sources", "root", "patches", "purl", "namespace", "package_hash"),
    } <= units[0].keys()
    assert units[0]["depends"][0]["types"] == ["build", "link"]


def test_a_broken_lock(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "spack.lock").write_text('{"roots": []}')

    assert run(["stack", "show", str(place / "spack.lock")]) == 2
    assert "this is no lock of Spack" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["env", "env/spack.yaml", "env/spack.lock"])
def test_a_mirror_is_filled(place: Path, what: str) -> None:
    done = peso.fill_mirror(
        place / what,
        sources=(place / "shelf",),
        to=place / "mirror",
        repositories=(_repository(place),),
    )

    said = {one.units[0].partition("@")[0]: one for one in done.sources if one.kind == "archive"}
    assert said["zlib"].outcome == "filled"
    assert (place / "mirror" / said["zlib"].paths[0]).read_bytes() == DATA
    assert (said["app"].outcome, said["app"].urls) == (
        "missing",
        ("https://a.test/app-2.0.tar.gz",),
    )
    assert not done.complete


def test_the_command_says_what_is_missing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["mirror", "fill", "env", "--from", "shelf", "--to", "mirror"]

    assert run([*words, "--repo", _repository(place)]) == 1

    said = capsys.readouterr().out
    assert "    from shelf/zlib_1.3.1.orig.tar.gz" in said
    assert "    could come from https://a.test/app-2.0.tar.gz" in said
    assert "the recipe at hand has no version 1.2.0" in said
    assert "  it lacks 2" in said


def test_a_whole_mirror_is_a_yes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "env" / "spack.lock").write_bytes(lock(ZLIB, GCC, LIBC))
    words = ["mirror", "fill", "env", "--from", "shelf", "--to", "mirror"]

    assert run([*words, "--repo", _repository(place)]) == 0
    assert "it lacks nothing" in capsys.readouterr().out


def test_without_recipes_nothing_can_be_filled(place: Path) -> None:
    with pytest.raises(BadInput, match="no recipes are at hand") as caught:
        peso.fill_mirror(place / "env", sources=(place / "shelf",), to=place / "mirror")
    assert "peso catalog index" in str(caught.value)


def test_an_environment_without_a_lock(place: Path) -> None:
    (place / "env" / "spack.lock").unlink()
    with pytest.raises(BadInput, match="no lock of it is at hand"):
        peso.fill_mirror(place / "env", sources=(place / "shelf",), to=place / "mirror")
    (place / "env" / "spack.yaml").unlink()
    with pytest.raises(BadInput, match=r"no stack\.yaml, spack\.yaml or spack\.lock"):
        peso.fill_mirror(place / "env", sources=(place / "shelf",), to=place / "mirror")


def test_of_a_stack_without_a_lock_its_last_plan_counts(place: Path) -> None:
    shown = peso.show_stack(place / "env" / "spack.lock", repositories=(_repository(place),))
    (place / "env" / "spack.lock").unlink()
    planned = lock_of(Piece("zlib", "zlib")).model_copy(
        update={"units": tuple(one for one in shown.units if one.label.startswith("zlib@1.3.1"))}
    )
    plan = Plan(stack="env", version="1", locks=(planned,))
    ledger = Ledger(place / "env" / ".peso" / "ledger")
    file_record(PLAN, {"a": "b"}, plan, ledger, made=datetime(2026, 11, 23, tzinfo=UTC))

    done = peso.fill_mirror(place / "env", sources=(place / "shelf",), to=place / "mirror")

    assert [one.outcome for one in done.sources] == ["filled"]
    assert done.complete


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "units", "roots", "externals"),
    [
        ("x86_64-gnu-cpu-2026-08.spack.lock.gz", 906, 127, 15),
        ("x86_64-gnu-cpu-25.11.spack.lock.gz", 832, 124, 4),
    ],
)
@pytest.mark.usefixtures("place")
def test_the_locks_of_e4s(name: str, units: int, roots: int, externals: int) -> None:
    if not (SHARED / name).is_file():
        pytest.skip(f"the real inputs are not at {SHARED}")

    shown = peso.show_stack(SHARED / name)

    assert (len(shown.units), len(shown.roots)) == (units, roots)
    assert sum(one.external is not None for one in shown.units) == externals
    assert sum(one.name == "boost" for one in shown.units) == 12
    assert sum(one.root for one in shown.units) == len({one.hash for one in shown.roots})
