"""The variables that E4S's testsuite reads: compilers, MPI, launcher, GPU architectures.

1. Compilers are those the tested unit was built with; MPI is the one it uses, by absolute path, so
   that a test is never compiled with another MPI that happens to be first on `PATH`.
2. What the stack file says under `settings` comes on top.
3. `TEST_RUN` is put together of launcher, flag and ranks unless the stack file says it whole.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from peso.services.integration.suites.units import Placed, Units

_GCC = ("gcc", "g++", "gfortran")
_COMPILERS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "gcc": _GCC,
        "llvm": ("clang", "clang++", "flang"),
        "aocc": ("clang", "clang++", "flang"),
        "llvm-amdgpu": ("amdclang", "amdclang++", "amdflang"),
        "intel-oneapi-compilers": ("icx", "icpx", "ifx"),
        "nvhpc": ("nvc", "nvc++", "nvfortran"),
        "cce": ("craycc", "craycxx", "crayftn"),
    }
)
"""By the package that has the compiler: what C, C++ and Fortran are called there."""
_LANGUAGES = ("c", "cxx", "fortran")
_NAMES = (("TEST_CC", "CC"), ("TEST_CXX", "CXX"), ("TEST_FTN", "FTN", "FC"))
_WRAPPERS = (
    ("TEST_CC_MPI", ("mpicc",)),
    ("TEST_CXX_MPI", ("mpicxx", "mpic++")),
    ("TEST_FTN_MPI", ("mpif90", "mpifort")),
)
_LAUNCHERS = ("mpirun", "mpiexec")
_FEWEST, _MOST = 2, 8
"""Ranks of a test that does not say how many; the suite's own presets have 8."""


def settings_of(
    units: Units, tested: tuple[Placed, ...], given: Mapping[str, str], cores: int
) -> Mapping[str, str]:
    """Return the variables for a test of these units, the best known first."""
    said = {
        **_compilers(units, tested),
        **_mpi(units, tested),
        **_gpus(tested),
        "TEST_RUN_PROCFLAG": "-np",
        "TEST_RUN_PROCARG": str(max(_FEWEST, min(_MOST, cores))),
        **given,
    }
    parts = ("TEST_RUN_CMD", "TEST_RUN_PROCFLAG", "TEST_RUN_PROCARG")
    said.setdefault("TEST_RUN", " ".join(said[name] for name in parts))
    return said


def settings_text(settings: Mapping[str, str]) -> str:
    """Return variables as a file that a shell reads."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())


def _compilers(units: Units, tested: tuple[Placed, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, language in enumerate(_LANGUAGES):
        compiler = _used(units, tested, language)
        program = _GCC[number]
        if compiler is not None:
            called = _COMPILERS.get(compiler.unit.name, _GCC)[number]
            major = compiler.unit.version.partition(".")[0]
            program = _program(compiler, f"{called}-{major}", called) or called
        found |= dict.fromkeys(_NAMES[number], program)
    return found


def _mpi(units: Units, tested: tuple[Placed, ...]) -> dict[str, str]:
    mpi = _used(units, tested, "mpi")

    def program(*names: str) -> str:
        if mpi is None:
            return names[0]
        # Several MPIs share a prefix in a distribution, each under its own name.
        own = [f"{name}.{mpi.unit.name}" for name in names]
        return _program(mpi, *own, *names) or names[0]

    found = {variable: program(*names) for variable, names in _WRAPPERS}
    return {**found, "TEST_RUN_CMD": program(*_LAUNCHERS)}


def _gpus(tested: tuple[Placed, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for variable, variant in (("TEST_CUDA_ARCH", "cuda_arch"), ("TEST_ROCM_ARCH", "amdgpu_target")):
        values = [value for one in tested if (value := one.value(variant)) not in {"", "none"}]
        if values:
            found[variable] = f"{variant}={values[0]}"
    return found


def _used(units: Units, tested: tuple[Placed, ...], virtual: str) -> Placed | None:
    """Return what the tested units use as a virtual; else what any unit of the stack does."""
    for one in tested:
        provider = units.provider(one.unit.hash, virtual)
        if provider is not None:
            return provider
    for placed in units.placed.values():
        for edge in placed.unit.depends:
            if virtual in edge.virtuals and edge.hash in units.placed:
                return units.placed[edge.hash]
    return None


def _program(placed: Placed, *names: str) -> str:
    """Return the first of the programs that a unit has, by its absolute path; empty for none."""
    for name in names:
        path = Path(placed.prefix, "bin", name)
        if placed.prefix and path.is_file():
            return str(path)
    return ""
