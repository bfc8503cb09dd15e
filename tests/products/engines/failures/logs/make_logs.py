"""Record the logs in this folder again: real failing builds, by a real Spack.

    PESO_SPACK=/path/to/bin/spack python make_logs.py WORK [FAULT]... [--replace PATH=NEUTRAL]...

Every folder here is a fault: a recipe and a tiny source that fails in one way. They are laid out
below WORK as a recipe repository and archives, solved in one environment, and built one by one
with the caller's own configuration of Spack (compilers, externals, Spack's recipes, mirrors). The
log that Spack leaves of the failed unit becomes `build.log`, that of its tests `test.log`, with the
paths of this machine replaced. `expected.json` is written by reading the log, and
never touched here.

Builds run as an ordinary user, as builds should: started by root, they become `nobody`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).parent
LARGEST = 200_000
"""Bytes of a log that is kept whole."""
NOBODY = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is done to a build from outside, so that it fails."""

    options: tuple[str, ...] = ()
    """Of `spack install`."""
    address_space: int | None = None
    """Bytes any process may map."""
    kill_above: int | None = None
    """Bytes of memory above which a process is killed, as the kernel does when memory ends."""
    seconds: float = 600
    """After these, Spack and all below it are ended."""
    stage: str = ""
    """The size of a stage in memory, e.g. `24m`."""


