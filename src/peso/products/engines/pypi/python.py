"""Interpreters: what one is, which one a part gets, and what a machine lacks for an installed copy.

The running interpreter is described without starting anything; another one is asked once. Both are
taken to use this machine's C library. Nothing here installs a Python.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import default_environment
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, platform_tags, sys_tags
from packaging.version import Version

from peso.base.digest import sha256_bytes
from peso.base.process import run_tool
from peso.errors import Outside
from peso.products.engines.port import Requires

_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
_LIBC = {"manylinux": "glibc", "musllinux": "musl", "macosx": "macOS"}
_OLD = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_TAG = re.compile(r"(manylinux|musllinux|macosx)_(\d+)_(\d+)_(\w+)")
_OLD_TAG = re.compile(r"(manylinux1|manylinux2010|manylinux2014)_(\w+)")
_NEWEST, _OLDEST = 40, 8
_ASK = """
import json, os, platform, sys, sysconfig
v = sys.version_info
print(json.dumps({
 "executable": sys.executable,
 "soabi": sysconfig.get_config_var("SOABI") or "",
 "markers": {
  "implementation_name": sys.implementation.name,
  "implementation_version": platform.python_version(),
  "os_name": os.name,
  "platform_machine": platform.machine(),
  "platform_release": platform.release(),
  "platform_system": platform.system(),
  "platform_version": platform.version(),
  "python_full_version": platform.python_version(),
  "platform_python_implementation": platform.python_implementation(),
  "python_version": "%d.%d" % v[:2],
  "sys_platform": sys.platform}}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One Python, as wheels and markers see it."""

    path: Path
    implementation: str
    """e.g. `cpython`."""
    version: str
    """All of it, e.g. `3.11.7`."""
    tags: tuple[Tag, ...]
    """What wheels it takes, best first."""
    markers: Mapping[str, str]
    """The environment PEP 508 markers are evaluated in."""

    @property
    def series(self) -> str:
        """Its minor version, e.g. `3.11`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def platform(self) -> str:
        """The platform tag that says most about this machine, e.g. `manylinux_2_36_x86_64`."""
        return self.tags[0].platform


def describe(python: Path, environment: Mapping[str, str]) -> Interpreter:
    """Describe the interpreter at a path.

    Raises:
        Outside: It is not there, or does not run.
    """
    if _is_running(python):
        markers = {key: str(value) for key, value in default_environment().items()}
        return Interpreter(
            path=python,
            implementation=sys.implementation.name,
            version=platform.python_version(),
            tags=tuple(sys_tags()),
            markers=markers,
        )
    said = run_tool(
        (str(python), "-I", "-c", _ASK),
        directory=Path.cwd(),
        environment=environment,
        seconds=60,
        what="the Python interpreter",
    )
    try:
        told = json.loads(said.stdout)
        markers = {key: str(value) for key, value in told["markers"].items()}
        return Interpreter(
            path=Path(told["executable"]),
            implementation=markers["implementation_name"],
            version=markers["python_full_version"],
            tags=tuple(_tags(markers, told["soabi"])),
            markers=markers,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Outside("this Python does not say what it is", where=str(python)) from error


def identity(python: Path) -> str:
    """Name the interpreter at a path so that another one gets another name; starts nothing."""
    if _is_running(python):
        here = describe(python, {})
        return f"{here.implementation} {here.version} {here.platform}"
    try:
        real = python.resolve(strict=True)
        seen = real.stat()
    except OSError:
        return f"{python.name} that is not there"
    told = f"{real} {seen.st_size} {seen.st_mtime_ns}"
    return f"{real.name} {sha256_bytes(told.encode())[:16]}"


def _is_running(python: Path) -> bool:
    return python.exists() and python.samefile(sys.executable)


def _tags(markers: Mapping[str, str], soabi: str) -> Iterator[Tag]:
    """Tell the tags of another interpreter on this machine, best first."""
    major, minor = (int(number) for number in markers["python_version"].split("."))
    platforms = list(platform_tags())
    parts = soabi.split("-")
    if markers["implementation_name"] == "cpython":
        interpreter = f"cp{major}{minor}"
        abi = f"cp{parts[1]}" if len(parts) > 1 and parts[0] == "cpython" else interpreter
        yield from cpython_tags((major, minor), abis=[abi], platforms=platforms)
    else:
        interpreter = f"{markers['implementation_name'][:2]}{major}{minor}"
        yield from generic_tags(interpreter, ["_".join(parts[:2])], platforms)
    yield from compatible_tags((major, minor), interpreter=interpreter, platforms=platforms)


def find_python(specifier: str, environment: Mapping[str, str]) -> Path:
    """Find an interpreter: the running one if it satisfies, else the newest `python3.N` on PATH.

    Args:
        specifier: A PEP 440 specifier, e.g. `>=3.11`.
        environment: Where PATH is looked up.

    Raises:
        Outside: None satisfies.
    """
    wanted = SpecifierSet(specifier)
    if wanted.contains(platform.python_version(), prereleases=True):
        return Path(sys.executable)
    folders = [Path(folder) for folder in environment.get("PATH", os.defpath).split(os.pathsep)]
    for minor in range(_NEWEST, _OLDEST - 1, -1):
        for folder in folders:
            found = folder / f"python3.{minor}"
            if not os.access(found, os.X_OK):
                continue
            try:
                interpreter = describe(found, environment)
            except Outside:
                continue  # a shim of a version that is not installed
            if wanted.contains(interpreter.version, prereleases=True):
                return interpreter.path
    raise Outside(
        f"no Python {specifier} on this machine",
        where="PATH",
        hint=f"put a python3.N that satisfies {specifier} on PATH; "
        f"this is Python {platform.python_version()}",
    )


def lacks(requires: Requires, interpreter: Interpreter) -> str | None:
    """Say in one sentence what an interpreter on this machine lacks, or None."""
    known = {tag.platform for tag in interpreter.tags}
    if (
        requires.implementation == interpreter.implementation
        and SpecifierSet(requires.python).contains(Version(interpreter.version), prereleases=True)
        and known.issuperset(requires.platforms)
    ):
        return None
    name = _NAMES.get(requires.implementation, requires.implementation)
    version = requires.python.removeprefix("==").removesuffix(".*")
    here = _NAMES.get(interpreter.implementation, interpreter.implementation)
    return (
        f"needs {name} {version}{_machine(requires.platforms, ' or newer')}; "
        f"this is {here} {interpreter.version}{_machine((interpreter.platform,), '')}"
    )


def _machine(platforms: tuple[str, ...], newer: str) -> str:
    """Put platform tags in words: ` on x86_64 with glibc 2.28 or newer`."""
    needs: dict[tuple[str, str], tuple[int, int]] = {}
    rest: list[str] = []
    for tag in platforms:
        if found := _TAG.fullmatch(modern(tag)):
            kind, first, second, machine = found.groups()
            key = (machine, _LIBC[kind])
            needs[key] = max(needs.get(key, (0, 0)), (int(first), int(second)))
        else:
            rest.append(tag.removeprefix("linux_"))
    said = [
        f"{machine} with {libc} {first}.{second}{newer}"
        for (machine, libc), (first, second) in sorted(needs.items())
    ]
    machines = {machine for machine, _ in needs}
    said += [tag for tag in sorted(rest) if tag not in machines]
    return f" on {' and '.join(said)}" if said else f" on {sysconfig.get_platform()}" * (not newer)


def modern(tag: str) -> str:
    """Return a platform tag in today's spelling: `manylinux2014_x86_64` is `manylinux_2_17_…`."""
    if found := _OLD_TAG.fullmatch(tag):
        major, minor = _OLD[found[1]]
        return f"manylinux_{major}_{minor}_{found[2]}"
    return tag


def least(tags: frozenset[Tag], interpreter: Interpreter) -> str | None:
    """Return the platform tag of a wheel that asks least of this machine; None for `any`.

    A wheel that carries several tags runs wherever one of them does, so that is all it needs. A
    plain `linux_…` wheel was built on this machine, and needs what this machine has.
    """
    accepted = [tag.platform for tag in interpreter.tags if tag in tags]
    if not accepted or "any" in accepted:
        return None
    return min((_told(tag, interpreter) for tag in accepted), key=_demand)


def _told(tag: str, interpreter: Interpreter) -> str:
    return interpreter.platform if tag.startswith("linux_") else modern(tag)


def _demand(tag: str) -> tuple[int, int]:
    found = _TAG.fullmatch(tag)
    return (int(found[2]), int(found[3])) if found else (0, 0)
