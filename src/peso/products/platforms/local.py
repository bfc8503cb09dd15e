"""This machine as a platform: jobs run here, at once, under the MPI launcher where they ask for it.

1. A job sees the same clean environment on a laptop and at a facility: what `clean_environment`
   says and what the job itself says, nothing of the caller's.
2. MPI stays on this machine: no name look-ups, no remote shell, no scheduler, more ranks than
   cores allowed. MPICH (Hydra) and Open MPI are told so in their own variables.
3. Every job gets a short scratch folder of its own as HOME and TMPDIR (the path of a socket in it
   must fit into about 100 bytes), which is removed at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from peso.base.process import Command, run
from peso.products.platforms.port import Host, Job, JobEnd

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

ONE_THREAD: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "BLIS_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ),
        "1",
    )
)
"""Ranks share the cores; a test that wants threads says so itself."""

MPICH: Mapping[str, str] = MappingProxyType(
    {
        "HYDRA_LAUNCHER": "fork",
        "HYDRA_RMK": "user",
        "HYDRA_USE_LOCALHOST": "1",
        "HYDRA_BINDING": "none",
    }
)
"""Hydra: start ranks by fork, ask no scheduler for hosts, call this machine localhost."""

OPEN_MPI: Mapping[str, str] = MappingProxyType(
    {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_ras": "^slurm,lsf,tm,gridengine",
        "OMPI_MCA_btl": "^tcp,openib,usnic,uct,ofi",
        "PRTE_ALLOW_RUN_AS_ROOT": "1",
        "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
        "PRTE_MCA_hwloc_default_binding_policy": "none",
        "PRTE_MCA_ras": "^slurm,lsf,pbs,gridengine",
    }
)
"""Open MPI 4 (`OMPI_`) and 5 (`PRTE_`): containers run as root; ranks talk through shared memory.

Its launcher needs a network interface that is up, if only loopback; MPICH needs none.
"""


class LocalPlatform:
    """This machine."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def describe(self) -> Host:
        """Say what this machine is, as it was detected."""
        return self._host

    def run(self, job: Job) -> JobEnd:
        """Run a job to its end; every descendant is gone when this returns."""
        argv = job.argv
        if job.ranks is not None:
            if not job.launcher:
                return _not_started(f"{job.ranks} ranks need an MPI launcher, and the job has none")
            argv = (*job.launcher, "-n", str(job.ranks), *job.argv)
        with tempfile.TemporaryDirectory(prefix="peso-", ignore_cleanup_errors=True) as scratch:
            command = Command(
                argv=argv,
                directory=job.directory,
                environment={**clean_environment(Path(scratch)), **job.environment},
                stdout=job.stdout,
                stderr=job.stderr,
                seconds=job.seconds,
                memory=job.memory,
            )
            end = run(command)
        return JobEnd(
            ended=end.ended,
            code=end.code,
            seconds=end.seconds,
            peak_memory=end.peak_memory,
            left_behind=end.left_behind,
            message=end.message,
        )


def clean_environment(scratch: Path) -> dict[str, str]:
    """Return the environment every job starts from; the job's own comes on top."""
    return {
        "PATH": SYSTEM_PATH,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONNOUSERSITE": "1",
        **ONE_THREAD,
        **MPICH,
        **OPEN_MPI,
    }


def find_launcher(programs: Iterable[Path], *, path: str | None = None) -> tuple[str, ...] | None:
    """Find an MPI launcher: the installed copy's own, else one on PATH; None where there is none.

    Args:
        programs: folders of the installed copy's programs.
        path: folders to look in after them; None for this process's PATH.
    """
    for folders in (*(str(folder) for folder in programs), path):
        for name in ("mpiexec", "mpirun"):
            found = shutil.which(name, path=folders)
            if found:
                return (str(Path(found).absolute()),)
    return None


def _not_started(message: str) -> JobEnd:
    return JobEnd(
        ended="not-started",
        code=None,
        seconds=0.0,
        peak_memory=None,
        left_behind=(),
        message=message,
    )
