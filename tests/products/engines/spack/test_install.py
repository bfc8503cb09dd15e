"""The install step, with a program that says what Spack was recorded to say, and with a Spack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.lock_files import DATA, lock_of, named
from tests.products.engines.spack.small_recipes import write_recipes

from peso.base.ledger import Blobs
from peso.errors import Outside, Refused
from peso.products.engines.native import LinkedFolder, NativeBuild, NativeLock, UnitBuild
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.install import install, lay_environment
from peso.products.engines.spack.scope import Recipes
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import VARIABLE, SpackTool, find_spack

SAYS = """\
import json, pathlib, sys
root, data = pathlib.Path(sys.argv[0]).parent.parent, json.loads({data!r})
(root / "asked").write_text(json.dumps(sys.argv[1:]))
store = pathlib.Path(data["store"])
for hash_ in data["installed"]:
    (store / hash_).mkdir(parents=True, exist_ok=True)
index = store / ".spack-db" / "index.json"
index.parent.mkdir(parents=True, exist_ok=True)
index.write_text(json.dumps({{"database": {{"installs": {{
    hash_: {{"path": str(store / hash_), "installed": True}} for hash_ in data["installed"]
}}}}}}))
sys.stdout.write(data["out"])
sys.stderr.write(data["err"])
sys.stdout.flush()
{last}
sys.exit(data["status"])
"""


@pytest.fixture
def bench(tmp_path: Path, blobs: Blobs) -> Workbench:
    return Workbench(
        blobs=blobs,
        work=tmp_path / "run",
        cache=tmp_path / "cache",
        offline=False,
        progress=lambda _progress: None,
    )


class Pretending:
    """A program in the place of Spack."""

    def __init__(self, root: Path, bench: Workbench) -> None:
        self.root = root
        self.bench = bench
        tool = SpackTool(root=root, version="1.1.0", commit="c0ffee")
        self.site = Site(spack=tool, environment=dict(os.environ))

    def says(
        self,
        name: str = "",
        *,
        installed: tuple[str, ...] = (),
        status: int = 0,
        out: str = "",
        err: str = "",
        last: str = "",
    ) -> None:
        """Say what was recorded, and leave a store with these units."""
        if name:
            out, err = ((DATA / f"{name}.{one}").read_text() for one in ("out", "err"))
        data = {
            "out": out,
            "err": err,
            "installed": installed,
            "status": status,
            "store": str(self.site.folders(self.bench).store),
        }
        program = self.site.spack.program
        program.parent.mkdir(parents=True, exist_ok=True)
        text = SAYS.format(data=json.dumps(data), last=last)
        program.write_text(f"#!{sys.executable}\n{text}")
        program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        """The words the program was last started with."""
        words: list[str] = json.loads((self.root / "asked").read_text())
        return words


@pytest.fixture
def spack(tmp_path: Path, bench: Workbench) -> Pretending:
    return Pretending(tmp_path / "spack", bench)


def one(build: NativeBuild, name: str) -> UnitBuild:
    return next(unit for unit in build.units if unit.name == name)


def hashes(lock: NativeLock, *names: str) -> tuple[str, ...]:
    return tuple(named(lock, name).hash for name in names)


def test_a_build_is_accounted_for(spack: Pretending, bench: Workbench, blobs: Blobs) -> None:
    lock = lock_of("good", blobs)
    spack.says("success", installed=hashes(lock, "good", "hungry"))
    build = install(lock, spack.site, bench)
    assert [unit.outcome for unit in build.units] == ["built", "built"]
    assert (build.missing, build.part, build.tool) == ((), "native", "spack 1.1.0")
    assert [build.document.path, *(one.path for one in build.files)] == [
        "native/spack.lock",
        "native/spack.yaml",
        "native/settings.yaml",
    ]
    assert build.seconds > 0


def test_spack_is_asked_for_the_lock_and_nothing_else(
    spack: Pretending, bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("good", blobs)
    spack.says("nothing", installed=hashes(lock, "good", "hungry"))
    install(lock, spack.site, bench)
    assert spack.asked[-2:] == ["install", "--only-concrete"]
    assert not {"-j", "--jobs", "--no-check-signature"} & set(spack.asked)
    environment = Path(spack.asked[spack.asked.index("-D") + 1])
    assert environment.is_relative_to(bench.work)
    assert (environment / "spack.lock").read_bytes() == (DATA / "good.lock").read_bytes()
    install(lock, spack.site, replace(bench, fail_fast=True))
    assert spack.asked[-1] == "--fail-fast"


def test_progress_is_told_while_it_runs(spack: Pretending, bench: Workbench, blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    seen: list[tuple[Progress, float]] = []
    spack.says("compile-failure", status=1, last="import time; time.sleep(1)")
    bench = replace(bench, progress=lambda told: seen.append((told, time.monotonic())))
    install(lock, spack.site, bench)
    ended = time.monotonic()
    assert (seen[-1][0].done, seen[-1][0].total) == (4, 6)
    assert seen[-1][0].line == "slow@1.0 is there"
    assert ended - seen[-1][1] > 0.5


def test_what_is_not_whole_does_not_raise(
    spack: Pretending, bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("broken", blobs)
    log = spack.site.folders(bench).stage / "the.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("broken.c:3:12: error: 'undeclared' undeclared\n")
    err = f"==> Error: The following packages failed to install:\nbroken@1.0/{{}}: {log}\n"
    broken = named(lock, "broken").hash
    out = (DATA / "compile-failure.out").read_text()
    there = hashes(lock, "good", "slow", "hungry")
    spack.says(out=out, err=err.format(broken), status=1, installed=there)
    build = install(lock, spack.site, bench)
    assert [unit.name for unit in build.missing] == ["top", "middle", "broken"]
    kept = one(build, "broken").log
    assert kept is not None
    assert blobs.read(kept.sha256, limit=1000) == log.read_bytes()


def test_a_later_run_remembers_what_an_earlier_one_built(
    spack: Pretending, bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("good", blobs)
    there = hashes(lock, "good", "hungry")
    spack.says("success", installed=there)
    first = install(lock, spack.site, bench)
    spack.says("nothing", installed=there)
    again = install(lock, spack.site, bench)
    assert one(again, "hungry").because == "installed before, built here"
    assert one(again, "hungry").seconds == one(first, "hungry").seconds


def test_spack_that_is_killed_leaves_an_account(
    spack: Pretending, bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("broken", blobs)
    spack.says("killed", last="import os; os.kill(os.getpid(), 9)")
    build = install(lock, spack.site, bench)
    assert one(build, "slow").because == (
        "Spack was ended by signal 9, while this was in the phase install"
    )


def test_an_error_of_spacks_own_is_in_the_account_where_it_had_begun(
    spack: Pretending, bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("good", blobs)
    out = f"[ ] {named(lock, 'good').hash[:7]} good@1.0 staging (0s)\n"
    spack.says(out=out, err="==> Error: No space left on device: '/store'\nmore\n", status=3)
    build = install(lock, spack.site, bench)
    assert one(build, "good").because == (
        "Spack ended with exit status 3 (No space left on device: '/store'), "
        "while this was in the phase staging"
    )
    assert one(build, "hungry").outcome == "not-known"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("==> Error: cannot create lock '/store/.spack-db/lock'", "another Spack may be at work"),
        ("==> Error: [Errno 28] No space left on device", "free some space"),
        ("==> Error: [Errno 13] Permission denied: '/store'", "has to be yours"),
        ("Traceback: something else", "--only-concrete"),
    ],
)
def test_spack_that_could_not_begin_is_an_error(
    spack: Pretending, bench: Workbench, blobs: Blobs, said: str, hint: str
) -> None:
    spack.says(err=said, status=3)
    with pytest.raises(Outside, match="ended with exit status 3 before it began") as caught:
        install(lock_of("good", blobs), spack.site, bench)
    assert said.removeprefix("==> Error: ") in caught.value.message
    assert hint in (caught.value.hint or "")
    assert caught.value.where == str(spack.site.folders(bench).store)


def test_spack_that_is_gone_is_an_error(spack: Pretending, bench: Workbench, blobs: Blobs) -> None:
    with pytest.raises(Outside, match="could not be started"):
        install(lock_of("good", blobs), spack.site, bench)


def test_the_environment_is_laid_out_as_it_was_solved(
    bench: Workbench, blobs: Blobs, tmp_path: Path
) -> None:
    lock = lock_of("good", blobs)
    (yaml,) = lock.environment
    files = (
        yaml.model_copy(update={"path": "gpu/spack.yaml"}),
        yaml.model_copy(update={"path": "_config/packages.yaml"}),
    )
    lock = lock.model_copy(update={"environment": files})
    folder = lay_environment(lock, bench, tmp_path / "there")
    assert folder == tmp_path / "there" / "gpu"
    assert (tmp_path / "there" / "_config" / "packages.yaml").is_file()
    laid = folder / "spack.lock"
    laid.write_text("Spack writes here")
    assert blobs.proves(lock.document.sha256)


def test_folders_that_the_environment_names_are_linked_to(
    bench: Workbench, blobs: Blobs, tmp_path: Path
) -> None:
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    (recipes / "repo.yaml").touch()
    linked = LinkedFolder(path="ours/recipes", source=str(recipes))
    lock = lock_of("good", blobs).model_copy(update={"folders": (linked,)})
    for _ in range(2):
        folder = lay_environment(lock, bench, tmp_path / "there")
        assert (folder / "ours" / "recipes" / "repo.yaml").is_file()


def test_a_file_outside_its_folder_is_not_laid(
    bench: Workbench, blobs: Blobs, tmp_path: Path
) -> None:
    lock = lock_of("good", blobs)
    (yaml,) = lock.environment
    bad = yaml.model_copy(update={"path": "../_config/packages.yaml"})
    with pytest.raises(Refused):
        lay_environment(lock.model_copy(update={"environment": (yaml, bad)}), bench, tmp_path / "a")


# With a Spack

KILLED = """\
import os, sys
from pathlib import Path
from peso.base.ledger import Blobs
from peso.products.engines.port import Workbench
from peso.products.engines.spack.install import install
from peso.products.engines.spack.scope import Recipes
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import find_spack
from tests.products.engines.spack.lock_files import lock_of
base, recipes = map(Path, sys.argv[1:])
blobs = Blobs(base / "blobs")
bench = Workbench(blobs=blobs, work=base / "killed", cache=base / "cache", offline=False,
                  progress=lambda told: print(told.line, flush=True))
