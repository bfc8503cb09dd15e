"""Solve an environment with Spack, or find the lock that was made of the same before.

What it does not do: read the lock (`lockfile.py`), or judge it. The rules, in order:

1. A lock is kept under the digest of all that decides it: the environment's files, Spack, recipes,
   configuration, the machine, and what was found on it. Equal inputs start no solver, whichever
   stack or part they are in.
2. Spack works on a copy of the environment, never in the user's folder.
3. What is installed or in a cache does not decide a lock, unless the environment or Spack's
   configuration says `concretizer: reuse`.
4. Each root solved is a step of progress. Spack's refusal is one error (`refusals.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import disk, make_folder, remove_tree, write_atomic
from peso.base.process import Command, End, run_tool
from peso.errors import Outside
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.commands import Commands
from peso.products.engines.spack.configuration import says_reuse
from peso.products.engines.spack.detected import asked_by, detect
from peso.products.engines.spack.following import follow
from peso.products.engines.spack.identity import (
    host_identity,
    named_recipes_identity,
    recipes_identity,
    settings_identity,
    spack_identity,
)
from peso.products.engines.spack.in_force import settings_text
from peso.products.engines.spack.layout import Layout, layout_of, read_bounded
from peso.products.engines.spack.refusals import refusal, repository_trouble
from peso.products.engines.spack.scope import write_section
from peso.products.engines.spack.site import Site
from peso.products.environments.record import Environment
from peso.products.environments.texts import get

LIMIT: Final = 6 * 3600.0
"""Seconds a solve may take: half an hour is usual for a large environment on two cores."""
_SOLVED = re.compile(r"==> +[\d.]+s \[ *\d+%\] (\w+) (.+)")
_LARGEST_LOCK: Final = 256 << 20
_MOST_SAID: Final = 1 << 20
_SETTINGS_SECONDS: Final = 600.0
_FORM: Final = 2
"""Raise it where the same inputs give another lock: then none is taken from before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A lock, and the configuration that was in force when it was made."""

    lock: bytes
    """Spack's own file."""
    settings: bytes
    """As YAML."""


def solve(environment: Environment, site: Site, bench: Workbench) -> Solved:
    """Solve an environment, or return the lock that was made of the same inputs before.

    Args:
        environment: The environment, read by an absolute path.
        site: How Spack is run.
        bench: What may be used.

    Raises:
        BadInput: Spack refuses the environment; with its reason.
        Outside: Spack could not do its work: no solver, no compiler, no network, too long.
    """
    layout = layout_of(environment)
    detected = detect(site, asked_by(environment, site), bench)
    kept = site.folders(bench).locks
    key = _key(environment, layout, site, detected.digest)
    lock, settings = kept / f"{key}.lock", kept / f"{key}.yaml"
    if not lock.is_file():
        commands = site.commands(bench).on_top(detected.scope, _scope(environment, site, bench))
        solved = _run(_Task(environment, layout, commands, site, bench))
        write_atomic(settings, solved.settings)
        write_atomic(lock, solved.lock)
        # Recipes that Spack fetched meanwhile are recipes that decided: the same under their name.
        again = _key(environment, layout, site, detected.digest)
        write_atomic(kept / f"{again}.yaml", solved.settings)
        write_atomic(kept / f"{again}.lock", solved.lock)
        return solved
    bench.progress(Progress(done=0, total=0, line="this environment was solved before"))
    with disk(lock, "read"):
        return Solved(lock=lock.read_bytes(), settings=settings.read_bytes())


@dataclass(frozen=True, slots=True)
class _Task:
    environment: Environment
    layout: Layout
    commands: Commands
    site: Site
    bench: Workbench

    @property
    def file(self) -> Path:
        return Path(self.environment.file)


def _key(environment: Environment, layout: Layout, site: Site, detected: str) -> str:
    files = [[str(file.path), sha256_bytes(read_bounded(file.source))] for file in layout.files]
    said = [
        [_FORM, files, spack_identity(site)],
        [recipes_identity(site), named_recipes_identity(environment, site)],
        [settings_identity(site), host_identity(), detected],
    ]
    return sha256_bytes(canonical_json(said))


def _scope(environment: Environment, site: Site, bench: Workbench) -> Path:
    """Return a scope that lets nothing installed decide, unless somebody says it may."""
    folder = bench.work / "solve-scope"
    make_folder(folder)
    said = get(environment.section("concretizer"), "reuse") is not None or says_reuse(site)
    write_section(folder, "concretizer", {} if said else {"reuse": False})
    return folder


def _run(task: _Task) -> Solved:
    work = task.bench.work / "solve"
    remove_tree(work)
    folder = task.layout.lay(work / "environment")
    out, err = work / "out.txt", work / "err.txt"
    command = Command(
        argv=task.commands.concretize(folder),
        directory=folder,
        environment=task.site.environment,
        stdout=out,
        stderr=err,
        seconds=LIMIT,
    )
    end = follow(command, _teller(len(task.environment.roots), task.bench.progress))
    lock = folder / "spack.lock"
    if end.ended != "exit" or end.code or not lock.is_file():
        raise _failed(task, end, folder, _said(err))
    if trouble := repository_trouble(_said(err), copy=folder, original=task.file):
        raise trouble  # Spack only warns, and solves with the recipes that are left
    settings = run_tool(
        task.commands.config_in_force(folder),
        directory=folder,
        environment=task.site.environment,
        seconds=_SETTINGS_SECONDS,
        what="writing down Spack's configuration",
    )
    with disk(lock, "read"), lock.open("rb") as stream:
        data = stream.read(_LARGEST_LOCK + 1)
    if len(data) > _LARGEST_LOCK:
        raise Outside(f"Spack's lock is larger than {_LARGEST_LOCK >> 20} MiB", where=str(lock))
    return Solved(lock=data, settings=settings_text(settings.stdout, own=task.bench.cache))


def _teller(roots: int, tell: Callable[[Progress], None]) -> Callable[[str], None]:
    done = 0

    def heard(line: str) -> None:
        nonlocal done
        if found := _SOLVED.match(line):
            done = min(done + 1, roots)
            tell(Progress(done=done, total=roots, line=f"{found[2]} /{found[1]}"))

    tell(Progress(done=0, total=roots, line="Spack solves the environment"))
    return heard


def _failed(task: _Task, end: End, folder: Path, said: str) -> Exception:
    if end.ended != "exit":
        return Outside(
            f"Spack was ended while it solved the environment: {end.message}",
            where=str(task.file),
            hint="try again, with fewer roots or on a larger machine",
        )
    return refusal(said, copy=folder, original=task.file, python=task.site.python)


def _said(file: Path) -> str:
    """Return the start of what was printed; the reason is there, not at the end."""
    if not file.is_file():
        return ""
    with disk(file, "read"), file.open("rb") as stream:
        return stream.read(_MOST_SAID).decode(errors="replace")
