"""The variables of the suite: whose compilers and whose MPI, and how many ranks."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.integration.suites.world import World, edge, unit

from peso.services.integration.suites.settings import settings_of, settings_text


def programs(prefix: Path, *names: str) -> None:
    for name in names:
        (prefix / "bin" / name).write_text("")


def test_compilers_and_mpi_are_those_of_the_tested_unit(world: World) -> None:
    gcc, clang = unit("gcc", "13.2.0", root=False), unit("llvm", "18.1", root=False)
    mpi = unit("mpich", "4.2", root=False)
    a = unit("a", "1", edge(clang, "build", virtuals=("c",)), edge(mpi, virtuals=("mpi",)))
    below = unit("below", "1", edge(mpi, virtuals=("mpi",)), edge(gcc, virtuals=("fortran",)))
    b = unit("b", "1", edge(below), edge(gcc, "build", virtuals=("c", "cxx")))
    for one in (a, b, below):
        world.place(one)
    own, other, launch = world.place(gcc), world.place(clang), world.place(mpi)
    programs(own, "gcc-13", "gcc", "g++", "gfortran")
    programs(other, "clang")
    programs(launch, "mpicc.mpich", "mpicc", "mpif90", "mpiexec")
    units = world.site().units
    said = settings_of(units, (units.placed[b.hash],), {}, 4)
    assert (said["TEST_CC"], said["CC"]) == (f"{own}/bin/gcc-13", f"{own}/bin/gcc-13")
    assert (said["TEST_CXX"], said["FC"]) == (f"{own}/bin/g++", f"{own}/bin/gfortran")
    assert said["TEST_CC_MPI"] == f"{launch}/bin/mpicc.mpich"
    assert said["TEST_CXX_MPI"] == "mpicxx"
    assert said["TEST_RUN"] == f"{launch}/bin/mpiexec -np 4"
    assert settings_of(units, (units.placed[a.hash],), {}, 4)["TEST_CC"] == f"{other}/bin/clang"


@pytest.mark.parametrize(("cores", "ranks"), [(0, "2"), (1, "2"), (6, "6"), (128, "8")])
def test_ranks_follow_the_cores(world: World, cores: int, ranks: str) -> None:
    assert settings_of(world.site().units, (), {}, cores)["TEST_RUN_PROCARG"] == ranks


def test_what_is_given_comes_on_top(world: World) -> None:
    units = world.site().units
    assert settings_of(units, (), {"TEST_RUN": "srun"}, 2)["TEST_RUN"] == "srun"
    assert settings_of(units, (), {"TEST_RUN_CMD": "srun"}, 2)["TEST_RUN"] == "srun -np 2"


def test_gpu_architectures_are_those_of_the_unit(world: World) -> None:
    world.place(unit("k", cuda_arch="90", amdgpu_target="none"))
    units = world.site().units
    said = settings_of(units, tuple(units.placed.values()), {}, 2)
    assert said["TEST_CUDA_ARCH"] == "cuda_arch=90"
    assert "TEST_ROCM_ARCH" not in said


def test_values_are_quoted_for_a_shell() -> None:
    assert settings_text({"A": "b c", "D": "$(e)"}) == "export A='b c'\nexport D='$(e)'\n"