SETTINGS: Mapping[str, Setting] = {
    "make-check-fails": Setting(options=("--test=root",)),
    "ctest-fails": Setting(options=("--test=root",)),
    "memory-compiler-killed": Setting(kill_above=300 << 20),
    "memory-compiler-allocation": Setting(address_space=500 << 20),
    "memory-program-allocation": Setting(address_space=1500 << 20),
    "time-build-hangs": Setting(seconds=25),
    "disk-full": Setting(stage="24m"),
    "disk-full-compiling": Setting(stage="24m"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """Where everything is."""

    spack: Path
    work: Path
    user: int
    replaced: Sequence[tuple[str, str]] = field(default_factory=tuple)

    def command(self, *words: str) -> list[str]:
        """Return the words of a call of Spack."""
        scopes = ["-C", str(self.work / "scope"), "-e", str(self.work / "environment")]
        return [str(self.spack), *scopes, *words]


def main() -> int | str:
    """Lay out, solve, build, keep the logs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("faults", nargs="*")
    parser.add_argument("--replace", action="append", default=[], metavar="PATH=NEUTRAL")
    asked = parser.parse_intermixed_args()
    spack = Path(os.environ["PESO_SPACK"]).resolve()
    work = asked.work.resolve()
    told = [tuple(one.split("=", 1)) for one in asked.replace]
    replaced = ((str(work), "/home/builder"), (str(spack.parents[1]), "/home/builder/spack"), *told)
    user = NOBODY if os.getuid() == 0 else os.getuid()
    lab = Lab(spack=spack, work=work, user=user, replaced=replaced)
    everything = sorted(path.parent.name for path in HERE.glob("*/package.py"))
    faults = asked.faults or everything
    lay(lab, everything)
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", str(NOBODY), str(work)], check=True)
    run(lab, lab.command("concretize", "--force"), Setting())
    built = []
    for fault in faults:
        log = build(lab, fault, SETTINGS.get(fault, Setting()))
        print(f"{fault}: {len(log)} bytes", file=sys.stderr)  # noqa: T201
        if not log:
            built.append(fault)
            continue
        (HERE / fault / "build.log").write_bytes(trimmed(neutral(log, lab)))
        for path in lab.work.glob(f"stage/*/*-{fault}-1.0-*/install-time-test-log.txt"):
            (HERE / fault / "test.log").write_bytes(trimmed(neutral(path.read_bytes(), lab)))
    return f"these did not fail: {', '.join(built)}" if built else 0


def lay(lab: Lab, faults: Sequence[str]) -> None:
    """Write the recipe repository, the archives, the environment and a scope of configuration."""
    repository = lab.work / "recipes" / "spack_repo" / "tiny"
    files = {
        repository / "repo.yaml": "repo: {namespace: tiny, api: v2.0}\n",
        lab.work / "scope" / "repos.yaml": f"repos: {{tiny: {repository}}}\n",
        lab.work / "scope" / "config.yaml": (
            f"config: {{install_tree: {{root: {lab.work}/store}}, build_stage: {lab.work}/stage, "
            f"source_cache: {lab.work}/cache, misc_cache: {lab.work}/misc, connect_timeout: 2}}\n"
        ),
        lab.work / "scope" / "packages.yaml": (
            "packages: {mpi: {require: openmpi}, openmpi:: {buildable: false, externals: "
            f"[{{spec: openmpi@4.1.4, prefix: {lab.work}/openmpi}}]}}, numactl:: {{buildable: "
            "false, externals: [{spec: numactl@2.0.16, prefix: /opt/numactl-of-last-year}]}}\n"
        ),
        # An MPI whose wrappers were forgotten.
        lab.work / "openmpi" / "include" / "mpi.h": "",
        lab.work / "openmpi" / "lib" / "libmpi.so": "",
        lab.work / "environment" / "spack.yaml": (
            f"spack: {{specs: [{', '.join(faults)}], view: false, concretizer: {{unify: true}}, "
            "packages: {all: {require: [target=x86_64_v3]}}}\n"
        ),
    }
    for fault in faults:
        archive = archived(HERE / fault / "source", f"{fault}-1.0")
        files[repository / "packages" / fault.replace("-", "_") / "package.py"] = (
            (HERE / fault / "package.py")
            .read_text()
            .replace("@SHA256@", hashlib.sha256(archive).hexdigest())
            .replace("@SOURCES@", str(lab.work / "sources"))
        )
        for patch in (HERE / fault).glob("*.patch"):
            files[repository / "packages" / fault.replace("-", "_") / patch.name] = (
                patch.read_text()
            )
        path = lab.work / "sources" / f"{fault}-1.0.tar.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (lab.work / "stage").mkdir(exist_ok=True)


def archived(folder: Path, name: str) -> bytes:
    """Pack a folder, to the same bytes each time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            entry = tarfile.TarInfo(f"{name}/{path.relative_to(folder)}")
            entry.size, entry.mode = path.stat().st_size, 0o644
            archive.addfile(entry, io.BytesIO(path.read_bytes()))
    # The fifth to eighth byte of a gzip file are the time it was made.
    return packed.getvalue()[:4] + bytes(4) + packed.getvalue()[8:]


def build(lab: Lab, fault: str, setting: Setting) -> bytes:
    """Build one unit and return the log Spack left; nothing if it was built."""
    for old in (lab.work / "stage").rglob(f"spack-stage-{fault}-1.0-*.log"):
        old.unlink()
    words = lab.command("install", "--only-concrete", "-j4", *setting.options, fault)
    kept = lab.work / "kept"
    if setting.stage:  # the log is on the full disk too: it is saved before the disk is gone
        kept.mkdir(exist_ok=True)
        script = (
            f"mount -t tmpfs -o size={setting.stage} none {lab.work}/stage && "
            f"{' '.join(words)}; cp {lab.work}/stage/*/*.log {kept}/"
        )
        words = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
        os.chown(kept, lab.user, -1)
    run(lab, words, setting)
    found = [
        *(lab.work / "stage").rglob(f"*-{fault}-1.0-*.log"),
        *kept.glob(f"*-{fault}-1.0-*.log"),
    ]
    return max(found, key=lambda path: path.stat().st_mtime).read_bytes() if found else b""


def run(lab: Lab, words: Sequence[str], setting: Setting) -> None:
    """Run a command under the setting; what it prints goes to a file."""
    if os.getuid() == 0:
        words = ["setpriv", f"--reuid={lab.user}", f"--regid={lab.user}", "--clear-groups", *words]
    if setting.address_space:
        words = ["prlimit", f"--as={setting.address_space}", *words]
    home = {
        "HOME": str(lab.work),
        "SPACK_USER_CACHE_PATH": str(lab.work / "misc"),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
    }
    with (lab.work / "output.txt").open("ab") as output:
        process = subprocess.Popen(
            words, stdout=output, stderr=output, env=os.environ | home, start_new_session=True
        )
        until = time.monotonic() + setting.seconds
        while process.poll() is None:
            if setting.kill_above:
                kill_largest(process.pid, setting.kill_above)
            if time.monotonic() > until:
                below = descendants(process.pid)  # builders have sessions of their own
                process.terminate()
                for child in below:
                    with suppress(psutil.Error):
                        child.kill()
            time.sleep(0.1)


def kill_largest(root: int, limit: int) -> None:
    """Do what the kernel does when memory ends."""
    for child in descendants(root):
        try:
            if child.memory_info().rss > limit:
                child.kill()
        except psutil.Error:
            continue


def descendants(root: int) -> list[psutil.Process]:
    """List the processes below one."""
    try:
        return psutil.Process(root).children(recursive=True)
    except psutil.Error:
        return []


def neutral(log: bytes, lab: Lab) -> bytes:
    """Replace the paths of this machine."""
    for path, instead in lab.replaced:
        log = log.replace(path.encode(), instead.encode())
    return log.replace(b"/stage/nobody/", b"/stage/builder/")


def trimmed(log: bytes) -> bytes:
    """Leave out a whole middle part of a large log."""
    if len(log) <= LARGEST:
        return log
    lines = log.splitlines(keepends=True)
    head, tail = lines[:400], lines[-800:]
    left = len(lines) - len(head) - len(tail)
    return b"".join([*head, f"[... {left} lines left out here ...]\n".encode(), *tail])


if __name__ == "__main__":
    sys.exit(main())
