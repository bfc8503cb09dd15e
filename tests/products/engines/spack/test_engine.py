"""The Spack engine: from an environment to a lock, and to where its units can be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.lock_files import lock_of
from tests.products.engines.spack.locks import external, hash_of, lock, node, on
from tests.products.engines.spack.sites import PretendingSpack, bench_in

from peso.errors import BadInput, Outside, PesoError
from peso.products.engines.native import NativeBuild, NativeLock, Outcome, UnitBuild
from peso.products.engines.port import Choosing, Held, Lock, Requires, Workbench
from peso.products.engines.spack.engine import SpackEngine
from peso.products.engines.spack.push import LEFT_OUT
from peso.products.stack import Stack, load_stack

LOCK = lock(
    node("hypre", "2.26.0", on=(on("openmpi", "link", virtuals=("mpi",)),)),
    node("openmpi", "4.1.4", external=external("/nowhere/mpi")),
    roots=("hypre",),
)
STACK = """\
schema: peso.stack/1
name: mine
version: "1"
title: Mine
parts:
  native: {{engine: spack, environment: env/spack.yaml}}
products:
  - {{name: hypre, part: native, require: "{require}"}}
suites:
  standalone: {{kind: spack}}
"""


@pytest.fixture
def spack(tmp_path: Path) -> PretendingSpack:
    made = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    made.says(lock=LOCK)
    return made


@pytest.fixture
def engine(spack: PretendingSpack, tmp_path: Path) -> SpackEngine:
    return SpackEngine(site=spack.site, index=tmp_path / "index")


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return bench_in(tmp_path)


def stack(folder: Path, *, require: str = "@2.26:", specs: str = "[hypre]") -> Stack:
    (folder / "env").mkdir(exist_ok=True)
    (folder / "packages.yaml").write_text("packages: {}\n")
    text = f"spack: {{include: [../packages.yaml], specs: {specs}}}\n"
    (folder / "env" / "spack.yaml").write_text(text)
    (folder / "stack.yaml").write_text(STACK.format(require=require))
    return load_stack(folder / "stack.yaml")


def planned(engine: SpackEngine, folder: Path, bench: Workbench) -> NativeLock:
    return engine.plan(stack(folder), "native", bench, upgrade=False)


def test_a_plan_is_the_lock_read_and_all_that_decided_it(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    made = planned(engine, tmp_path, bench)

    assert [unit.name for unit in made.units] == ["hypre", "openmpi"]
    assert [root.hash for root in made.roots] == [hash_of("hypre")]
    assert [one.path for one in made.environment] == ["env/spack.yaml", "packages.yaml"]
    assert bench.blobs.read(made.document.sha256, limit=1 << 20) == LOCK
    assert b"build_jobs: 2" in bench.blobs.read(made.settings.sha256, limit=1 << 20)
    assert (made.tool, made.checkouts[0].name) == ("spack 1.3.0.dev0", "spack")


def test_a_product_that_the_lock_has_otherwise_is_refused(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    with pytest.raises(BadInput) as caught:
        engine.plan(stack(tmp_path, require="@2.27:"), "native", bench, upgrade=False)

    (fault,) = caught.value.faults
    assert "the lock has hypre@2.26.0" in fault.message


def test_the_identity_starts_nothing(engine: SpackEngine, spack: PretendingSpack) -> None:
    assert engine.identity() == engine.identity()
    assert "spack 1.3.0.dev0" in engine.identity()
    assert spack.asked == ()


def test_a_changed_recipe_beside_the_environment_changes_the_identity(
    spack: PretendingSpack, tmp_path: Path, bench: Workbench
) -> None:
    recipe = tmp_path / "recipes" / "packages" / "a" / "package.py"
    recipe.parent.mkdir(parents=True)
    (tmp_path / "recipes" / "repo.yaml").write_text("repo: {namespace: mine}\n")
    recipe.write_text("one\n")
    asked = stack(tmp_path, specs="[hypre], repos: {mine: ../recipes, gone: $nobody/knows}")
    file = tmp_path / "env" / "spack.yaml"
    engine = SpackEngine(site=spack.site, index=tmp_path / "index", environments=(file,))
    before = engine.identity()
    engine.plan(asked, "native", bench, upgrade=False)

    recipe.write_text("two\n")
    engine.plan(asked, "native", bench, upgrade=False)

    assert engine.identity() != before
    assert spack.asked.count("concretize") == 2


def built(lock_: NativeLock, folder: Path, **outcomes: Outcome) -> tuple[NativeBuild, Path]:
    """Return a build in which all is there, laid out as a release."""
    units = []
    for unit in lock_.units:
        there: Outcome = "external" if unit.external else "built"
        outcome = outcomes.get(unit.name, there)
        prefix = folder / "store" / unit.name
        if outcome == "built":
            (prefix / "bin").mkdir(parents=True)
        units.append(
            UnitBuild(
                hash=unit.hash,
                name=unit.name,
                version=unit.version,
                outcome=outcome,
                prefix=str(prefix) if outcome == "built" else "",
            )
        )
    document = lock_.document.model_copy(update={"path": "native/spack.lock"})
    build = NativeBuild(
        part="native",
        requires=lock_.requires,
        units=tuple(units),
        document=document,
        files=(),
        tool=lock_.tool,
        seconds=1.0,
        built_in=20,
    )
    release = folder / "release"
    (release / "native").mkdir(parents=True)
    (release / "native" / "spack.lock").write_bytes(LOCK)
    return build, release


def test_a_place_is_what_spack_says_and_what_a_user_needs(
    engine: SpackEngine, spack: PretendingSpack, tmp_path: Path, bench: Workbench
) -> None:
    build, release = built(planned(engine, tmp_path, bench), tmp_path)
    spack.says(load="export PATH=/store/tools/bin:/usr/bin;\nexport CMAKE_PREFIX_PATH=/store/h;\n")

    place = engine.place(build, release, tmp_path / "unused", ("hypre", "openmpi"), bench)

    prefix = tmp_path / "store" / "hypre"
    assert place.programs == (prefix / "bin", Path("/nowhere/mpi/bin"))
    assert place.environment == {
        "PATH": f"{prefix}/bin:/nowhere/mpi/bin:/store/tools/bin",
        "CMAKE_PREFIX_PATH": "/store/h",
        "HYPRE_ROOT": str(prefix),
        "OPENMPI_ROOT": "/nowhere/mpi",
    }


def test_where_nothing_is_there_nothing_is_asked(
    engine: SpackEngine, spack: PretendingSpack, tmp_path: Path, bench: Workbench
) -> None:
    build, release = built(planned(engine, tmp_path, bench), tmp_path, hypre="failed")
    asked = spack.asked

    place = engine.place(build, release, tmp_path, ("hypre",), bench)

    assert (place.programs, place.environment) == ((), {"PATH": ""})
    assert spack.asked == asked


def test_a_prefix_that_is_gone_is_lost(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    build, _ = built(planned(engine, tmp_path, bench), tmp_path)
    assert engine.lost(build) is None

    (tmp_path / "store" / "hypre" / "bin").rmdir()
    (tmp_path / "store" / "hypre").rmdir()
    assert "hypre is no longer in" in str(engine.lost(build))


def test_a_build_whose_binaries_are_to_be_packed_again_is_lost(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    build, _ = built(planned(engine, tmp_path, bench), tmp_path)

    def but(why: str) -> NativeBuild:
        units = (build.units[0].model_copy(update={"not_shipped": why}), *build.units[1:])
        return build.model_copy(update={"units": units})

    assert "not packed yet" in str(engine.lost(build.model_copy(update={"built_in": 0})))
    assert "hypre had no binary the last time: no space" in str(engine.lost(but("no space")))
    assert engine.lost(but(LEFT_OUT)) is None


def test_a_self_test_is_a_command_that_is_not_started(
    engine: SpackEngine, spack: PretendingSpack, tmp_path: Path, bench: Workbench
) -> None:
    build, _ = built(planned(engine, tmp_path, bench), tmp_path)
    asked = spack.asked

    call = engine.self_test(build, hash_of("hypre"), bench)

    assert call.argv[0] == str(spack.root / "bin" / "spack")
    assert call.argv[-3:] == ("test", "run", f"/{hash_of('hypre')}")
    assert "-v" in call.argv
    assert call.environment == spack.environment
    assert spack.asked == asked
    with pytest.raises(PesoError, match="no unit"):
        engine.self_test(build, "nonsense", bench)


def test_a_machine_of_another_kind_does_not_fit(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    made = planned(engine, tmp_path, bench)

    elsewhere = made.requires.model_copy(update={"system": "rhel9"})
    assert "it is for rhel9" in str(engine.mismatch(elsewhere))
    python = Requires(python="==3.11.*", implementation="cpython", platforms=())
    assert "did not make" in str(engine.mismatch(python))


def test_what_is_wanted_is_asked_of_the_lock_and_of_this_machine(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    made = planned(engine, tmp_path, bench)

    assert isinstance(engine, Choosing)
    wanted = engine.wanted(made, ("hypre",), tmp_path / "prefix", Held(built_in=1000, recipes=True))
    assert wanted.units == (hash_of("hypre"),)
    assert any("/nowhere/mpi" in why for why in wanted.lacking)
    assert engine.there(tmp_path / "prefix") == {}


def test_without_binaries_beside_the_lock_nothing_is_brought(
    engine: SpackEngine, tmp_path: Path, bench: Workbench
) -> None:
    (tmp_path / "spack.lock").write_bytes(LOCK)

    with pytest.raises(Outside, match="did not bring back 1 units"):
        engine.install(tmp_path / "spack.lock", tmp_path / "prefix", bench)
    with pytest.raises(Outside, match="cannot read the lock"):
        engine.install(tmp_path / "no.lock", tmp_path / "prefix", bench)


def test_a_lock_of_another_engine_is_a_fault(engine: SpackEngine, bench: Workbench) -> None:
    document = lock_of("good", bench.blobs).document
    python = Requires(python="==3.11.*", implementation="cpython", platforms=())
    other = Lock(part="python", requires=python, units=(), document=document, tool="uv 1")

    with pytest.raises(PesoError, match="not a lock of the engine spack"):
        engine.build(other, bench)
