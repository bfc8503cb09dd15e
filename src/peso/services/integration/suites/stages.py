"""The stages of one test of E4S's testsuite: setup, clean, compile, run; each a job of its own.

1. `setup.sh` is sourced and says by `SPACK_LOAD_RESULT` how it went; what it exported is what the
   other stages start from, as in the suite's own driver.
2. Each stage has its own exit status, log and limits. The first that does not end with 0 is the
   one that failed; later ones are not run. A script that is not there is no stage.
3. bash is asked to write down commands of `compile.sh` and `run.sh` that failed (`trap ERR`): a
   script may go on after one and end with 0 all the same.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peso.products.platforms.local import SYSTEM_PATH
from peso.products.platforms.port import Job, JobEnd, Platform
from peso.products.quantities import bytes_of, seconds
from peso.products.stack import Limits
from peso.services.integration.suites.shim import Shim

STAGES = ("setup", "clean", "compile", "run")
_GUARDED = ("compile", "run")
_LARGEST = 1 << 20
"""Bytes read of the environment that `setup.sh` leaves, and of the commands that failed."""
_OF_A_JOB = frozenset(("HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"))
"""Variables that each job has for itself."""

_SETUP = """\
exec 2>&1
export SPACK_LOAD_RESULT=0
source ./setup.sh
env -0 > {environment}
exit "$SPACK_LOAD_RESULT"
"""
_SCRIPT = "exec 2>&1; exec ./{stage}.sh"
_GUARD = """\
case "$0" in
./{stage}.sh|{test}/{stage}.sh)
    unset BASH_ENV
    trap 'printf "%s\\t%s\\t%s\\0" "$?" "${{BASH_SOURCE[0]##*/}}:$LINENO" "$BASH_COMMAND" \
>> {failed}' ERR
    ;;
esac
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where one test runs, and with what."""

    folder: Path
    """Scratch of this test alone."""
    test: Path
    """The folder with its scripts."""
    shim: Shim
    settings: Path
    """The file of `TEST_*` variables."""
    skip_internal: bool
    """Whether tests that only call `spack test run` are to say so and go."""
    limits: Limits
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A stage that was run."""

    name: str
    end: JobEnd
    log: Path
    failed: tuple[str, ...] = ()
    """Commands in its script that failed, in words."""

    @property
    def ok(self) -> bool:
        """Whether it ended with 0."""
        return (self.end.ended, self.end.code) == ("exit", 0)


def run_stages(scene: Scene) -> tuple[Ran, ...]:
    """Run the stages of a test until one fails."""
    ran: list[Ran] = []
    environment: Mapping[str, str] = _environment(scene)
    for name in STAGES:
        if not (scene.test / f"{name}.sh").is_file():
            continue
        ran.append(_stage(scene, name, environment))
        if not ran[-1].ok:
            break
        if name == "setup":
            environment = {**environment, **_left(scene.folder / "environment")}
    return tuple(ran)


def _environment(scene: Scene) -> dict[str, str]:
    """Return what `setup.sh` starts from, on top of the platform's own."""
    return {
        "PATH": f"{scene.shim.programs}:{SYSTEM_PATH}",
        "SPACK_ROOT": str(scene.shim.root),
        "TESTSUITE_SETTINGS_FILE": str(scene.settings),
        "E4S_MPI_SANITY_OK": "1",  # a test that uses no MPI needs none
        "E4S_TEST_SETUP_MODE": "spack",
        "E4S_TEST_SKIP_INTERNAL": str(scene.skip_internal),
    }


def _stage(scene: Scene, name: str, environment: Mapping[str, str]) -> Ran:
    failed = scene.folder / f"{name}.failed"
    log = scene.folder / f"{name}.log"
    script = _SCRIPT.format(stage=name)
    if name == "setup":
        left = shlex.quote(str(scene.folder / "environment"))
        script = _SETUP.format(environment=left)
    elif name in _GUARDED:
        guard = scene.folder / "guard.sh"
        text = _GUARD.format(
            stage=name, test=shlex.quote(str(scene.test)), failed=shlex.quote(str(failed))
        )
        guard.write_text(text, encoding="utf-8")
        environment = {**environment, "BASH_ENV": str(guard)}
    memory = scene.limits.memory
    end = scene.platform.run(
        Job(
            argv=("bash", "-c", script),
            directory=scene.test,
            environment=environment,
            ranks=None,
            seconds=seconds(scene.limits.time),
            memory=None if memory is None else bytes_of(memory),
            stdout=log,
            stderr=scene.folder / f"{name}.err",  # empty: the script sends both to its output
        )
    )
    return Ran(name=name, end=end, log=log, failed=_failed(failed))


def _left(file: Path) -> dict[str, str]:
    """Read the environment that `setup.sh` left."""
    found: dict[str, str] = {}
    for entry in _read(file).split("\0"):
        name, equals, value = entry.partition("=")
        if equals and name not in _OF_A_JOB:
            found[name] = value
    return found


def _failed(file: Path) -> tuple[str, ...]:
    said: dict[str, None] = {}
    for entry in _read(file).split("\0"):
        status, place, command = (*entry.split("\t", 2), "", "")[:3]
        if command:
            said[f"{place}: {command} (exit status {status})"] = None
    return tuple(said)


def _read(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as stream:
        return stream.read(_LARGEST).decode(errors="replace")
