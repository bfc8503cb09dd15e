"""Locks in Spack's form, made small for the tests."""

from __future__ import annotations

import json
from typing import Any

ARCH = {"platform": "linux", "platform_os": "debian12", "target": "x86_64_v3"}
COMMIT = "5817ab9613f211442a2747b304960c556797c40f"


def hash_of(name: str) -> str:
    """Return a hash of the right form that a person can read."""
    letters = "".join(one if one.isalpha() else "z" for one in name.lower())
    return (letters + "a" * 32)[:32]


def node(name: str, version: str = "1.0", **said: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return a unit as it is in a lock; `on` are its dependencies, `key` tells twins apart."""
    on, key = said.pop("on", ()), said.pop("key", name)
    parameters = {"build_system": "generic", **said.pop("parameters", {})}
    flags = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")
    made = {
        "name": name,
        "version": version,
        "arch": ARCH,
        "namespace": "builtin",
        "parameters": {**parameters, **{one: [] for one in flags if one not in parameters}},
        "package_hash": "k4rrrr77bpexuxekcpvsqja5e3orux2iwmdzxj6nd6zzmy3lsreq====",
        **said,
        "annotations": {"original_specfile_version": 5},
        "hash": hash_of(key),
    }
    if on:
        made["dependencies"] = list(on)
    return made


def on(name: str, *types: str, virtuals: tuple[str, ...] = (), key: str = "") -> dict[str, Any]:
    """Return a dependency on a unit."""
    return {
        "name": name,
        "hash": hash_of(key or name),
        "parameters": {"deptypes": list(types), "virtuals": list(virtuals)},
    }


def external(path: str | None = "/usr", **said: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return where an external is."""
    return {"path": path, "module": None, "extra_attributes": {}, **said}


def lock(*nodes: dict[str, Any], roots: tuple[str, ...] = (), **said: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return a lock; the first unit is the root where none is named."""
    keys = [one["hash"] for one in nodes]
    wanted = [hash_of(one) for one in roots] or keys[:1]
    by_hash = {one["hash"]: one for one in nodes}
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "spack": {"version": "1.3.0.dev0", "type": "git", "commit": COMMIT},
        "roots": [
            {"hash": one, "spec": by_hash.get(one, {}).get("name", "gone")} for one in wanted
        ],
        "concrete_specs": by_hash,
        **said,
    }
    return json.dumps(document).encode()


GCC = node(
    "gcc",
    "12.2.0",
    external=external(
        extra_attributes={"compilers": {"c": "/usr/bin/gcc", "fortran": "/usr/bin/gfortran"}}
    ),
    parameters={"languages": ["c", "c++", "fortran"]},
)
LIBC = node("glibc", "2.36", external=external())
ZLIB = node(
    "zlib",
    "1.3.1",
    parameters={"shared": True, "cflags": ["-O2", "-g"]},
    on=(
        on("gcc", "build", virtuals=("c", "cxx")),
        on("glibc", "link", virtuals=("libc",)),
    ),
)
APP = node(
    "app",
    "2.0",
    parameters={"mpi": False, "libs": ["shared", "static"], "patches": ["ab" * 32]},
    patches=["ab" * 32],
    on=(
        on("zlib", "link", "build", virtuals=("zlib-api",)),
        on("gcc", "build", virtuals=("c",)),
    ),
)