site = Site(spack=find_spack(None, os.environ), environment=for_spack(os.environ),
            recipes=(Recipes(namespace="small", folder=recipes),))
install(lock_of("broken", blobs), site, bench)
"""


@pytest.fixture
def real(tmp_path: Path) -> Callable[..., Site]:
    """Return a Site of the Spack at hand, with the small recipes."""
    if VARIABLE not in os.environ:
        pytest.skip(f"no Spack: {VARIABLE} is not set")

    def site(seconds: float = 1.0, status: int = 1) -> Site:
        folder = write_recipes(tmp_path / "recipes", seconds=seconds, status=status)
        return Site(
            spack=find_spack(None, os.environ),
            environment=for_spack(os.environ),
            recipes=(Recipes(namespace="small", folder=folder),),
        )

    return site


@pytest.mark.spack
def test_one_failure_stops_only_what_stands_on_it_and_a_second_run_goes_on(
    real: Callable[..., Site], bench: Workbench, blobs: Blobs
) -> None:
    lock = lock_of("broken", blobs)
    first = install(lock, real(), bench)
    assert {unit.name: unit.outcome for unit in first.units} == {
        "top": "not-tried",
        "middle": "not-tried",
        "broken": "failed",
        "good": "built",
        "slow": "built",
        "hungry": "built",
    }
    broken, hungry = one(first, "broken"), one(first, "hungry")
    assert broken.log is not None
    assert b"error: no such thing" in blobs.read(broken.log.sha256, limit=1 << 20)
    assert hungry.log is not None
    assert hungry.seconds is not None
    assert hungry.seconds > 1.5
    assert hungry.peak_memory is not None
    assert hungry.peak_memory >= 256 << 20
    assert all((Path(unit.prefix) / "bin").is_dir() for unit in first.units if unit.prefix)
    second = install(lock, real(status=0), bench)
    assert second.missing == ()
    assert one(second, "slow").because == "installed before, built here"
    assert [one(second, name).outcome for name in ("broken", "middle", "top")] == ["built"] * 3


@pytest.mark.spack
def test_killed_in_the_middle_of_a_build_it_goes_on(
    real: Callable[..., Site], bench: Workbench, blobs: Blobs, tmp_path: Path
) -> None:
    recipes = real(seconds=60).recipes[0].folder
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(recipes)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=_root()) as killed:
        assert killed.stdout is not None
        until = {"slow@1.0 install", "hungry@1.0 is there"}
        for line in killed.stdout:
            until.discard(line.strip())
            if not until:
                break
        time.sleep(7)  # Spack writes down what is finished five seconds after the last of it
        os.kill(killed.pid, signal.SIGKILL)
    began = time.monotonic()
    build = install(lock_of("broken", blobs), real(seconds=1, status=0), bench)
    assert build.missing == ()
    assert time.monotonic() - began < 45
    assert one(build, "hungry").because.startswith("installed before")
    assert one(build, "slow").outcome == "built"


def _root() -> Path:
    return Path(__file__).parents[4]
