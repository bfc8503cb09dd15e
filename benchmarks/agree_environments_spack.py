"""Spack's half of `agree_environments.py`; run by `spack python`, never by PESO.

`expand FILE…` prints Spack's facts of the machine and what each manifest expands to, as JSON.
`compare` reads pairs of specs as JSON and prints for each whether Spack parses them to one spec.
An include that Spack cannot fetch (no network) is passed over, as PESO does, and said.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def facts() -> dict[str, Any]:
    spec, paths = importlib.import_module("spack.spec"), importlib.import_module("spack.paths")
    said = spec.get_host_environment()
    return {
        "platform": said["platform"],
        "os": said["os"],
        "target": said["target"],
        "hostname": said["hostname"],
        "spack": paths.prefix,
        "home": os.environ.get("HOME", ""),
        "variables": dict(os.environ),
    }


def without_network(passed_over: list[str]) -> None:
    config = importlib.import_module("spack.config")
    for name in ("IncludePath", "GitIncludePaths"):
        kind = getattr(config, name)
        scopes = kind.scopes

        def tried(self: Any, parent: Any, scopes: Any = scopes) -> Any:  # noqa: ANN401
            where = str(getattr(self, "path", "") or getattr(self, "git", ""))
            if "://" in where and self.evaluate_condition():
                passed_over.append(where)
                return []
            return scopes(self, parent)

        kind.scopes = tried


def said(spec: Any) -> str:  # noqa: ANN401
    """Return a spec in Spack's printed form, with its namespace, which that leaves out."""
    return f"{spec.namespace}.{spec}" if spec.namespace and spec.name else str(spec)


def expand(files: list[str]) -> dict[str, Any]:
    environment = importlib.import_module("spack.environment")
    passed_over: list[str] = []
    without_network(passed_over)
    found: dict[str, Any] = {}
    for file in files:
        passed_over.clear()
        try:
            read = environment.Environment(str(Path(file).parent))
            groups = {
                group: [said(spec) for spec in read.user_specs_by(group=group)]
                for group in read.manifest.groups()
            }
            found[file] = {"groups": groups, "passed_over": list(passed_over)}
        except Exception as error:  # noqa: BLE001 - whatever Spack says is the answer
            found[file] = {"error": f"{type(error).__name__}: {error}"}
    return {"facts": facts(), "environments": found}


def compare(pairs: list[list[str]]) -> list[bool]:
    parse = importlib.import_module("spack.spec").Spec

    def same(ours: str, theirs: str) -> bool:
        try:
            return bool(parse(ours) == parse(theirs))
        except Exception:  # noqa: BLE001 - what does not parse is not the same
            return False

    return [same(ours, theirs) for ours, theirs in pairs]


if __name__ == "__main__":
    if sys.argv[1] == "expand":
        json.dump(expand(json.load(sys.stdin)), sys.stdout)
    else:
        json.dump(compare(json.load(sys.stdin)), sys.stdout)
