"""Prefixes as `peso install` leaves them, made by hand: a receipt, a lock, a store of Spack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.products.engines.spack.locks import external, lock, node, on

from peso.base.digest import sha256_bytes
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.receipt import Installed, NotInstalled, Receipt

Unit = dict[str, Any]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
GCC = node(
    "gcc",
    "12.2.0",
    external=external(extra_attributes={"compilers": {"c": "/usr/bin/gcc"}}),
    parameters={"languages": ["c", "c++"]},
)
RUNTIME = node("gcc-runtime", "12.2.0", on=(on("gcc", "build"),))
CMAKE = node("cmake", "3.31.0")
MPI = node("fast-mpi", "4.1", on=(on("gcc", "build", virtuals=("c",)), on("gcc-runtime", "link")))
BLAS = node("blas-lib", "0.3", external=external("/usr"))
SOLVER = node(
    "solver",
    "2.0",
    parameters={"mpi": True},
    on=(
        on("gcc", "build", virtuals=("c", "cxx")),
        on("cmake", "build"),
        on("gcc-runtime", "link"),
        on("fast-mpi", "build", "link", virtuals=("mpi",)),
        on("blas-lib", "link", virtuals=("blas", "lapack")),
        on("py-tool", "run"),
    ),
)
TOOL = node("py-tool", "1.5")
UNITS = (SOLVER, MPI, TOOL, BLAS, RUNTIME, GCC, CMAKE)
ROOTS = ("solver", "fast-mpi", "blas-lib")


def unit_folder(prefix: Path, unit: Unit) -> Path:
    """Return where a unit is."""
    return prefix / f"{unit['name']}-{unit['version']}-{unit['hash']}"


def write_store(store: Path, units: Iterable[Unit]) -> None:
    """Write a store of Spack: a folder for each unit, and Spack's own list."""
    installs: dict[str, Any] = {}
    for one in units:
        place = one.get("external", {}).get("path") or str(unit_folder(store, one))
        installs[one["hash"]] = {"installed": True, "path": place}
        if "external" not in one:
            unit_folder(store, one).mkdir(parents=True, exist_ok=True)
    (store / ".spack-db").mkdir(parents=True, exist_ok=True)
    index = {"database": {"version": "8", "installs": installs}}
    (store / ".spack-db" / "index.json").write_text(json.dumps(index))


def write_recipe(folder: Path, name: str, text: str) -> None:
    """Write a unit's own recipe, as Spack leaves it."""
    inside = name.replace("-", "_")
    file = folder / f".spack/repos/spack_repo/builtin/packages/{inside}/package.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def install_native(
    prefix: Path,
    *,
    units: Sequence[Unit] = UNITS,
    roots: tuple[str, ...] = ROOTS,
    installed: Sequence[Unit] | None = None,
    stack: str = "mini",
    version: str = "26.11",
    title: str = "A few products",
    python: str = "",
) -> Path:
    """Write a prefix with a native part, and a Python part in a folder if one is named."""
    data = lock(*units, roots=roots)
    share = prefix / "share/peso" / stack
    (share / "native").mkdir(parents=True)
    (share / "native" / "spack.lock").write_bytes(data)
    wanted = [one for one in units if one["name"] != "cmake"] if installed is None else installed
    store = prefix / "native" if python else prefix
    write_store(store, wanted)
    parts = ("native", python) if python else (".",)
    if python:
        write_venv(prefix / python)
    write_receipt(
        prefix, parts=parts, files=(lock_file(data),), stack=stack, version=version, title=title
    )
    return prefix


def write_venv(folder: Path) -> None:
    """Write what makes a folder a virtual environment, with one program."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    program = folder / "bin" / "alpha"
    program.write_text("#!/bin/sh\necho this is alpha\n")
    program.chmod(0o755)


def write_receipt(
    prefix: Path,
    *,
    parts: tuple[str, ...],
    files: tuple[Artifact, ...] = (),
    stack: str = "mini",
    version: str = "26.11",
    title: str = "A few products",
    not_installed: tuple[NotInstalled, ...] = (),
) -> None:
    """Write the receipt of an installation."""
    receipt = Receipt(
        channel="stable",
        stack=stack,
        version=version,
        title=title,
        manifest="ab" * 32,
        where="public",
        root_sha256="cd" * 32,
        development=False,
        as_of=NOW,
        freshness="fresh",
        installed=NOW,
        prefix=str(prefix),
        parts=parts,
        products=(
            Installed(name="alpha", version="1.0", purl="pkg:pypi/alpha@1.0"),
            Installed(name="solver", version="2.0", purl="pkg:generic/solver@2.0"),
        ),
        files=files,
        not_installed=not_installed,
    )
    share = prefix / "share/peso" / stack
    share.mkdir(parents=True, exist_ok=True)
    (share / "receipt.json").write_bytes(receipt.canonical())


def lock_file(data: bytes, path: str = "native/spack.lock") -> Artifact:
    """Return a lock as a release names it."""
    return Artifact(
        role="lock",
        path=path,
        media_type="application/json",
        length=len(data),
        sha256=sha256_bytes(data),
    )
